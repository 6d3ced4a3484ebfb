//! The names that the certificate on our port is good for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rcgen::SanType;
use rustls_pki_types::{DnsName, ServerName};

use super::AuthorityError;
use crate::pki::APPLE_HOSTS;

/// One subject alternative name, in its canonical form: lower case, no brackets, no dot at the end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    Address(IpAddr),
    /// A host name, possibly with `*.` in front.
    Host(String),
}

impl Name {
    fn parse(text: &str) -> Option<Self> {
        let bare = text.trim();
        let bare = bare.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(bare);
        if let Ok(address) = bare.parse() {
            return Some(Self::Address(address));
        }
        let host = bare.strip_suffix('.').unwrap_or(bare).to_ascii_lowercase();
        let literal = host.strip_prefix("*.").unwrap_or(&host);
        DnsName::try_from(literal).is_ok().then_some(Self::Host(host))
    }

    /// The name as rcgen writes it into a certificate.
    pub fn as_alternative_name(&self) -> Result<SanType, rcgen::Error> {
        Ok(match self {
            Self::Address(address) => SanType::IpAddress(*address),
            Self::Host(host) => SanType::DnsName(host.as_str().try_into()?),
        })
    }

    /// A name that a client would ask for and find covered; for a wildcard, one of the names under it.
    pub fn as_server_name(&self) -> Option<ServerName<'static>> {
        match self {
            Self::Address(address) => Some(ServerName::IpAddress((*address).into())),
            Self::Host(host) => ServerName::try_from(host.replace('*', "any")).ok(),
        }
    }
}

/// Everything that the leaf has to cover: this machine, Apple's hosts, and the `extra` names that somebody asked for.
pub(super) fn wanted(extra: &[String]) -> Result<Vec<Name>, AuthorityError> {
    let mut names = vec![
        Name::Host("localhost".to_owned()),
        Name::Address(Ipv4Addr::LOCALHOST.into()),
        Name::Address(Ipv6Addr::LOCALHOST.into()),
    ];
    // A machine may be called what no certificate can say (non-ASCII, spaces): nobody reaches it under that name then.
    names.extend(gethostname::gethostname().to_str().and_then(Name::parse));
    names.extend(APPLE_HOSTS.iter().map(|host| Name::Host((*host).to_owned())));
    for text in extra {
        names.push(Name::parse(text).ok_or_else(|| AuthorityError::Name(text.clone()))?);
    }
    names.sort();
    names.dedup();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_people_write_them() {
        let host = |text: &str| Some(Name::Host(text.to_owned()));
        assert_eq!(Name::parse(" ABM.Example.COM. "), host("abm.example.com"));
        assert_eq!(Name::parse("abm_sim"), host("abm_sim"));
        assert_eq!(Name::parse("*.test"), host("*.test"));
        assert_eq!(Name::parse("[::1]"), Some(Name::Address(Ipv6Addr::LOCALHOST.into())));
        assert_eq!(Name::parse("10.0.0.7"), Some(Name::Address(Ipv4Addr::new(10, 0, 0, 7).into())));
    }

    #[test]
    fn what_is_no_name_is_refused_and_named() {
        for text in ["", "*", "a b", "host:8443", "https://host", "zürich.example", "a.*.example", "[::1"] {
            let refusal = wanted(&[text.to_owned()]).unwrap_err().to_string();
            assert!(refusal.contains(&format!("`{text}`")), "{refusal}");
        }
    }

    #[test]
    fn a_name_asked_for_twice_is_there_once() {
        let once = wanted(&[]).unwrap();
        let again = wanted(&["LOCALHOST".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        assert_eq!(once, again);
    }
}
