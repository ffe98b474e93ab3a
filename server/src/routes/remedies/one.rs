//! `GET /v1/remedies/{id}` and `POST /v1/remedies/{id}/outcome`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::remedy::{OutcomeRequest, RemedyResponse};
use beckon_core::error::Refusal;
use beckon_core::id::RemedyId;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Write};

/// Shows one remedy.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<RemedyId>,
) -> Result<Json<RemedyResponse>, ApiError> {
    caller.permit_anywhere(Action::Operate)?;
    let remedy = app.store.remedy(None, id).await?.ok_or(Refusal::Invisible)?;
    Ok(Json(RemedyResponse { remedy }))
}

/// Takes in what became of a remedy.
pub(crate) async fn outcome(
    State(app): State<App>,
    Id(id): Id<RemedyId>,
    write: Write,
) -> Result<Json<RemedyResponse>, ApiError> {
    write.caller.permit_anywhere(Action::Operate)?;
    let remedy = app.store.remedy(None, id).await?.ok_or(Refusal::Invisible)?;
    let permit = write.caller.permit(Action::Operate, remedy.account.id)?;
    let request: OutcomeRequest = write.body()?;
    let remedy = app.store.remedy_outcome(permit, id, request, write.idempotency(), app.clock.now()).await?;
    Ok(Json(RemedyResponse { remedy }))
}
