//! Why something is refused, in words for people. The wire says less.

use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::{DecodeError, Engine};

use super::cursor::LONGEST;
use super::quirks::DisownRefused;
use super::{Books, Cursor, DeviceId, DeviceStatus, Place, ServerId};
use crate::clock::Timestamp;

impl Books {
    /// Why a server has no access to the device with this serial number.
    pub fn why_inaccessible(&self, server: ServerId, serial: &str) -> String {
        let Some(device) = self.devices.find_text(serial) else {
            let capitals = serial.trim().to_ascii_uppercase();
            return match self.devices.find_text(&capitals) {
                Some(_) => format!("no device of the organisation has this serial number, but one has {capitals}"),
                None => "no device of the organisation has this serial number".to_owned(),
            };
        };
        let record = &self.devices[device];
        match (record.status(), record.server(), self.visible_at(device)) {
            (DeviceStatus::Released, _, _) => self.last_deed(device, "released"),
            (DeviceStatus::Pending, _, _) => "pending: its supplier is none of the organisation's".to_owned(),
            (_, Some(at), shown) if at == server && shown != Some(server) => {
                format!("{}; the service shows it after the lag of the portal", self.last_deed(device, "assigned here"))
            }
            (_, _, None) => format!("at no MDM server: {}", self.last_deed(device, "never assigned")),
            (_, _, Some(other)) if other == server => "at this server".to_owned(),
            (_, _, Some(other)) => {
                format!("at the server {}: {}", self.server_name(other), self.last_deed(device, "assigned there"))
            }
        }
    }

    /// Why a device in an answer for many was told `word`.
    pub fn why_not_done(&self, server: ServerId, serial: &str, word: &str, now: Timestamp) -> String {
        let Some(device) = self.accessible(server, serial) else { return self.why_inaccessible(server, serial) };
        let mdm = &self.servers[usize::from(server)];
        if let Some(until) = self.throttled.until(device, now)
            && let Some(rules) = &self.quirks.throttle
        {
            return format!(
                "throttled until {until}: {} assignments within {} are allowed, and there were more",
                rules.assignments, rules.window
            );
        }
        let whole_batch = self.quirks.throttle.as_ref().is_some_and(|throttle| throttle.whole_batch);
        match word {
            "THROTTLED" if whole_batch => {
                "another device of the request is throttled, which fails all of it (the switch `throttle`, `whole_batch`)"
                    .to_owned()
            }
            "FAILED" | "NOT_ACCESSIBLE" if !mdm.allow_release => {
                let switch = match self.quirks.disown_refused {
                    DisownRefused::NotAccessible => ", which the switch `disown_refused` calls NOT_ACCESSIBLE",
                    DisownRefused::Failed => "",
                };
                format!("the server {} may not release devices{switch}", mdm.name)
            }
            _ => "a switch or a fault says so".to_owned(),
        }
    }

    /// Why a device was not locked, which was told `word`. `escrow_key` is what the client sent.
    pub fn why_not_locked(&self, server: ServerId, serial: &str, word: &str, escrow_key: Option<&str>) -> String {
        let Some(device) = self.accessible(server, serial) else { return self.why_inaccessible(server, serial) };
        match word {
            "ORG_NOT_SUPPORTED" => "the organisation is in the old programme (the switch `org_version`)".to_owned(),
            "DEVICE_NOT_SUPPORTED" => {
                let family = self.kinds[self.devices[device].kind].facts.family;
                format!("{} has no activation lock", family.name())
            }
            "DEVICE_ALREADY_LOCKED" => self.last_deed(device, "locked before"),
            _ => format!(
                "an escrow_key has 64 hexadecimal digits, and this one has {} characters",
                escrow_key.unwrap_or_default().chars().count()
            ),
        }
    }

    /// Whose cursor a text is, and what it says: nobody else's server can read it.
    pub fn cursor_issuer(&self, text: &str) -> Option<(ServerId, Cursor)> {
        let mut servers = (0..).zip(&self.servers);
        servers.find_map(|(id, server)| Some((id, Cursor::decode(text, server.cursor_key).ok()?)))
    }

    /// Why a text is no cursor of a server.
    pub(super) fn why_no_cursor(&self, text: &str, now: Timestamp) -> String {
        if let Some((other, cursor)) = self.cursor_issuer(text) {
            return format!(
                "this cursor is the server {}'s, {}; it is good there alone",
                self.server_name(other),
                told(&cursor, now)
            );
        }
        let count = text.chars().count();
        let bare = text.trim_end_matches('=');
        match STANDARD_NO_PAD.decode(bare) {
            _ if text.len() > LONGEST => format!("a cursor has at most {LONGEST} characters, and this text has {count}"),
            Err(_) if bare.contains('%') => {
                "this is no cursor: it has percent escapes in it; send it as it came".to_owned()
            }
            Err(wrong @ DecodeError::InvalidByte(..)) => {
                format!("this is no cursor: it is not base64 ({wrong}); send it as it came")
            }
            Err(wrong) => format!("this is no cursor: it was changed or cut off on its way ({wrong})"),
            Ok(bytes) if bytes.iter().filter(|byte| **byte == b':').count() == 5 => {
                "this has the form of a cursor, and its check sum is none of this organisation's servers': it comes from another organisation \
                 or another run, or was changed or cut off on its way"
                    .to_owned()
            }
            Ok(_) => format!("this is no cursor: its {count} characters were made up, or cut off on their way"),
        }
    }

    fn server_name(&self, server: ServerId) -> &str {
        self.servers.get(usize::from(server)).map_or("", |server| &server.name)
    }

    /// What was last done to a device, by whom and when.
    fn last_deed(&self, device: DeviceId, otherwise: &str) -> String {
        match self.history.of(device).last() {
            Some(deed) if deed.by == 0 => format!("{} at {}", deed.what, deed.at),
            Some(deed) => format!("{} at {} by {}", deed.what, deed.at, &self.actors[deed.by]),
            None => otherwise.to_owned(),
        }
    }
}

/// When and with what a cursor was given out.
pub(super) fn told(cursor: &Cursor, now: Timestamp) -> String {
    let with = match cursor.place {
        Place::Fetching { .. } => "a page of a fetch that had more to follow",
        Place::Syncing { step: 0, .. } => "the last page of a fetch",
        Place::Syncing { .. } => "a page of a sync",
    };
    format!("given out at {}, {} ago, with {with}", cursor.issued, (now - cursor.issued).in_words())
}
