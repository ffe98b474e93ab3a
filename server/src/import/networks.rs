//! The networks of VPN services, from a list that the operator keeps: one network or autonomous system a line, and the
//! name of the service. Knows nothing of records.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::path::Path;

use beckon_core::network::Network;
use beckon_core::vpn::{KNOWN_VPNS, VpnSlug};

use super::exit::{Exit, Failure, why};

/// Knows which addresses belong to which VPN service.
#[derive(Debug, Default)]
pub struct VpnNetworks {
    /// The networks by the length of their prefix: the longest one that holds an address is the most specific.
    networks: BTreeMap<u8, HashMap<Network, Named>>,
    /// Autonomous systems by number.
    systems: HashMap<u32, Named>,
}

/// A service, and the line that names it.
#[derive(Debug)]
struct Named {
    vpn: VpnSlug,
    line: usize,
}

/// What a line is about.
enum Subject {
    Network(Network, u8),
    System(u32),
}

impl VpnNetworks {
    /// Reads a list from a file; an empty one without a file.
    ///
    /// # Errors
    /// When the file cannot be read, or the first line that is wrong.
    pub fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path else { return Ok(Self::default()) };
        let shown = path.display();
        let bytes = std::fs::read(path).map_err(|error| {
            let why = why(&error);
            let message =
                format!("cannot open the list of VPN networks {shown}: {why}: check --vpn-networks");
            Failure::new(Exit::NoInput, message)
        })?;
        let text = String::from_utf8(bytes).map_err(|_| {
            let message =
                format!("expected text in UTF-8 in {shown}, found other bytes: save the list as UTF-8");
            Failure::new(Exit::NoInput, message)
        })?;
        Self::parse(&text).map_err(|(line, message)| {
            Failure::new(Exit::NoInput, format!("{shown}, line {line}: {message}: nothing was sent"))
        })
    }

    /// Reads a list from its text. Returns the number of the first line that is wrong, and what is wrong with it.
    fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut all = Self::default();
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if !line.is_empty() {
                all.add(index + 1, line).map_err(|message| (index + 1, message))?;
            }
        }
        Ok(all)
    }

    fn add(&mut self, number: usize, line: &str) -> Result<(), String> {
        let blank = |c: char| c.is_whitespace() || c == ',';
        let (subject, name) = line.split_once(blank).unwrap_or((line, ""));
        let found = read_subject(subject).ok_or_else(|| {
            let what = "a network such as 185.159.157.0/24 or an autonomous system such as AS9009";
            beckon_core::error::Invalid::new(what, subject).to_string()
        })?;
        let name = name.trim_matches(blank);
        if name.is_empty() {
            return Err(format!("expected the name of a VPN after `{subject}`, found none"));
        }
        let named = Named { vpn: service(name)?, line: number };
        match found {
            Subject::Network(network, length) => {
                insert(self.networks.entry(length).or_default(), network, named, subject)
            }
            Subject::System(system) => insert(&mut self.systems, system, named, subject),
        }
    }

    /// Returns the service that an address belongs to: by the most specific network, or else by the autonomous system.
    pub fn vpn(&self, address: Option<IpAddr>, system: Option<u32>) -> Option<&VpnSlug> {
        let network = || address.and_then(|address| self.network(address.to_canonical()));
        let named = network().or_else(|| self.systems.get(&system?))?;
        Some(&named.vpn)
    }

    fn network(&self, address: IpAddr) -> Option<&Named> {
        // Lists have tens of thousands of networks and few lengths, so each length is asked once.
        self.networks.iter().rev().find_map(|(length, networks)| {
            networks.get(&Network::parse(&format!("{address}/{length}")).ok()?)
        })
    }
}

fn read_subject(text: &str) -> Option<Subject> {
    if text.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("AS")) {
        return text[2..].parse().ok().filter(|system| *system > 0).map(Subject::System);
    }
    let text = ipv4_inside(text).unwrap_or_else(|| text.to_owned());
    let network = Network::parse(&text).ok()?;
    let length = match text.split_once('/') {
        Some((_, length)) => length.parse().ok()?,
        None => match text.parse().ok()? {
            IpAddr::V4(_) => 32,
            IpAddr::V6(_) => 128,
        },
    };
    Some(Subject::Network(network, length))
}

/// Writes a network of IPv4 addresses inside IPv6 (`::ffff:…`) as what it means.
fn ipv4_inside(text: &str) -> Option<String> {
    let (address, length) = text.split_once('/').unwrap_or((text, "128"));
    let address = address.parse::<Ipv6Addr>().ok()?.to_ipv4_mapped()?;
    let length = length.parse::<u8>().ok()?.checked_sub(96)?;
    Some(format!("{address}/{length}"))
}

