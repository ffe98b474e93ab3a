//! The one way out to addresses that customers enter: webhooks, and PSAs that somebody hosts themselves.
//!
//! Whoever enters an address must not reach with it what only the server can reach. So a name's addresses are looked up
//! once, checked, and those that were checked are those that are dialled: a name that means something else a moment
//! later (DNS rebinding) gains nothing. Redirects are never followed and proxy variables are ignored, since both would
//! lead around that check.

mod address;
mod client;
mod fetch;
mod options;
mod resolve;
mod url;

pub use address::refusal;
pub use client::{Outbound, PATIENCE, retry_after, why};
pub use fetch::Unreachable;
pub use options::OutboundArgs;
pub use resolve::{Found, Lookup, RefusedAddress, SystemLookup};
pub use url::{MAX_URL, check_url};

/// Where requests may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether private and loopback addresses are fine, and plain HTTP too: the operator's decision, for a provider
    /// whose customers are on its own network. Link-local addresses stay refused: cloud machines keep secrets there.
    pub allow_private: bool,
}
