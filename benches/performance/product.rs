//! The simulator, as people run it: its binary, in a process of its own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Failure;

/// A simulator that runs until this is dropped.
pub struct Product {
    process: Child,
    pub address: SocketAddr,
}

impl Product {
    /// One that serves a scenario and is ready.
    pub fn start(scenario: &Path, certificates: &Path) -> Result<Self, Failure> {
        let mut process = spawn(scenario, certificates, "127.0.0.1:0".parse()?)?;
        let line = first_line(&mut process).map_err(|failure| format!("{failure}: {}", complaints(certificates)))?;
        let address =
            line.strip_prefix("abmsim ready https://").ok_or("the simulator does not say that it is ready")?;
        Ok(Self { address: address.trim().parse()?, process })
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// Starts the binary. What it says on stderr is kept beside its certificates.
pub fn spawn(scenario: &Path, certificates: &Path, listen: SocketAddr) -> Result<Child, Failure> {
    Ok(Command::new(env!("CARGO_BIN_EXE_abmsim"))
        .arg("serve")
        .arg(scenario)
        .args(["--listen", &listen.to_string()])
        .arg("--certs")
        .arg(certificates)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(File::create(certificates.with_extension("log"))?)
        .spawn()?)
}

/// What a simulator said on stderr.
pub fn complaints(certificates: &Path) -> String {
    let said = fs::read_to_string(certificates.with_extension("log")).unwrap_or_default();
    said.lines().take(5).collect::<Vec<_>>().join("; ")
}

/// The first line that a process writes to stdout.
pub fn first_line(process: &mut Child) -> Result<String, Failure> {
    let stdout = process.stdout.take().ok_or("the process has no stdout")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    if line.is_empty() { Err("the process ended before it was ready".into()) } else { Ok(line) }
}