/// Returns the service of this name: one that is known, however it is spelled (`ProtonVPN`, `proton-vpn`), or a new one.
fn service(name: &str) -> Result<VpnSlug, String> {
    let letters =
        |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let wanted = letters(name);
    let known = KNOWN_VPNS.iter().find(|(slug, name)| letters(slug) == wanted || letters(name) == wanted);
    let words: Vec<&str> = name.split_whitespace().collect();
    VpnSlug::parse(known.map_or(&words.join(" "), |(slug, _)| *slug)).map_err(|error| error.to_string())
}

fn insert<K: Eq + Hash>(
    all: &mut HashMap<K, Named>,
    key: K,
    named: Named,
    subject: &str,
) -> Result<(), String> {
    match all.get(&key) {
        Some(other) if other.vpn != named.vpn => {
            let Named { vpn, line } = other;
            Err(format!("expected one VPN for `{subject}`, found {}, after {vpn} on line {line}", named.vpn))
        }
        Some(_) => Ok(()),
        None => {
            all.insert(key, named);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "\u{feff}# what we met\r\n\r\n185.159.157.0/24 Proton VPN\r\n193.138.218.0/24, MULLVAD_VPN # Malmö\n\
        185.159.0.0/16\tnordvpn\n185.159.157.7 IVPN\n2001:db8::/32 Some  new-service\n2001:db8:7::/48,ProtonVPN\n\
        ::ffff:203.0.113.0/120 Surfshark\nAS9009 M247\nas65000, Mullvad VPN\n";

    #[test]
    fn the_most_specific_network_tells_and_a_network_before_a_system() {
        let list = VpnNetworks::parse(LIST).expect("it is in order");
        let check = |address: &str, system: Option<u32>, expected: Option<&str>| {
            let address = (!address.is_empty()).then(|| address.parse().expect("a literal"));
            assert_eq!(list.vpn(address, system).map(VpnSlug::as_str), expected, "{address:?} {system:?}");
        };
        check("185.159.157.8", None, Some("PROTON_VPN"));
        check("185.159.157.7", None, Some("IVPN"));
        check("185.159.158.7", None, Some("NORD_VPN"));
        check("::ffff:193.138.218.9", None, Some("MULLVAD_VPN"));
        check("203.0.113.9", None, Some("SURFSHARK"));
        check("2001:db8::1", None, Some("SOME_NEW_SERVICE"));
        check("2001:db8:7::1", None, Some("PROTON_VPN"));
        check("185.159.157.8", Some(9009), Some("PROTON_VPN"));
        check("62.149.20.10", Some(9009), Some("M247"));
        check("", Some(65_000), Some("MULLVAD_VPN"));
        check("62.149.20.10", Some(1), None);
        check("2001:db9::1", None, None);
        check("", None, None);
    }

    #[test]
    fn a_wrong_line_is_named_with_what_was_expected() {
        let check = |text: &str, line: usize, words: &[&str]| {
            let (found, message) = VpnNetworks::parse(text).expect_err(text);
            assert_eq!(found, line, "{text}: {message}");
            for word in words {
                assert!(message.contains(word), "{word}: {message}");
            }
        };
        check("# x\n\nProton VPN", 3, &["expected a network such as", "AS9009", "found `Proton`"]);
        check("185.159.157.0/33 X", 1, &["found `185.159.157.0/33`"]);
        check("::ffff:1.2.3.0/129 X", 1, &["found `::ffff:1.2.3.0/129`"]);
        check("AS0 X", 1, &["found `AS0`"]);
        check("AS99999999999 X", 1, &["expected a network"]);
        check("é X", 1, &["expected a network"]);
        check("1.2.3.4", 1, &["expected the name of a VPN after `1.2.3.4`", "found none"]);
        check("1.2.3.4, # none", 1, &["found none"]);
        check("1.2.3.4 <b>", 1, &["NORD_VPN", "found `<b>`"]);
        check("1.2.3.0/24 A\n1.2.3.77/24 B", 2, &["expected one VPN", "found B", "A on line 1"]);
        assert!(VpnNetworks::parse("1.2.3.0/24 A\n1.2.3.0/24 a\n").is_ok(), "the same again is no harm");
    }

    #[test]
    fn files_that_are_missing_or_wrong_are_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("vpns.txt");
        let check = |words: &[&str]| {
            let failure = VpnNetworks::open(Some(&path)).expect_err("it is wrong");
            assert_eq!(failure.exit, Exit::NoInput);
            for word in words {
                assert!(failure.message.contains(word), "{word}: {failure}");
            }
        };
        check(&["vpns.txt", "no such file", "--vpn-networks"]);
        std::fs::write(&path, b"1.2.3.4 M\xfcllvad").expect("a file");
        check(&["vpns.txt", "UTF-8"]);
        std::fs::write(&path, "\n1.2.3 X").expect("a file");
        check(&["vpns.txt, line 2: expected a network", "nothing was sent"]);
    }
}
