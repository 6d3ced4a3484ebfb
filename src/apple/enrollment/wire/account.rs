//! `GET /account`.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::Call;
use crate::apple::json::text;
use crate::organization::Books;
use crate::organization::quirks::{AccountLimits, OrgVersion};

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

/// The bytes of an account; nearly all fit.
const TYPICAL: usize = 2_048;

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

/// `GET /account`, as far as the client's protocol version knows it and without what the `account_omits` switch leaves out. The order is
/// that of real answers.
pub fn account(books: &Books, call: &Call<'_>) -> Vec<u8> {
    let (identity, quirks) = (&books.identity, &books.quirks);
    let server = &books.servers[usize::from(call.caller.server)];
    let advertised = quirks.account_limits.as_ref().map(advertised);
    let version = match quirks.org_version {
        OrgVersion::V1 => "v1",
        OrgVersion::V2 => "v2",
    };
    let members: [(&str, u8, Member<'_>); 13] = [
        ("server_name", 1, Member::Text(&server.name)),
        ("server_uuid", 1, Member::Text(&server.id)),
        ("facilitator_id", 1, Member::Text(&server.admin)),
        ("admin_id", 1, Member::Text(&server.admin)),
        ("org_name", 1, Member::Text(&identity.name)),
        ("org_email", 1, Member::Text(&identity.email)),
        ("org_phone", 1, Member::Text(&identity.phone)),
        ("org_address", 1, Member::Text(&identity.address)),
        ("org_id", 3, Member::Text(&identity.org_id)),
        ("org_id_hash", 3, Member::Text(&identity.org_id_hash)),
        ("urls", 3, Member::Urls(advertised.as_deref())),
        ("org_type", 3, Member::Text(identity.kind)),
        ("org_version", 3, Member::Text(version)),
    ];
    let omits = |key: &str| quirks.account_omits.iter().any(|omitted| omitted == key);
    let mut out = Vec::with_capacity(TYPICAL);
    out.push(b'{');
    for (key, _, member) in members.iter().filter(|(key, since, _)| *since <= call.version && !omits(key)) {
        member.write(key, &mut out);
    }
    out.push(b'}');
    out
}

enum Member<'a> {
    Text(&'a str),
    Urls(Option<&'a Advertised>),
}

impl Member<'_> {
    /// Writes it under a key that needs no escaping.
    fn write(&self, key: &str, out: &mut Vec<u8>) {
        if matches!(self, Self::Urls(None)) {
            return;
        }
        if out.len() > 1 {
            out.push(b',');
        }
        out.push(b'"');
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(b"\":");
        match self {
            Self::Text(value) => text(out, value),
            Self::Urls(advertised) => {
                out.extend_from_slice(advertised.map_or("", |advertised| advertised.urls.get()).as_bytes());
            }
        }
    }
}
