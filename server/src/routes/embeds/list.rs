//! `GET /v1/embeds`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::embed::EmbedsResponse;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Params;
use crate::routes::embed_module;

/// Lists the embeds of an account, and says where the custom element for portals is.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<EmbedsResponse>, ApiError> {
    let account = caller.account(Action::SeeSetup, params.account()?)?;
    let embeds = app.store.embeds(account).await?;
    let embeds = embeds.into_iter().map(|embed| super::body(&app, embed)).collect();
    Ok(Json(EmbedsResponse { embeds, module: embed_module::body(&app) }))
}
