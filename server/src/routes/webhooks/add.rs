//! `POST /v1/webhooks`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::webhook::{WebhookRequest, WebhookResponse};
use beckon_core::error::Refusal;
use beckon_core::permission::Permit;
use beckon_core::webhook::chosen;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;
use crate::store::Webhook;

/// Adds an endpoint, and says its secret, once.
pub(crate) async fn add(
    State(app): State<App>,
    write: Write,
) -> Result<(StatusCode, Json<WebhookResponse>), ApiError> {
    let permit = super::permit(&write.caller)?;
    write.caller.is_proved(app.clock.now())?;
    let WebhookRequest { url, events } = write.body()?;
    let url = app.outlets.check_url(&url).map_err(|why| Refusal::field("url", why))?;
    let id = app.store.next_webhook().await?;
    let (secret, sealed) = app.outlets.new_webhook_secret(id, None)?;
    let webhook = Webhook {
        id,
        account: permit.as_ref().map(Permit::account),
        url,
        events: chosen(events.as_deref())?,
        enabled: true,
        disabled_because: None,
        sealed,
        rotating_until: None,
        created_at: app.clock.now(),
    };
    let kept = app.store.add_webhook(permit, webhook, write.idempotency(), app.clock.now()).await?;
    // What is kept is sealed: the same request again is told what it made, and not the secret.
    let secret = Some(secret).filter(|_| kept == id);
    let (webhook, _) = super::load(&app, &write.caller, kept).await?;
    let body = super::body(&app, &webhook).await?;
    Ok((StatusCode::CREATED, Json(WebhookResponse { webhook: body, secret })))
}
