//! Requests that begin an event, and what is checked before it begins.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Affected, Asset, AssetKey, ContentRefusal, ContentRefused, LocationId, UserFields};
use crate::organization::quirks::UnknownUser;
use crate::organization::{Books, DeviceStatus};

/// What is to be done with assets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssetVerb {
    /// Licences are taken.
    Associate,
    /// Licences are given back.
    Disassociate,
}

/// What is to be done with users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserVerb {
    /// They are registered.
    Create,
    /// E-mail address and Managed Apple Account change.
    Update,
    /// They are retired.
    Retire,
}

/// Every asset for every user and serial number (`POST /assets/associate`, `/assets/disassociate`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManageAssets {
    /// The assets.
    pub assets: Vec<AssetKey>,
    /// The users.
    pub client_user_ids: Vec<String>,
    /// The devices.
    pub serial_numbers: Vec<String>,
}

/// Everything that can be taken back, from all of these (`POST /assets/revoke`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokeAssets {
    /// The users.
    pub client_user_ids: Vec<String>,
    /// The devices.
    pub serial_numbers: Vec<String>,
}

use ContentRefusal as No;

impl Books {
    /// Whether an association or disassociation may begin: what Apple answers at once, in the order missing, too many, twice, then what is
    /// wrong with the assets and users themselves.
    pub fn check_manage_assets(
        &self,
        location: LocationId,
        verb: AssetVerb,
        request: &ManageAssets,
    ) -> Result<(), ContentRefused> {
        let limits = self.limits(location);
        let ManageAssets { assets, client_user_ids: users, serial_numbers: serials } = request;
        if assets.is_empty() {
            return Err(ContentRefused::new(No::NoAssets, "the request names no asset"));
        }
        check_any(users, serials)?;
        check_size(No::TooManyAssets, "assets", assets.len(), limits.max_assets)?;
        check_size(No::TooManyClientUserIds, "clientUserIds", users.len(), limits.max_client_user_ids)?;
        check_size(No::TooManySerialNumbers, "serialNumbers", serials.len(), limits.max_serial_numbers)?;
        let twice = twice(assets);
        if !twice.is_empty() {
            let why = format!("{} assets are named twice", twice.len());
            return Err(ContentRefused::about(No::DuplicateAssets, Affected::assets(twice), why));
        }
        check_once(users, serials)?;
        self.check_assets(location, verb, request)?;
        self.check_targets(location, users, serials, verb == AssetVerb::Associate)
    }

    fn check_assets(
        &self,
        location: LocationId,
        verb: AssetVerb,
        request: &ManageAssets,
    ) -> Result<(), ContentRefused> {
        let location = self.content.location(location);
        let those = |wrong: &dyn Fn(&Asset) -> bool| {
            let wrong = request.assets.iter().filter(|key| location.asset(**key).is_some_and(wrong));
            wrong.copied().collect::<Vec<_>>()
        };
        if !request.serial_numbers.is_empty() {
            let wrong = those(&|asset| !asset.device_assignable);
            if !wrong.is_empty() {
                let why = format!("{} of the assets cannot be assigned to devices", wrong.len());
                return Err(ContentRefused::about(No::NotDeviceAssignable, Affected::assets(wrong), why));
            }
        }
        if verb == AssetVerb::Disassociate {
            let wrong = those(&|asset| !asset.revocable);
            if !wrong.is_empty() {
                let why = format!("{} of the assets are books, which can never be taken back", wrong.len());
                return Err(ContentRefused::about(No::NotRevocable, Affected::assets(wrong), why));
            }
        }
        Ok(())
    }

    /// Whether users and serial numbers are there, as far as the switches `unknown_user` and `strict_serials` make that matter at once.
    fn check_targets(
        &self,
        location: LocationId,
        users: &[String],
        serials: &[String],
        strict_serials: bool,
    ) -> Result<(), ContentRefused> {
        if self.quirks.unknown_user == UnknownUser::Sync {
            let users = users.iter().map(String::as_str);
            let location = self.content.location(location);
            let unknown: Vec<&str> = users.filter(|id| location.active_user(id).is_none()).collect();
            if !unknown.is_empty() {
                let why = format!("no user who is not retired is called {}", some(&unknown));
                return Err(ContentRefused::about(No::UserNotFound, Affected::users(unknown), why));
            }
        }
        if strict_serials && self.quirks.strict_serials {
            let serials = serials.iter().map(String::as_str);
            let unknown: Vec<&str> = serials.filter(|serial| !self.owns_device(serial)).collect();
            if !unknown.is_empty() {
                let why = format!(
                    "no device of the organisation has the serial number {}, and `strict_serials` is on",
                    some(&unknown)
                );
                return Err(ContentRefused::about(No::SerialUnknown, Affected::serials(unknown), why));
            }
        }
        Ok(())
    }

