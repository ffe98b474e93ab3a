//! IP addresses and ranges.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::error::Invalid;

/// An IP address or a range of them in CIDR notation. IPv4 addresses inside IPv6 (`::ffff:…`) are IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

impl Network {
    /// Reads an address (`62.149.20.10`) or a range (`62.149.20.0/24`); bits behind the prefix are dropped.
    ///
    /// # Errors
    /// [`Invalid`] when it is neither.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        text.parse::<IpNet>()
            .map(|net| Self(net.trunc()))
            .or_else(|_| text.parse::<IpAddr>().map(|ip| Self(IpNet::from(ip.to_canonical()))))
            .map_err(|_| Invalid::new("an IP address or a range such as 203.0.113.0/24", text))
    }

    /// All ranges that `ip` lies in, from all addresses of its family to itself alone.
    pub fn around(ip: IpAddr) -> impl Iterator<Item = Self> {
        let alone = IpNet::from(ip.to_canonical());
        let within =
            (0..=alone.max_prefix_len()).filter_map(move |prefix| IpNet::new(alone.addr(), prefix).ok());
        within.map(|net| Self(net.trunc()))
    }

    /// Tells whether `ip` lies in this range.
    pub fn contains(&self, ip: IpAddr) -> bool {
        self.0.contains(&ip.to_canonical())
    }
}

impl TryFrom<String> for Network {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() { self.0.addr().fmt(f) } else { self.0.fmt(f) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(network: &str, ip: &str, expected: bool) {
        let network = Network::parse(network).expect("a literal");
        assert_eq!(network.contains(ip.parse().expect("a literal")), expected, "{network} {ip}");
    }

    #[test]
    fn ranges_contain_addresses_of_both_families() {
        check("62.149.20.10", "62.149.20.10", true);
        check("62.149.20.10", "62.149.20.11", false);
        check("62.149.20.77/24", "62.149.20.11", true);
        check("62.149.20.0/24", "::ffff:62.149.20.11", true);
        check("2001:db8::/32", "2001:db8:1::1", true);
        check("2001:db8::/32", "62.149.20.11", false);
    }

    #[test]
    fn the_ranges_around_an_address_are_all_that_contain_it() {
        for (text, count) in [("62.149.20.10", 33), ("::ffff:62.149.20.10", 33), ("2001:db8::1", 129)] {
            let ip = text.parse().expect("a literal");
            let around: Vec<Network> = Network::around(ip).collect();
            assert_eq!(around.len(), count);
            assert!(around.iter().all(|network| network.contains(ip)), "{text}");
            for network in ["62.149.20.0/24", "62.149.20.10", "0.0.0.0/0", "2001:db8::/32", "10.0.0.0/8"] {
                let network = Network::parse(network).expect("a literal");
                assert_eq!(around.contains(&network), network.contains(ip), "{network} {text}");
            }
        }
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "62.149.20", "62.149.20.0/33", "example.com", "1.2.3.4-1.2.3.9"] {
            assert!(Network::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_single_address_reads_like_one() {
        assert_eq!(Network::parse("62.149.20.10/32").expect("a literal").to_string(), "62.149.20.10");
        assert_eq!(Network::parse("62.149.20.10/8").expect("a literal").to_string(), "62.0.0.0/8");
    }
}
