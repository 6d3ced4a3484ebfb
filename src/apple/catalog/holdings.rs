//! Where the room learns what organisations have: the side on which the ledger of licences is joined to it.

use std::fmt;
use std::sync::Arc;

use crate::catalog::store::Title;
use crate::organization::Organization;
use crate::organization::content::LocationId;

/// An organisation, and that location of it that has a content token.
pub type Owner = (Arc<Organization>, LocationId);

/// What the owner of a content token sees.
#[derive(Clone, Debug)]
pub struct Visible {
    /// Whose token it is.
    pub owner: Option<Owner>,
    /// The two letters of its location's country.
    pub country: String,
    /// What it sees besides, or instead of, what the stores show everybody: titles that it added and its custom apps.
    pub titles: Vec<Title>,
}

/// Why a content token opens nothing.
#[derive(Clone, Debug)]
pub struct Unwelcome {
    /// Whose token it is or was, where that is known.
    pub owner: Option<Owner>,
    /// What is wrong with it, in words: clients are not told, the journal is.
    pub why: String,
}

/// What organisations have.
pub trait Holdings: fmt::Debug + Send + Sync {
    /// What the owner of a content token (the text that clients send, Base64 of the file's JSON) sees.
    ///
    /// # Errors
    ///
    /// Where the token is unknown or no longer good.
    fn visible(&self, content_token: &str) -> Result<Visible, Unwelcome>;

    /// The titles that an organisation sees besides, or instead of, what the stores show everybody, its custom apps included.
    fn titles(&self, organization: &Organization) -> Vec<Title>;
}

/// Organisations without apps and books.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHoldings;

impl Holdings for NoHoldings {
    fn visible(&self, _: &str) -> Result<Visible, Unwelcome> {
        Err(Unwelcome { owner: None, why: "no location has issued this content token".to_owned() })
    }

    fn titles(&self, _: &Organization) -> Vec<Title> {
        Vec::new()
    }
}
