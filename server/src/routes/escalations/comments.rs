//! `POST /v1/escalations/{id}/comments`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::CommentRequest;
use beckon_core::api::escalation::CommentResponse;
use beckon_core::id::EscalationId;
use beckon_core::permission::Action;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Id, Write};

/// Adds a comment.
pub(crate) async fn make(
    State(app): State<App>,
    Id(id): Id<EscalationId>,
    write: Write,
) -> Result<(StatusCode, Json<CommentResponse>), ApiError> {
    let (_, permit) = super::load(&app, &write.caller, Action::Comment, id).await?;
    let CommentRequest { text } = write.body()?;
    let logged = app.store.comment(permit, id, text, write.idempotency(), app.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(CommentResponse { comment: super::timeline::entry(&logged) })))
}
