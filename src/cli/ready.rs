//! `abmsim ready`: whether the simulator can be used; a container's health check.

use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use http::{HeaderMap, Method, StatusCode};
use tokio::time::sleep;

use super::control::runtime;
use super::failure::Failure;
use super::output;
use super::target::{Target, in_plain_text};
use crate::clock::{Span, wall};
use crate::http::{ClientError, Origin, Scheme, fetch};

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long to pause between two questions.
const PAUSE: Duration = Duration::from_millis(50);

/// Whether it is ready: exit code 0 or 1
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim ready --wait 10s")]
pub(super) struct Ready {
    /// How long to wait for it, such as 10s or 1m
    #[arg(long, value_name = "TIME", default_value = "0s")]
    wait: Span,
}

impl Ready {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let origin = target.origin()?;
        let ca = target.ca()?;
        let until = wall() + self.wait;
        runtime()?.block_on(async {
            loop {
                let why = match ask(&origin, ca.as_deref()).await {
                    Ok(()) => return output::data(&format!("ready {origin}\n")),
                    Err(why) => why,
                };
                if wall() >= until {
                    return Err(Failure::failed(why));
                }
                sleep(PAUSE).await;
            }
        })
    }
}

/// Asks once. In plain text, which needs no CA, and over TLS only where nothing but TLS is understood (behind a proxy that ends it).
async fn ask(origin: &Origin, ca: Option<&str>) -> Result<(), String> {
    let plain = in_plain_text(origin);
    let mut answer = question(&plain, None).await;
    let is_ours = matches!(&answer, Ok(status) if *status == StatusCode::OK);
    if origin.scheme == Scheme::Https && ca.is_some() && !is_ours && !matches!(answer, Err(ClientError::Refused(_))) {
        answer = question(origin, ca).await;
    }
    match answer {
        Ok(StatusCode::OK) => Ok(()),
        Ok(status) => Err(format!("{origin} is not ready: it answers HTTP {status}")),
        Err(error) => Err(error.to_string()),
    }
}

async fn question(origin: &Origin, ca: Option<&str>) -> Result<StatusCode, ClientError> {
    let url = format!("{origin}/_sim/ready");
    Ok(fetch(&url, Method::GET, HeaderMap::new(), Bytes::new(), ca, PATIENCE).await?.status())
}
