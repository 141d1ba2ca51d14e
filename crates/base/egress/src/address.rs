//! Addresses that lead inward: this machine, its link, and what clouds answer at to whoever asks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Addresses outside the reserved ranges at which clouds hand out the credentials of the machine.
const METADATA: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// What an address is that nobody may be sent to by somebody else's words; `None` for all others. Private networks are such
/// others: repositories inside a company, and inside the cluster, are the rule.
pub(crate) fn inward(address: IpAddr) -> Option<&'static str> {
    if METADATA.contains(&address) {
        return Some("a metadata service of a cloud");
    }
    match address {
        IpAddr::V4(v4) => inward_v4(v4),
        IpAddr::V6(v6) => {
            if let Some(v4) = embedded(v6) {
                return inward(IpAddr::V4(v4));
            }
            match () {
                () if v6.is_loopback() => Some("this machine"),
                () if v6.is_unspecified() => Some("this machine"),
                () if v6.segments()[0] & 0xffc0 == 0xfe80 => Some("a link-local address"),
                () if v6.is_multicast() => Some("a multicast address"),
                () => None,
            }
        }
    }
}

fn inward_v4(v4: Ipv4Addr) -> Option<&'static str> {
    match () {
        () if v4.is_loopback() || v4.octets()[0] == 0 => Some("this machine"),
        () if v4.is_link_local() => Some("a link-local address, such as the metadata service of a cloud"),
        () if v4.is_multicast() || v4.is_broadcast() => Some("a multicast address"),
        () => None,
    }
}

/// The IPv4 address inside an IPv6 one: mapped, or translated by NAT64.
fn embedded(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let octets = v6.octets();
    let nat64 = octets[..12] == [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];
    let v4 = Ipv4Addr::new(octets[12], octets[13], octets[14], octets[15]);
    v6.to_ipv4_mapped().or(nat64.then_some(v4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inward_addresses_are_known_however_they_are_written() {
        for (address, is_inward) in [
            ("127.0.0.1", true),
            ("127.8.8.8", true),
            ("0.0.0.0", true),
            ("169.254.169.254", true),
            ("168.63.129.16", true),
            ("224.0.0.1", true),
            ("255.255.255.255", true),
            ("::1", true),
            ("::", true),
            ("fe80::1", true),
            ("fd00:ec2::254", true),
            ("::ffff:127.0.0.1", true),
            ("::ffff:169.254.169.254", true),
            ("64:ff9b::a9fe:a9fe", true),
            ("ff02::1", true),
            ("10.0.0.1", false),
            ("192.168.1.1", false),
            ("fd00::1", false),
            ("8.8.8.8", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(inward(address.parse().unwrap()).is_some(), is_inward, "{address}");
        }
    }
}
