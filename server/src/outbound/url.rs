//! What is a URL that customers may enter. What its name stands for is checked at each dial.

use std::net::IpAddr;

use url::{Host, Url};

use super::{Policy, refusal};

/// The longest URL, in bytes.
pub const MAX_URL: usize = 2_000;

/// Reads a URL that somebody entered.
///
/// # Errors
/// What was expected and what was found, for whoever entered it.
pub fn check_url(text: &str, policy: Policy) -> Result<Url, String> {
    let text = text.trim();
    if text.len() > MAX_URL {
        return Err(format!("expected a URL of at most {MAX_URL} characters, found {}", text.len()));
    }
    // The parser would leave them out without a word.
    if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err("expected a URL without spaces, tabs and line ends, found some".to_owned());
    }
    let expected = if policy.allow_private { "http:// or https://" } else { "https://" };
    let mut url = Url::parse(text)
        .map_err(|_| format!("expected a URL that begins with {expected}, found something else"))?;
    match url.scheme() {
        "https" => {}
        "http" if policy.allow_private => {}
        other => return Err(format!("expected a URL that begins with {expected}, found {other}://")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("expected a URL without a name and a password in it, found some".to_owned());
    }
    if url.port() == Some(0) {
        return Err("expected a port from 1 to 65535, found 0".to_owned());
    }
    let refused = match url.host() {
        None => return Err("expected a URL with a host, found none".to_owned()),
        Some(Host::Ipv4(address)) => refusal(IpAddr::V4(address), policy),
        Some(Host::Ipv6(address)) => refusal(IpAddr::V6(address), policy),
        Some(Host::Domain(name)) => {
            (is_local(name) && !policy.allow_private).then_some("a name of this machine")
        }
    };
    if let Some(what) = refused {
        return Err(format!("expected a host on the public internet, found {what}"));
    }
    url.set_fragment(None);
    Ok(url)
}

fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_urls_are_taken_as_they_are() {
        let check = |text: &str, expected: &str| {
            assert_eq!(check_url(text, Policy::default()).expect(text).as_str(), expected);
        };
        check("https://hooks.example/beckon?a=b", "https://hooks.example/beckon?a=b");
        check(" https://hooks.example:8443/#part ", "https://hooks.example:8443/");
        check("https://8.8.8.8/", "https://8.8.8.8/");
        check("https://[2606:4700::1111]/", "https://[2606:4700::1111]/");
    }

    #[test]
    fn others_are_refused_with_a_reason() {
        let check = |text: &str, expected: &str| {
            let found = check_url(text, Policy::default()).expect_err(text);
            assert!(found.contains(expected), "{text}: {found}");
        };
        check("", "https://");
        check("hooks.example", "https://");
        check("http://hooks.example/", "https://");
        check("ftp://hooks.example/", "https://");
        check("file:///etc/passwd", "https://");
        check("https://user:secret@hooks.example/", "without a name");
        check("https://user@hooks.example/", "without a name");
        check("https://hooks.example/\r\nX: y", "without spaces");
        check("https://hooks.\texample/", "without spaces");
        check("https://hooks.example:0/", "port");
        check("https://localhost/", "this machine");
        check("https://Sub.LocalHost./", "this machine");
        check(&format!("https://hooks.example/{}", "a".repeat(2_000)), "at most");
        // The same address in the notations that browsers and servers know.
        for host in [
            "127.0.0.1",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "127.1",
            "127.0.0.1.",
            "[::1]",
            "[::ffff:7f00:1]",
        ] {
            check(&format!("https://{host}/"), "public internet");
        }
        check("https://169.254.169.254/latest/meta-data/", "link-local");
    }

    #[test]
    fn the_operator_may_allow_more_but_not_all() {
        let allowed = Policy { allow_private: true };
        for good in
            ["http://localhost:8080/", "http://10.0.0.1/", "http://[::1]:9/", "https://hooks.example/"]
        {
            check_url(good, allowed).expect(good);
        }
        for bad in ["http://169.254.169.254/", "ftp://10.0.0.1/", "http://0.0.0.0/", "http://a:b@10.0.0.1/"] {
            check_url(bad, allowed).expect_err(bad);
        }
    }
}
