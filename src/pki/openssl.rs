//! The `openssl` program, as an independent judge in tests.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

/// A directory in which the program runs, or nothing where there is no such program; then `test` is reported as
/// skipped, past the test harness's capture.
pub(super) fn judge(test: &str) -> Option<Judge> {
    static PRESENT: LazyLock<bool> = LazyLock::new(|| Command::new("openssl").arg("version").output().is_ok());
    if *PRESENT {
        return Some(Judge(tempfile::tempdir().unwrap()));
    }
    writeln!(std::io::stderr(), "SKIPPED {test}: there is no openssl on the PATH").unwrap();
    None
}

pub(super) struct Judge(tempfile::TempDir);

impl Judge {
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn put(&self, name: &str, contents: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), contents).unwrap();
    }

    pub fn get(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap()
    }

    /// Runs `openssl` with `arguments`, separated by spaces, and gives what it printed; panics with its complaint if it
    /// has one.
    pub fn run(&self, arguments: &str) -> Vec<u8> {
        let output = self.try_run(arguments);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments}: {complaint}");
        output.stdout
    }

    pub fn try_run(&self, arguments: &str) -> Output {
        Command::new("openssl").args(arguments.split(' ')).current_dir(self.path()).output().unwrap()
    }
}
