//! Tasks that fail because somebody wants it so.

use serde::{Deserialize, Serialize};

use super::{ContentEvent, ContentRefusal, Location, Target};
use crate::organization::Books;
use crate::pattern::Pattern;

/// Whose tasks in an event fail, and why, whatever the ledger says. Nothing is done in them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForcedFailure {
    /// Users and serial numbers, in capitals: case does not matter. `None`: all.
    pub targets: Option<Vec<Pattern>>,
    /// Why they fail.
    pub refusal: ContentRefusal,
}

impl ContentEvent {
    /// Why the tasks of this user or serial number are to fail, if they are.
    pub(super) fn forced(&self, target: &str) -> Option<ContentRefusal> {
        if self.forced.is_empty() {
            return None;
        }
        let target = target.to_ascii_uppercase();
        let is_meant = |forced: &&ForcedFailure| {
            forced.targets.as_ref().is_none_or(|patterns| patterns.iter().any(|pattern| pattern.matches(&target)))
        };
        self.forced.iter().find(is_meant).map(|forced| forced.refusal)
    }

    /// The same of a task's target.
    pub(super) fn forced_on(&self, target: &Target) -> Option<ContentRefusal> {
        match target {
            Target::User(name) | Target::Serial(name) => self.forced(name),
        }
    }
}

impl Books {
    /// Lets tasks of the event with this id fail that are yet to be tried.
    pub fn force_failures(&mut self, location: super::LocationId, id: &str, forced: Vec<ForcedFailure>) {
        if let Some(event) = self.content.location_mut(location).event_mut(id) {
            event.forced = forced;
        }
    }
}

impl Location {
    /// The event with this id, to be changed.
    fn event_mut(&mut self, id: &str) -> Option<&mut ContentEvent> {
        self.event_number(id).and_then(|number| self.events.get_mut(&number))
    }
}
