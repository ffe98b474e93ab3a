//! The client: reqwest with the checks that its own resolver and redirects would go around.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use beckon_core::time::Timestamp;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect;
use reqwest::{Method, RequestBuilder};

use super::resolve::Checked;
use super::{Lookup, Policy, RefusedAddress, SystemLookup, check_url};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a whole request may take, the answer included. Whoever claims something to send claims it for longer.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How long a connection is kept for the next request: its address was checked when it was dialled.
const KEPT: Duration = Duration::from_secs(30);

/// Makes requests to addresses that customers entered.
#[derive(Clone)]
pub struct Outbound {
    http: reqwest::Client,
    policy: Policy,
}

impl Outbound {
    /// Makes a client that reaches what `policy` lets it reach.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(policy: Policy) -> anyhow::Result<Self> {
        Self::with_lookup(policy, Arc::new(SystemLookup), PATIENCE)
    }

    /// Makes one with another way to look up names, and another patience.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_lookup(policy: Policy, lookup: Arc<dyn Lookup>, whole: Duration) -> anyhow::Result<Self> {
        // Fails where one is installed already, which is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .dns_resolver(Arc::new(Checked { policy, lookup }))
            .redirect(redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT.min(whole))
            .timeout(whole)
            .pool_idle_timeout(KEPT)
            .user_agent(concat!("Beckon/", env!("CARGO_PKG_VERSION")))
            .build()
            .context("cannot set up TLS: are the system's certificates installed?")?;
        Ok(Self { http, policy })
    }

    /// Returns where requests may go.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Returns the client itself, for those who have checked with [`check_url`] where requests go: names are checked when
    /// they are dialled, addresses that are written as numbers are not.
    pub fn client(&self) -> reqwest::Client {
        self.http.clone()
    }

    /// Begins a request. The address is checked again: one that is written as numbers is not looked up, and what was
    /// allowed when it was entered may not be any more.
    ///
    /// # Errors
    /// What is wrong with the URL.
    pub fn request(&self, method: Method, url: &str) -> Result<RequestBuilder, String> {
        Ok(self.http.request(method, check_url(url, self.policy)?))
    }
}

/// Reads how long the far end asks to be left alone: in seconds, or until a moment.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = chrono::DateTime::parse_from_rfc2822(value).ok()?.to_utc();
    Some((until - now).to_std().unwrap_or_default())
}

/// Says in our words why a request came to nothing, from the innermost cause that is known.
pub fn why(error: &reqwest::Error) -> String {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = source {
        if let Some(refused) = inner.downcast_ref::<RefusedAddress>() {
            return refused.to_string();
        }
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            match io.kind() {
                std::io::ErrorKind::ConnectionRefused => return "nothing listens there".to_owned(),
                std::io::ErrorKind::ConnectionReset
                | std::io::ErrorKind::BrokenPipe
                | std::io::ErrorKind::UnexpectedEof => return "the connection broke off".to_owned(),
                std::io::ErrorKind::InvalidData => {
                    return "its certificate or its TLS is not accepted".to_owned();
                }
                _ => {}
            }
        }
        source = inner.source();
    }
    if error.is_timeout() {
        "no answer came in time".to_owned()
    } else if error.is_connect() {
        "no connection came about: check the host's name and port".to_owned()
    } else {
        "the connection broke off".to_owned()
    }
}

#[cfg(test)]
#[path = "client/tests.rs"]
mod tests;
