//! Whose pages may show a panel.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use crate::error::Invalid;

const EXPECTED: &str = "an origin such as https://portal.example, without a path; http only on this machine, and names outside ASCII in \
     their xn-- form";

/// A scheme, a host and a port, as browsers write them. Nothing in it can end a directive of a content security policy.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

impl Origin {
    /// Reads an origin, and writes it as browsers do: small letters, and no port where it is the scheme's own.
    ///
    /// # Errors
    /// [`Invalid`] for what is no origin, has a path, a wildcard or a user in it, or is plain `http` for others to read.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::read(text.trim()).ok_or_else(|| Invalid::new(EXPECTED, text))
    }

    fn read(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase();
        let (scheme, rest) = text.split_once("://")?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        // The last colon begins the port, unless it stands within the brackets of an IPv6 address.
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (rest, None),
        };
        let (host, is_loopback) = read_host(host)?;
        let own = match scheme {
            "https" => 443,
            "http" if is_loopback => 80,
            _ => return None,
        };
        let port = match port {
            Some(port) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(port.parse::<u16>().ok().filter(|port| *port != 0)?)
            }
            Some(_) => return None,
            None => None,
        };
        let port = port.filter(|port| *port != own).map(|port| format!(":{port}")).unwrap_or_default();
        Some(Self(format!("{scheme}://{host}{port}")))
    }

    /// Returns it as browsers write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Reads a host, and tells whether it is this machine.
fn read_host(host: &str) -> Option<(String, bool)> {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address: Ipv6Addr = address.parse().ok()?;
        return Some((format!("[{address}]"), address.is_loopback()));
    }
    // What ends in a number is an IPv4 address for browsers, however it is written; one form is enough.
    let last = host.rsplit('.').next()?;
    if last.bytes().next().is_some_and(|byte| byte.is_ascii_digit()) {
        let address: Ipv4Addr = host.parse().ok()?;
        return Some((address.to_string(), address.is_loopback()));
    }
    let is_label = |label: &str| {
        let edges = !label.starts_with('-') && !label.ends_with('-');
        let bytes = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        (1..=63).contains(&label.len()) && edges && bytes
    };
    let is_sound = host.len() <= 253 && host.split('.').all(is_label);
    let is_loopback = host == "localhost" || host.ends_with(".localhost");
    is_sound.then(|| (host.to_owned(), is_loopback))
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Origin {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_write_them() {
        let check = |text: &str, expected: &str| {
            assert_eq!(Origin::parse(text).map(|origin| origin.0).as_deref(), Ok(expected), "{text}");
        };
        check("https://portal.example", "https://portal.example");
        check(" HTTPS://Portal.Example:443/ ", "https://portal.example");
        check("https://portal.example:8443", "https://portal.example:8443");
        check("https://xn--bcher-kva.example", "https://xn--bcher-kva.example");
        check("https://10.0.0.1", "https://10.0.0.1");
        check("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443");
        check("http://localhost:3000", "http://localhost:3000");
        check("http://portal.localhost", "http://portal.localhost");
        check("http://127.0.0.1:80", "http://127.0.0.1");
        check("http://[::1]:3000", "http://[::1]:3000");
    }

    #[test]
    fn what_is_no_origin_or_would_let_others_read_is_refused() {
        for text in [
            "",
            "portal.example",
            "https://",
            "https:///",
            "https://portal.example/path",
            "https://portal.example?x",
            "https://portal.example#x",
            "https://*.example",
            "https://me@portal.example",
            "https://me:pw@portal.example",
            "https://portal.example:",
            "https://portal.example:0",
            "https://portal.example:65536",
            "https://portal.example:80a",
            "https://portal.example:+80",
            "https://portal..example",
            "https://-portal.example",
            "https://bücher.example",
            "https://portal.example; script-src *",
            "https://portal.example script-src",
            "https://portal.example,https://x.example",
            "https://0x7f.1",
            "https://127.1",
            "https://[::1",
            "https://[fe80::1%25eth0]",
            "http://portal.example",
            "http://localhost.example",
            "http://10.0.0.1",
            "ftp://portal.example",
            "null",
            "'self'",
            "data:",
        ] {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn whatever_is_accepted_stands_for_itself() {
        proptest::proptest!(|(text in "https?://[a-zA-Z0-9.:\\[\\]/;' *@-]{0,30}")| {
            if let Ok(origin) = Origin::parse(&text) {
                assert_eq!(Origin::parse(origin.as_str()), Ok(origin.clone()));
                assert!(origin.0.bytes().all(|byte| byte.is_ascii_graphic() && !b";,'\"*@?#".contains(&byte)));
            }
        });
    }
}
