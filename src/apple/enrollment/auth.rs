//! Who is calling.

use std::borrow::Cow;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{HOST, Handler, mistaken_signature};
use crate::apple::Party;
use crate::clock::Timestamp;
use crate::directory::{Directory, Session, SessionState};
use crate::http::{Origin, Request};
use crate::organization::{Books, Claim, Organization, Refusal, Refused, ServerId};
use crate::pki::oauth1::Expected;
use crate::pki::{Authorization, Verdict};
use crate::secret::recognisable;

/// The header that carries a session's token, both ways.
const SESSION: HeaderName = HeaderName::from_static("x-adm-auth-session");

/// What depsim wanted to the letter: its missing dash is Apple's.
const STRICT_CONTENT_TYPE: &str = "application/json;charset=UTF8";

/// Whom a request is from.
#[derive(Debug, Default)]
pub struct Visitor {
    /// The organisation and the server, by the credential.
    pub party: Party,
    credential: Credential,
}

/// What a request brings to say whom it is from.
#[derive(Debug, Default)]
enum Credential {
    /// Nothing that leads to anybody.
    #[default]
    None,
    /// A session that was opened here, live or over.
    Session(Arc<Session>),
    /// An OAuth header, understood or not; with a server where its consumer key was issued here.
    OAuth(Result<Authorization, String>, Option<ServerId>),
}

impl AsRef<Party> for Visitor {
    fn as_ref(&self) -> &Party {
        &self.party
    }
}

impl Visitor {
    /// Finds whom a request is from: by its OAuth header where a session is to be opened, by its session elsewhere.
    pub fn find(directory: &Directory, handler: Option<Handler>, request: &Request) -> Self {
        let found = match handler {
            Some(Handler::Session) => Self::signing_in(directory, request),
            _ => Self::in_session(directory, request),
        };
        found.unwrap_or_else(|credential| Self {
            party: Party { organization: directory.only(), ..Party::default() },
            credential,
        })
    }

    fn in_session(directory: &Directory, request: &Request) -> Result<Self, Credential> {
        let token = request.header(SESSION).ok_or(Credential::None)?;
        let session = directory.session(token).ok_or(Credential::None)?;
        let party =
            Party { organization: Some(session.organization.clone()), server: Some(session.server), location: None };
        Ok(Self { party, credential: Credential::Session(session) })
    }

    fn signing_in(directory: &Directory, request: &Request) -> Result<Self, Credential> {
        let header = request.header(header::AUTHORIZATION).ok_or(Credential::None)?;
        let claimed = match Authorization::parse(header) {
            Ok(claimed) => claimed,
            Err(wrong) => return Err(Credential::OAuth(Err(wrong.to_string()), None)),
        };
        match directory.consumer(claimed.consumer_key()) {
            Some((organization, server)) => {
                let party = Party { organization: Some(organization), server: Some(server), location: None };
                Ok(Self { party, credential: Credential::OAuth(Ok(claimed), Some(server)) })
            }
            None => Err(Credential::OAuth(Ok(claimed), None)),
        }
    }
}

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

/// Makes sure that the session of a visitor is live, and takes a `look` at the books while they are open.
pub fn caller<T>(
    directory: &Arc<Directory>,
    visitor: &Visitor,
    request: &Request,
    look: impl FnOnce(&Books, ServerId, Timestamp) -> T,
) -> Result<(Caller, T), Refused> {
    let unauthorized = |why: &str| Refused::new(Refusal::Unauthorized, why);
    let sent =
        request.head.headers.get(SESSION).ok_or_else(|| unauthorized("there is no X-ADM-Auth-Session header"))?;
    let Credential::Session(session) = &visitor.credential else {
        return Err(unauthorized(&unknown_session(&String::from_utf8_lossy(sent.as_bytes()))));
    };
    let (state, seen) =
        session.organization.read(|books, now| (session.state(books, now), look(books, session.server, now)));
    let token = match state {
        SessionState::Live(None) => sent.clone(),
        SessionState::Live(Some(successor)) => header_value(&successor),
        SessionState::Rotates => header_value(&rotate(directory, session)),
        SessionState::Over(why) => return Err(Refused::new(Refusal::SessionOver, why)),
        SessionState::Forgotten(why) => return Err(Refused::new(Refusal::Unauthorized, why)),
    };
    Ok((Caller { organization: session.organization.clone(), server: session.server, token }, seen))
}

