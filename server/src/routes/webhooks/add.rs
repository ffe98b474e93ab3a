//! `POST /v1/webhooks`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::webhook::{WebhookEvent, WebhookRequest, WebhookResponse};
use beckon_core::error::Refusal;
use strum::IntoEnumIterator as _;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;
use crate::store::Webhook;

/// Adds an endpoint, and says its secret, once.
pub(crate) async fn add(
    State(app): State<App>,
    write: Write,
) -> Result<(StatusCode, Json<WebhookResponse>), ApiError> {
    let account = super::whose(&write.caller)?;
    let WebhookRequest { url, events } = write.body()?;
    let url = app.outlets.check_url(&url).map_err(|why| Refusal::field("url", why))?;
    let id = app.store.next_webhook().await?;
    let (secret, sealed) = app.outlets.new_webhook_secret(id, None)?;
    let webhook = Webhook {
        id,
        account,
        url,
        events: events.map(chosen).transpose()?.unwrap_or_default(),
        enabled: true,
        disabled_because: None,
        sealed,
        rotating_until: None,
        created_at: app.clock.now(),
    };
    let kept = app.store.add_webhook(webhook, write.idempotency(), app.clock.now()).await?;
    // What is kept is sealed: the same request again is told what it made, and not the secret.
    let secret = Some(secret).filter(|_| kept == id);
    let webhook = super::load(&app, &write.caller, kept).await?;
    let body = super::body(&app, &webhook).await?;
    Ok((StatusCode::CREATED, Json(WebhookResponse { webhook: body, secret })))
}

/// Checks which events are chosen; all of them is as good as none left out.
pub(super) fn chosen(mut events: Vec<WebhookEvent>) -> Result<Vec<WebhookEvent>, Refusal> {
    events.retain(|event| *event != WebhookEvent::Test);
    events.sort_unstable();
    events.dedup();
    if events.is_empty() {
        let known: Vec<String> = all().map(|event| event.to_string()).collect();
        return Err(Refusal::field("events", format!("expected at least one of {}", known.join(", "))));
    }
    if events.len() == all().count() { Ok(Vec::new()) } else { Ok(events) }
}

fn all() -> impl Iterator<Item = WebhookEvent> {
    WebhookEvent::iter().filter(|event| *event != WebhookEvent::Test)
}
