//! `PATCH` and `DELETE /v1/webhooks/{id}`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::webhook::{WebhookPatch, WebhookResponse};
use beckon_core::error::Refusal;
use beckon_core::id::WebhookId;
use beckon_core::webhook::chosen;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Id, Write};
use crate::store::Webhook;

/// Changes an endpoint. Switching it on again forgets why it was off.
pub(crate) async fn change(
    State(app): State<App>,
    Id(id): Id<WebhookId>,
    write: Write,
) -> Result<Json<WebhookResponse>, ApiError> {
    let (before, permit) = super::load(&app, &write.caller, id).await?;
    let WebhookPatch { url, events, enabled } = write.body()?;
    let url = url.map(|url| app.outlets.check_url(&url)).transpose();
    let url = url.map_err(|why| Refusal::field("url", why))?;
    let enabled = enabled.unwrap_or(before.enabled);
    let webhook = Webhook {
        url: url.unwrap_or_else(|| before.url.clone()),
        events: match events {
            Some(asked) => chosen(Some(&asked))?,
            None => before.events.clone(),
        },
        enabled,
        disabled_because: before.disabled_because.clone().filter(|_| !enabled),
        ..before
    };
    app.store
        .change_webhook(permit, webhook.clone(), "changed", write.idempotency(), app.clock.now())
        .await?;
    Ok(Json(WebhookResponse { webhook: super::body(&app, &webhook).await?, secret: None }))
}

/// Deletes an endpoint, and returns it as it was.
pub(crate) async fn delete(
    State(app): State<App>,
    Id(id): Id<WebhookId>,
    write: Write,
) -> Result<Json<WebhookResponse>, ApiError> {
    let (webhook, permit) = super::load(&app, &write.caller, id).await?;
    let body = super::body(&app, &webhook).await?;
    app.store.remove_webhook(permit, webhook, app.clock.now()).await?;
    Ok(Json(WebhookResponse { webhook: body, secret: None }))
}
