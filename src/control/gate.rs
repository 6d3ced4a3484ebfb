//! Who may use the control API.

use std::net::IpAddr;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::header;

use super::Problem;
use crate::http::{Origin, Request, Scheme};
use crate::secret::Secret;

/// The door of the control API. On a loopback address it is open to programs on this machine; on any other it takes the token.
#[derive(Debug)]
pub struct Gate {
    /// The control token. Where one is set, it is asked for on loopback too.
    pub token: Option<Secret>,
    /// The listener that alone takes control calls, where there is one.
    pub listener: Option<usize>,
    /// Whether the address that listens is a loopback address.
    pub loopback: bool,
    /// The names by which pages may call us, besides `localhost`; any address will do.
    pub names: Vec<String>,
}

impl Gate {
    /// Lets a request in, or says why not.
    pub fn admit(&self, request: &Request) -> Result<(), Problem> {
        if self.listener.is_some_and(|listener| listener != request.via.listener) {
            let detail = "the control API has a listener of its own (--control-listen)";
            return Err(Problem::forbidden("WRONG_LISTENER", detail));
        }
        self.check_browser(request)?;
        let Some(token) = &self.token else {
            return if self.loopback { Ok(()) } else { Err(Problem::unauthorized("the control API is closed")) };
        };
        let offered = request.header(header::AUTHORIZATION).and_then(|value| value.split_once(' '));
        let offered = offered.and_then(|(scheme, token)| scheme.eq_ignore_ascii_case("Bearer").then_some(token));
        let offered = offered.ok_or_else(|| {
            Problem::unauthorized("send the control token as `Authorization: Bearer <token>` (it is in the banner, or what --control-token set)")
        })?;
        verify_slices_are_equal(offered.trim().as_bytes(), token.expose().as_bytes())
            .map_err(|_| Problem::unauthorized("this is not the control token"))
    }
    /// Pages of other sites must not drive the simulator through a browser on this machine, nor a page whose own name was pointed at this
    /// address. Programs other than browsers send none of these headers, and may call us what they like.
    fn check_browser(&self, request: &Request) -> Result<(), Problem> {
        let site = request.header("sec-fetch-site");
        if site.is_some_and(|site| site == "cross-site" || site == "same-site") {
            return Err(Problem::forbidden("CROSS_SITE", "requests from other sites' pages are not taken"));
        }
        let host = request.head.uri.authority().map(|host| host.as_str()).or_else(|| request.header(header::HOST));
        let origin = request.header(header::ORIGIN);
        if let (Some(origin), Some(host)) = (origin, host) {
            let same = origin.split_once("://").is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(host));
            if !same {
                return Err(Problem::forbidden("CROSS_SITE", "the Origin header names another site"));
            }
        }
        let from_page = origin.is_some() || site == Some("same-origin");
        if from_page && self.token.is_none() && !host.is_some_and(|host| self.is_our_name(host)) {
            let detail = "pages may call the simulator by its address, as localhost, or by its public URL";
            return Err(Problem::forbidden("FOREIGN_NAME", detail));
        }
        Ok(())
    }

    /// Whether `host`, which may carry a port, is a name that nobody else can point at us.
    fn is_our_name(&self, host: &str) -> bool {
        let Ok(Origin { host, .. }) = Origin::new(Scheme::Http, host) else { return false };
        let local = host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok();
        local || self.names.iter().any(|name| name.eq_ignore_ascii_case(&host))
    }
}
