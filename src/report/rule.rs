//! What a rule is.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::story::{Chapter, Service};

/// A rule of good conduct: data, and how to see that it was broken.
#[derive(Debug)]
pub struct Rule {
    /// A few words with dashes.
    pub id: &'static str,
    /// What it is about.
    pub subject: Subject,
    /// How bad it is to break it.
    pub severity: Severity,
    /// What the client does that breaks it.
    pub title: &'static str,
    /// What a good client does.
    pub advice: &'static str,
    /// The entries of the fidelity ledger behind it.
    pub refs: &'static [&'static str],
    /// Whether it holds for every service.
    pub(super) is_everywhere: bool,
    /// The ids of the requests to one server, or location, that show it.
    pub(super) find: fn(&Chapter) -> Vec<u64>,
}

impl Rule {
    /// The same for every service.
    pub(super) const fn everywhere(mut self) -> Self {
        self.is_everywhere = true;
        self
    }

    /// Whether it holds for clients of a service.
    pub(super) fn is_of(&self, service: Service) -> bool {
        let own = match self.subject {
            Subject::Licenses => Service::Content,
            _ => Service::Enrollment,
        };
        self.is_everywhere || service == own
    }
}

/// How bad something is, the mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It works, and could be better.
    Note,
    /// It works today, or costs more than it should.
    Warning,
    /// It fails, or loses devices.
    Error,
}

/// The word is no severity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no severity: there are note, warning and error")]
pub struct NoSeverity(String);

impl Severity {
    /// All of them, the mildest first.
    pub const ALL: [Self; 3] = [Self::Note, Self::Warning, Self::Error];

    /// `note`, `warning` or `error`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Severity {
    type Err = NoSeverity;

    fn from_str(word: &str) -> Result<Self, NoSeverity> {
        let found = Self::ALL.into_iter().find(|severity| severity.word() == word);
        found.ok_or_else(|| NoSeverity(word.to_owned()))
    }
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// Opening sessions with a server token.
    SigningIn,
    /// Session tokens.
    Sessions,
    /// Cursors of fetch and sync.
    Cursors,
    /// Pages of devices.
    Pages,
    /// Profiles and who gets them.
    Profiles,
    /// Waiting when told to.
    Patience,
    /// How often things are asked.
    Pace,
    /// Headers, paths and bodies.
    Manners,
    /// Apps and Books.
    Licenses,
}

impl Subject {
    /// All of them, in the order of a report.
    pub const ALL: [Self; 9] = [
        Self::SigningIn,
        Self::Sessions,
        Self::Cursors,
        Self::Pages,
        Self::Profiles,
        Self::Patience,
        Self::Pace,
        Self::Manners,
        Self::Licenses,
    ];

    /// A rule about it.
    pub(super) const fn rule(
        self,
        id: &'static str,
        severity: Severity,
        title: &'static str,
        advice: &'static str,
        refs: &'static [&'static str],
        find: fn(&Chapter) -> Vec<u64>,
    ) -> Rule {
        Rule { id, subject: self, severity, title, advice, refs, is_everywhere: false, find }
    }

    /// Its heading.
    pub fn heading(self) -> &'static str {
        match self {
            Self::SigningIn => "Signing in",
            Self::Sessions => "Sessions",
            Self::Cursors => "Cursors",
            Self::Pages => "Pages",
            Self::Profiles => "Profiles",
            Self::Patience => "Patience",
            Self::Pace => "Pace",
            Self::Manners => "Manners",
            Self::Licenses => "Apps and Books",
        }
    }
}
