//! Content tokens: what leads an MDM server to a location.

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::{Deserialize, Serialize};

use super::{ContentRefusal, ContentRefused, Location, LocationId};
use crate::clock::{Span, Timestamp};
use crate::organization::Books;
use crate::random::Random;
use crate::secret::Secret;

/// How long a content token lives.
pub(super) const LIFE: Span = Span::from_days(365);

/// What a token may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Everything.
    #[default]
    Full,
    /// Reading alone: its account may not manage content.
    ReadOnly,
    /// One of the old programme, from before there were locations: version 2 refuses it.
    Legacy,
}

/// Whether a token is alive, its year aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// It is.
    Live,
    /// It is not; why, in words.
    Revoked(String),
}

/// A content token: the file that a content manager downloads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentToken {
    /// The whole file: base64 of a JSON object. What clients send.
    pub text: Secret,
    /// `token` inside of it: 144 bytes in base64. What it is found by.
    pub inner: Secret,
    /// The account of whoever downloaded it.
    pub account: String,
    /// What it may do.
    pub kind: TokenKind,
    /// When it was downloaded.
    pub issued: Timestamp,
    /// When it ends: a year later.
    pub expires_at: Timestamp,
    /// Whether it was revoked.
    pub state: TokenState,
}

/// The file, with its members in the order that was observed.
#[derive(Serialize, Deserialize)]
struct File {
    #[serde(rename = "expDate")]
    exp_date: String,
    token: String,
    #[serde(rename = "orgName")]
    org_name: String,
}

/// The `token` inside of a content token's file, by which the directory finds it. Blanks around the text do not matter.
pub fn inner_token(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Inner {
        token: String,
    }
    let json = BASE64_STANDARD.decode(text.trim_ascii()).ok()?;
    serde_json::from_slice(&json).ok().map(|Inner { token }| token)
}

impl ContentToken {
    /// A new token of an organisation.
    pub(super) fn generate(
        random: &mut Random,
        organization: &str,
        account: String,
        kind: TokenKind,
        issued: Timestamp,
        expires_at: Timestamp,
    ) -> Self {
        let inner = BASE64_STANDARD.encode(random.bytes::<144>());
        let file =
            File { exp_date: expires_at.with_numeric_zone(), token: inner.clone(), org_name: organization.to_owned() };
        // A struct of three texts always has a JSON form.
        let text = BASE64_STANDARD.encode(serde_json::to_vec(&file).unwrap_or_default());
        let (text, inner) = (Secret::new(text), Secret::new(inner));
        Self { text, inner, account, kind, issued, expires_at, state: TokenState::Live }
    }

    /// Whether it may be used now: to write, where `writes`. `v2` refuses tokens of the old programme, which version 1 takes.
    pub fn admit(&self, writes: bool, v2: bool, now: Timestamp) -> Result<(), ContentRefused> {
        use ContentRefusal::{TokenExpired, TokenLegacy, TokenReadOnly, TokenRevoked};
        if let TokenState::Revoked(why) = &self.state {
            return Err(ContentRefused::new(TokenRevoked, format!("the token was revoked: {why}")));
        }
        if now >= self.expires_at {
            return Err(ContentRefused::new(TokenExpired, format!("the token ended at {}", self.expires_at)));
        }
        if v2 && self.kind == TokenKind::Legacy {
            return Err(ContentRefused::new(TokenLegacy, "the token is one of the old programme, without a location"));
        }
        if writes && self.kind == TokenKind::ReadOnly {
            let why = format!("{} downloaded the token, and may only read", self.account);
            return Err(ContentRefused::new(TokenReadOnly, why));
        }
        Ok(())
    }
}

impl Location {
    /// The content token that a client is best given: one that is not revoked, rather one that has not ended, rather one that may do
    /// everything, rather a newer one.
    pub fn best_token(&self, now: Timestamp) -> Option<&ContentToken> {
        let live = self.tokens.iter().filter(|token| token.state == TokenState::Live);
        live.max_by_key(|token| (now < token.expires_at, token.kind == TokenKind::Full))
    }
}

impl Books {
    /// A content manager downloads a token of a location: another one beside those that there are, unless the switch `redownload_revokes`
    /// says that it revokes those of the same account. Whoever can present tokens has to be told of it: `Directory::index`.
    pub fn issue_content_token(
        &mut self,
        location: LocationId,
        account: &str,
        kind: TokenKind,
        life: Option<Span>,
        now: Timestamp,
    ) -> ContentToken {
        let expires_at = now + life.unwrap_or(LIFE);
        // A token is a year old where it ends, so that one that has ended was not downloaded after that.
        let issued = now.min(expires_at);
        let revokes = self.quirks.redownload_revokes;
        let tokens = &mut self.content.location_mut(location).tokens;
        if revokes {
            let live = |token: &&mut ContentToken| token.account == account && token.state == TokenState::Live;
            for token in tokens.iter_mut().filter(live) {
                token.state = TokenState::Revoked(format!("{account} downloaded another at {now}"));
            }
        }
        let token =
            ContentToken::generate(&mut self.random, &self.identity.name, account.to_owned(), kind, issued, expires_at);
        tokens.push(token.clone());
        token
    }

    /// Somebody's password has changed: content tokens that they downloaded are revoked. Answers how many.
    pub fn change_password(&mut self, account: &str, now: Timestamp) -> usize {
        let why = format!("the password of {account} was changed at {now}");
        self.revoke_content_tokens(|token| token.account.eq_ignore_ascii_case(account), &why)
    }

    /// Revokes the live content tokens that `which` names; answers how many.
    pub fn revoke_content_tokens(&mut self, which: impl Fn(&ContentToken) -> bool, why: &str) -> usize {
        let tokens = self.content.locations.iter_mut().flat_map(|location| &mut location.tokens);
        let live = tokens.filter(|token| token.state == TokenState::Live && which(token));
        live.map(|token| token.state = TokenState::Revoked(why.to_owned())).count()
    }
}

/// How a token is written down: the file follows from the rest but for the organisation's name, so both texts are kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    text: String,
    inner: String,
    account: String,
    kind: TokenKind,
    #[serde(with = "crate::clock::millis")]
    issued: Timestamp,
    #[serde(with = "crate::clock::millis")]
    expires_at: Timestamp,
    state: TokenState,
}

impl Serialize for ContentToken {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { text, inner, account, kind, issued, expires_at, state } = self.clone();
        let (text, inner) = (text.expose().to_owned(), inner.expose().to_owned());
        Kept { text, inner, account, kind, issued, expires_at, state }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ContentToken {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Kept { text, inner, account, kind, issued, expires_at, state } = Kept::deserialize(deserializer)?;
        Ok(Self { text: Secret::new(text), inner: Secret::new(inner), account, kind, issued, expires_at, state })
    }
}
