//! `…/servers` and their tokens.

use serde_json::Value;

use super::bodies::{ServerBody, TokenBody};
use super::bundle::{server_in_full, token};
use super::devices::find_server;
use super::{Call, Problem, Reply};
use crate::clock::Span;
use crate::organization::{Books, ServerId, TokenFate};
use crate::pki::{MdmCertificate, ServerToken};
use crate::scenario;
use crate::scenario::plan::ServerPlan;

/// MDM servers that an organisation may have.
const MOST: usize = 250;

/// Names that the portal keeps for itself.
const RESERVED: [&str; 2] = ["Unassigned", "Reassigned"];

/// `GET …/servers`.
pub fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let servers = organization
        .read(|books, _| books.servers.iter().map(|server| server_in_full(books, server)).collect::<Vec<Value>>());
    Ok(Reply::list(servers, None))
}

/// `GET …/servers/{server}`.
pub fn show(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    organization.read(|books, _| {
        let server = find_server(books, call.params.get("server"))?;
        Ok(Reply::json(&server_in_full(books, &books.servers[usize::from(server)])))
    })
}

/// `POST …/servers`.
pub fn add(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let (body, certificate) = call.body_with_certificate::<ServerBody>()?;
    let query = call.query();
    let name = body.name.clone().or_else(|| query.get("name").map(str::to_owned)).unwrap_or_default();
    let shown = organization.write(|books, now| {
        check_name(books, &name, None)?;
        if books.servers.len() >= MOST {
            return Err(Problem::conflict("TOO_MANY_SERVERS", "an organisation has at most 250 MDM servers"));
        }
        let plan = ServerPlan {
            token_expires_in: body.expires_in.unwrap_or(Span::from_days(365)),
            allow_release: body.allow_release.unwrap_or(true),
            admin: body.admin.clone(),
            ..ServerPlan::named(&name)
        };
        let key = books.random.number();
        scenario::add_server(books, &plan, now, key)?;
        let server = (books.servers.len() - 1) as ServerId;
        books.servers[usize::from(server)].certificate = certificate;
        apply(books, server, body);
        Ok(server_in_full(books, &books.servers[usize::from(server)]))
    })?;
    call.control.directory.index(&organization);
    Ok(Reply::created(&shown))
}

/// `PATCH …/servers/{server}`.
pub fn change(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let (body, certificate) = call.body_with_certificate::<ServerBody>()?;
    if body.expires_in.is_some() {
        return Err(Problem::unfit("/expires_in", "how long a token lives is said when it is made: POST …/token"));
    }
    organization.write(|books, _| {
        let server = find_server(books, call.params.get("server"))?;
        if let Some(name) = &body.name {
            check_name(books, name, Some(server))?;
            books.servers[usize::from(server)].name.clone_from(name);
        }
        if let Some(certificate) = certificate {
            books.servers[usize::from(server)].certificate = Some(certificate);
        }
        apply(books, server, body);
        Ok(Reply::json(&server_in_full(books, &books.servers[usize::from(server)])))
    })
}

fn check_name(books: &Books, name: &str, own: Option<ServerId>) -> Result<(), Problem> {
    if name.trim().is_empty() || RESERVED.contains(&name) {
        return Err(Problem::unfit("/name", "a server needs a name other than Unassigned and Reassigned"));
    }
    match books.find_server(name) {
        Some(other) if Some(other) != own => {
            Err(Problem::conflict("SERVER_EXISTS", format!("there is a server `{name}` already")))
        }
        _ => Ok(()),
    }
}

fn apply(books: &mut Books, server: ServerId, body: ServerBody) {
    if let Some(families) = body.default_for {
        for other in &mut books.servers {
            other.default_for.retain(|family| !families.contains(family));
        }
        books.servers[usize::from(server)].default_for = families;
    }
    let mdm = &mut books.servers[usize::from(server)];
    mdm.allow_release = body.allow_release.unwrap_or(mdm.allow_release);
    mdm.access_denied = body.access.map_or(mdm.access_denied, |access| !access);
    if let Some(admin) = body.admin {
        mdm.admin = admin;
    }
}

/// `POST …/servers/{server}/token`: a new token, encrypted to the MDM's certificate or in clear; the old one dies.
pub fn renew_token(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let (body, certificate) = call.body_with_certificate::<TokenBody>()?;
    let sealed = call.prefers("pkcs7-mime");
    let reply = organization.write(|books, now| {
        let server = find_server(books, call.params.get("server"))?;
        let mdm = &mut books.servers[usize::from(server)];
        let certificate = certificate.or_else(|| mdm.certificate.clone());
        if sealed && certificate.is_none() {
            let detail = "upload the MDM's certificate first: a token is encrypted to it";
            return Err(Problem::conflict("CERTIFICATE_REQUIRED", detail));
        }
        let same_admin = body.admin.as_ref().is_none_or(|admin| *admin == mdm.admin);
        // The same person who renews keeps the consumer key; another one gets another.
        let key = mdm.token.as_ref().filter(|_| same_admin).map(|token| token.consumer_key.clone());
        let key = key.or_else(|| mdm.last_consumer_key.clone().filter(|_| same_admin));
        let lifetime = body.expires_in.unwrap_or(Span::from_days(365));
        let made = ServerToken::generate(&mut books.random, now, lifetime, key.as_deref());
        mdm.certificate = certificate;
        mdm.admin = body.admin.unwrap_or_else(|| mdm.admin.clone());
        mdm.renew(Some(made.clone()), TokenFate::Replaced);
        if sealed { seal(&mdm.name, &made, mdm.certificate.as_ref(), now) } else { Ok(Reply::json(&token(&made))) }
    })?;
    call.control.directory.index(&organization);
    Ok(reply)
}

fn seal(
    name: &str,
    token: &ServerToken,
    certificate: Option<&MdmCertificate>,
    now: crate::clock::Timestamp,
) -> Result<Reply, Problem> {
    let sealed = certificate.and_then(|certificate| token.seal(certificate).ok());
    let sealed = sealed.ok_or_else(|| Problem::conflict("CANNOT_SEAL", "the certificate's key cannot encrypt"))?;
    Ok(Reply::other("application/pkcs7-mime", sealed).named(ServerToken::file_name(name, now)))
}

/// `DELETE …/servers/{server}/token?fate=revoked|admin_removed`: the token dies and none follows.
pub fn revoke_token(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let query = call.query();
    let fate = match query.get("fate") {
        None | Some("revoked") => TokenFate::Revoked,
        Some("admin_removed") => TokenFate::AdminRemoved,
        Some(_) => return Err(Problem::bad_query("fate", "revoked or admin_removed is wanted")),
    };
    organization.write(|books, _| {
        let server = find_server(books, call.params.get("server"))?;
        books.servers[usize::from(server)].renew(None, fate);
        Ok(Reply::nothing())
    })
}
