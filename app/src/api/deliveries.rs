//! Deliveries: who was told, and whether it arrived.

use beckon_core::api::delivery::{DeliveriesResponse, DeliveryBody};
use beckon_core::id::DeliveryId;
use gloo_net::http::Method;

use super::{Answer, Change, Failure, encode};

/// Returns where one is, with its attempts.
pub fn one(id: DeliveryId) -> String {
    format!("/v1/deliveries/{id}")
}

/// Fetches the first `pages` pages of what `query` selects, newest first, and tells whether there are more.
pub async fn list(query: String, pages: u32) -> Result<(Vec<DeliveryBody>, bool), Failure> {
    let mut all = Vec::new();
    let mut token = String::new();
    for _ in 0..pages {
        let path = format!("/v1/deliveries?{query}{token}");
        let mut page = Answer::of(path).await?.read::<DeliveriesResponse>()?;
        all.append(&mut page.deliveries);
        match page.pagination.next_page_token {
            Some(next) => token = format!("&page_token={}", encode(&next)),
            None => return Ok((all, false)),
        }
    }
    Ok((all, true))
}

/// Sends one again.
pub fn resend(id: DeliveryId) -> Change {
    Change::bare(Method::POST, format!("/v1/deliveries/{id}/resend"))
}
