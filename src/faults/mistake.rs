//! What is wrong with a rule.

use std::fmt;

/// One thing wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultMistake {
    /// Where in the rule, as a JSON pointer.
    pub pointer: String,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: Option<String>,
}

impl fmt::Display for FaultMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.pointer.is_empty() {
            write!(f, "{}: ", self.pointer)?;
        }
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, " ({hint})"),
            None => Ok(()),
        }
    }
}
