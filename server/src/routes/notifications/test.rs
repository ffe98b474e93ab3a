//! `POST /v1/notification_settings/test`: sends a test message.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::notification::{QueuedResponse, SendTestRequest};
use beckon_core::permission::Action;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;

/// Queues a test message for one person, or for whoever gets the mails.
pub(crate) async fn send(
    State(app): State<App>,
    write: Write,
) -> Result<(StatusCode, Json<QueuedResponse>), ApiError> {
    let permit = write.caller.permit_own(Action::Configure)?;
    let SendTestRequest { user_id } = write.body()?;
    let now = app.clock.now();
    let deliveries = app.store.queue_test_mails(permit, user_id, write.idempotency(), now).await?;
    Ok((StatusCode::ACCEPTED, Json(QueuedResponse { deliveries })))
}
