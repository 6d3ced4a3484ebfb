//! The bodies of the service's calls.

use std::collections::HashSet;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::Call;
use crate::clock::Timestamp;
use crate::organization::quirks::{AccountLimits, OrgVersion};
use crate::organization::{
    Assignment, Books, EnrollmentProfile, LockOutcome, Outcome, ProfileRule, Quirks, Refusal, Refused, Replacement,
    Serial,
};

/// Reads a request's body: a JSON object. Unknown keys are ignored, and `null` is as good as absent.
pub fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Refused> {
    let malformed = |why: String| Refused::new(Refusal::MalformedRequestBody, why);
    if body.trim_ascii_start().first() != Some(&b'{') {
        return Err(malformed("the body is not a JSON object".to_owned()));
    }
    serde_json::from_slice(body).map_err(|wrong| malformed(format!("the body does not fit: {wrong}")))
}

/// Writes an answer's body.
pub fn write(body: &impl Serialize) -> Vec<u8> {
    /// Nearly all fit.
    const TYPICAL: usize = 2_048;
    let mut written = Vec::with_capacity(TYPICAL);
    // Only maps with keys that are no texts cannot be written, and there are none.
    _ = serde_json::to_writer(&mut written, body);
    written
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
        Outcome::Throttled if version >= 9 => "THROTTLED",
        Outcome::Failed | Outcome::Throttled => "FAILED",
    }
}

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

/// A map from serial number to outcome, in the order asked.
pub struct Outcomes<'a> {
    /// The serial numbers.
    pub serials: &'a [String],
    /// What became of each.
    pub outcomes: &'a [Outcome],
    /// The client's protocol version.
    pub version: u8,
}

impl Serialize for Outcomes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (serial, became) in self.serials.iter().zip(self.outcomes) {
            map.serialize_entry(serial, outcome(*became, self.version))?;
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
    pub fn new(serials: &'a [String], outcomes: &'a [Outcome], call: &Call<'_>, quirks: &Quirks) -> Self {
        let shown = serials.len().saturating_sub(quirks.result_omits as usize);
        let devices = Outcomes { serials: &serials[..shown], outcomes, version: call.version };
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
        let retry_after_seconds = assignment.retry_after.filter(|_| knows).map(|span| span.seconds_rounded_up());
        Self { profile_uuid: Some(profile_uuid), retry_after_seconds, ..self }
    }
}

/// A profile as clients define it.
#[derive(Debug, Default, Deserialize)]
#[expect(missing_docs, reason = "the fields of EnrollmentProfile, each of them optional")]
pub struct ProfileBody {
    pub profile_name: Option<String>,
    pub url: Option<String>,
    pub configuration_web_url: Option<String>,
    pub org_magic: Option<String>,
    pub department: Option<String>,
    pub support_phone_number: Option<String>,
    pub support_email_address: Option<String>,
    pub allow_pairing: Option<bool>,
    pub is_supervised: Option<bool>,
    pub is_mandatory: Option<bool>,
    pub is_mdm_removable: Option<bool>,
    pub await_device_configured: Option<bool>,
    pub is_multi_user: Option<bool>,
    pub auto_advance_setup: Option<bool>,
    pub is_return_to_service: Option<bool>,
    pub do_not_use_profile_from_backup: Option<bool>,
    pub anchor_certs: Option<Vec<String>>,
    pub supervising_host_certs: Option<Vec<String>>,
    pub skip_setup_items: Option<Vec<String>>,
    pub language: Option<String>,
    pub region: Option<String>,
    pub devices: Option<Vec<String>>,
}

