//! How devices come into an organisation: by order, or with Apple Configurator.

use std::collections::BTreeMap;

use super::quirks::{Behaviour, ProvisionalStarts};
use super::{
    Books, Destination, Device, DeviceId, DeviceStatus, Event, Family, Goods, KindFacts, Move, Order, OrderLine,
    Serial, ServerId,
};
use crate::clock::{Span, Timestamp};

/// Days during which the user of a device added with Apple Configurator may leave remote management.
pub const PROVISIONAL: Span = Span::from_days(30);

/// Why a device cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAdded {
    /// The organisation has it already.
    #[error("a device with this serial number is in the organisation already")]
    AlreadyThere,
    /// It was released, and the rules do not let it return this way.
    #[error("a released device of this family cannot come back through Apple Configurator")]
    CannotReturn,
    /// It was released, and no supplier can bring it back.
    #[error("a released device cannot come back with an order")]
    Gone,
    /// Apple Configurator cannot add this family.
    #[error("Apple Configurator cannot add devices of this family")]
    WrongFamily,
}

impl NotAdded {
    /// The refusal's name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::AlreadyThere => "DEVICE_EXISTS",
            Self::CannotReturn | Self::Gone => "DEVICE_CANNOT_RETURN",
            Self::WrongFamily => "FAMILY_NOT_SUPPORTED",
        }
    }
}

impl Books {
    /// Enters an order. Its devices appear at `order.arrives`: at once where that has come, or else by themselves when it comes.
    pub fn enter_order(&mut self, order: Order, now: Timestamp) -> u32 {
        let place = self.orders.len() as u32;
        let arrives = order.arrives;
        self.orders.push(order);
        if arrives <= now {
            self.receive_order(place, now);
        } else {
            self.schedule.plan(arrives, Event::OrderArrives { order: place });
        }
        place
    }

    /// Unpacks an order: its devices appear, each at its server, or pending where the supplier is unknown.
    pub(super) fn receive_order(&mut self, place: u32, now: Timestamp) {
        let order = &mut self.orders[place as usize];
        let lines = std::mem::take(&mut order.lines);
        let known = self.suppliers.as_ref().is_none_or(|suppliers| suppliers.know(&order.source));
        let what = format!("arrived with order {}", order.number);
        let first = self.devices.len() as DeviceId;
        self.devices.reserve(lines.iter().map(|line| line.goods.count() as usize).sum());
        let mut returned = Vec::new();
        let mut arrivals = Vec::with_capacity(lines.len());
        for line in lines {
            let destination = line.destination;
            let arrived = self.unpack(line, place, known);
            returned.extend(arrived.iter().copied().filter(|device| *device < first));
            arrivals.push((arrived, destination));
        }
        let end = self.devices.len() as DeviceId;
        self.history.note_range(now, 0, what.clone(), first, end);
        self.history.note(now, 0, what, returned);
        if known {
            for (arrived, destination) in arrivals {
                self.send(arrived, destination, now);
            }
        }
    }

    fn unpack(&mut self, line: OrderLine, order: u32, known: bool) -> Vec<DeviceId> {
        let arrived: Vec<DeviceId> = match line.goods {
            Goods::Named { serial, kind } => {
                let kind = self.kinds.place(kind);
                self.admit_device(serial, kind, order).into_iter().collect()
            }
            Goods::Generated { count, kinds } => {
                let kinds: Vec<u32> = kinds.into_iter().map(|facts| self.kinds.place(facts)).collect();
                let serials: Vec<Serial> = (0..count).map(|_| self.next_serial()).collect();
                let devices = (0..count).map(|_| {
                    let drawn = self.random_content.below(kinds.len() as u64) as usize;
                    Device::new(kinds[drawn], order + 1)
                });
                let first = self.devices.add_all(serials, devices);
                (first..first + count).collect()
            }
        };
        for &device in &arrived {
            if let Some(tag) = &line.asset_tag {
                self.devices.extra_mut(device).asset_tag = Some(tag.clone());
            }
            if let Some(version) = &line.os_version {
                self.devices.extra_mut(device).os_version = Some(version.clone());
            }
            if !known {
                self.devices[device].set_pending(true);
                self.devices.extra_mut(device).destination = Some(line.destination);
            }
        }
        arrived
    }

    /// Sends devices that have just arrived where they are to go.
    fn send(&mut self, arrived: Vec<DeviceId>, destination: Destination, now: Timestamp) {
        match destination {
            Destination::Unassigned => {}
            Destination::Server(server) => {
                let by = self.actors.place(&self.admin_of(server));
                self.assign_new(&arrived, server, by, now);
            }
            Destination::Default => {
                let mut by_server: BTreeMap<ServerId, Vec<DeviceId>> = BTreeMap::new();
                for device in arrived {
                    if let Some(server) = self.default_server(self.devices[device].kind) {
                        by_server.entry(server).or_default().push(device);
                    }
                }
                for (server, devices) in by_server {
                    self.assign_new(&devices, server, 0, now);
                }
            }
        }
    }

