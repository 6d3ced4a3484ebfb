//! `abmsim ca`: the certificate that clients have to trust.

use bytes::Bytes;
use clap::Args;
use http::{HeaderMap, Method, StatusCode};

use super::control::Control;
use super::failure::Failure;
use super::output;
use super::target::{Target, in_plain_text};

/// The CA certificate that clients have to trust
#[derive(Args, Debug)]
#[command(
    after_help = "Example: abmsim ca > ca.pem\nIt is read from its file, or asked of the running simulator where there is no file."
)]
pub(super) struct Ca {
    /// Print the file's path instead
    #[arg(long)]
    path: bool,
}

impl Ca {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        if self.path {
            let path = target.ca_path();
            let path = std::path::absolute(&path).unwrap_or(path);
            return output::data(&format!("{}\n", path.display()));
        }
        match target.ca()? {
            Some(pem) => output::data(&pem),
            None => output::bytes(&asked(target)?),
        }
    }
}

/// The certificate as the simulator gives it, in plain text: there is nothing yet to check TLS with.
fn asked(target: &Target) -> Result<Bytes, Failure> {
    let control = Control::new(target)?;
    let url = format!("{}/_sim/ca.pem", in_plain_text(control.origin()));
    let answer = control.fetch(&url, Method::GET, HeaderMap::new(), Bytes::new())?;
    match answer.status() {
        StatusCode::OK => Ok(answer.into_body()),
        status => Err(Failure::failed(format!("{url} answers HTTP {status}")).hint("is it abmsim that listens there?")),
    }
}
