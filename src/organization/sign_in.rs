//! Opening a session, and what every call checks of it.

use super::quirks::{AuthClock, ReplacedToken};
use super::{Books, Refusal, ServerId, TokenFate};
use crate::clock::{Span, Timestamp, wall};
use crate::secret::Secret;

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
}

impl Refused {
    /// A refusal and its reason.
    pub fn new(refusal: Refusal, why: impl Into<String>) -> Self {
        Self { refusal, why: why.into() }
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
            return Err(Refused::new(Refusal::AccessDenied, "access is switched off for this server"));
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
            return Err(Refused::new(Refusal::AccessDenied, "access is switched off for this server"));
        }
        Ok(())
    }

    fn terms_refusal(&self) -> Refused {
        Refused::new(
            Refusal::TermsNotSigned,
            format!(
                "the terms are {}, or were signed so lately that the services do not know it yet",
                self.terms.name()
            ),
        )
    }

    fn check_token(
        &self,
        server: ServerId,
        consumer_key: &str,
        access_token: &str,
        now: Timestamp,
    ) -> Result<(), Refused> {
        let mdm = &self.servers[usize::from(server)];
        let unauthorized = |why: &str| Err(Refused::new(Refusal::OAuthUnauthorized, why));
        match mdm.dead_tokens.get(access_token) {
            Some(TokenFate::Replaced) if self.quirks.replaced_token == ReplacedToken::SignatureInvalid => {
                return Err(Refused::new(Refusal::SignatureInvalid, "this token was replaced by a newer download"));
            }
            Some(TokenFate::Replaced) => {
                return Err(Refused::new(Refusal::TokenRejected, "this token was replaced by a newer download"));
            }
            Some(TokenFate::Revoked) => return Err(Refused::new(Refusal::TokenRejected, "this token was revoked")),
            Some(TokenFate::AdminRemoved) => {
                return Err(Refused::new(Refusal::Forbidden, "the account that made this token left the organisation"));
            }
            None => {}
        }
        match &mdm.token {
            None => unauthorized("the server has no token"),
            Some(token) if token.access_token.expose() != access_token => {
                unauthorized("no token like this was ever issued")
            }
            Some(token) if token.consumer_key != consumer_key => {
                unauthorized("the consumer key belongs to an older token")
            }
            Some(token) if token.expires_at <= now => {
                let why = format!("the token expired at {}; it is {now} here", token.expires_at);
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
            let why =
                format!("oauth_timestamp {} is more than {} from {judge}", claim.timestamp, self.quirks.oauth_window);
            return Err(Refused::new(Refusal::OAuthUnauthorized, why));
        }
        if claim.nonce.len() > LONGEST_NONCE {
            return Err(Refused::new(
                Refusal::OAuthUnauthorized,
                format!("oauth_nonce is longer than {LONGEST_NONCE} bytes"),
            ));
        }
        if self.servers[usize::from(server)].nonces.is_used(claim.timestamp, claim.nonce) {
            return Err(Refused::new(Refusal::OAuthUnauthorized, "oauth_nonce was used before with this timestamp"));
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
