//! How a simulator is to run.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::http::{Limits, Origin};
use crate::journal;
use crate::secret::Secret;
use crate::telemetry::log::RequestLog;
use crate::telemetry::traces;

/// How a simulator is to run. The default is for tests: any free port of the loopback address, certificates in memory.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where the control API listens, if not with everything else.
    pub control_listen: Option<SocketAddr>,
    /// The token of the control API. On addresses other than loopback one is made where none is set.
    pub control_token: Option<Secret>,
    /// The CA and the leaf.
    pub certificates: Certificates,
    /// More names and addresses for the leaf.
    pub names: Vec<String>,
    /// The URL by which clients reach us, where that is not what they say.
    pub public_url: Option<Origin>,
    /// Authorities beside the system's that may have signed the certificates of notification addresses, PEM.
    pub webhook_ca: Option<String>,
    /// The seed; beats the scenario's.
    pub seed: Option<u64>,
    /// Where the state is kept from one run to the next, if it is: read at the start, and written when the simulator is stopped.
    pub state: Option<PathBuf>,
    /// What else to look like.
    pub compat: Option<Compat>,
    /// Where and how requests are logged; `None`: not at all.
    pub request_log: Option<RequestLog>,
    /// The collector of traces, if there is one.
    pub traces: Option<traces::Settings>,
    /// Bytes that the exchanges of an organisation may take in its journal; 0 keeps none.
    pub journal: usize,
    /// How much of our memory and patience a client may use.
    pub limits: Limits,
}

/// Where the CA and the leaf are.
#[derive(Clone, Debug)]
pub enum Certificates {
    /// Kept in a folder, made on the first start.
    Kept(PathBuf),
    /// Made anew each time.
    InMemory,
}

/// Another simulator that clients were written against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compat {
    /// Apple's old depsim: its fixed credentials, `GET /token`, and its stricter habits.
    Depsim,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            control_listen: None,
            control_token: None,
            certificates: Certificates::InMemory,
            names: Vec::new(),
            public_url: None,
            webhook_ca: None,
            seed: None,
            state: None,
            compat: None,
            request_log: None,
            traces: None,
            journal: journal::MEMORY,
            limits: Limits::default(),
        }
    }
}