    /// Whether a serial number is one of the organisation's devices, of those that it has not released.
    pub(super) fn owns_device(&self, serial: &str) -> bool {
        let device = self.devices.find_text(serial);
        device.is_some_and(|device| self.devices[device].status() != DeviceStatus::Released)
    }

    /// Whether a revocation may begin.
    pub fn check_revoke_assets(&self, location: LocationId, request: &RevokeAssets) -> Result<(), ContentRefused> {
        let limits = self.limits(location);
        let RevokeAssets { client_user_ids: users, serial_numbers: serials } = request;
        check_any(users, serials)?;
        check_size(No::TooManyClientUserIds, "clientUserIds", users.len(), limits.max_revoke_client_user_ids)?;
        check_size(No::TooManySerialNumbers, "serialNumbers", serials.len(), limits.max_revoke_serial_numbers)?;
        check_once(users, serials)?;
        self.check_targets(location, users, serials, false)
    }

    /// Whether users may be created, updated or retired, as far as that is answered at once.
    pub fn check_manage_users(&self, location: LocationId, users: &[UserFields]) -> Result<(), ContentRefused> {
        if users.is_empty() {
            return Err(ContentRefused::new(No::NoUsers, "the request names no user"));
        }
        check_size(No::TooManyUsers, "users", users.len(), self.limits(location).max_users)?;
        let ids: Vec<&str> = users.iter().map(|user| user.client_user_id.as_str()).collect();
        if ids.iter().any(|id| id.is_empty()) {
            return Err(ContentRefused::new(No::InvalidArgument, "a clientUserId is empty"));
        }
        let twice = twice(&ids);
        if !twice.is_empty() {
            let why = format!("named twice: {}", some(&twice.iter().copied().collect::<Vec<_>>()));
            return Err(ContentRefused::about(No::DuplicateUsers, Affected::users(twice), why));
        }
        let emails = users.iter().filter_map(|user| Some((user, user.email.as_deref()?)));
        let wrong: Vec<_> = emails.filter(|(_, email)| !email.is_empty() && !is_email(email)).collect();
        if let Some((_, email)) = wrong.first() {
            let why = format!("`{email}` is no e-mail address");
            let whose = Affected::users(wrong.iter().map(|(user, _)| user.client_user_id.as_str()));
            return Err(ContentRefused::about(No::EmailInvalid, whose, why));
        }
        Ok(())
    }
}

/// Whether this may be an e-mail address: something, one `@`, something with no blanks.
pub fn is_email(text: &str) -> bool {
    let sound = |part: &str| !part.is_empty() && !part.contains(|c: char| c == '@' || c.is_whitespace());
    text.split_once('@').is_some_and(|(name, host)| sound(name) && sound(host))
}

/// The first few, for people.
fn some(all: &[&str]) -> String {
    const FEW: usize = 3;
    let few = all.iter().take(FEW).map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ");
    if all.len() > FEW { format!("{few} and {} more", all.len() - FEW) } else { few }
}

pub(super) fn twice<T: Ord + Copy>(all: &[T]) -> BTreeSet<T> {
    let mut seen = BTreeSet::new();
    all.iter().filter(|one| !seen.insert(**one)).copied().collect()
}

pub(super) fn check_size(refusal: No, what: &str, count: usize, most: u32) -> Result<(), ContentRefused> {
    if count > most as usize {
        return Err(ContentRefused::new(refusal, format!("{count} {what}, and {most} are allowed")));
    }
    Ok(())
}

fn check_any(users: &[String], serials: &[String]) -> Result<(), ContentRefused> {
    if users.is_empty() && serials.is_empty() {
        return Err(ContentRefused::new(No::NoTargets, "the request names neither users nor serial numbers"));
    }
    if users.iter().chain(serials).any(String::is_empty) {
        return Err(ContentRefused::new(No::InvalidArgument, "a clientUserId or a serial number is empty"));
    }
    Ok(())
}

fn check_once(users: &[String], serials: &[String]) -> Result<(), ContentRefused> {
    let texts = |texts: &[String]| -> BTreeSet<String> {
        let texts: Vec<&String> = texts.iter().collect();
        twice(&texts).into_iter().cloned().collect()
    };
    let (users, serials) = (texts(users), texts(serials));
    if !users.is_empty() {
        let why = format!("{} clientUserIds are named twice", users.len());
        let users = Affected { client_user_ids: users, ..Affected::default() };
        return Err(ContentRefused::about(No::DuplicateClientUserIds, users, why));
    }
    if !serials.is_empty() {
        let why = format!("{} serialNumbers are named twice", serials.len());
        let serials = Affected { serial_numbers: serials, ..Affected::default() };
        return Err(ContentRefused::about(No::DuplicateSerialNumbers, serials, why));
    }
    Ok(())
}
