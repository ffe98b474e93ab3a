//! Webhook endpoints.

use beckon_core::api::webhook::{WebhookPatch, WebhookRequest};
use beckon_core::id::WebhookId;
use gloo_net::http::Method;

use super::Change;

/// Where they are.
pub const ALL: &str = "/v1/webhooks";

/// Adds one.
pub fn add(request: &WebhookRequest) -> Change {
    Change::new(Method::POST, ALL.to_owned(), request)
}

/// Changes one.
pub fn change(id: WebhookId, patch: &WebhookPatch) -> Change {
    Change::new(Method::PATCH, format!("{ALL}/{id}"), patch)
}

/// Gives one a new secret.
pub fn rotate(id: WebhookId) -> Change {
    Change::bare(Method::POST, format!("{ALL}/{id}/secret"))
}

/// Sends a test to one.
pub fn test(id: WebhookId) -> Change {
    Change::bare(Method::POST, format!("{ALL}/{id}/test"))
}

/// Deletes one.
pub fn delete(id: WebhookId) -> Change {
    Change::bare(Method::DELETE, format!("{ALL}/{id}"))
}
