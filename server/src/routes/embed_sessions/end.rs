//! `DELETE /v1/embed_sessions/current` and `POST /v1/embed_sessions/end`: a panel ends.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use beckon_core::api::embed::{EndRequest, EndResponse};
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::bearer;
use crate::error::ApiError;
use crate::extract::Write;
use crate::store::Digest;

/// Ends the panel that asks. One that has ended stays so.
pub(crate) async fn current(State(app): State<App>, parts: Parts) -> Result<StatusCode, ApiError> {
    if let Some(token) = bearer(&parts) {
        app.store.end_panel(Digest::of(token.as_bytes())).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the panels of somebody who has signed out of the portal.
pub(crate) async fn of_user(State(app): State<App>, write: Write) -> Result<Json<EndResponse>, ApiError> {
    let permit = write.caller.permit_own(Action::Launch)?;
    let EndRequest { embed, user } = write.body()?;
    let ended = app.store.end_panels(permit, &embed, user, app.clock.now()).await?;
    Ok(Json(EndResponse { ended }))
}
