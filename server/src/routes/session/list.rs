//! `/v1/sessions`: where one is signed in, and how to end that. Whoever came by an account's own provider sees those alone that
//! began so: somebody else may run it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::access::{SessionBody, SessionsResponse};
use beckon_core::error::Refusal;
use beckon_core::id::SessionId;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Write};

/// Lists one's own sessions, the last used first.
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<SessionsResponse>, ApiError> {
    let own = caller.signed_in()?;
    let sessions = app.store.sessions(own.user, own.confined_to(), app.clock.now()).await?;
    let marked = |body: SessionBody| SessionBody { current: body.id == own.id, ..body };
    Ok(Json(SessionsResponse { sessions: sessions.into_iter().map(marked).collect() }))
}

/// Ends one of one's own sessions.
pub(crate) async fn end(
    State(app): State<App>,
    Id(id): Id<SessionId>,
    write: Write,
) -> Result<StatusCode, ApiError> {
    let own = write.caller.signed_in()?;
    if app.store.end_session(own.user, own.confined_to(), id).await? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Refusal::Invisible.into())
    }
}

/// Ends all of one's own sessions but this one.
pub(crate) async fn end_others(State(app): State<App>, write: Write) -> Result<StatusCode, ApiError> {
    let own = write.caller.signed_in()?;
    app.store.end_other_sessions(own.user, own.confined_to(), own.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
