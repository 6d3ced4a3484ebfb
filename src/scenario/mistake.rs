//! What is wrong with a scenario, and where.

use std::fmt;
use std::sync::Arc;

/// One mistake in a scenario. Displayed as `file:line:column: message`, the form that editors and terminals turn into a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file's name as it was given, or `body` for what came over the control API.
    pub source: Arc<str>,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, counted in characters.
    pub column: u32,
    /// A JSON pointer to the value, such as `/organizations/0/servers/1/name`; empty for the document itself.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// What would be right, where that is known.
    pub hint: Option<String>,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.source, self.line, self.column, self.message)
    }
}

/// Every mistake of a scenario, at least one, file by file and from top to bottom. Displayed one a line, each hint indented on a line of
/// its own below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes(Vec<Mistake>);

impl Mistakes {
    /// The mistakes in `list`, which has at least one.
    pub(super) fn new(list: Vec<Mistake>) -> Self {
        debug_assert!(!list.is_empty(), "a scenario without mistakes is read");
        Self(list)
    }

    /// The mistakes, in the order of the text.
    pub fn list(&self) -> &[Mistake] {
        &self.0
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{mistake}")?;
            if let Some(hint) = &mistake.hint {
                write!(f, "\n    {hint}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

impl IntoIterator for Mistakes {
    type Item = Mistake;
    type IntoIter = std::vec::IntoIter<Mistake>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
