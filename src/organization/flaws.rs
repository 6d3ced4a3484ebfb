//! What is wrong with books that somebody brings: numbers that lead nowhere, names that are there twice. Books without flaws are ours to work with: nothing
//! in them leads a verb astray.

use std::collections::HashSet;
use std::fmt::Display;
use std::hash::Hash;

use super::{Books, Change, Destination, DeviceId, Event, Extra, Goods, MdmServer, Move, Order, ServerId, Standing};

/// One thing wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Where in the books, as a JSON pointer.
    pub pointer: String,
    /// What, and what would be right.
    pub detail: String,
}

/// Flaws that are told at most.
const TOLD: usize = 100;
/// The most that a counter may show: it has to be able to count on.
const HIGHEST: u64 = 1 << 31;
/// The most servers that an organisation may have.
const MOST_SERVERS: usize = 250;
/// The most devices that orders yet to arrive may bring.
const MOST_DEVICES: u64 = 10_000_000;

/// Looks at books and notes what is wrong.
struct Inspector<'a> {
    books: &'a Books,
    flaws: Vec<Flaw>,
}

impl Books {
    /// Everything that is wrong with these books, as far as a hundred things.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut inspector = Inspector { books: self, flaws: Vec::new() };
        inspector.inspect();
        inspector.flaws
    }
}

