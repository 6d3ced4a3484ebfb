//! The bodies of the service's calls.

mod account;
mod profile;

use std::collections::HashSet;

use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};

pub use account::account;
pub use profile::{ProfileBody, profile};

pub use crate::apple::json::write;

use super::Call;
use crate::apple::json;
use crate::clock::Timestamp;
use crate::faults::Verdict;
use crate::organization::quirks::Throttle;
use crate::organization::{Assignment, LockOutcome, Outcome, Quirks, Refusal, Refused, Replacement, Serial};

/// Reads a request's body: a JSON object. Unknown keys are ignored, and `null` is as good as absent.
pub fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refused> {
    json::read(body).map_err(|why| Refused::new(Refusal::MalformedRequestBody, why))
}

/// `GET /session`.
pub fn session(token: &str) -> Vec<u8> {
    format!("{{\"auth_session_token\":\"{token}\"}}").into_bytes()
}

/// `POST /server/devices` and `POST /devices/sync`.
#[derive(Debug, Default, Deserialize)]
pub struct ListRequest {
    /// Where to go on.
    pub cursor: Option<String>,
    /// How many rows.
    pub limit: Option<i64>,
}

/// Calls for many devices.
#[derive(Debug, Deserialize)]
pub struct DevicesRequest {
    /// Serial numbers.
    pub devices: Option<Vec<String>>,
    /// The profile, where there is one to assign.
    pub profile_uuid: Option<String>,
}

impl DevicesRequest {
    /// The serial numbers, each once, in the order asked.
    pub fn serials(self) -> Result<Vec<String>, Refused> {
        let named = self.devices.unwrap_or_default();
        if named.is_empty() {
            return Err(Refused::new(Refusal::DeviceIdRequired, "`devices` names none"));
        }
        Ok(each_once(named))
    }
}

fn each_once(mut serials: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::with_capacity(serials.len());
    serials.retain(|serial| seen.insert(serial.clone()));
    serials
}

/// `POST /device/activationlock`.
#[derive(Debug, Deserialize)]
pub struct LockRequest {
    /// Serial number.
    pub device: Option<String>,
    /// The hash of the bypass code.
    pub escrow_key: Option<String>,
    /// What the locked device shows.
    pub lost_message: Option<String>,
}

/// `POST /account-driven-enrollment/profile`.
#[derive(Debug, Deserialize)]
pub struct DiscoveryRequest {
    /// The service discovery URL.
    pub mdm_service_discovery_url: Option<String>,
}

/// `GET /account-driven-enrollment/profile`.
#[derive(Debug, Serialize)]
pub struct Discovery<'a> {
    /// The URL.
    pub mdm_service_discovery_url: &'a str,
    /// When it was set.
    pub last_updated_timestamp: Timestamp,
}

/// `GET /device/replacementDetails`.
#[derive(Debug, Serialize)]
pub struct ReplacementDetails {
    /// The device asked for.
    pub serial_number: Serial,
    /// The one that it replaces.
    pub original_device_serial_number: Serial,
    /// The day, UTC.
    pub replacement_date: String,
}

impl ReplacementDetails {
    /// The details of `serial`, which replaces another.
    pub fn new(serial: Serial, replacement: Replacement) -> Self {
        Self {
            serial_number: serial,
            original_device_serial_number: replacement.original,
            replacement_date: replacement.at.date(),
        }
    }
}

/// The word for what became of a device. `THROTTLED` is for clients that know it.
pub fn outcome(outcome: Outcome, version: u8) -> &'static str {
    match outcome {
        Outcome::Success => "SUCCESS",
        Outcome::NotAccessible => "NOT_ACCESSIBLE",
        Outcome::Throttled if version >= 9 => THROTTLED,
        Outcome::Failed | Outcome::Throttled => "FAILED",
    }
}

/// The verdict of a fault on a device, if there is one.
pub fn verdict<'v>(verdicts: &'v [Verdict], serial: &str) -> Option<&'v Verdict> {
    verdicts.iter().find(|verdict| verdict.is_on(serial))
}

/// The word of a fault's verdict. `THROTTLED` is for clients that know it.
fn verdict_word(verdict: &Verdict, version: u8) -> &'static str {
    if verdict.status == THROTTLED && version < 9 { "FAILED" } else { verdict.status }
}

/// The word for a device that was assigned a profile too often.
const THROTTLED: &str = "THROTTLED";

/// The word for what became of a lock.
pub fn lock_outcome(outcome: LockOutcome) -> &'static str {
    match outcome {
        LockOutcome::Success => "SUCCESS",
        LockOutcome::NotAccessible => "NOT_ACCESSIBLE",
        LockOutcome::OrgNotSupported => "ORG_NOT_SUPPORTED",
        LockOutcome::DeviceNotSupported => "DEVICE_NOT_SUPPORTED",
        LockOutcome::DeviceAlreadyLocked => "DEVICE_ALREADY_LOCKED",
        LockOutcome::Failed => "FAILED",
    }
}

