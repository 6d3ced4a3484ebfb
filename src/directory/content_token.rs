//! Content tokens that are presented.

use std::sync::Arc;

use super::Directory;
use crate::organization::Organization;
use crate::organization::content::{ContentRefusal, ContentRefused, LocationId, inner_token};

/// Where a content token is.
#[derive(Clone, Debug)]
pub struct ContentTokenPlace {
    /// Its organisation.
    pub organization: Arc<Organization>,
    /// Its location.
    pub location: LocationId,
    /// Its place among the location's tokens.
    pub token: usize,
}

impl Directory {
    /// Where the content token is that somebody presents: the whole text of its file. Dead ones are found too; whether a token may be used,
    /// it says itself ([`ContentToken::admit`](crate::organization::content::ContentToken::admit)).
    ///
    /// # Errors
    ///
    /// [`TokenInner`](ContentRefusal::TokenInner) for the `token` inside of a file, which clients have sent by mistake, and
    /// [`TokenUnknown`](ContentRefusal::TokenUnknown) for anything else that was never issued.
    pub fn present_content_token(&self, text: &str) -> Result<ContentTokenPlace, ContentRefused> {
        let text = text.trim_ascii();
        let inner = inner_token(text);
        let found = inner.as_deref().and_then(|inner| self.content_token(inner));
        found.ok_or_else(|| {
            if self.content_token(text).is_some() {
                let why = "this is the `token` inside of the content token: the whole text of the file is wanted";
                return ContentRefused::new(ContentRefusal::TokenInner, why);
            }
            let why = match inner {
                Some(_) => "no location has issued this content token, or its organisation is gone",
                None => "this is no content token: it is the base64 of a JSON object with `token` in it",
            };
            ContentRefused::new(ContentRefusal::TokenUnknown, why)
        })
    }

    /// Where the content token with this `token` inside is.
    pub fn content_token(&self, inner: &str) -> Option<ContentTokenPlace> {
        self.content_tokens.get(inner).map(|found| found.clone())
    }
}
