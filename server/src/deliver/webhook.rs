//! Webhooks: from an errand to a signed request.

use serde_json::Value;

use super::{Carried, Errand};
use crate::app::App;

/// Sends what was queued, unless the endpoint is gone.
pub(super) async fn tell(app: &App, errand: &Errand, body: &str) -> Carried {
    let Some(webhook) = &errand.webhook else { return Carried::needless("The endpoint was deleted") };
    if !webhook.enabled {
        return Carried::needless("The endpoint is switched off");
    }
    let body = with_addresses(body, &app.base_url);
    let id = format!("msg_{}_{}", errand.installation, errand.claim.delivery);
    let sent = app.outlets.webhook(webhook, &id, &body, app.clock.now()).await;
    Carried::of(sent.map(|_| webhook.url.clone()))
}

/// Completes the addresses in a body: the store does not know where people find the server.
fn with_addresses(body: &str, base_url: &str) -> String {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(body) else { return body.to_owned() };
    for name in ["api_url", "url"] {
        if let Some(Value::String(path)) = fields.get_mut(name) {
            *path = format!("{base_url}{path}");
        }
    }
    Value::Object(fields).to_string()
}