    /// Whether an order can bring the device with this serial number.
    pub fn can_arrive(&self, serial: &Serial) -> Result<(), NotAdded> {
        match self.devices.find(serial).map(|device| self.devices[device].status()) {
            None => Ok(()),
            Some(DeviceStatus::Released) if self.quirks.behaviour == Behaviour::In2026 => Ok(()),
            Some(DeviceStatus::Released) => Err(NotAdded::Gone),
            Some(_) => Err(NotAdded::AlreadyThere),
        }
    }

    /// A new record, or the old one of a device that a supplier sells again. `None` where the organisation has it.
    fn admit_device(&mut self, serial: Serial, kind: u32, order: u32) -> Option<DeviceId> {
        self.can_arrive(&serial).ok()?;
        let record = Device::new(kind, order + 1);
        match self.devices.find(&serial) {
            None => Some(self.devices.add(serial, record)),
            Some(device) => {
                self.devices.renew(device, record);
                Some(device)
            }
        }
    }

    /// Assigns devices that are at no server. While a scenario is loaded that is as quick as can be: their order is their history.
    fn assign_new(&mut self, devices: &[DeviceId], server: ServerId, by: u16, now: Timestamp) {
        if self.recording {
            self.place(devices, Move { to: Some(server), by, deadline: None }, now);
            return;
        }
        for &device in devices {
            let record = &mut self.devices[device];
            record.set_server(Some(server));
            record.standing.assigned_at = now.seconds();
            record.standing.assigned_by = by;
            record.seat = self.servers[usize::from(server)].roster.seat(device);
        }
    }

    pub(super) fn next_serial(&mut self) -> Serial {
        loop {
            let serial = self.serials.nth(self.serials_used);
            self.serials_used += 1;
            // Generated ones never repeat; only one that somebody named can be in the way.
            if !self.devices.may_collide() || self.devices.find(&serial).is_none() {
                return serial;
            }
        }
    }

    /// Adds a device with Apple Configurator: to `server`, or to no server yet. It is provisional for 30 days.
    pub fn add_by_configurator(
        &mut self,
        serial: Option<Serial>,
        kind: KindFacts,
        server: Option<ServerId>,
        by: u16,
        now: Timestamp,
    ) -> Result<DeviceId, NotAdded> {
        self.check_configurator(serial, kind.family)?;
        let serial = serial.unwrap_or_else(|| self.next_serial());
        let kind = self.kinds.place(kind);
        let device = match self.devices.find(&serial) {
            None => self.devices.add(serial, Device::new(kind, 0)),
            Some(device) => {
                self.devices.renew(device, Device::new(kind, 0));
                device
            }
        };
        self.history.note(now, by, "added with Apple Configurator", vec![device]);
        if self.quirks.provisional_starts == ProvisionalStarts::Added {
            self.begin_provisional(device, now);
        }
        if server.is_some() {
            self.place(&[device], Move { to: server, by, deadline: None }, now);
        }
        Ok(device)
    }

    fn check_configurator(&self, serial: Option<Serial>, family: Family) -> Result<(), NotAdded> {
        let mobile = matches!(family, Family::IPhone | Family::IPad | Family::IPod | Family::AppleTV);
        let in_2018 = self.quirks.behaviour == Behaviour::In2018;
        let known = serial.and_then(|serial| self.devices.find(&serial));
        match known.map(|device| self.devices[device].status()) {
            Some(DeviceStatus::Released) if in_2018 && !mobile => Err(NotAdded::CannotReturn),
            None | Some(DeviceStatus::Released) if family == Family::Watch || (in_2018 && !mobile) => {
                Err(NotAdded::WrongFamily)
            }
            None | Some(DeviceStatus::Released) => Ok(()),
            Some(_) => Err(NotAdded::AlreadyThere),
        }
    }

    /// Starts the 30 days.
    pub(super) fn begin_provisional(&mut self, device: DeviceId, now: Timestamp) {
        let until = now + PROVISIONAL;
        self.devices.extra_mut(device).provisional_until = Some(until);
        self.schedule.plan(until, Event::ProvisionEnds { device });
    }

    /// Enters suppliers; the pending devices of those that are now known appear, each where its order sends it. Answers how many appeared.
    pub fn enter_suppliers(&mut self, suppliers: Option<super::Suppliers>, now: Timestamp) -> usize {
        self.suppliers = suppliers;
        let known: Vec<bool> = self
            .orders
            .iter()
            .map(|order| self.suppliers.as_ref().is_none_or(|suppliers| suppliers.know(&order.source)))
            .collect();
        let waiting = |device: &Device| device.status() == DeviceStatus::Pending;
        let from_known = |device: &Device| device.order.checked_sub(1).is_some_and(|order| known[order as usize]);
        let appearing: Vec<DeviceId> =
            self.devices.iter().filter(|(_, device)| waiting(device) && from_known(device)).map(|(id, _)| id).collect();
        for &device in &appearing {
            self.devices[device].set_pending(false);
            let destination = self.devices.extra_mut(device).destination.take().unwrap_or_default();
            self.send(vec![device], destination, now);
        }
        appearing.len()
    }
}