impl ProfileBody {
    /// The profile and the devices to assign it to, or the first rule that it breaks. Texts may be empty, which counts as absent, unless
    /// `strict`. What came with version 2 is ignored below it.
    pub fn check(self, version: u8, strict: bool) -> Result<(EnrollmentProfile, Vec<String>), ProfileRule> {
        let url = self.url.ok_or(ProfileRule::UrlRequired)?;
        if !is_url(&url) {
            return Err(ProfileRule::UrlInvalid);
        }
        let profile_name = self.profile_name.ok_or(ProfileRule::NameRequired)?;
        if profile_name.is_empty() || profile_name.chars().count() > 125 {
            return Err(ProfileRule::NameInvalid);
        }
        let text = |text: Option<String>, longest: usize, rule: ProfileRule| match text {
            Some(text) if text.is_empty() && !strict => Ok(None),
            Some(text) if text.is_empty() || text.chars().count() > longest => Err(rule),
            text => Ok(text),
        };
        let since_2 = version >= 2;
        let flag = |flag: Option<bool>| flag.unwrap_or(false);
        let profile = EnrollmentProfile {
            department: text(self.department, 125, ProfileRule::DepartmentInvalid)?,
            org_magic: text(self.org_magic, 256, ProfileRule::MagicInvalid)?,
            support_phone_number: text(self.support_phone_number, 50, ProfileRule::SupportPhoneInvalid)?,
            support_email_address: text(
                self.support_email_address.filter(|_| since_2),
                250,
                ProfileRule::SupportEmailInvalid,
            )?,
            configuration_web_url: self.configuration_web_url.filter(|url| !url.is_empty()),
            is_supervised: flag(self.is_supervised),
            allow_pairing: self.allow_pairing.unwrap_or(true),
            is_mandatory: flag(self.is_mandatory),
            is_mdm_removable: self.is_mdm_removable.unwrap_or(true),
            await_device_configured: since_2 && flag(self.await_device_configured),
            is_multi_user: since_2 && flag(self.is_multi_user),
            auto_advance_setup: since_2 && flag(self.auto_advance_setup),
            is_return_to_service: flag(self.is_return_to_service),
            do_not_use_profile_from_backup: flag(self.do_not_use_profile_from_backup),
            anchor_certs: self.anchor_certs.unwrap_or_default(),
            supervising_host_certs: self.supervising_host_certs.unwrap_or_default(),
            skip_setup_items: self.skip_setup_items.unwrap_or_default(),
            language: self.language.filter(|language| !language.is_empty()),
            region: self.region.filter(|region| !region.is_empty()),
            profile_uuid: String::new(),
            profile_name,
            url,
        };
        if !profile.is_mdm_removable && !profile.is_supervised {
            return Err(ProfileRule::FlagsInvalid);
        }
        check_locale(&profile)?;
        Ok((profile, each_once(self.devices.unwrap_or_default())))
    }
}

/// An absolute URI of at most 2,000 characters once encoded.
fn is_url(url: &str) -> bool {
    let encoded: usize = url.bytes().map(|byte| if byte.is_ascii() { 1 } else { 3 }).sum();
    let well_formed = url.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
            && !rest.trim_start_matches('/').is_empty()
    });
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c);
    encoded <= 2_000 && well_formed && !url.contains(forbidden)
}

fn check_locale(profile: &EnrollmentProfile) -> Result<(), ProfileRule> {
    let language = |text: &String| (2..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase());
    let region = |text: &String| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
    let right = profile.language.as_ref().is_none_or(language) && profile.region.as_ref().is_none_or(region);
    if right { Ok(()) } else { Err(ProfileRule::LocaleInvalid) }
}

/// `GET /profile`: the profile as far as the client's protocol version knows it.
pub fn profile(profile: &EnrollmentProfile, version: u8) -> Vec<u8> {
    if version >= 2 {
        return write(profile);
    }
    let mut fields = serde_json::to_value(profile).unwrap_or_default();
    if let Some(fields) = fields.as_object_mut() {
        for since_2 in ["auto_advance_setup", "await_device_configured", "is_multi_user", "support_email_address"] {
            fields.shift_remove(since_2);
        }
    }
    write(&fields)
}

/// `GET /account`.
#[derive(Serialize)]
struct Account<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    server_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_uuid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facilitator_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_phone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_id_hash: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    urls: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_version: Option<OrgVersion>,
}

#[derive(Serialize)]
struct AccountUrl {
    uri: &'static str,
    http_method: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<AccountLimits>,
}

/// The calls that an account advertises, with the methods that it names; the lists alone have limits.
const ADVERTISED: [(&str, &[&str], bool); 12] = [
    ("/account", &["GET"], false),
    ("/server/devices", &["POST"], true),
    ("/devices/sync", &["POST"], true),
    ("/devices", &["POST"], false),
    ("/devices/disown", &["POST"], false),
    ("/profile", &["POST", "GET"], false),
    ("/profile/devices", &["DELETE", "POST", "PUT"], false),
    ("/device/activationlock", &["POST"], false),
    ("/device/replacementDetails", &["GET"], false),
    ("/os-beta-enrollment/tokens", &["GET"], false),
    ("/account-driven-enrollment/profile", &["DELETE", "POST", "GET"], false),
    ("/session", &["GET"], false),
];

/// The list of advertised calls, written out for some limits.
struct Advertised {
    limits: AccountLimits,
    urls: Box<RawValue>,
}

