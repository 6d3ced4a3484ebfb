//! What users, licences and titles look like.

use serde::Serialize;

use super::links::Links;
use crate::organization::content::{Asset, Held, IdHash, LicenseRow, Location, TitleKind, User, UserId, UserStatus};

/// `productTypeId` and `productTypeName`.
pub fn product_type(asset: &Asset) -> (u8, &'static str) {
    match asset.kind {
        TitleKind::Book => (10, "Publication"),
        TitleKind::App if asset.platforms.iter().all(|platform| platform == "macOS") => (7, "Software"),
        TitleKind::App => (8, "Application"),
    }
}

/// A user.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserShown<'a> {
    client_user_id_str: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invite_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invite_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    its_id_hash: Option<IdHash>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    licenses: Vec<OwnLicense>,
    status: &'static str,
    user_id: u64,
}

/// `status` of a user.
const fn user_status(status: UserStatus) -> &'static str {
    match status {
        UserStatus::Registered => "Registered",
        UserStatus::Associated => "Associated",
        UserStatus::Retired => "Retired",
    }
}

impl<'a> UserShown<'a> {
    /// A user without licences.
    pub fn of(location: &'a Location, id: UserId, user: &'a User, links: &Links) -> Self {
        let invite_code = (user.status == UserStatus::Registered).then(|| location.invite_code(id));
        Self {
            client_user_id_str: &user.client_user_id,
            email: user.email.as_deref(),
            invite_url: invite_code.as_deref().map(|code| links.invitation(code)),
            invite_code,
            its_id_hash: user.id_hash.filter(|_| user.status != UserStatus::Registered),
            licenses: Vec::new(),
            status: user_status(user.status),
            user_id: location.user_number(id),
        }
    }

    /// The same with the licences that the user holds.
    pub fn with_licenses(self, location: &Location, id: UserId) -> Self {
        Self { licenses: location.licenses_of(id).iter().map(OwnLicense::of).collect(), ..self }
    }
}

/// A licence that belongs to the user whom it is shown with.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnLicense {
    adam_id: u64,
    is_irrevocable: bool,
    license_id: u64,
    pricing_param: &'static str,
    product_type_id: u8,
    product_type_name: &'static str,
}

impl OwnLicense {
    fn of(row: &LicenseRow<'_>) -> Self {
        let (product_type_id, product_type_name) = product_type(row.asset);
        Self {
            adam_id: row.asset.key.adam_id,
            is_irrevocable: !row.asset.revocable,
            license_id: row.id,
            pricing_param: row.asset.key.pricing.name(),
            product_type_id,
            product_type_name,
        }
    }
}

/// A licence.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LicenseShown<'a> {
    adam_id: u64,
    adam_id_str: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_user_id_str: Option<&'a str>,
    is_irrevocable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    its_id_hash: Option<IdHash>,
    license_id: u64,
    license_id_str: String,
    pricing_param: &'static str,
    product_type_id: u8,
    product_type_name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<&'a str>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id_str: Option<String>,
}

impl<'a> LicenseShown<'a> {
    /// A licence with whoever holds it.
    pub fn of(location: &Location, row: &LicenseRow<'a>) -> Self {
        let (product_type_id, product_type_name) = product_type(row.asset);
        let (user, serial_number) = match row.held {
            Some(Held::User(id, user)) => (Some((id, user)), None),
            Some(Held::Serial(serial)) => (None, Some(serial)),
            None => (None, None),
        };
        let user_id = user.map(|(id, _)| location.user_number(id));
        Self {
            adam_id: row.asset.key.adam_id,
            adam_id_str: row.asset.key.adam_id.to_string(),
            client_user_id_str: user.map(|(_, user)| &*user.client_user_id),
            is_irrevocable: !row.asset.revocable,
            its_id_hash: user.and_then(|(_, user)| user.id_hash),
            license_id: row.id,
            license_id_str: row.id.to_string(),
            pricing_param: row.asset.key.pricing.name(),
            product_type_id,
            product_type_name,
            serial_number,
            status: match row.held {
                Some(_) => "Associated",
                None if row.is_gone => "Refunded",
                None => "Available",
            },
            user_id,
            user_id_str: user_id.map(|id| id.to_string()),
        }
    }
}

/// Another user with the same Apple Account, who holds a licence already.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sharing<'a> {
    client_user_id_str: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    its_id_hash: Option<IdHash>,
    status: &'static str,
    user_id: u64,
}

impl<'a> Sharing<'a> {
    /// That of a user.
    pub fn of(location: &Location, id: UserId, user: &'a User) -> Self {
        Self {
            client_user_id_str: &user.client_user_id,
            email: user.email.as_deref(),
            its_id_hash: user.id_hash,
            status: user_status(user.status),
            user_id: location.user_number(id),
        }
    }
}
