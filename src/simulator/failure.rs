//! Why a simulator does not start.

use super::state::StateError;
use crate::http::{BindError, RouteConflict};
use crate::notifications::BadWebhookCa;
use crate::pki::AuthorityError;
use crate::scenario::{FoundingMistake, Mistakes};

/// Why a simulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The scenario has mistakes.
    #[error("{0}")]
    Scenario(#[from] Mistakes),
    /// The scenario cannot become organisations.
    #[error(transparent)]
    Founding(#[from] FoundingMistake),
    /// The address cannot be listened on.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The certificates cannot be read or made.
    #[error(transparent)]
    Certificates(#[from] AuthorityError),
    /// The authority for notification addresses is none.
    #[error(transparent)]
    WebhookCa(#[from] BadWebhookCa),
    /// Saved state cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// Two routes are in each other's way: a mistake in the program.
    #[error(transparent)]
    Routes(#[from] RouteConflict),
    /// Something else with the operating system.
    #[error(transparent)]
    Io(std::io::Error),
}

impl Failure {
    /// The exit code: 3 for configuration and scenarios, 4 for addresses, 5 for saved state, 1 for the rest.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Scenario(_) | Self::Founding(_) | Self::Certificates(_) | Self::WebhookCa(_) => 3,
            Self::Bind(_) => 4,
            Self::State(_) => 5,
            Self::Routes(_) | Self::Io(_) => 1,
        }
    }
}
