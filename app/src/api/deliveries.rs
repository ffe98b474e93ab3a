//! Deliveries: who was told, and whether it arrived.

use beckon_core::api::delivery::DeliveryBody;
use beckon_core::id::DeliveryId;
use gloo_net::http::Method;

use super::{Change, Failure, all, read_all};

/// Returns where one is, with its attempts.
pub fn one(id: DeliveryId) -> String {
    format!("/v1/deliveries/{id}")
}

/// Fetches the first `pages` pages of what `query` selects, newest first, and tells whether there are more.
pub async fn list(query: String, pages: u32) -> Result<(Vec<DeliveryBody>, bool), Failure> {
    let (items, more) = all(format!("/v1/deliveries?{query}"), "deliveries", pages).await?;
    Ok((read_all(items)?, more))
}

/// Sends one again.
pub fn resend(id: DeliveryId) -> Change {
    Change::bare(Method::POST, format!("/v1/deliveries/{id}/resend"))
}
