//! `POST /v1/escalations/{id}/steps/{step}`: completes a step that an admin completes.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use beckon_core::api::escalation::{ResolutionRequest, ResolutionResponse};
use beckon_core::error::Refusal;
use beckon_core::id::EscalationId;
use beckon_core::permission::Action;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;

/// Completes a step, with the same body as a resolution.
pub(crate) async fn complete(
    State(app): State<App>,
    Path((id, step)): Path<(String, String)>,
    write: Write,
) -> Result<(StatusCode, Json<ResolutionResponse>), ApiError> {
    let id: EscalationId = id.parse().map_err(|_| Refusal::Invisible)?;
    let (_, permit) = super::load(&app, &write.caller, Action::Answer, id).await?;
    let request = ResolutionRequest { step: Some(step), ..write.body()? };
    super::resolution::answer(&app, permit, id, request, &write).await
}
