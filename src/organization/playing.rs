//! Playing the timeline: each happening goes through the verbs that everybody else uses.

use std::sync::Arc;

use super::choice::{counted, several};
use super::happening::switches;
use super::schedule::Ran;
use super::{
    Actors, Books, CannotLeave, Choice, DeviceId, Happening, Move, Placed, Progress, ServerChange, ServerId, TokenFate,
};
use crate::clock::{Moment, Span, Timestamp};
use crate::nearest::nearest;

/// What came of a happening in words, or why it could not be.
type Told = Result<String, String>;

impl Books {
    /// Plays an entry of the timeline, whose time has come.
    pub(super) fn play(&mut self, entry: u32, now: Timestamp) -> Option<Ran> {
        let planned = self.timeline.get(entry)?;
        let (happening, note) = (planned.happening.clone(), planned.note.clone());
        let planned = happening.to_string();
        match self.happen(happening, now) {
            Ok(what) => {
                self.timeline.conclude(entry, Progress::Done(what.clone()));
                Some(Ran { note, ..Ran::of(now, what) })
            }
            Err(why) => {
                let organization = &self.identity.name;
                tracing::warn!(%organization, at = %now, %why, "the timeline could not go on as planned: {planned}");
                self.timeline.conclude(entry, Progress::Failed(why.clone()));
                Some(Ran { note, failed: true, ..Ran::of(now, format!("{planned} — failed: {why}")) })
            }
        }
    }

    fn happen(&mut self, happening: Happening, now: Timestamp) -> Told {
        match happening {
            Happening::Assign { devices, server, deadline, by } => {
                self.assign_chosen(&devices, server, deadline, by, now)
            }
            Happening::Release { devices, by } => self.release_chosen(&devices, by, now),
            Happening::Order(draft) => {
                self.check_servers(draft.servers())?;
                let placed = self.place_orders(&draft, now).map_err(|refused| refused.to_string())?;
                let numbers = placed.iter().map(|order| self.orders[*order as usize].number.clone());
                let (numbers, devices) = (numbers.collect::<Vec<_>>(), counted(draft.devices(), "device"));
                Ok(format!("{} placed: {devices}", several(&numbers, "order")))
            }
            Happening::Add(addition) => {
                let server = addition.server.as_ref().map(|name| self.server_called(name)).transpose()?;
                let by = self.actors.place(addition.by.as_deref().unwrap_or(Actors::AUTOMATIC));
                let added = self.add_devices(&addition, server, by, now).map_err(|refused| refused.to_string())?;
                Ok(format!("{} added with Apple Configurator", self.named(&added)))
            }
            Happening::Activate(devices) => self.each(&devices, "activated", |books, device| {
                books.activate(device, now);
                Ok(())
            }),
            Happening::Erase(devices) => self.each(&devices, "erased", |books, device| {
                books.erase(device, now);
                Ok(())
            }),
            Happening::Leave(devices) => self.each(&devices, "taken out by their users", |books, device| {
                books.leave(device, now).map_err(|refused: CannotLeave| refused.to_string())
            }),
            Happening::CancelMigration(devices) => {
                self.each(&devices, "kept from moving to another server", |books, device| {
                    let called_off = books.cancel_migration(device, 0, now);
                    called_off.then_some(()).ok_or_else(|| "there is no migration to call off".to_owned())
                })
            }
            Happening::Replace { serial, with } => {
                let device = self.devices.find_text(&serial).ok_or_else(|| unknown(std::slice::from_ref(&serial)))?;
                let new = self.replace(device, with, now);
                let new = new.ok_or("it was released, or the new serial number is taken")?;
                Ok(format!("{serial} replaced by {}", self.devices.serial(new)))
            }
            Happening::Terms { signed, lag } => {
                self.sign_terms(signed, lag, now);
                Ok(match (signed, lag) {
                    (false, _) => "new terms wait for consent".to_owned(),
                    (true, Span::ZERO) => "the terms were signed".to_owned(),
                    (true, lag) => format!("the terms were signed; the services know it after {lag}"),
                })
            }
            Happening::RenewToken { server, admin, lifetime } => {
                let place = self.server_called(&server)?;
                let token = self.renew_token(place, admin, lifetime, now);
                Ok(format!("the token of {server} was renewed until {}", token.expires_at))
            }
            Happening::RevokeToken { server, fate } => self.revoke_named(&server, fate),
            Happening::RemovePerson { account } => {
                let tokens = self.remove_person(&account).ok_or("nobody in the organisation has this account")?;
                Ok(format!("{account} left the organisation, and {} with them", counted(tokens as u64, "server token")))
            }
            Happening::ChangeServer { server, change } => self.change_named(&server, change),
            Happening::EndSessions => {
                self.end_sessions();
                Ok("all sessions were ended".to_owned())
            }
            Happening::Quirks(patch) => {
                let patched = self.quirks.patched(&patch).map_err(|mistakes| {
                    mistakes.into_iter().map(|mistake| mistake.detail).collect::<Vec<_>>().join("; ")
                })?;
                self.turn_switches(Arc::new(patched), now);
                Ok(format!("switches turned: {}", switches(&patch)))
            }
            Happening::Content(happening) => self.happen_to_content(happening, now),
            Happening::Suppliers(suppliers) => {
                let appeared = self.enter_suppliers(suppliers, now);
                Ok(format!("suppliers were entered, and {} appeared", counted(appeared as u64, "device")))
            }
        }
    }

