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
            Event::AssignmentShows { shown } if shown.is_empty() => None,
            Event::AssignmentShows { shown } => {
                let count = shown.len();
                for assignment in shown {
                    self.show(assignment, now);
                }
                Some(format!("the assignment of {count} devices became visible"))
            }
            Event::RowsShow { server, rows } => {
                let count = rows.len();
                for row in rows {
                    self.append(server, row, now);
                }
                Some(format!("{count} changes became visible at {}", self.servers[usize::from(server)].name))
            }
            Event::TermsTakeEffect => Some("the services learnt that the terms are signed".to_owned()),
            Event::ProvisionEnds { device } => {
                let serial = self.devices[device].serial;
                let extra = self.devices.extra(device)?;
                let over = extra.provisional_until.is_some_and(|until| until <= now);
                over.then(|| format!("the provisional period of {serial} ended"))
            }
            Event::MigrationDue { device } => {
                self.migrate_now(device, now);
                Some(format!("{} reached its migration deadline", self.devices[device].serial))
            }
        }
    }
}
