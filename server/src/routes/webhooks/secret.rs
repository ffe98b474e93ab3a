//! `POST /v1/webhooks/{id}/secret`: rotates the secret.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::webhook::WebhookResponse;
use beckon_core::id::WebhookId;
use beckon_core::time::hours;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Id, Write};
use crate::store::Webhook;

/// How long the secret before signs too, in hours.
const ROTATION: i64 = 24;

/// Makes a new secret, and says it, once. For a day both sign.
pub(crate) async fn rotate(
    State(app): State<App>,
    Id(id): Id<WebhookId>,
    write: Write,
) -> Result<(StatusCode, Json<WebhookResponse>), ApiError> {
    let (before, permit) = super::load(&app, &write.caller, id).await?;
    write.caller.is_proved(app.clock.now())?;
    let (secret, sealed) = app.outlets.new_webhook_secret(id, Some(&before))?;
    let rotating_until = Some(app.clock.now() + hours(ROTATION));
    let webhook = Webhook { sealed, rotating_until, ..before };
    let is_new = app
        .store
        .change_webhook(permit, webhook, "made a new secret for", write.idempotency(), app.clock.now())
        .await?;
    // What is kept is sealed: the same request again is told that it was done, and not the secret.
    let (kept, _) = super::load(&app, &write.caller, id).await?;
    let body = super::body(&app, &kept).await?;
    Ok((
        StatusCode::CREATED,
        Json(WebhookResponse { webhook: body, secret: Some(secret).filter(|_| is_new) }),
    ))
}
