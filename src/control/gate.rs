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
    /// More names by which we may be called where no token is asked for.
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
    /// address ("DNS rebinding").
    ///
    /// Nothing that a browser sends tells the second kind from a program: over plain HTTP and by a foreign name, it adds neither `Origin` nor
    /// `Sec-Fetch-Site` to a GET. So where no token is asked for, every request has to call us by a name that nobody else can point at us.
    /// Who has another one for us (a name in `/etc/hosts`, a proxy before us) says so with `--san`, or sets a token, which no page knows.
    fn check_browser(&self, request: &Request) -> Result<(), Problem> {
        let cross_site = |detail| Err(Problem::forbidden("CROSS_SITE", detail));
        let site = request.header("sec-fetch-site");
        if site.is_some_and(|site| site != "same-origin" && site != "none") {
            return cross_site("requests from other sites' pages are not taken");
        }
        let headers = &request.head.headers;
        // Browsers of years ago name no origin with a form, but say where it was.
        if let Some(page) = headers.get(header::ORIGIN).or_else(|| headers.get(header::REFERER)) {
            let page = page.to_str().ok().and_then(|page| page.split_once("://"));
            let page = page.map(|(_, rest)| rest.split('/').next().unwrap_or_default());
            let same = page.is_some_and(|page| request.authorities().all(|name| name.eq_ignore_ascii_case(page)));
            if !same || request.authorities().next().is_none() {
                return cross_site("the Origin or Referer header names another site");
            }
        }
        if self.token.is_none() && !request.authorities().all(|name| self.is_our_name(name)) {
            let detail = "without a control token, the control API is called by an address, as localhost, or by a name that --san or \
                          --public-url gives: any page in a browser can point a name of its own here";
            return Err(Problem::forbidden("FOREIGN_NAME", detail));
        }
        Ok(())
    }

    /// Whether `host`, which may carry a port, is a name that no page's owner can point at us: addresses, names that were given to us, and what
    /// the public DNS never answers: single words, and the domains that are kept for it (RFC 6761, and ICANN for `.internal`).
    fn is_our_name(&self, host: &str) -> bool {
        let Ok(Origin { host, .. }) = Origin::new(Scheme::Http, host) else { return false };
        let host = host.strip_suffix('.').unwrap_or(&host);
        let private = [".localhost", ".test", ".internal"].iter().any(|domain| host.ends_with(domain));
        !host.contains('.')
            || private
            || host.parse::<IpAddr>().is_ok()
            || self.names.iter().any(|name| covers(name, host))
    }
}

/// Whether `name`, which may be `*.` and a domain as in a certificate, is or covers `host`.
fn covers(name: &str, host: &str) -> bool {
    match name.strip_prefix("*.") {
        Some(domain) => host.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(domain)),
        None => name.eq_ignore_ascii_case(host),
    }
}
