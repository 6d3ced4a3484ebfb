//! Where notifications may not go: to addresses that tell a machine its own secrets, which whoever names them here could not reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where clouds tell a machine its credentials, beside the link-local addresses.
const METADATA: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)), IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254))];

/// Why no notification goes to an address: that is none that the machine itself alone should ask. Loopback and private networks are fine.
pub fn refused_address(address: IpAddr) -> Option<&'static str> {
    if METADATA.contains(&address) {
        return Some("a metadata address");
    }
    match address {
        IpAddr::V4(address) if address.is_link_local() => Some("a link-local address"),
        IpAddr::V4(address) if address.is_multicast() || address.is_broadcast() => Some("an address of many machines"),
        IpAddr::V4(address) if address.octets()[0] == 0 => Some("no address of a machine"),
        IpAddr::V4(_) => None,
        IpAddr::V6(address) if address.is_unicast_link_local() => Some("a link-local address"),
        IpAddr::V6(address) if address.is_multicast() => Some("an address of many machines"),
        IpAddr::V6(address) if address.is_unspecified() => Some("no address of a machine"),
        IpAddr::V6(address) if address.is_loopback() => None,
        IpAddr::V6(address) => embedded(address).and_then(|inner| refused_address(IpAddr::V4(inner))),
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, or behind a translator (NAT64, 6to4).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let words = address.segments();
    let of = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match words {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(of(high, low)),
        [0x2002, high, low, ..] => Some(of(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_machines_stay_out_of_reach() {
        for address in [
            "169.254.169.254",
            "169.254.0.1",
            "100.100.100.200",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "fe80::1",
            "fd00:ec2::254",
            "::",
            "ff02::1",
            "::ffff:169.254.169.254",
            "::ffff:100.100.100.200",
            "::169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
        ] {
            assert!(refused_address(address.parse().unwrap()).is_some(), "{address}");
        }
        for address in ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.1.2.3", "192.168.0.9", "17.1.2.3", "fd00::1"] {
            assert_eq!(refused_address(address.parse().unwrap()), None, "{address}");
        }
    }
}
