//! `GET /v1/escalations/{id}`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::escalation::{EscalationDetailBody, EscalationResponse};
use beckon_core::id::EscalationId;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Id;
use crate::store::NamedEscalation;

/// Shows one escalation.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<EscalationId>,
) -> Result<Json<EscalationResponse>, ApiError> {
    let (found, _) = super::load(&app, &caller, Action::See, id).await?;
    Ok(Json(EscalationResponse { escalation: body(&app, &found, app.clock.now()) }))
}

/// Shows an escalation as it stands at `now`.
pub(super) fn body(
    app: &App,
    found: &NamedEscalation,
    now: beckon_core::time::Timestamp,
) -> EscalationDetailBody {
    EscalationDetailBody::of(&found.escalation, app.names(&found.account, found.organization.as_deref()), now)
}