    fn assign_chosen(
        &mut self,
        choice: &Choice,
        server: Option<String>,
        deadline: Option<Moment>,
        by: Option<String>,
        now: Timestamp,
    ) -> Told {
        let to = server.as_ref().map(|name| self.server_called(name)).transpose()?;
        let deadline = deadline.map(|deadline| deadline.after(now));
        if let Some(deadline) = deadline.filter(|deadline| *deadline <= now) {
            return Err(format!("the deadline {deadline} has passed"));
        }
        let (devices, missing) = self.chosen(choice)?;
        let by = self.actor(by);
        let placed = self.place(&devices, Move { to, by, deadline }, now);
        let is_moved = |placed: &Placed| matches!(placed, Placed::Assigned | Placed::Unassigned);
        let (moved, kept): (Vec<_>, Vec<_>) = placed.into_iter().partition(|(_, placed)| is_moved(placed));
        let mut amiss: Vec<String> = Vec::new();
        for (state, word) in
            [(Placed::Released, "released"), (Placed::Pending, "pending"), (Placed::Provisional, "provisional")]
        {
            let such: Vec<DeviceId> =
                kept.iter().filter(|(_, placed)| *placed == state).map(|(device, _)| *device).collect();
            if !such.is_empty() {
                amiss.push(format!("{}: {word}", self.named(&such)));
            }
        }
        amiss.extend((!missing.is_empty()).then(|| unknown(&missing)));
        let moved: Vec<DeviceId> = moved.into_iter().map(|(device, _)| device).collect();
        let what = match &server {
            Some(server) => format!("{} assigned to {server}", self.named(&moved)),
            None => format!("{} taken from their server", self.named(&moved)),
        };
        tell(what, moved.len(), amiss)
    }

    fn release_chosen(&mut self, choice: &Choice, by: Option<String>, now: Timestamp) -> Told {
        let (devices, missing) = self.chosen(choice)?;
        let by = self.actor(by);
        let released = self.release(&devices, by, now);
        let mut amiss = Vec::new();
        if released < devices.len() {
            amiss.push(format!("{} had been released before", devices.len() - released));
        }
        amiss.extend((!missing.is_empty()).then(|| unknown(&missing)));
        let what = match released == devices.len() {
            true => format!("{} released", self.named(&devices)),
            false => format!("{} released", counted(released as u64, "device")),
        };
        tell(what, released, amiss)
    }

    fn revoke_named(&mut self, server: &str, fate: TokenFate) -> Told {
        let place = self.server_called(server)?;
        let mdm = &mut self.servers[usize::from(place)];
        if mdm.token.is_none() {
            return Err("the server has no token".to_owned());
        }
        mdm.renew(None, fate);
        Ok(format!("the token of {server} was revoked"))
    }

    fn change_named(&mut self, server: &str, change: ServerChange) -> Told {
        let place = self.server_called(server)?;
        let words = change.to_string();
        self.change_server(place, change).map_err(|refused| refused.to_string())?;
        Ok(format!("{server} was changed: {words}"))
    }

    /// Does something to each of the devices chosen; what cannot be done to one of them is told at the end.
    fn each(
        &mut self,
        choice: &Choice,
        done: &str,
        mut deed: impl FnMut(&mut Self, DeviceId) -> Result<(), String>,
    ) -> Told {
        let (devices, missing) = self.chosen(choice)?;
        let mut amiss: Vec<String> = Vec::new();
        let mut well: Vec<DeviceId> = Vec::new();
        for device in devices {
            match deed(self, device) {
                Ok(()) => well.push(device),
                Err(why) => amiss.push(format!("{}: {why}", self.devices.serial(device))),
            }
        }
        let others = amiss.len().saturating_sub(3);
        amiss.truncate(3);
        amiss.extend((others > 0).then(|| format!("and {others} more")));
        amiss.extend((!missing.is_empty()).then(|| unknown(&missing)));
        tell(format!("{} {done}", self.named(&well)), well.len(), amiss)
    }

    fn chosen(&self, choice: &Choice) -> Result<(Vec<DeviceId>, Vec<String>), String> {
        let (devices, missing) = self.choose(choice).map_err(|unknown| {
            let near = nearest(&unknown.0, self.orders.iter().map(|order| order.number.as_str()));
            format!("{unknown}{}", meant(near))
        })?;
        match choice {
            Choice::Order(number) if devices.is_empty() => Err(format!("the order {number} has no devices here yet")),
            _ => Ok((devices, missing)),
        }
    }

    fn server_called(&self, name: &str) -> Result<ServerId, String> {
        let names = || self.servers.iter().map(|server| server.name.as_str());
        self.find_server(name).ok_or_else(|| format!("there is no server `{name}`{}", meant(nearest(name, names()))))
    }

    fn check_servers<'n>(&self, mut names: impl Iterator<Item = &'n str>) -> Result<(), String> {
        names.try_for_each(|name| self.server_called(name).map(|_| ()))
    }

    fn actor(&mut self, by: Option<String>) -> u16 {
        let name = by.unwrap_or_else(|| self.first_administrator());
        self.actors.place(&name)
    }

    fn named(&self, devices: &[DeviceId]) -> String {
        let serials: Vec<&str> = devices.iter().map(|device| self.devices.serial(*device).as_str()).collect();
        several(&serials, "device")
    }
}

/// `what` where at least something was done or nothing was amiss; otherwise what was.
fn tell(what: String, done: usize, amiss: Vec<String>) -> Told {
    match (done, amiss.is_empty()) {
        (_, true) => Ok(what),
        (0, false) => Err(amiss.join("; ")),
        (_, false) => Ok(format!("{what}, but not all: {}", amiss.join("; "))),
    }
}

fn unknown(serials: &[String]) -> String {
    match serials {
        [serial] => format!("there is no device `{serial}`"),
        many => format!("not in the organisation: {}", several(many, "device")),
    }
}

fn meant(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}