/// What there is to say of a session token that nobody knows.
fn unknown_session(token: &str) -> String {
    let issued = token.split_once("O1O").and_then(|(millis, _)| millis.parse().ok()).map(Timestamp::from_millis);
    let of = match issued.filter(|issued| issued.is_representable()) {
        Some(issued) => format!("; by its form it was issued at {issued}, by another run or before a reset"),
        None if token.is_empty() => "; it is empty".to_owned(),
        None => String::new(),
    };
    format!("no session with the token {} in X-ADM-Auth-Session was opened here{of}", recognisable(token))
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

/// What every call is checked for before it is done.
#[derive(Clone, Copy, Debug)]
pub struct Admission<'a> {
    /// The request.
    pub request: &'a Request,
    /// The protocol version that the client speaks.
    pub version: u8,
    /// Whether the call minds the User-Agent.
    pub minds_user_agent: bool,
}

impl Admission<'_> {
    /// Outages, terms and access, then the User-Agent and the Content-Type.
    pub fn check(self, books: &Books, server: ServerId, now: Timestamp) -> Result<(), Refused> {
        if let Some(outage) = &books.quirks.outage {
            return Err(Refused::new(Refusal::Outage, format!("the switch `outage` answers {}", outage.status)));
        }
        books.admit(server, now)?;
        if self.minds_user_agent {
            self.check_user_agent(books)?;
        }
        self.check_content_type(books)
    }

    fn check_user_agent(self, books: &Books) -> Result<(), Refused> {
        let quirks = &books.quirks;
        let agent = self.request.head.headers.get(header::USER_AGENT).map_or(&[][..], HeaderValue::as_bytes);
        let agent = String::from_utf8_lossy(agent.trim_ascii());
        if agent.is_empty() {
            let refused = || Refused::new(Refusal::UserAgentMissing, "there is no User-Agent header");
            return if quirks.user_agent_required { Err(refused()) } else { Ok(()) };
        }
        let blocked = quirks.refused_user_agents.iter().find(|text| agent.contains(text.as_str()));
        match blocked {
            Some(text) if self.version >= 3 => {
                let why = format!("the User-Agent contains `{text}`, which is blocked from protocol version 3 on");
                Err(Refused::new(Refusal::UserAgentInvalid, why))
            }
            _ => Ok(()),
        }
    }

    fn check_content_type(self, books: &Books) -> Result<(), Refused> {
        let kind = self.request.header(header::CONTENT_TYPE).unwrap_or_default();
        let bodiless = self.request.body.is_empty();
        if books.quirks.strict_content_type && !bodiless && kind != STRICT_CONTENT_TYPE {
            let why = format!("Content-Type is `{kind}` and not `{STRICT_CONTENT_TYPE}` to the letter");
            return Err(Refused::new(Refusal::MalformedRequestBody, why));
        }
        Ok(())
    }
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
    /// Names the session's current token on an answer.
    pub fn name_session(&self, headers: &mut HeaderMap) {
        headers.insert(SESSION, self.token.clone());
    }
}

/// Checks an OAuth 1.0a request and opens a session. The order of the checks is Apple's: parameters, consumer key, token, timestamp and
/// nonce, signature, terms, access.
pub fn open_session(
    directory: &Arc<Directory>,
    public: Option<&Origin>,
    visitor: &Visitor,
    request: &Request,
) -> Result<String, Refused> {
    let malformed = |why: String| Refused::new(Refusal::OAuthMalformed, why);
    let (claimed, server) = match &visitor.credential {
        Credential::OAuth(Ok(claimed), server) => (claimed, *server),
        Credential::OAuth(Err(wrong), _) => return Err(malformed(wrong.clone())),
        Credential::None | Credential::Session(_) => {
            return Err(malformed("there is no Authorization header".to_owned()));
        }
    };
    let (Some(organization), Some(server)) = (&visitor.party.organization, server) else {
        let why = format!("no token with the consumer key {} was ever issued here", claimed.consumer_key());
        return Err(Refused::new(Refusal::OAuthUnauthorized, why));
    };
    let urls = candidate_urls(public, request);
    let mut secrets = None;
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
                Verdict::Mismatch { .. } => {
                    secrets = Some((consumer_secret.clone(), access_secret.clone()));
                    Err("oauth_signature does not match".to_owned())
                }
            }
        })?;
        let session = Session::open(organization.clone(), server, books, now);
        let shown = if books.quirks.empty_session_token { String::new() } else { token.clone() };
        Ok((token, shown, session))
    });
    // What is wrong with a signature takes time to find out: nobody waits for it at the lock.
    let (token, shown, session) = opened.map_err(|refused| match &secrets {
        Some((consumer_secret, access_secret)) => {
            // A HEAD is answered like a GET, and has to be signed like one.
            let expected = Expected { method: "GET", urls: &urls, consumer_secret, access_secret };
            mistaken_signature::refusal(claimed, &expected, directory, organization, server)
        }
        None => refused,
    })?;
    directory.open_session(token, session);
    Ok(shown)
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
