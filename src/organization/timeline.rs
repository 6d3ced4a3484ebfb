//! The timeline of an organisation: what was planned to happen on Apple's side, and what came of it.

use serde::{Deserialize, Serialize};

use super::{Books, Event, Happening};
use crate::clock::{Span, Timestamp};
use crate::random;

/// Everything that was ever planned to happen, in the order in which it was planned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    entries: Vec<TimelineEntry>,
    /// What chance adds is drawn from this and the entry's place: one more entry changes nothing about the others.
    #[serde(with = "random::key")]
    pub seed: u64,
}

/// One thing that was planned to happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// When, delays and chance included.
    #[serde(with = "crate::clock::millis")]
    pub at: Timestamp,
    /// What.
    pub happening: Happening,
    /// A word on it, for people.
    pub note: Option<String>,
    /// What came of it.
    pub progress: Progress,
}

/// How far something that was planned has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// Its time has not come.
    Planned,
    /// It happened; what came of it, in words.
    Done(String),
    /// It could not happen; why, in words.
    Failed(String),
    /// It was called off.
    CalledOff,
}

impl Timeline {
    /// The entry at this place.
    pub fn get(&self, place: u32) -> Option<&TimelineEntry> {
        self.entries.get(place as usize)
    }

    /// Every entry, in the order in which they were planned.
    pub fn entries(&self) -> &[TimelineEntry] {
        &self.entries
    }

    /// Every entry with its place, soonest first.
    pub fn by_date(&self) -> Vec<(u32, &TimelineEntry)> {
        let mut entries: Vec<_> = (0..).zip(&self.entries).collect();
        entries.sort_by_key(|(place, entry)| (entry.at, *place));
        entries
    }

    /// What is still to happen.
    pub fn to_come(&self) -> impl Iterator<Item = &TimelineEntry> {
        self.entries.iter().filter(|entry| entry.progress == Progress::Planned)
    }

    pub(super) fn conclude(&mut self, place: u32, progress: Progress) {
        if let Some(entry) = self.entries.get_mut(place as usize) {
            entry.progress = progress;
        }
    }

    /// From nothing to `jitter`, drawn for the entry at `place`; whole seconds, so that people can name the moment.
    fn chance(&self, place: u32, jitter: Span) -> Span {
        let (unit, most) = match u64::try_from(jitter.millis()).unwrap_or_default() {
            most @ ..1_000 => (1, most),
            most => (1_000, most / 1_000),
        };
        let drawn = random::mix(self.seed ^ random::mix(u64::from(place))) % (most + 1);
        Span::from_millis(i64::try_from(drawn * unit).unwrap_or_default())
    }
}

/// A line of the calendar: what is planned at a time, whoever planned it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CalendarLine {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: String,
    /// A word on it.
    pub note: Option<String>,
}

impl Books {
    /// Plans something: it happens at `at`, or up to `jitter` later. Answers its place in the timeline.
    pub fn plan_happening(&mut self, at: Timestamp, jitter: Span, happening: Happening, note: Option<String>) -> u32 {
        let place = self.timeline.entries.len() as u32;
        let at = at + self.timeline.chance(place, jitter);
        self.timeline.entries.push(TimelineEntry { at, happening, note, progress: Progress::Planned });
        self.schedule.plan(at, Event::Happens { entry: place });
        place
    }

    /// Calls something off that was planned; answers false where it is not planned any more.
    pub fn call_off_happening(&mut self, place: u32) -> bool {
        let is_planned = self.timeline.get(place).is_some_and(|entry| entry.progress == Progress::Planned);
        if is_planned {
            self.schedule.call_off(|event| matches!(event, Event::Happens { entry } if *entry == place));
            self.timeline.conclude(place, Progress::CalledOff);
        }
        is_planned
    }

    /// Everything that is yet to happen by itself, soonest first.
    pub fn calendar(&self) -> Vec<CalendarLine> {
        self.schedule.iter().map(|(at, event)| self.calendar_line(at, event)).collect()
    }

    fn calendar_line(&self, at: Timestamp, event: &Event) -> CalendarLine {
        let what = match event {
            Event::Happens { entry } => {
                let entry = self.timeline.get(*entry);
                let what = entry.map(|entry| entry.happening.to_string()).unwrap_or_default();
                return CalendarLine { at, what, note: entry.and_then(|entry| entry.note.clone()) };
            }
            Event::OrderArrives { order } => {
                let order = &self.orders[*order as usize];
                format!("order {} arrives with {} devices", order.number, order.devices)
            }
            Event::AssignmentShows { devices, .. } => {
                format!("the assignment of {} devices becomes visible", devices.len())
            }
            Event::RowsShow { server, devices } => {
                let server = &self.servers[usize::from(*server)].name;
                format!("changes of {} devices become visible at {server}", devices.len())
            }
            Event::Content(due) => self.content.announce(due),
            Event::TermsTakeEffect => "the services learn that the terms are signed".to_owned(),
            Event::ProvisionEnds { device } => {
                format!("the provisional period of {} ends", self.devices.serial(*device))
            }
            Event::MigrationDue { device } => {
                format!("{} reaches its migration deadline", self.devices.serial(*device))
            }
        };
        CalendarLine { at, what, note: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_stays_within_its_bounds_and_is_the_same_every_time() {
        let timeline = Timeline { seed: 7, ..Timeline::default() };
        let drawn: Vec<i64> = (0..200).map(|place| timeline.chance(place, Span::from_seconds(60)).millis()).collect();
        assert!(drawn.iter().all(|millis| (0..=60_000).contains(millis) && millis % 1_000 == 0), "{drawn:?}");
        assert!(drawn.contains(&0) && drawn.contains(&60_000), "both ends can be met");
        let other = Timeline { seed: 8, ..Timeline::default() };
        assert_ne!(timeline.chance(0, Span::from_days(9)), other.chance(0, Span::from_days(9)));
        assert_eq!(timeline.chance(0, Span::ZERO), Span::ZERO);
    }
}
