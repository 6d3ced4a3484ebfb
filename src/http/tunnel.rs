//! CONNECT: which hosts a client may reach through us.

use http::uri::Authority;

/// The hosts to which a tunnel may be asked for; every tunnel ends here.
pub(super) struct Hosts(Vec<String>);

impl Hosts {
    pub(super) fn new(hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(hosts.into_iter().map(Into::into).collect())
    }

    /// Whether we stand in for `host`, which has no port.
    pub(super) fn has(&self, host: &str) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host);
        self.0.iter().any(|ours| ours.eq_ignore_ascii_case(host))
    }

    /// Whether a tunnel to `target` is ours, whatever its port; if not, why not.
    pub(super) fn admit(&self, target: Option<&Authority>) -> Result<(), String> {
        let Some(target) = target else {
            return Err("CONNECT needs a host and a port, as in CONNECT mdmenrollment.apple.com:443".into());
        };
        let host = target.host();
        if self.has(host) {
            return Ok(());
        }
        Err(format!(
            "this proxy stands in for Apple and leads nowhere else: not to {target}. Reach other hosts directly (NO_PROXY={host}); \
             the hosts it answers for are {}",
            self.0.join(", "),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_of_ours_is_admitted_in_any_case_and_on_any_port() {
        let hosts = Hosts::new(["mdmenrollment.apple.com", "vpp.itunes.apple.com"]);
        for target in [
            "mdmenrollment.apple.com:443",
            "MDMEnrollment.Apple.com:8443",
            "vpp.itunes.apple.com",
            "vpp.itunes.apple.com.:443",
        ] {
            assert_eq!(hosts.admit(Some(&target.parse().unwrap())), Ok(()), "{target}");
        }
    }

    #[test]
    fn a_foreign_host_is_refused_by_name() {
        let hosts = Hosts::new(["mdmenrollment.apple.com"]);
        for target in ["example.com:443", "evil-mdmenrollment.apple.com:443", "apple.com:443", "127.0.0.1:22"] {
            let refused = hosts.admit(Some(&target.parse().unwrap())).unwrap_err();
            assert!(refused.contains(target), "{refused}");
        }
        assert!(hosts.admit(None).unwrap_err().contains("needs a host"));
    }
}
