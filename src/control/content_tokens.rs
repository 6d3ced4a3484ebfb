//! `…/locations/{location}/token`: content tokens, which lead MDM servers to a location.

use serde_json::json;

use super::content_bodies::ContentTokenBody;
use super::locations::find_location;
use super::{Call, Problem, Reply};

/// `POST …/token`: somebody downloads one. The others stay alive, unless the switch `redownload_revokes` says otherwise.
pub fn issue(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: ContentTokenBody = call.body()?;
    if body.account.as_deref() == Some("") {
        return Err(Problem::unfit("/account", "an account has a name, such as noor@acme.example"));
    }
    let as_file = call.prefers("application/octet-stream");
    let (token, name) = organization.write(|books, now| {
        let location = find_location(books, call.params.get("location"))?;
        let account = body.account.unwrap_or_else(|| books.content_manager());
        let kind = body.kind.unwrap_or_default();
        let token = books.issue_content_token(location, &account, kind, body.expires_in, now);
        Ok::<_, Problem>((token, books.content.location(location).name.clone()))
    })?;
    call.control.directory.index(&organization);
    let text = token.text.expose();
    if as_file {
        return Ok(Reply::other("application/octet-stream", text).named(file_name(&name)));
    }
    Ok(Reply::json(&json!({
        "content_token": text,
        "expires_at": token.expires_at,
        "account": token.account,
        "kind": token.kind,
    })))
}

/// The name that Apple gives the file. What is not ASCII was seen to become underscores.
fn file_name(location: &str) -> String {
    let is_kept = |c: char| c.is_ascii() && !c.is_ascii_control() && !matches!(c, '/' | '\\' | '"');
    let name: String = location.chars().map(|c| if is_kept(c) { c } else { '_' }).collect();
    format!("sToken_for_{name}.vpptoken")
}

/// `DELETE …/token?account=`: tokens of the location die, all or those of an account; none follows.
pub fn revoke(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let query = call.query();
    if let Some((name, _)) = query.pairs().find(|(name, _)| *name != "account") {
        return Err(Problem::unknown_parameter(name, ["account"]));
    }
    let account = query.get("account");
    organization.write(|books, now| {
        let location = find_location(books, call.params.get("location"))?;
        let tokens = &books.content.location(location).tokens;
        let own: Vec<String> = tokens
            .iter()
            .filter(|token| account.is_none_or(|account| token.account.eq_ignore_ascii_case(account)))
            .map(|token| token.inner.expose().to_owned())
            .collect();
        let is_own = |inner: &str| own.iter().any(|known| known == inner);
        let why = format!("it was revoked in the portal at {now}");
        let revoked = books.revoke_content_tokens(|token| is_own(token.inner.expose()), &why);
        Ok(Reply::json(&json!({ "revoked": revoked })))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_named_after_the_location_in_ascii() {
        assert_eq!(file_name("HQ"), "sToken_for_HQ.vpptoken");
        assert_eq!(file_name("Müller / Köln"), "sToken_for_M_ller _ K_ln.vpptoken");
        assert_eq!(file_name("a\"b\nc"), "sToken_for_a_b_c.vpptoken");
    }
}
