//! `POST /v1/escalations`: what the operator asks.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::escalation::RaisedResponse;
use beckon_core::permission::Action;
use beckon_core::request::RaiseRequest;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;

/// Raises an escalation of a kind that is a request.
pub(crate) async fn raise(
    State(app): State<App>,
    write: Write,
) -> Result<(StatusCode, Json<RaisedResponse>), ApiError> {
    write.caller.permit_anywhere(Action::Operate)?;
    let request: RaiseRequest = write.body()?;
    let permit = write.caller.permit(Action::Operate, request.account_id)?;
    let now = app.clock.now();
    let raised = app.store.raise(permit, request, write.idempotency(), now).await?;
    Ok((StatusCode::CREATED, Json(RaisedResponse { escalation: super::show::body(&app, &raised, now) })))
}
