//! `POST /v1/observations/known`: which observations are here already, so that nobody sends them twice.

use axum::Json;
use axum::extract::State;
use beckon_core::api::observation::{KnownRequest, KnownResponse};
use beckon_core::error::Refusal;
use beckon_core::observation::MAX_BATCH;
use beckon_core::permission::Action;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;

/// Tells which of the ids are known.
pub(crate) async fn known(State(app): State<App>, write: Write) -> Result<Json<KnownResponse>, ApiError> {
    write.caller.permit_anywhere(Action::Operate)?;
    let KnownRequest { account_id, ids } = write.body()?;
    write.caller.permit(Action::Operate, account_id)?;
    if ids.len() > MAX_BATCH {
        let text = format!("expected at most {MAX_BATCH} ids, found {}: ask in parts", ids.len());
        return Err(Refusal::field("ids", text).into());
    }
    Ok(Json(KnownResponse { known: app.store.known_observations(account_id, ids).await? }))
}
