//! The bundle: everything that a test needs of an organisation, credentials included.

use serde_json::{Value, json};

use super::Call;
use crate::apple::enrollment;
use crate::clock::Timestamp;
use crate::organization::content::Location;
use crate::organization::{Books, MdmServer, Organization};
use crate::pki::ServerToken;

/// Where version 2 of Apps and Books begins: clients keep this path when they are pointed elsewhere.
const APPS: &str = "/mdm/v2";

/// The bundle of an organisation.
pub fn bundle(call: &Call<'_>, organization: &Organization) -> Value {
    let base = call.origin();
    organization.read(|books, now| {
        json!({
            "id": organization.id,
            "name": books.identity.name,
            "type": books.identity.kind,
            "urls": {"base": base, "enrollment": base, "apps": format!("{base}{APPS}")},
            "servers": books.servers.iter().map(server).collect::<Vec<_>>(),
            "locations": books.content.locations.iter().map(|known| location(known, now)).collect::<Vec<_>>(),
            "api_accounts": [],
        })
    })
}

/// The line of an organisation in a list.
pub fn line(organization: &Organization) -> Value {
    organization.read(|books, now| {
        json!({
            "id": organization.id,
            "name": books.identity.name,
            "type": books.identity.kind,
            "terms": books.terms.name(),
            "servers": books.servers.len(),
            "devices": books.devices.len(),
            "locations": books.content.locations.len(),
            "now": now,
        })
    })
}

/// A server in the bundle.
pub fn server(server: &MdmServer) -> Value {
    json!({"id": server.id, "name": server.name, "token": server.token.as_ref().map(token)})
}

/// A location in the bundle.
fn location(location: &Location, now: Timestamp) -> Value {
    let token = location.best_token(now).map(|token| token.text.expose());
    json!({"id": location.id, "name": location.name, "content_token": token})
}

/// A server by itself.
pub fn server_in_full(books: &Books, server: &MdmServer) -> Value {
    let certificate = server.certificate.as_ref().map(|certificate| {
        json!({
            "subject": certificate.subject(),
            "fingerprint": certificate.fingerprint(),
            "key_bits": certificate.key_bits(),
        })
    });
    json!({
        "id": server.id,
        "name": server.name,
        "default_for": server.default_for,
        "allow_release": server.allow_release,
        "access": !server.access_denied,
        "admin": server.admin,
        "devices": server.roster.len(),
        "certificate": certificate,
        "token": server.token.as_ref().map(token),
        "host": enrollment::HOST,
        "organization": books.identity.name,
    })
}

/// A server token in clear: the keys of Apple's file.
pub fn token(token: &ServerToken) -> Value {
    json!({
        "consumer_key": token.consumer_key,
        "consumer_secret": token.consumer_secret.expose(),
        "access_token": token.access_token.expose(),
        "access_secret": token.access_secret.expose(),
        "access_token_expiry": token.expires_at,
    })
}
