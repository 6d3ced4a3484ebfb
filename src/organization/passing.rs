//! The passing of time: running what is due.

use super::schedule::Ran;
use super::{Books, Event};
use crate::clock::{Mode, Span, Timestamp};

/// What is to be done with a clock, in this order.
#[derive(Clone, Copy, Debug, Default)]
pub struct Turn {
    /// How fast it runs from now on.
    pub rate: Option<f64>,
    /// Whether it runs from now on.
    pub mode: Option<Mode>,
    /// What it shall show. A moment in the past undoes nothing and runs nothing.
    pub set: Option<Timestamp>,
    /// How far it is moved forward.
    pub advance: Option<Span>,
}

impl Books {
    /// Does with the clock what `turn` says, and runs everything due on the way; answers what ran.
    pub fn turn_clock(&mut self, turn: Turn) -> Vec<Ran> {
        let Turn { rate, mode, set, advance } = turn;
        if let Some(rate) = rate {
            self.clock.set_rate(rate);
        }
        if let Some(mode) = mode {
            self.clock.set_mode(mode);
        }
        let mut ran = Vec::new();
        if let Some(moment) = set {
            ran.extend(self.set_clock(moment));
        }
        if let Some(span) = advance {
            ran.extend(self.set_clock(self.clock.now() + span));
        }
        ran
    }

    fn set_clock(&mut self, moment: Timestamp) -> Vec<Ran> {
        let moment = moment.min(Timestamp::LAST);
        let ran = self.run_until(moment);
        self.clock.set(moment);
        ran
    }

    /// Runs everything due until `until`, in order, each at its own moment; answers what ran.
    pub fn run_until(&mut self, until: Timestamp) -> Vec<Ran> {
        let mut ran = Vec::new();
        while let Some((_, lines)) = self.run_next(until) {
            ran.extend(lines);
        }
        ran
    }

    /// Runs the next event that is due until `until`, if there is one; answers its moment, and what ran.
    pub(super) fn run_next(&mut self, until: Timestamp) -> Option<(Timestamp, Vec<Ran>)> {
        let (at, event) = self.schedule.take_due(until)?;
        let lines = match event {
            Event::Happens { entry } => self.play(entry, at).into_iter().collect(),
            event => self.run(event, at).map(|what| Ran::of(at, what)).into_iter().collect(),
        };
        Some((at, lines))
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
                let serial = self.devices.serial(device);
                let extra = self.devices.extra(device)?;
                let over = extra.provisional_until.is_some_and(|until| until <= now);
                over.then(|| format!("the provisional period of {serial} ended"))
            }
            Event::MigrationDue { device } => {
                let migration = self.devices.extra(device).and_then(|extra| extra.migration);
                // Called off, or put off: then another event stands for it.
                migration.filter(|migration| migration.deadline <= now)?;
                self.migrate_now(device, now);
                Some(format!("{} reached its migration deadline", self.devices.serial(device)))
            }
            Event::Content(due) => self.content_due(due, now),
            // Played by the timeline, which has more to tell.
            Event::Happens { .. } => None,
        }
    }
}