/// The list for `limits`. It is the greater part of an account and nearly always the same, so the last one is kept.
fn advertised(limits: &AccountLimits) -> Arc<Advertised> {
    static LAST: ArcSwapOption<Advertised> = ArcSwapOption::const_empty();
    if let Some(last) = LAST.load_full().filter(|last| last.limits == *limits) {
        return last;
    }
    let url = |(uri, http_method, limited): (&'static str, &'static [&'static str], bool)| AccountUrl {
        uri,
        http_method,
        limit: limited.then(|| limits.clone()),
    };
    let urls = to_raw_value(&ADVERTISED.map(url)).unwrap_or_default();
    let written = Arc::new(Advertised { limits: limits.clone(), urls });
    LAST.store(Some(written.clone()));
    written
}

/// `GET /account`, as far as the client's protocol version knows it.
pub fn account<'a>(books: &'a Books, call: &Call<'_>) -> Vec<u8> {
    let (identity, quirks) = (&books.identity, &books.quirks);
    let server = &books.servers[usize::from(call.caller.server)];
    let omits = |key: &str| quirks.account_omits.iter().any(|omitted| omitted == key);
    let given = |key: &str, value: &'a str| if omits(key) { None } else { Some(value) };
    let since_3 = |key: &str, value: &'a str| if call.version >= 3 { given(key, value) } else { None };
    let limits = quirks.account_limits.as_ref().filter(|_| call.version >= 3 && !omits("urls"));
    let advertised = limits.map(advertised);
    write(&Account {
        server_name: given("server_name", &server.name),
        server_uuid: given("server_uuid", &server.id),
        facilitator_id: given("facilitator_id", &server.admin),
        admin_id: given("admin_id", &server.admin),
        org_name: given("org_name", &identity.name),
        org_email: given("org_email", &identity.email),
        org_phone: given("org_phone", &identity.phone),
        org_address: given("org_address", &identity.address),
        org_id: since_3("org_id", &identity.org_id),
        org_id_hash: since_3("org_id_hash", &identity.org_id_hash),
        urls: advertised.as_ref().map(|advertised| &*advertised.urls),
        org_type: since_3("org_type", identity.kind),
        org_version: (call.version >= 3 && !omits("org_version")).then_some(quirks.org_version),
    })
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

    fn body(json: &str) -> ProfileBody {
        serde_json::from_str(json).unwrap()
    }

    fn refused(json: &str, strict: bool) -> Option<ProfileRule> {
        body(json).check(10, strict).err()
    }

    #[test]
    fn a_profile_breaks_one_rule_at_a_time() {
        let long = |key: &str, length: usize| {
            format!(r#"{{"url":"https://m.example","profile_name":"p","{key}":"{}"}}"#, "x".repeat(length))
        };
        assert_eq!(refused("{}", false), Some(ProfileRule::UrlRequired));
        assert_eq!(refused(r#"{"url":"","profile_name":"p"}"#, false), Some(ProfileRule::UrlInvalid));
        assert_eq!(refused(r#"{"url":"no url","profile_name":"p"}"#, false), Some(ProfileRule::UrlInvalid));
        let url = format!(r#"{{"url":"https://m.example/{}","profile_name":"p"}}"#, "x".repeat(2_000));
        assert_eq!(refused(&url, false), Some(ProfileRule::UrlInvalid));
        assert_eq!(refused(r#"{"url":"https://m.example"}"#, false), Some(ProfileRule::NameRequired));
        assert_eq!(refused(r#"{"url":"https://m.example","profile_name":""}"#, false), Some(ProfileRule::NameInvalid));
        for (key, longest, rule) in [
            ("department", 125, ProfileRule::DepartmentInvalid),
            ("org_magic", 256, ProfileRule::MagicInvalid),
            ("support_phone_number", 50, ProfileRule::SupportPhoneInvalid),
            ("support_email_address", 250, ProfileRule::SupportEmailInvalid),
        ] {
            assert_eq!(refused(&long(key, longest), false), None, "{key}");
            assert_eq!(refused(&long(key, longest + 1), false), Some(rule), "{key}");
            assert_eq!(refused(&long(key, 0), false), None, "empty {key} counts as absent");
            assert_eq!(refused(&long(key, 0), true), Some(rule), "empty {key} with strict_profile");
        }
        let locked = r#"{"url":"https://m.example","profile_name":"p","is_mdm_removable":false}"#;
        assert_eq!(refused(locked, false), Some(ProfileRule::FlagsInvalid));
        let locale = r#"{"url":"https://m.example","profile_name":"p","language":"EN","region":"us"}"#;
        assert_eq!(refused(locale, false), Some(ProfileRule::LocaleInvalid));
    }

    #[test]
    fn a_body_must_be_an_object() {
        for text in ["", "[]", "[\"c\"]", "null", "{", "\"x\"", "\u{feff}{}"] {
            let refused = read::<ListRequest>(text.as_bytes()).unwrap_err();
            assert_eq!(refused.refusal, Refusal::MalformedRequestBody, "{text}");
        }
        let request: ListRequest = read(b"{\"cursor\":null,\"limit\":5,\"other\":1}\n").unwrap();
        assert_eq!((request.cursor, request.limit), (None, Some(5)));
    }
}
