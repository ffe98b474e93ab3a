//! `GET /v1/keys`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::access::KeysResponse;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;

/// Lists the keys of the account, or the operator's own, the newest first.
pub(crate) async fn list(State(app): State<App>, caller: Caller) -> Result<Json<KeysResponse>, ApiError> {
    caller.permit_own(Action::ManageKeys)?;
    let keys = app.store.keys(caller.actor.account(), app.clock.now()).await?;
    Ok(Json(KeysResponse { keys }))
}
