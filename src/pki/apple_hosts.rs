//! The host names of Apple's that the simulator answers to.

/// Every host of Apple's that some client of the simulated services may call: the certificate carries them all, and the
/// CONNECT proxy opens tunnels to these alone. Lower case, in alphabetical order.
pub const APPLE_HOSTS: &[&str] = &[
    "acc-ipt.apple.com",
    "account.apple.com",
    "albert.apple.com",
    "api-applecareconnect-ept.apple.com",
    "api-applecareconnect-ept2.apple.com",
    "api-applecareconnect.apple.com",
    "api-business.apple.com",
    "api-school.apple.com",
    "api.edu.apple.com",
    "api.ent.apple.com",
    "axm-servicediscovery.apple.com",
    "business.apple.com",
    "buy.itunes.apple.com",
    "deviceenrollment.apple.com",
    "deviceservices-external.apple.com",
    "iprofiles.apple.com",
    "itunes.apple.com",
    "mdmenrollment.apple.com",
    "school.apple.com",
    "store.blobstore.apple.com",
    "uclient-api.itunes.apple.com",
    "vpp.itunes.apple.com",
];

/// True for a name in [`APPLE_HOSTS`], in any case, with or without the root's dot at its end. No port.
pub fn is_apple_host(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    APPLE_HOSTS.iter().any(|apple| apple.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_lower_case_sorted_and_of_apple() {
        assert!(APPLE_HOSTS.is_sorted_by(|left, right| left < right));
        assert!(APPLE_HOSTS.iter().all(|host| host.ends_with(".apple.com") && *host == host.to_ascii_lowercase()));
    }

    #[test]
    fn only_whole_names_are_apples() {
        assert!(is_apple_host("MDMenrollment.apple.com."));
        for other in ["", "apple.com", "mdmenrollment.apple.com.evil.example", "xmdmenrollment.apple.com"] {
            assert!(!is_apple_host(other), "{other}");
        }
    }
}
