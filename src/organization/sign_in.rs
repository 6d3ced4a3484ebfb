//! Opening a session, and what every call checks of it.

use super::quirks::{AuthClock, ReplacedToken};
use super::{Books, Refusal, ServerId, Terms, TokenFate};
use crate::clock::{Span, Timestamp, wall};
use crate::secret::{Secret, recognisable};

/// The most bytes of a nonce: each is remembered for a while.
const LONGEST_NONCE: usize = 1_000;

/// What a client's OAuth header claims.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The access token.
    pub token: &'a str,
    /// Seconds since 1970, by the client's clock.
    pub timestamp: u64,
    /// Used once.
    pub nonce: &'a str,
}

/// A refusal with the reason for people: what the journal says and the wire does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What the wire says.
    pub refusal: Refusal,
    /// Why.
    pub why: String,
    /// What else there is to know.
    pub more: Vec<String>,
}

impl Refused {
    /// A refusal and its reason.
    pub fn new(refusal: Refusal, why: impl Into<String>) -> Self {
        Self { refusal, why: why.into(), more: Vec::new() }
    }

    /// The same with what else there is to know.
    pub fn with(mut self, more: impl IntoIterator<Item = String>) -> Self {
        self.more.extend(more);
        self
    }
}

impl Books {
    /// Checks a claim in Apple's order — token, timestamp, nonce, signature, terms, access — and answers a session token.
    /// `signed_with` says whether the request was signed with these two secrets, or why not.
    pub fn sign_in(
        &mut self,
        server: ServerId,
        consumer_key: &str,
        claim: Claim<'_>,
        now: Timestamp,
        signed_with: impl FnOnce(&Secret, &Secret) -> Result<(), String>,
    ) -> Result<String, Refused> {
        self.check_token(server, consumer_key, claim.token, now)?;
        self.check_freshness(server, claim, now)?;
        let mdm = &mut self.servers[usize::from(server)];
        if let Some(token) = &mdm.token {
            signed_with(&token.consumer_secret, &token.access_secret)
                .map_err(|why| Refused::new(Refusal::SignatureInvalid, why))?;
        }
        mdm.nonces.remember(claim.timestamp, claim.nonce);
        if self.terms.block(now) && self.quirks.terms_refused_at.strikes_session() {
            return Err(self.terms_refusal());
        }
        if self.servers[usize::from(server)].access_denied && self.quirks.access_denied_at.strikes_session() {
            return Err(self.access_refusal(server));
        }
        Ok(self.session_token(now))
    }

    /// What every other call checks once its session is known to live.
    #[inline]
    pub fn admit(&self, server: ServerId, now: Timestamp) -> Result<(), Refused> {
        if self.terms.block(now) && self.quirks.terms_refused_at.strikes_calls() {
            return Err(self.terms_refusal());
        }
        if self.servers[usize::from(server)].access_denied && self.quirks.access_denied_at.strikes_calls() {
            return Err(self.access_refusal(server));
        }
        Ok(())
    }

    fn access_refusal(&self, server: ServerId) -> Refused {
        let name = &self.servers[usize::from(server)].name;
        Refused::new(Refusal::AccessDenied, format!("access is switched off for the server {name}"))
    }

    fn terms_refusal(&self) -> Refused {
        let why = match self.terms {
            Terms::Unsigned => "an administrator has to agree to Apple's new terms".to_owned(),
            Terms::Signed { effective } => {
                format!("the terms were signed so lately that the services do not know it: they will at {effective}")
            }
        };
        Refused::new(Refusal::TermsNotSigned, why)
    }

