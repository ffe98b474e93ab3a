//! Embeds: panels in portals.

use beckon_core::api::embed::{EmbedPatch, EmbedRequest};
use gloo_net::http::Method;

use super::{Change, encode};

/// Where they are.
pub const ALL: &str = "/v1/embeds";

/// Returns where one is.
fn one(id: &str) -> String {
    format!("{ALL}/{}", encode(id))
}

/// Adds one.
pub fn add(request: &EmbedRequest) -> Change {
    Change::new(Method::POST, ALL.to_owned(), request)
}

/// Changes one.
pub fn change(id: &str, patch: &EmbedPatch) -> Change {
    Change::new(Method::PATCH, one(id), patch)
}

/// Deletes one.
pub fn delete(id: &str) -> Change {
    Change::bare(Method::DELETE, one(id))
}
