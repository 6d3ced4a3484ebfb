//! Where the room learns what organisations have: the side on which the ledger of licences is joined to it.

use std::fmt;
use std::sync::Arc;

use crate::catalog::store::Title;
use crate::organization::Organization;
use crate::organization::content::LocationId;

/// An organisation, and that location of it that has a content token.
pub type Owner = (Arc<Organization>, LocationId);

/// Whose content token it is. Its owner sees what the organisation has ([`Holdings::title`]).
#[derive(Clone, Debug)]
pub struct Holder {
    /// Whose it is.
    pub organization: Arc<Organization>,
    /// The location that it is for.
    pub location: LocationId,
    /// The two letters of its location's country.
    pub country: String,
}

/// Why a content token opens nothing.
#[derive(Clone, Debug)]
pub struct Unwelcome {
    /// Whose token it is or was, where that is known.
    pub owner: Option<Owner>,
    /// What is wrong with it, in words: clients are not told, the journal is.
    pub why: String,
}

/// What organisations have: the titles that they see besides, or instead of, what the stores show everybody. Those that they added, and their
/// custom apps.
pub trait Holdings: fmt::Debug + Send + Sync {
    /// The owner of a content token (the text that clients send, Base64 of the file's JSON).
    ///
    /// # Errors
    ///
    /// Where the token is unknown or no longer good.
    fn holder(&self, content_token: &str) -> Result<Holder, Unwelcome>;

    /// One title of an organisation. It costs the same however many there are.
    fn title(&self, organization: &Organization, adam_id: u64) -> Option<Title>;

    /// Those titles of an organisation that are `wanted`, the first known first. All are looked at, for which the organisation waits: `wanted` must
    /// not ask for anything here.
    fn search(&self, organization: &Organization, wanted: &mut dyn FnMut(&Title) -> bool) -> Vec<Title>;
}

/// Organisations without apps and books.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHoldings;

impl Holdings for NoHoldings {
    fn holder(&self, _: &str) -> Result<Holder, Unwelcome> {
        Err(Unwelcome { owner: None, why: "no location has issued this content token".to_owned() })
    }

    fn title(&self, _: &Organization, _: u64) -> Option<Title> {
        None
    }

    fn search(&self, _: &Organization, _: &mut dyn FnMut(&Title) -> bool) -> Vec<Title> {
        Vec::new()
    }
}
