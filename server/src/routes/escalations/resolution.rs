//! `POST /v1/escalations/{id}/resolution`: the answer.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::escalation::{ResolutionRequest, ResolutionResponse};
use beckon_core::id::EscalationId;
use beckon_core::permission::{Action, Permit};

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Id, Write};

/// Answers an escalation, or dismisses it.
pub(crate) async fn make(
    State(app): State<App>,
    Id(id): Id<EscalationId>,
    write: Write,
) -> Result<(StatusCode, Json<ResolutionResponse>), ApiError> {
    let (_, permit) = super::load(&app, &write.caller, Action::Answer, id).await?;
    let request: ResolutionRequest = write.body()?;
    answer(&app, permit, id, request, &write).await
}

/// Answers an escalation, or completes the step of it that `request` names.
pub(super) async fn answer(
    app: &App,
    permit: Permit,
    id: EscalationId,
    request: ResolutionRequest,
    write: &Write,
) -> Result<(StatusCode, Json<ResolutionResponse>), ApiError> {
    let kept = app.store.answer(permit, id, request, write.idempotency(), app.clock.now()).await?;
    let response = ResolutionResponse {
        escalation: super::show::body(app, &kept.escalation, kept.at),
        resolution_method: kept.method.map(Into::into),
        also_resolved: kept.also_resolved,
    };
    Ok((StatusCode::CREATED, Json(response)))
}
