//! Who is calling.

use std::borrow::Cow;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{Call, HOST};
use crate::directory::{Directory, Session, SessionState};
use crate::http::{Origin, Request};
use crate::organization::{Books, Claim, Organization, Refusal, Refused, ServerId};
use crate::pki::{Authorization, Verdict};

/// The header that carries a session's token, both ways.
const SESSION: HeaderName = HeaderName::from_static("x-adm-auth-session");

/// What depsim wanted to the letter: its missing dash is Apple's.
const STRICT_CONTENT_TYPE: &str = "application/json;charset=UTF8";

/// A refusal, and the organisation whose switches say what it looks like, where it is known.
pub type Unknown = (Option<Arc<Organization>>, Refused);

/// A client with a live session.
#[derive(Debug)]
pub struct Caller {
    /// Its organisation.
    pub organization: Arc<Organization>,
    /// The MDM server that it acts for.
    pub server: ServerId,
    /// The session token that the answer names.
    token: HeaderValue,
}

/// Finds the session that a request belongs to.
pub fn caller(directory: &Arc<Directory>, request: &Request) -> Result<Caller, Unknown> {
    let unauthorized = |why: &str| (directory.only(), Refused::new(Refusal::Unauthorized, why));
    let sent =
        request.head.headers.get(SESSION).ok_or_else(|| unauthorized("there is no X-ADM-Auth-Session header"))?;
    let text = sent.to_str().map_err(|_| unauthorized("X-ADM-Auth-Session is not text"))?;
    let session = directory.session(text).ok_or_else(|| unauthorized("no session with this token was opened here"))?;
    let token = match session.organization.read(|books, now| session.state(books, now)) {
        SessionState::Live(None) => sent.clone(),
        SessionState::Live(Some(successor)) => header_value(&successor),
        SessionState::Rotates => header_value(&rotate(directory, &session)),
        SessionState::Over(why) => {
            let refused = Refused::new(Refusal::SessionOver, why);
            return Err((Some(session.organization.clone()), refused));
        }
    };
    Ok(Caller { organization: session.organization.clone(), server: session.server, token })
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

fn rotate(directory: &Directory, session: &Arc<Session>) -> String {
    let (token, next) = session.organization.write(|books, now| {
        let next = Session::open(session.organization.clone(), session.server, books, now);
        (books.session_token(now), next)
    });
    let now = session.organization.read(|_, now| now);
    // It has to be known before another call is told of it.
    directory.open_session(token.clone(), next);
    let named = session.succeed(token.clone(), now).to_owned();
    if named != token {
        directory.forget_session(&token);
    }
    named
}

/// The protocol version of a request: 1 where it names none, 10 where it names a newer one than there is.
pub fn protocol_version(request: &Request) -> u8 {
    const NEWEST: u8 = 10;
    let text = request.header("x-server-protocol-version").unwrap_or_default().trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return 1;
    }
    // What is too long for a number is newer still.
    text.parse().unwrap_or(NEWEST).clamp(1, NEWEST)
}

impl Caller {
    /// What every call checks before it is done: outages, terms and access, then the User-Agent and the Content-Type.
    pub fn admit(&self, call: &Call<'_>, minds_user_agent: bool) -> Result<(), Refused> {
        self.organization.read(|books, now| {
            if let Some(outage) = &books.quirks.outage {
                return Err(Refused::new(Refusal::Outage, format!("the switch `outage` answers {}", outage.status)));
            }
            books.admit(self.server, now)?;
            if minds_user_agent {
                check_user_agent(books, call)?;
            }
            check_content_type(books, call)
        })
    }

    /// Names the session's current token on an answer.
    pub fn name_session(&self, headers: &mut HeaderMap) {
        headers.insert(SESSION, self.token.clone());
    }
}

fn check_user_agent(books: &Books, call: &Call<'_>) -> Result<(), Refused> {
    let quirks = &books.quirks;
    let agent = call.request.head.headers.get(header::USER_AGENT).map_or(&[][..], HeaderValue::as_bytes);
    let agent = String::from_utf8_lossy(agent.trim_ascii());
    if agent.is_empty() {
        let refused = || Refused::new(Refusal::UserAgentMissing, "there is no User-Agent header");
        return if quirks.user_agent_required { Err(refused()) } else { Ok(()) };
    }
    let blocked = quirks.refused_user_agents.iter().find(|text| agent.contains(text.as_str()));
    match blocked {
        Some(text) if call.version >= 3 => {
            let why = format!("the User-Agent contains `{text}`, which is blocked from protocol version 3 on");
            Err(Refused::new(Refusal::UserAgentInvalid, why))
        }
        _ => Ok(()),
    }
}

