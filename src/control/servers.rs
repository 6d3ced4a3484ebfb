//! `…/servers` and their tokens.

use serde_json::Value;

use super::bodies::{ServerBody, TokenBody};
use super::bundle::{server_in_full, token};
use super::devices::find_server;
use super::{Call, Problem, Reply};
use crate::organization::{CannotName, ServerChange, ServerId, TOKEN_LIFE, TokenFate};
use crate::pki::{MdmCertificate, ServerToken};
use crate::scenario;
use crate::scenario::plan::ServerPlan;

/// MDM servers that an organisation may have.
const MOST: usize = 250;

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
        books.check_server_name(&name, None)?;
        if books.servers.len() >= MOST {
            return Err(Problem::conflict("TOO_MANY_SERVERS", "an organisation has at most 250 MDM servers"));
        }
        let plan = ServerPlan {
            token_expires_in: body.expires_in.unwrap_or(TOKEN_LIFE),
            allow_release: body.allow_release.unwrap_or(true),
            admin: body.admin.clone(),
            ..ServerPlan::named(&name)
        };
        let key = books.random.number();
        scenario::add_server(books, &plan, now, key)?;
        let server = (books.servers.len() - 1) as ServerId;
        books.servers[usize::from(server)].certificate = certificate;
        books.change_server(server, ServerChange { name: None, ..body.into() })?;
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
        books.change_server(server, body.into())?;
        if let Some(certificate) = certificate {
            books.servers[usize::from(server)].certificate = Some(certificate);
        }
        Ok(Reply::json(&server_in_full(books, &books.servers[usize::from(server)])))
    })
}

impl From<ServerBody> for ServerChange {
    fn from(body: ServerBody) -> Self {
        Self {
            name: body.name,
            default_for: body.default_for,
            allow_release: body.allow_release,
            access: body.access,
            admin: body.admin,
        }
    }
}

impl From<CannotName> for Problem {
    fn from(refused: CannotName) -> Self {
        match refused {
            CannotName::Unfit => Self::unfit("/name", refused.to_string()),
            CannotName::Taken(_) => Self::conflict("SERVER_EXISTS", refused.to_string()),
        }
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
        mdm.certificate = certificate;
        let made = books.renew_token(server, body.admin, body.expires_in.unwrap_or(TOKEN_LIFE), now);
        let mdm = &books.servers[usize::from(server)];
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
