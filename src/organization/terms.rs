//! Apple's terms, and whether an administrator has agreed to the current ones.

use super::{Books, Event};
use crate::clock::{Span, Timestamp};

/// The state of the terms. Until an administrator agrees, and for a while after, every call is refused with `T_C_NOT_SIGNED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Terms {
    /// New terms wait for consent.
    Unsigned,
    /// Agreed to; the services know it from this moment on.
    Signed {
        /// When the consent reaches the services (Fleet's users saw more than 18 hours).
        #[serde(with = "crate::clock::millis")]
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

impl Books {
    /// An administrator agrees to the terms, which reaches the services after `lag`; or Apple publishes new ones.
    pub fn sign_terms(&mut self, signs: bool, lag: Span, now: Timestamp) {
        self.schedule.call_off(|event| matches!(event, Event::TermsTakeEffect));
        self.terms = if signs { Terms::Signed { effective: now + lag } } else { Terms::Unsigned };
        if signs && !lag.is_zero() {
            self.schedule.plan(now + lag, Event::TermsTakeEffect);
        }
    }
}
