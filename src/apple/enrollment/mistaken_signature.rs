//! What a client did wrong whose signature does not match.

use std::sync::Arc;

use crate::directory::Directory;
use crate::organization::{Organization, Refusal, Refused, ServerId};
use crate::pki::oauth1::{Expected, OtherToken, diagnose};
use crate::pki::{Authorization, ServerToken};

/// Organisations whose tokens are tried where a signature does not match.
const NEIGHBOURS: usize = 10;

/// The refusal of a signature at `server`, with the mistake where it can be told, and the base strings.
pub fn refusal(
    claimed: &Authorization,
    expected: &Expected<'_>,
    directory: &Directory,
    organization: &Arc<Organization>,
    server: ServerId,
) -> Refused {
    let others = other_tokens(directory, organization, server);
    let mut reasons = diagnose(claimed, expected, &others).into_iter();
    let why = reasons.next().unwrap_or_default();
    Refused::new(Refusal::SignatureInvalid, why).with(reasons)
}

/// Tokens that a client may have mistaken for that of `server`: the one before, those of the organisation's other servers, those of others.
fn other_tokens(directory: &Directory, organization: &Arc<Organization>, server: ServerId) -> Vec<OtherToken> {
    let known = |whose: String, token: &ServerToken| OtherToken {
        whose,
        consumer_secret: token.consumer_secret.clone(),
        access_secret: token.access_secret.clone(),
    };
    let mut tokens = organization.read(|books, _| {
        let mut tokens = Vec::new();
        for (id, mdm) in (0..).zip(&books.servers) {
            let name = &mdm.name;
            if id != server {
                tokens.extend(mdm.token.as_ref().map(|token| known(format!("the server {name}"), token)));
            }
            tokens.extend(
                mdm.last_token.as_ref().map(|token| known(format!("the token of the server {name} before"), token)),
            );
        }
        tokens
    });
    for other in directory.organizations().iter().filter(|other| !Arc::ptr_eq(other, organization)).take(NEIGHBOURS) {
        other.read(|books, _| {
            for mdm in &books.servers {
                let whose = format!("the server {} of the organisation {}", mdm.name, other.id);
                tokens.extend(mdm.token.as_ref().map(|token| known(whose, token)));
            }
        });
    }
    tokens
}