impl Inspector<'_> {
    fn inspect(&mut self) {
        // Field by field, so that a new one is not taken without a look.
        let Books {
            identity: _,
            clock: _,
            random: _,
            random_content: _,
            quirks: _,
            terms: _,
            suppliers: _,
            people: _,
            servers,
            orders,
            kinds: _,
            devices: _,
            profiles: _,
            actors: _,
            history,
            schedule,
            throttled,
            content,
            timeline,
            session_epoch,
            faults: _,
            serials: _,
            serials_used,
            unshown,
            waiting_rows,
            repeats: _,
            stale_details,
            recording: _,
        } = self.books;
        if servers.len() > MOST_SERVERS {
            self.note("/servers", format!("an organisation has at most {MOST_SERVERS} MDM servers"));
            return;
        }
        self.unique("/servers", "id", servers.iter().map(|server| server.id.as_str()));
        self.unique("/servers", "name", servers.iter().map(|server| server.name.as_str()));
        let keys = |server: &'_ MdmServer| server.token.as_ref().map(|token| token.consumer_key.clone());
        let keys =
            servers.iter().enumerate().map(|(place, server)| keys(server).unwrap_or_else(|| format!("none, {place}")));
        self.unique("/servers", "token/consumer_key", keys);
        self.unique("/orders", "number", orders.iter().map(|order| order.number.as_str()));
        let uuids = self.books.profiles.iter().map(|(_, profile)| profile.profile_uuid.as_str());
        self.unique("/profiles", "profile/profile_uuid", uuids);
        self.devices();
        self.profiles();
        for (place, server) in servers.iter().enumerate() {
            self.server(&format!("/servers/{place}"), place, server);
        }
        self.orders(orders);
        for (place, deed) in history.deeds().iter().enumerate() {
            self.actor(|| format!("/history/{place}/by"), deed.by);
            if !deed.is_of_the_first(self.books.devices.len()) {
                let detail =
                    format!("devices in ascending order are wanted, of the {} there are", self.books.devices.len());
                self.note(&format!("/history/{place}/devices"), detail);
            }
        }
        let mut tickets = HashSet::new();
        for (place, ((_, event), ticket)) in schedule.iter().zip(schedule.tickets()).enumerate() {
            let here = format!("/schedule/events/{place}");
            if ticket > schedule.planned() || !tickets.insert(ticket) {
                let detail = format!("a number of its own is wanted, up to {}", schedule.planned());
                self.note(&format!("{here}/ticket"), detail);
            }
            self.event(&here, event);
        }
        self.counter("/schedule/planned", schedule.planned());
        self.counter("/session_epoch", *session_epoch);
        if let Err(detail) = content.check() {
            self.note("/content", detail);
        }
        self.counter("/content/deliveries/made", content.deliveries.made());
        for (place, entry) in timeline.entries().iter().enumerate() {
            if !entry.at.is_representable() {
                self.note(&format!("/timeline/entries/{place}/at"), "a moment from 1970 to 2105 is wanted".to_owned());
            }
        }
        self.counter("/serials_used", *serials_used);
        let mut known: Vec<DeviceId> = throttled.devices().collect();
        known.sort_unstable();
        for device in known {
            self.device(|| format!("/throttled/{device}"), device);
        }
        for (device, unshown) in in_order(unshown) {
            self.device(|| format!("/unshown/{device}"), *device);
            if let Some(server) = unshown.visible {
                self.a_server(|| format!("/unshown/{device}/visible"), server);
            }
        }
        for (device, rows) in in_order(waiting_rows) {
            self.device(|| format!("/waiting_rows/{device}"), *device);
            for (place, waiting) in rows.iter().enumerate() {
                let here = || format!("/waiting_rows/{device}/{place}");
                self.a_server(|| format!("{}/server", here()), waiting.server);
                self.change(|| format!("{}/row", here()), &waiting.row);
                if waiting.row.device != *device {
                    self.note(&format!("{}/row/device", here()), format!("this list is that of the device {device}"));
                }
            }
        }
        for (device, (_, standing)) in in_order(stale_details) {
            self.device(|| format!("/stale_details/{device}"), *device);
            self.standing(|| format!("/stale_details/{device}/1"), standing);
        }
    }

    fn devices(&mut self) {
        let books = self.books;
        for (id, device) in books.devices.iter() {
            let here = |key: &str| format!("/devices/records/{id}/{key}");
            if device.kind as usize >= books.kinds.len() {
                self.note(&here("kind"), none("kind", books.kinds.len()));
            }
            if device.order as usize > books.orders.len() {
                self.note(&here("order"), none("order", books.orders.len()));
            }
            if !device.has_known_flags() {
                self.note(&here("flags"), "there are no such flags".to_owned());
            }
            if let Some(server) = device.server() {
                self.a_server(|| here("server"), server);
            }
            self.standing(|| here("standing"), &device.standing);
            if device.has_extra() && books.devices.extra(id).is_none() {
                self.note(&here("flags"), format!("it is said to have extras, and has none at /devices/extras/{id}"));
            }
            let seated = books
                .visible_at(id)
                .and_then(|server| books.servers.get(usize::from(server)))
                .is_some_and(|server| server.roster.holds(device.seat, id));
            if books.visible_at(id).is_some() && !seated {
                self.note(&here("seat"), "at its server another sits there, or nobody".to_owned());
            }
        }
        let mut extras: Vec<(DeviceId, &Extra)> = books.devices.extras().collect();
        extras.sort_unstable_by_key(|(device, _)| *device);
        for (device, extra) in extras {
            let here = |key: &str| format!("/devices/extras/{device}/{key}");
            self.device(|| format!("/devices/extras/{device}"), device);
            if let Some(migration) = extra.migration {
                self.a_server(|| here("migration/from"), migration.from);
            }
            if let Some(Destination::Server(server)) = extra.destination {
                self.a_server(|| here("destination/server"), server);
            }
        }
    }

    fn profiles(&mut self) {
        for (place, (server, profile)) in self.books.profiles.iter().enumerate() {
            self.a_server(|| format!("/profiles/{place}/server"), server);
            if !is_id(&profile.profile_uuid) {
                self.note(&format!("/profiles/{place}/profile/profile_uuid"), NO_ID.to_owned());
            }
        }
    }

    fn server(&mut self, here: &str, place: usize, server: &MdmServer) {
        if !is_id(&server.id) {
            self.note(&format!("{here}/id"), NO_ID.to_owned());
        }
        if server.name.trim().is_empty() {
            self.note(&format!("{here}/name"), "a server needs a name".to_owned());
        }
        self.counter(&format!("{here}/token_generation"), u64::from(server.token_generation));
        self.counter(&format!("{here}/roster/last"), u64::from(server.roster.last()));
        self.counter(&format!("{here}/log/forgotten"), server.log.start());
        for (seat, device) in server.roster.iter() {
            let sits = self.books.devices.len() > device as usize
                && self.books.devices[device].seat == seat
                && self.books.visible_at(device) == ServerId::try_from(place).ok();
            if !sits || seat == 0 || seat > server.roster.last() {
                self.note(&format!("{here}/roster/seats/{seat}"), "no device says that it sits here".to_owned());
            }
        }
        for (row, change) in server.log.rows().enumerate() {
            self.change(|| format!("{here}/log/rows/{row}/1"), change);
        }
    }

    fn orders(&mut self, orders: &[Order]) {
        let mut coming = 0;
        for (place, order) in orders.iter().enumerate() {
            for (nth, line) in order.lines.iter().enumerate() {
                let here = format!("/orders/{place}/lines/{nth}");
                if let Destination::Server(server) = line.destination {
                    self.a_server(|| format!("{here}/destination/server"), server);
                }
                if let Goods::Generated { kinds, .. } = &line.goods
                    && kinds.is_empty()
                {
                    self.note(&format!("{here}/goods/generated/kinds"), "one kind at least is wanted".to_owned());
                }
                coming += u64::from(line.goods.count());
                if coming > MOST_DEVICES {
                    self.note(&here, format!("{MOST_DEVICES} devices are the most that can be on their way"));
                    return;
                }
            }
        }
    }

    fn event(&mut self, here: &str, event: &Event) {
        let what = |key: &str| format!("{here}/what/{key}");
        match event {
            Event::OrderArrives { order } => {
                if *order as usize >= self.books.orders.len() {
                    self.note(&what("order_arrives/order"), none("order", self.books.orders.len()));
                }
            }
            Event::AssignmentShows { devices, how: Move { to, by, deadline: _ }, ticket: _ } => {
                self.each(&what("assignment_shows/devices"), devices);
                if let Some(server) = to {
                    self.a_server(|| what("assignment_shows/how/to"), *server);
                }
                self.actor(|| what("assignment_shows/how/by"), *by);
            }
            Event::RowsShow { server, devices } => {
                self.a_server(|| what("rows_show/server"), *server);
                self.each(&what("rows_show/devices"), devices);
            }
            Event::TermsTakeEffect => {}
            Event::ProvisionEnds { device } => self.device(|| what("provision_ends/device"), *device),
            Event::MigrationDue { device } => self.device(|| what("migration_due/device"), *device),
            Event::Content(due) => {
                if let Err(detail) = self.books.content.check_due(due) {
                    self.note(&what("content"), detail);
                }
            }
            Event::Happens { entry } => {
                let planned = self.books.timeline.entries().len();
                if *entry as usize >= planned {
                    self.note(&what("happens/entry"), none("entry of the timeline", planned));
                }
            }
        }
    }

    fn change(&mut self, here: impl Fn() -> String, change: &Change) {
        self.device(|| format!("{}/device", here()), change.device);
        self.standing(|| format!("{}/standing", here()), &change.standing);
    }

    fn standing(&mut self, here: impl Fn() -> String, standing: &Standing) {
        if standing.profile as usize > self.books.profiles.len() {
            self.note(&format!("{}/profile", here()), none("profile", self.books.profiles.len()));
        }
        self.actor(|| format!("{}/assigned_by", here()), standing.assigned_by);
    }

    fn each(&mut self, here: &str, devices: &[DeviceId]) {
        for (place, device) in devices.iter().enumerate() {
            self.device(|| format!("{here}/{place}"), *device);
        }
    }

    fn device(&mut self, here: impl Fn() -> String, device: DeviceId) {
        if device as usize >= self.books.devices.len() {
            self.note(&here(), none("device", self.books.devices.len()));
        }
    }

    fn a_server(&mut self, here: impl Fn() -> String, server: ServerId) {
        if usize::from(server) >= self.books.servers.len() {
            self.note(&here(), none("server", self.books.servers.len()));
        }
    }

    fn actor(&mut self, here: impl Fn() -> String, actor: u16) {
        if usize::from(actor) >= self.books.actors.len() {
            self.note(&here(), none("actor", self.books.actors.len()));
        }
    }

    fn counter(&mut self, here: &str, count: u64) {
        if count > HIGHEST {
            self.note(here, format!("{HIGHEST} is the most"));
        }
    }

    fn unique<T: Hash + Eq + Display>(&mut self, list: &str, key: &str, names: impl Iterator<Item = T>) {
        let mut seen = HashSet::new();
        for (place, name) in names.enumerate() {
            if seen.contains(&name) {
                self.note(&format!("{list}/{place}/{key}"), format!("`{name}` is there before"));
            }
            seen.insert(name);
        }
    }

    fn note(&mut self, pointer: &str, detail: String) {
        if self.flaws.len() < TOLD {
            self.flaws.push(Flaw { pointer: pointer.to_owned(), detail });
        }
    }
}

const NO_ID: &str = "an id has 32 hexadecimal digits, in capitals";

fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'F'))
}

fn none(noun: &str, count: usize) -> String {
    format!("there is no such {noun}: there are {count}")
}

fn in_order<K: Ord, V>(map: &std::collections::HashMap<K, V>) -> impl Iterator<Item = (&K, &V)> {
    let mut entries: Vec<(&K, &V)> = map.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    entries.into_iter()
}
