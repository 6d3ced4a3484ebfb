//! The program itself: started as people start it.

mod doctor;
mod journal;
mod licenses;
mod notifications;
mod rehearsing;
mod report;
mod secrets;
mod serving;
mod state;
mod verbs;

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

/// A command of the program with an environment in which nothing is set for it.
fn abmsim() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_abmsim"));
    let ours = |name: &str| name.starts_with("ABMSIM_") || name.starts_with("OTEL_") || name == "RUST_LOG";
    for (name, _) in std::env::vars().filter(|(name, _)| ours(name)) {
        command.env_remove(name);
    }
    command
}

/// What a command that ends by itself printed.
fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (status.code().unwrap_or(-1), text(stdout), text(stderr))
}

/// A running `abmsim serve` with its own certificates; it is killed with the test.
pub struct Served {
    child: Child,
    certificates: TempDir,
    pub url: String,
}

impl Served {
    /// Starts `abmsim serve` on a free port with these arguments more.
    fn start(arguments: &[&str]) -> Self {
        Self::with(arguments, &[])
    }

    /// The same with these variables.
    pub fn with(arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let certificates = tempfile::tempdir().unwrap();
        let log = File::create(certificates.path().join("log")).unwrap();
        let mut command = abmsim();
        command.envs(variables.iter().copied());
        if !variables.iter().any(|(name, _)| *name == "ABMSIM_LISTEN") {
            command.env("ABMSIM_LISTEN", "127.0.0.1:0");
        }
        command.args(["serve", "--certs"]).arg(certificates.path()).args(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.strip_prefix("abmsim ready ").unwrap_or_else(|| panic!("{line:?}")).trim().to_owned();
        Self { child, certificates, url }
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has written to stderr so far.
    fn log(&self) -> String {
        fs::read_to_string(self.certificates.path().join("log")).unwrap()
    }

    /// A verb that talks to it.
    fn verb(&self, arguments: &[&str]) -> Command {
        let mut command = abmsim();
        command.args(arguments).env("ABMSIM_URL", &self.url).env("ABMSIM_CERTS", self.certificates.path());
        command
    }

    /// The standard output of a verb that must succeed.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        let (code, out, err) = run(&mut self.verb(arguments));
        assert_eq!(code, 0, "{arguments:?}: {out}{err}");
        out
    }

    /// Sends SIGTERM; answers the exit code.
    fn terminate(self) -> Option<i32> {
        self.terminate_and_read().0
    }

    /// The same, and what it wrote to stderr.
    pub fn terminate_and_read(mut self) -> (Option<i32>, String) {
        let sent = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
        let code = self.child.wait().unwrap().code();
        (code, self.log())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether the `curl` program is there, which `abmsim curl` runs.
fn has_curl() -> bool {
    Command::new("curl").arg("--version").output().is_ok_and(|output| output.status.success())
}