/// A map from serial number to outcome, in the order asked. Devices on which a fault has its verdict have no outcome.
pub struct Outcomes<'a> {
    /// The serial numbers.
    pub serials: &'a [String],
    /// What became of each.
    pub outcomes: &'a [Outcome],
    /// The verdicts of a fault.
    pub verdicts: &'a [Verdict],
    /// The client's protocol version.
    pub version: u8,
}

impl Serialize for Outcomes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut outcomes = self.outcomes.iter();
        for serial in self.serials {
            match verdict(self.verdicts, serial) {
                Some(verdict) => map.serialize_entry(serial, verdict_word(verdict, self.version))?,
                None => {
                    let Some(became) = outcomes.next() else { break };
                    map.serialize_entry(serial, outcome(*became, self.version))?;
                }
            }
        }
        map.end()
    }
}

/// The answer to a call for many devices.
#[derive(Serialize)]
pub struct DevicesAnswer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    profile_uuid: Option<&'a str>,
    devices: Outcomes<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<i64>,
}

impl<'a> DevicesAnswer<'a> {
    /// What became of `serials`, without those at the end that the `result_omits` switch leaves out.
    pub fn new(serials: &'a [String], outcomes: &'a [Outcome], call: &Call<'a>, quirks: &Quirks) -> Self {
        let shown = serials.len().saturating_sub(quirks.result_omits as usize);
        let verdicts = call.verdicts;
        let devices = Outcomes { serials: &serials[..shown], outcomes, verdicts, version: call.version };
        Self { profile_uuid: None, devices, retry_after_seconds: None }
    }

    /// The same with the profile that was defined. That call knows no `THROTTLED`, and no time to wait.
    pub fn defined(self, profile_uuid: &'a str) -> Self {
        let devices = Outcomes { version: self.devices.version.min(8), ..self.devices };
        Self { profile_uuid: Some(profile_uuid), devices, ..self }
    }

    /// The same with the profile that was assigned, and how long to wait with the throttled ones (from version 10).
    pub fn assigned(self, profile_uuid: &'a str, assignment: &Assignment) -> Self {
        let knows = self.devices.version >= 10;
        let by_throttle = assignment.retry_after.map(|span| span.seconds_rounded_up());
        let retry_after_seconds = by_throttle.or_else(|| self.rest()).filter(|_| knows);
        Self { profile_uuid: Some(profile_uuid), retry_after_seconds, ..self }
    }

    /// How many seconds the devices shall rest that a fault calls throttled: as long as the throttle's own cooldown where it does not say.
    fn rest(&self) -> Option<i64> {
        let verdicts = self.devices.serials.iter().filter_map(|serial| verdict(self.devices.verdicts, serial));
        let throttled = verdicts.filter(|verdict| verdict.status == THROTTLED);
        let cooldown = Throttle::default().cooldown.seconds_rounded_up();
        let rests = throttled.map(|verdict| {
            verdict.retry_after_seconds.map_or(cooldown, |rest| i64::try_from(rest).unwrap_or(cooldown))
        });
        rests.max()
    }
}

/// `GET /os-beta-enrollment/tokens`.
#[derive(Serialize)]
struct BetaTokens<'a> {
    #[serde(rename = "betaEnrollmentTokens")]
    tokens: &'a [BetaToken],
    #[serde(rename = "seedBuildTokens", skip_serializing_if = "Option::is_none")]
    twin: Option<&'a [BetaToken]>,
}

/// A token for a beta programme.
#[derive(Debug, Serialize)]
pub struct BetaToken {
    /// 64 letters and digits.
    pub token: String,
    /// `iOS 26 AppleSeed Beta`.
    pub title: String,
    /// The operating system.
    pub os: String,
}

/// The answer with beta tokens.
pub fn beta_tokens(tokens: &[BetaToken], quirks: &Quirks) -> Vec<u8> {
    write(&BetaTokens { tokens, twin: quirks.seed_build_tokens.then_some(tokens) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_must_be_an_object() {
        for text in ["", "[]", "[\"c\"]", "null", "{", "\"x\"", "\u{feff}{}"] {
            let refused = read::<ListRequest>(text.as_bytes()).unwrap_err();
            assert_eq!(refused.refusal, Refusal::MalformedRequestBody, "{text}");
        }
        for (text, why) in [
            ("", "the body is not a JSON object: it is empty"),
            ("[1]", "the body is not a JSON object: it is [1]"),
            ("{\n\"limit\": 1,}", "the body does not fit: trailing comma at line 2 column 12"),
            (
                "{\"limit\": \"5\"}",
                "the body does not fit at `limit`: invalid type: string \"5\", expected i64 at line 1 column 13",
            ),
        ] {
            assert_eq!(read::<ListRequest>(text.as_bytes()).unwrap_err().why, why);
        }
        let request: ListRequest = read(b"{\"cursor\":null,\"limit\":5,\"other\":1}\n").unwrap();
        assert_eq!((request.cursor, request.limit), (None, Some(5)));
    }
}
