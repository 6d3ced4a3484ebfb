//! The passing of time: running what is due.

use super::schedule::Ran;
use super::{Books, Event};
use crate::clock::Timestamp;

impl Books {
    /// Runs everything due until `until`, in order, each at its own moment; answers what ran.
    pub fn run_until(&mut self, until: Timestamp) -> Vec<Ran> {
        let mut ran = Vec::new();
        while let Some((at, event)) = self.schedule.take_due(until) {
            if let Some(what) = self.run(event, at) {
                ran.push(Ran { at, what });
            }
        }
        ran
    }

    fn run(&mut self, event: Event, now: Timestamp) -> Option<String> {
        match event {
            Event::OrderArrives { order } => {
                self.receive_order(order, now);
                let order = &self.orders[order as usize];
                Some(format!("order {} arrived with {} devices", order.number, order.devices))
            }
            Event::AssignmentShows { devices, how, ticket } => {
                let count = self.show_waiting(devices, how, ticket, now);
                (count > 0).then(|| format!("the assignment of {count} devices became visible"))
            }
            Event::RowsShow { server, devices } => {
                let shown = devices.into_iter().map(|device| self.announce_waiting(server, device, now, now));
                let count: usize = shown.sum();
                (count > 0)
                    .then(|| format!("{count} changes became visible at {}", self.servers[usize::from(server)].name))
            }
            Event::TermsTakeEffect => Some("the services learnt that the terms are signed".to_owned()),
            Event::ProvisionEnds { device } => {
                let serial = self.devices[device].serial;
                let extra = self.devices.extra(device)?;
                let over = extra.provisional_until.is_some_and(|until| until <= now);
                over.then(|| format!("the provisional period of {serial} ended"))
            }
            Event::MigrationDue { device } => {
                let migration = self.devices.extra(device).and_then(|extra| extra.migration);
                // Called off, or put off: then another event stands for it.
                migration.filter(|migration| migration.deadline <= now)?;
                self.migrate_now(device, now);
                Some(format!("{} reached its migration deadline", self.devices[device].serial))
            }
            Event::Content(due) => self.content_due(due, now),
        }
    }
}
