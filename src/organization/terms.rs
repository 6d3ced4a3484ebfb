//! Apple's terms, and whether an administrator has agreed to the current ones.

use crate::clock::Timestamp;

/// The state of the terms. Until an administrator agrees, and for a while after, every call is refused with `T_C_NOT_SIGNED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terms {
    /// New terms wait for consent.
    Unsigned,
    /// Agreed to; the services know it from this moment on.
    Signed {
        /// When the consent reaches the services (Fleet's users saw more than 18 hours).
        effective: Timestamp,
    },
}

impl Terms {
    /// Whether calls are refused at `now`.
    #[inline]
    pub fn block(self, now: Timestamp) -> bool {
        match self {
            Self::Unsigned => true,
            Self::Signed { effective } => now < effective,
        }
    }

    /// The word for it in the control API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Signed { .. } => "signed",
        }
    }
}