fn check_content_type(books: &Books, call: &Call<'_>) -> Result<(), Refused> {
    let kind = call.request.header(header::CONTENT_TYPE).unwrap_or_default();
    let bodiless = call.request.body.is_empty();
    if books.quirks.strict_content_type && !bodiless && kind != STRICT_CONTENT_TYPE {
        let why = format!("Content-Type is `{kind}` and not `{STRICT_CONTENT_TYPE}` to the letter");
        return Err(Refused::new(Refusal::MalformedRequestBody, why));
    }
    Ok(())
}

/// Checks an OAuth 1.0a request and opens a session. The order of the checks is Apple's: parameters, consumer key, token, timestamp and
/// nonce, signature, terms, access.
pub fn open_session(
    directory: &Arc<Directory>,
    public: Option<&Origin>,
    request: &Request,
) -> Result<(Arc<Organization>, String), Unknown> {
    let malformed = |why: String| (directory.only(), Refused::new(Refusal::OAuthMalformed, why));
    let header = request.header(header::AUTHORIZATION);
    let header = header.ok_or_else(|| malformed("there is no Authorization header".to_owned()))?;
    let claimed = Authorization::parse(header).map_err(|wrong| malformed(wrong.to_string()))?;
    let Some((organization, server)) = directory.consumer(claimed.consumer_key()) else {
        let refused = Refused::new(Refusal::OAuthUnauthorized, "no token with this consumer key was ever issued here");
        return Err((directory.only(), refused));
    };
    let urls = candidate_urls(public, request);
    let opened = organization.write(|books, now| {
        if books.quirks.outage.is_some() {
            return Err(Refused::new(Refusal::Outage, "the switch `outage` is on"));
        }
        let kind = request.header(header::CONTENT_TYPE).unwrap_or_default();
        if books.quirks.strict_content_type && kind != STRICT_CONTENT_TYPE {
            let why = format!("Content-Type is `{kind}` and not `{STRICT_CONTENT_TYPE}` to the letter");
            return Err(Refused::new(Refusal::OAuthMalformed, why));
        }
        let claim = Claim { token: claimed.token(), timestamp: claimed.timestamp(), nonce: claimed.nonce() };
        let token = books.sign_in(server, claimed.consumer_key(), claim, now, |consumer_secret, access_secret| {
            let candidates = urls.iter().map(AsRef::as_ref);
            match claimed.verify("GET", candidates, consumer_secret, access_secret) {
                Verdict::Match { .. } => Ok(()),
                Verdict::Mismatch { base_strings } => Err(format!(
                    "oauth_signature does not match any of the base strings that it could be made from: {}",
                    base_strings.join(" | ")
                )),
            }
        })?;
        let session = Session::open(organization.clone(), server, books, now);
        let shown = if books.quirks.empty_session_token { String::new() } else { token.clone() };
        Ok((token, shown, session))
    });
    match opened {
        Ok((token, shown, session)) => {
            directory.open_session(token, session);
            Ok((organization, shown))
        }
        Err(refused) => Err((Some(organization), refused)),
    }
}

/// The URLs that a client may have signed: what it says that it called, over either scheme (a proxy may have taken TLS off), our public URL, and
/// Apple's own, which Zentral signs whatever it calls.
fn candidate_urls(public: Option<&Origin>, request: &Request) -> Vec<Cow<'static, str>> {
    let path = request.head.uri.path_and_query().map_or("/session", |path| path.as_str());
    let host = request.head.uri.authority().map(|host| host.as_str()).or_else(|| request.header(header::HOST));
    let mut urls: Vec<Cow<'static, str>> = Vec::new();
    if let Some(host) = host {
        urls.push(format!("{}://{host}{path}", request.via.scheme).into());
        urls.push(format!("https://{host}{path}").into());
        urls.push(format!("http://{host}{path}").into());
    }
    if let Some(public) = public {
        urls.push(format!("{public}{path}").into());
    }
    urls.push(format!("https://{HOST}{path}").into());
    urls.dedup();
    urls
}
