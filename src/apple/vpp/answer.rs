//! What an answer is made of: members in the order of their names, and JSON in which every slash has a backslash before it.

use std::io;

use serde::Serialize;
use serde_json::ser::Formatter;

use crate::clock::{Span, Timestamp};
use crate::directory::ContentTokenPlace;
use crate::organization::Books;
use crate::organization::content::TokenKind;

/// How long before a token's end answers begin to tell it, by Apple's documentation.
const NEAR: Span = Span::from_days(15);

/// An answer that is being made.
#[derive(Debug, Default)]
pub struct Answer {
    /// Members that are written already.
    members: Vec<(&'static str, Vec<u8>)>,
    /// Why some of what was asked for was refused, in words.
    why: Vec<String>,
}

impl Answer {
    /// The same with one more member.
    pub fn with(mut self, name: &'static str, value: impl Serialize) -> Self {
        self.members.push((name, written(&value)));
        self
    }

    /// The same with one more member, where there is one.
    pub fn with_some(self, name: &'static str, value: Option<impl Serialize>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same with one more member, unless it is empty.
    pub fn with_rows<T: Serialize>(self, name: &'static str, rows: &[T]) -> Self {
        self.with_some(name, Some(rows).filter(|rows| !rows.is_empty()))
    }

    /// The same with reasons.
    pub fn because(self, why: Vec<String>) -> Self {
        Self { why, ..self }
    }

    /// The reasons, to be told to whoever looks into the journal.
    pub fn take_reasons(&mut self) -> Vec<String> {
        std::mem::take(&mut self.why)
    }

    /// The body of an answer to a call that was done.
    pub fn done(self) -> Vec<u8> {
        match self.members.iter().any(|(name, _)| *name == "status") {
            true => self.body(),
            false => self.with("status", 0).body(),
        }
    }

    fn body(mut self) -> Vec<u8> {
        self.members.sort_by_key(|(name, _)| *name);
        let mut body = Vec::with_capacity(self.members.iter().map(|(name, value)| name.len() + value.len() + 4).sum());
        for (place, (name, value)) in self.members.iter().enumerate() {
            body.push(if place == 0 { b'{' } else { b',' });
            body.extend_from_slice(format!("\"{name}\":").as_bytes());
            body.extend_from_slice(value);
        }
        body.push(b'}');
        body
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LocationShown<'a> {
    location_id: u64,
    location_name: &'a str,
}

/// An answer with the members that all have.
pub fn begin(books: &Books, place: &ContentTokenPlace, now: Timestamp) -> Answer {
    let location = books.content.location(place.location);
    let token = location.tokens.get(place.token);
    let shown = LocationShown { location_id: location.uid.parse().unwrap_or_default(), location_name: &location.name };
    let expires_at = token.map(|token| token.expires_at);
    let is_legacy = token.is_some_and(|token| token.kind == TokenKind::Legacy);
    Answer::default()
        .with_some("clientContext", location.configuration.shown_context())
        .with_some("expirationMillis", expires_at.map(Timestamp::millis))
        .with_some("location", Some(shown).filter(|_| !is_legacy))
        .with_some("tokenExpDate", expires_at.filter(|at| *at - now <= NEAR).map(Timestamp::with_numeric_zone))
        .with("uId", &location.uid)
}

/// JSON as version 1 writes it.
pub fn written(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Only maps with keys that are no texts cannot be written, and there are none.
    _ = value.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, Slashes));
    bytes
}

/// Writes `\/` for a slash.
struct Slashes;

impl Formatter for Slashes {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        for (place, part) in fragment.split('/').enumerate() {
            if place > 0 {
                writer.write_all(b"\\/")?;
            }
            writer.write_all(part.as_bytes())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_in_order_and_slashes_escaped() {
        let answer = Answer::default().with("url", "https://a/b\"").with_rows::<u8>("none", &[]).with("count", 2);
        let body = String::from_utf8(answer.done()).unwrap();
        assert_eq!(body, r#"{"count":2,"status":0,"url":"https:\/\/a\/b\""}"#);
        assert_eq!(Answer::default().done(), br#"{"status":0}"#);
    }
}
