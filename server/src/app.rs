//! What every route can reach.

use std::sync::Arc;

use beckon_core::api::show::Names;
use beckon_core::network::Network;

use crate::clock::Clock;
use crate::deliver::outlets::Outlets;
use crate::listen::Drain;
use crate::metrics::Metrics;
use crate::rates::Rates;
use crate::sign_in::provider::Directory;
use crate::store::Store;

/// The server's parts.
#[derive(Clone)]
pub struct App {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// The ways out.
    pub outlets: Arc<dyn Outlets>,
    /// What time it is.
    pub clock: Clock,
    /// Which server of its database this is, also after it was started again: see [`crate::node`].
    pub node: i64,
    /// Where people and programs find this server, without a slash at the end.
    pub base_url: Arc<str>,
    /// How often each client may ask.
    pub rates: Arc<Rates>,
    /// The reverse proxies whose word counts for where a request came from.
    pub proxies: Arc<[Network]>,
    /// What sign-in providers say of themselves.
    pub directory: Arc<Directory>,
    /// Whom to tell of what is wrong with its security: an address of the web, a mailbox or a phone, as a URL.
    pub security_contact: Option<Arc<str>>,
    /// What is counted and measured.
    pub metrics: Arc<Metrics>,
    /// The networks from which that can be read, beside this machine.
    pub metrics_from: Arc<[Network]>,
    /// Whether this is a demo, whose clock can be turned.
    pub demo: bool,
    /// Whether the database took something lately.
    pub readiness: Arc<crate::routes::health::Readiness>,
    /// Knows when the server is about to stop; streams end then.
    pub drain: Drain,
}

impl App {
    /// Tells whether the public address is behind TLS, so that cookies can insist on it.
    pub fn is_secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// Returns the names that an escalation is shown with.
    pub fn names<'n>(&'n self, account: &'n str, organization: Option<&'n str>) -> Names<'n> {
        Names { account, organization, base_url: &self.base_url }
    }
}
