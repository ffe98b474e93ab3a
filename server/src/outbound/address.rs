//! Which addresses are the public internet, as IANA's registries of special-purpose addresses have it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

use super::Policy;

/// Who may allow a network that is not public.
#[derive(Clone, Copy)]
enum Unless {
    /// The operator may: it is a network that people have.
    Allowed,
    /// Nobody: nothing that a customer wants to name is there.
    Never,
}
use Unless::{Allowed, Never};

const fn v4(a: u8, b: u8, c: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, 0), length)
}

const fn v6(a: u16, b: u16, c: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length)
}

#[rustfmt::skip]
const SPECIAL_V4: [(Ipv4Net, Unless, &str); 15] = [
    (v4(0, 0, 0, 8),       Never,   "an unspecified address"),
    (v4(10, 0, 0, 8),      Allowed, "a private address"),
    (v4(100, 64, 0, 10),   Allowed, "a carrier's private address"),
    (v4(127, 0, 0, 8),     Allowed, "a loopback address"),
    (v4(169, 254, 0, 16),  Never,   "a link-local address"),
    (v4(172, 16, 0, 12),   Allowed, "a private address"),
    (v4(192, 0, 0, 24),    Never,   "an address for protocols"),
    (v4(192, 0, 2, 24),    Never,   "an address for documentation"),
    (v4(192, 88, 99, 24),  Never,   "a 6to4 relay"),
    (v4(192, 168, 0, 16),  Allowed, "a private address"),
    (v4(198, 18, 0, 15),   Never,   "an address for benchmarks"),
    (v4(198, 51, 100, 24), Never,   "an address for documentation"),
    (v4(203, 0, 113, 24),  Never,   "an address for documentation"),
    (v4(224, 0, 0, 4),     Never,   "a multicast address"),
    (v4(240, 0, 0, 4),     Never,   "a reserved address"),
];

/// The first that contains an address counts. Whatever is not within `2000::/3` is not public either.
#[rustfmt::skip]
const SPECIAL_V6: [(Ipv6Net, Unless, &str); 12] = [
    (Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128), Allowed, "a loopback address"),
    (v6(0, 0, 0, 96),           Never,   "an unspecified or IPv4-compatible address"),
    (v6(0x64, 0xff9b, 1, 48),   Never,   "an address for local translation"),
    (v6(0x100, 0, 0, 64),       Never,   "an address that discards"),
    (v6(0x2001, 0, 0, 23),      Never,   "an address for protocols"),
    (v6(0x2001, 0xdb8, 0, 32),  Never,   "an address for documentation"),
    (v6(0x2002, 0, 0, 16),      Never,   "a 6to4 address"),
    (v6(0x3fff, 0, 0, 20),      Never,   "an address for documentation"),
    (v6(0xfc00, 0, 0, 7),       Allowed, "a private (unique local) address"),
    (v6(0xfe80, 0, 0, 10),      Never,   "a link-local address"),
    (v6(0xfec0, 0, 0, 10),      Never,   "a site-local address"),
    (v6(0xff00, 0, 0, 8),       Never,   "a multicast address"),
];

/// What is public in IPv6.
const PUBLIC_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

/// IPv4 through a translator (NAT64, RFC 6052): a host with IPv6 alone reaches the public IPv4 internet so.
const NAT64: Ipv6Net = v6(0x64, 0xff9b, 0, 96);

/// Returns what is wrong with an address under a policy, such as `a loopback address`; nothing where it may be reached.
pub fn refusal(address: IpAddr, policy: Policy) -> Option<&'static str> {
    let (unless, what) = match address {
        IpAddr::V4(address) => special_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped().or_else(|| translated(address)) {
            Some(inner) => special_v4(inner),
            None => special_v6(address),
        },
    }?;
    match unless {
        Unless::Allowed if policy.allow_private => None,
        Unless::Allowed | Unless::Never => Some(what),
    }
}

fn special_v4(address: Ipv4Addr) -> Option<(Unless, &'static str)> {
    let found = SPECIAL_V4.iter().find(|(network, ..)| network.contains(&address))?;
    Some((found.1, found.2))
}

fn special_v6(address: Ipv6Addr) -> Option<(Unless, &'static str)> {
    match SPECIAL_V6.iter().find(|(network, ..)| network.contains(&address)) {
        Some((_, unless, what)) => Some((*unless, what)),
        None if PUBLIC_V6.contains(&address) => None,
        None => Some((Never, "an address that is not public")),
    }
}

/// Returns the IPv4 address that a translator would reach.
fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, c, d] = address.octets();
    NAT64.contains(&address).then(|| Ipv4Addr::new(a, b, c, d))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks an address under both policies: public, reachable where private ones are allowed, or never.
    fn check(address: &str, public: bool, allowed: bool) {
        let address: IpAddr = address.parse().expect("a literal");
        let is_fine = |allow_private| refusal(address, Policy { allow_private }).is_none();
        assert_eq!((is_fine(false), is_fine(true)), (public, allowed), "{address}");
    }

    #[test]
    fn the_public_internet_is_reached() {
        for address in [
            "8.8.8.8",
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "2001:4860:4860::8888",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
        ] {
            check(address, true, true);
        }
    }

    #[test]
    fn the_operators_network_is_reached_where_that_is_allowed() {
        for address in [
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "::1",
            "fc00::1",
            "fdff::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:c0a8:101",
            "64:ff9b::127.0.0.1",
            "64:ff9b::a00:1",
        ] {
            check(address, false, true);
        }
    }

    #[test]
    fn the_rest_is_never_reached() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::127.0.0.1",
            "::8.8.8.8",
            "::ffff:169.254.169.254",
            "::ffff:0.0.0.0",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:10::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:808:808::1",
            "3fff::1",
            "4000::1",
            "5f00::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
        ] {
            check(address, false, false);
        }
    }
}
