//! API keys.

use beckon_core::api::access::{KeyRequest, RotationRequest};
use gloo_net::http::Method;

use super::{Change, encode};

/// Where they are.
pub const ALL: &str = "/v1/keys";

/// Makes one.
pub fn make(request: &KeyRequest) -> Change {
    Change::new(Method::POST, ALL.to_owned(), request)
}

/// Gives one another secret; the one before works for `overlap_hours` more.
pub fn rotate(key: &str, overlap_hours: u32) -> Change {
    let request = RotationRequest { overlap_hours: Some(overlap_hours) };
    Change::new(Method::POST, format!("{ALL}/{}/rotation", encode(key)), &request)
}

/// Ends one.
pub fn end(key: &str) -> Change {
    Change::bare(Method::DELETE, format!("{ALL}/{}", encode(key)))
}
