//! `POST /v1/webhooks/{id}/test`: sends a test.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::notification::QueuedResponse;
use beckon_core::id::WebhookId;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Id, Write};

/// Queues a test for an endpoint.
pub(crate) async fn send(
    State(app): State<App>,
    Id(id): Id<WebhookId>,
    write: Write,
) -> Result<(StatusCode, Json<QueuedResponse>), ApiError> {
    let (webhook, _) = super::load(&app, &write.caller, id).await?;
    let queued = app.store.queue_test_webhook(webhook, write.idempotency(), app.clock.now()).await?;
    Ok((StatusCode::ACCEPTED, Json(QueuedResponse { deliveries: vec![queued] })))
}
