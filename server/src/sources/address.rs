//! Addresses as logs write them: plain, in brackets, with a port, with a zone, or IPv4 inside IPv6.

use std::net::{IpAddr, SocketAddr};

/// Reads an address. Ports and zones are dropped, IPv4 inside IPv6 becomes IPv4; what is no address is none.
pub fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let plain = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    plain
        .parse()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        .or_else(|| plain.split_once('%').and_then(|(address, _)| address.parse().ok()))
        .map(|ip: IpAddr| ip.to_canonical())
}

/// Returns the first public one of several addresses, or else the first that is an address at all.
pub fn best<'a>(texts: impl IntoIterator<Item = Option<&'a str>>) -> Option<IpAddr> {
    let addresses: Vec<IpAddr> = texts.into_iter().flatten().filter_map(parse).collect();
    addresses.iter().find(|ip| is_public(**ip)).or(addresses.first()).copied()
}

/// Tells whether an address can belong to a country at all.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            let is_shared = a == 100 && (64..128).contains(&b);
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                || ip.is_multicast()
                || is_shared
                || a == 0
                || a >= 240)
        }
        IpAddr::V6(ip) => {
            !(ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_multicast()
                || ip.is_unique_local()
                || ip.is_unicast_link_local())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_address_is_read() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(parse(text).map(|ip| ip.to_string()).as_deref(), expected, "{text:?}");
        };
        check("62.149.20.10", Some("62.149.20.10"));
        check(" 62.149.20.10 ", Some("62.149.20.10"));
        check("62.149.20.10:44321", Some("62.149.20.10"));
        check("2a02:a44d::1", Some("2a02:a44d::1"));
        check("[2a02:a44d::1]", Some("2a02:a44d::1"));
        check("[2a02:a44d::1]:44321", Some("2a02:a44d::1"));
        check("::ffff:62.149.20.10", Some("62.149.20.10"));
        check("[::ffff:62.149.20.10]:443", Some("62.149.20.10"));
        check("fe80::1%eth0", Some("fe80::1"));
        check("", None);
        check("null", None);
        check("62.149.20", None);
        check("62.149.20.10:port", None);
        check("localhost", None);
    }

    #[test]
    fn private_addresses_belong_to_no_country() {
        for text in
            ["10.1.2.3", "127.0.0.1", "192.168.0.1", "100.64.0.1", "::1", "fd00::1", "fe80::1", "0.0.0.0"]
        {
            assert!(!is_public(parse(text).expect("a literal")), "{text}");
        }
        for text in ["62.149.20.10", "2a02:a44d::1", "100.128.0.1", "172.32.0.1"] {
            assert!(is_public(parse(text).expect("a literal")), "{text}");
        }
    }

    #[test]
    fn a_public_address_goes_before_a_private_one() {
        let best = |a, b| best([Some(a), Some(b)]).map(|ip| ip.to_string());
        assert_eq!(best("62.149.20.10", "5.253.204.108").as_deref(), Some("62.149.20.10"));
        assert_eq!(best("10.0.0.1", "5.253.204.108").as_deref(), Some("5.253.204.108"));
        assert_eq!(best("10.0.0.1", "").as_deref(), Some("10.0.0.1"));
        assert_eq!(best("none", "").as_deref(), None);
    }
}
