//! Names to addresses, checked at dial time: what is returned here is what is dialled.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{Policy, refusal};

/// A lookup under way.
pub type Found = Pin<Box<dyn Future<Output = std::io::Result<Vec<IpAddr>>> + Send>>;

/// Looks up the addresses of a name.
pub trait Lookup: Send + Sync + 'static {
    /// Returns all addresses of `name`.
    fn look_up(&self, name: String) -> Found;
}

/// The system's own way to look up names.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn look_up(&self, name: String) -> Found {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// None of a name's addresses may be reached.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {name} to stand for an address on the public internet, found {what}")]
pub struct RefusedAddress {
    name: String,
    what: &'static str,
}

/// Lets only those addresses through that a request may reach.
pub(super) struct Checked {
    pub(super) policy: Policy,
    pub(super) lookup: Arc<dyn Lookup>,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.policy;
        let name = name.as_str().to_owned();
        let found = self.lookup.look_up(name.clone());
        Box::pin(async move {
            let addresses = reachable(&name, &found.await?, policy)?;
            // Port 0: the client puts the URL's own in its place.
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

/// Returns those of a name's addresses that may be reached.
fn reachable(name: &str, found: &[IpAddr], policy: Policy) -> Result<Vec<IpAddr>, RefusedAddress> {
    let good: Vec<IpAddr> =
        found.iter().copied().filter(|address| refusal(*address, policy).is_none()).collect();
    if good.is_empty() {
        let what = found.iter().find_map(|address| refusal(*address, policy)).unwrap_or("no address");
        return Err(RefusedAddress { name: name.to_owned(), what });
    }
    Ok(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: &[&str], expected: Result<&[&str], &'static str>) {
        let parse =
            |texts: &[&str]| texts.iter().map(|text| text.parse().expect("a literal")).collect::<Vec<_>>();
        let name = "hooks.example".to_owned();
        let expected = expected.map(parse).map_err(|what| RefusedAddress { name, what });
        assert_eq!(reachable("hooks.example", &parse(found), Policy::default()), expected);
    }

    #[test]
    fn what_is_public_of_a_name_remains() {
        check(&["8.8.8.8", "127.0.0.1", "2606:4700::1", "fe80::1"], Ok(&["8.8.8.8", "2606:4700::1"]));
        check(&["127.0.0.1", "::1"], Err("a loopback address"));
        check(&["::ffff:169.254.169.254"], Err("a link-local address"));
        check(&[], Err("no address"));
    }
}
