//! Devices that are added with Apple Configurator, several at a time.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Books, DeviceId, KindFacts, NotAdded, Serial, ServerId};
use crate::clock::Timestamp;

/// Devices to add by hand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Addition {
    /// What they are: each is one of these, drawn at random.
    pub kinds: Vec<KindFacts>,
    /// Whether somebody said what they are; otherwise a device that comes back is what it was.
    pub is_named: bool,
    /// How many.
    pub count: u32,
    /// One, by its serial number.
    pub serial: Option<Serial>,
    /// The server that they go to, by name or id.
    pub server: Option<String>,
    /// Who adds them; `None`: nobody in particular.
    pub by: Option<String>,
}

impl fmt::Display for Addition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.serial, self.count) {
            (Some(serial), _) => write!(f, "add {serial} with Apple Configurator")?,
            (None, 1) => f.write_str("add a device with Apple Configurator")?,
            (None, count) => write!(f, "add {count} devices with Apple Configurator")?,
        }
        self.server.as_ref().map_or(Ok(()), |server| write!(f, ", to {server}"))
    }
}

impl Books {
    /// Adds devices with Apple Configurator; answers them.
    pub fn add_devices(
        &mut self,
        addition: &Addition,
        server: Option<ServerId>,
        by: u16,
        now: Timestamp,
    ) -> Result<Vec<DeviceId>, NotAdded> {
        let known = addition.serial.filter(|_| !addition.is_named).and_then(|serial| self.devices.find(&serial));
        let known = known.map(|device| self.kinds[self.devices[device].kind].facts.clone());
        let mut added = Vec::new();
        for _ in 0..addition.count {
            let drawn = self.random_content.below(addition.kinds.len() as u64) as usize;
            let kind = known.clone().or_else(|| addition.kinds.get(drawn).cloned()).unwrap_or_default();
            added.push(self.add_by_configurator(addition.serial, kind, server, by, now)?);
        }
        Ok(added)
    }
}