    fn check_token(
        &self,
        server: ServerId,
        consumer_key: &str,
        access_token: &str,
        now: Timestamp,
    ) -> Result<(), Refused> {
        let mdm = &self.servers[usize::from(server)];
        let unauthorized = |why: String| Err(Refused::new(Refusal::OAuthUnauthorized, why));
        let replaced = || {
            let live = mdm.token.as_ref().map_or_else(|| "none".to_owned(), |token| token.access_token.recognisable());
            format!(
                "the access token {} was replaced by a newer download; the live one of the server {} is {live}",
                recognisable(access_token),
                mdm.name
            )
        };
        match mdm.dead_tokens.get(access_token) {
            Some(TokenFate::Replaced) if self.quirks.replaced_token == ReplacedToken::SignatureInvalid => {
                return Err(Refused::new(Refusal::SignatureInvalid, replaced()));
            }
            Some(TokenFate::Replaced) => {
                return Err(Refused::new(Refusal::TokenRejected, replaced()));
            }
            Some(TokenFate::Revoked) => return Err(Refused::new(Refusal::TokenRejected, "this token was revoked")),
            Some(TokenFate::AdminRemoved) => {
                return Err(Refused::new(Refusal::Forbidden, "the account that made this token left the organisation"));
            }
            None => {}
        }
        match &mdm.token {
            None => unauthorized(format!("the server {} has no token: make one", mdm.name)),
            Some(token) if token.access_token.expose() != access_token => {
                let owner = self.servers.iter().find(|other| {
                    other.token.as_ref().is_some_and(|token| token.access_token.expose() == access_token)
                });
                let owner = owner.map_or_else(
                    || "was never issued".to_owned(),
                    |owner| format!("is that of the server {}, and the consumer key is not", owner.name),
                );
                unauthorized(format!(
                    "the access token {} {owner}; that of the server {} is {}",
                    recognisable(access_token),
                    mdm.name,
                    token.access_token.recognisable()
                ))
            }
            Some(token) if token.consumer_key != consumer_key => {
                unauthorized(format!("the consumer key belongs to an older token; now it is {}", token.consumer_key))
            }
            Some(token) if token.expires_at <= now => {
                let ago = (now - token.expires_at).in_words();
                let why = format!("the token expired at {}, {ago} ago by the organisation's clock", token.expires_at);
                Err(Refused::new(Refusal::TokenExpired, why))
            }
            Some(_) => Ok(()),
        }
    }

    fn check_freshness(&self, server: ServerId, claim: Claim<'_>, now: Timestamp) -> Result<(), Refused> {
        let judge = match self.quirks.auth_clock {
            AuthClock::Wall => Some(wall()),
            AuthClock::Simulated => Some(now),
            AuthClock::Off => None,
        };
        let window = self.quirks.oauth_window.millis();
        let claimed = Timestamp::from_millis(i64::try_from(claim.timestamp).unwrap_or(i64::MAX).saturating_mul(1_000));
        if let Some(judge) = judge
            && (judge - claimed).millis().abs() > window
        {
            let (clock, off) = match self.quirks.auth_clock {
                AuthClock::Simulated => ("the organisation's clock", judge - claimed),
                _ => ("the wall clock", judge - claimed),
            };
            let side = if off.millis() > 0 { "behind" } else { "ahead of" };
            let off = Span::from_millis(off.millis().saturating_abs()).in_words();
            let why = format!(
                "oauth_timestamp {} is {off} {side} {clock}, which shows {judge}; {} are allowed",
                claim.timestamp, self.quirks.oauth_window
            );
            return Err(Refused::new(Refusal::OAuthUnauthorized, why));
        }
        if claim.nonce.len() > LONGEST_NONCE {
            return Err(Refused::new(
                Refusal::OAuthUnauthorized,
                format!("oauth_nonce is longer than {LONGEST_NONCE} bytes"),
            ));
        }
        if self.servers[usize::from(server)].nonces.is_used(claim.timestamp, claim.nonce) {
            let why = format!(
                "oauth_nonce `{}` was used before with the timestamp {}: every request needs a new one",
                claim.nonce, claim.timestamp
            );
            return Err(Refused::new(Refusal::OAuthUnauthorized, why));
        }
        Ok(())
    }

    /// A session token in the shape seen in 2025: issue time in milliseconds, then groups of capital hexadecimal digits between `O`s.
    pub fn session_token(&mut self, now: Timestamp) -> String {
        let random = &mut self.random;
        format!(
            "{}O1O{}O{}O{}O11Op1O{}O{}",
            now.millis(),
            random.hex_upper(32),
            random.hex_upper(32),
            100_000 + random.below(900_000),
            random.hex_upper(40),
            random.hex_upper(32)
        )
    }

    /// Whether a session that was opened `issued` ago is over.
    #[inline]
    pub fn session_is_over(&self, age: Span) -> bool {
        age >= self.quirks.session_ttl
    }
}
