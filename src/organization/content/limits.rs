//! How much one request may ask for.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Location, LocationId};
use crate::organization::Books;

/// The limits that the service configuration tells, under Apple's names. Clients are to read them every five minutes, because they change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Limits {
    /// Assets in an association or disassociation.
    pub max_assets: u32,
    /// Users in one.
    pub max_client_user_ids: u32,
    /// Serial numbers in one.
    pub max_serial_numbers: u32,
    /// Users in a revocation.
    pub max_revoke_client_user_ids: u32,
    /// Serial numbers in a revocation.
    pub max_revoke_serial_numbers: u32,
    /// Users in a request that creates, updates or retires them.
    pub max_users: u32,
    /// Characters of a notification URL, and of its token.
    pub max_notification_length: u32,
    /// Characters of `mdmInfo.id`.
    pub max_mdm_id_length: u32,
    /// Characters of `mdmInfo.name`.
    pub max_mdm_name_length: u32,
    /// Characters of `mdmInfo.metadata`.
    pub max_mdm_metadata_length: u32,
    /// Requests in a second.
    pub max_request_per_second: u32,
    /// Subscriptions in an association or disassociation.
    pub max_subscriptions: u32,
    /// Users in one.
    pub max_subscription_client_user_ids: u32,
    /// Version 1: associations in one request.
    pub max_batch_associate_license_count: u32,
    /// Version 1: disassociations in one request.
    pub max_batch_disassociate_license_count: u32,
}

impl Default for Limits {
    /// Those of Apple's example of 2026.
    fn default() -> Self {
        Self {
            max_assets: 25,
            max_client_user_ids: 1_000,
            max_serial_numbers: 1_000,
            max_revoke_client_user_ids: 100,
            max_revoke_serial_numbers: 100,
            max_users: 100,
            max_notification_length: 512,
            max_mdm_id_length: 100,
            max_mdm_name_length: 100,
            max_mdm_metadata_length: 255,
            max_request_per_second: 15,
            max_subscriptions: 25,
            max_subscription_client_user_ids: 1_000,
            max_batch_associate_license_count: 10,
            max_batch_disassociate_license_count: 10,
        }
    }
}

/// What single locations allow, by name, id or `uId`: what differs from the limits of all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocationLimits(BTreeMap<String, Map<String, Value>>);

impl LocationLimits {
    /// Whether everything in it is a limit.
    pub fn check(&self, limits: &Limits) -> Result<(), String> {
        self.0.values().try_for_each(|own| merged(limits, own).map(|_| ()))
    }

    fn of(&self, location: &Location) -> Option<&Map<String, Value>> {
        [&location.name, &location.id, &location.uid].into_iter().find_map(|name| self.0.get(name))
    }
}

fn merged(limits: &Limits, own: &Map<String, Value>) -> Result<Limits, String> {
    let mut all = serde_json::to_value(limits).map_err(|wrong| wrong.to_string())?;
    if let Some(all) = all.as_object_mut() {
        all.extend(own.iter().map(|(name, value)| (name.clone(), value.clone())));
    }
    Limits::deserialize(all).map_err(|wrong| wrong.to_string())
}

impl Books {
    /// What a request to a location may ask for.
    pub fn limits(&self, location: LocationId) -> Cow<'_, Limits> {
        let quirks = &self.quirks;
        let own = quirks.location_limits.of(self.content.location(location));
        // What does not fit was refused when the switch was turned.
        let own = own.and_then(|own| merged(&quirks.limits, own).ok());
        own.map_or(Cow::Borrowed(&quirks.limits), Cow::Owned)
    }
}
