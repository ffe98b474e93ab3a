//! `POST /v1/escalations/{id}/withdrawal`: the operator takes one back.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::escalation::{RaisedResponse, WithdrawalRequest};
use beckon_core::id::EscalationId;
use beckon_core::permission::Action;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Id, Write};

/// Withdraws an escalation.
pub(crate) async fn make(
    State(app): State<App>,
    Id(id): Id<EscalationId>,
    write: Write,
) -> Result<(StatusCode, Json<RaisedResponse>), ApiError> {
    let (_, permit) = super::load(&app, &write.caller, Action::Operate, id).await?;
    let WithdrawalRequest { reason } = write.body()?;
    let now = app.clock.now();
    let withdrawn = app.store.withdraw(permit, id, reason, write.idempotency(), now).await?;
    Ok((StatusCode::CREATED, Json(RaisedResponse { escalation: super::show::body(&app, &withdrawn, now) })))
}
