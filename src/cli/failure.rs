//! Why a verb did not do what it should, and the exit code that says so.

use std::process::ExitCode;

/// The program's exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// It did not work: the simulator refused, or is not there.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The configuration or the scenario is wrong.
    Configuration = 3,
    /// The address cannot be listened on.
    CannotBind = 4,
    /// Saved state cannot be used.
    State = 5,
    /// What was to be verified is not so.
    Verification = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A verb's failure, for the person at the shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What the program exits with.
    pub exit: Exit,
    /// What was wrong; empty where the person was told already.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure of `exit`'s kind.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None }
    }

    /// It did not work.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// The command line is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// A failure of which everything has been said.
    pub fn told(exit: Exit) -> Self {
        Self::new(exit, "")
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The lines for stderr.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if !self.message.is_empty() {
            text.push_str(&format!("error: {}\n", self.message));
        }
        if let Some(hint) = &self.hint {
            text.push_str(&format!("hint: {hint}\n"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_has_a_line_of_its_own() {
        let failure = Failure::failed("nothing listens there").hint("start it with `abmsim`");
        assert_eq!(failure.text(), "error: nothing listens there\nhint: start it with `abmsim`\n");
        assert_eq!(Failure::told(Exit::Configuration).text(), "");
    }
}
