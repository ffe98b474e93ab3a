//! `GET /v1/sign_in_providers`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::provider::ProvidersResponse;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Params;

/// Lists the providers of the account; those of the whole installation where the operator names no account.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<ProvidersResponse>, ApiError> {
    let account = caller.sees(Action::SeeSetup, params.account()?)?;
    let providers = app.store.providers(account).await?;
    let sign_in_providers = providers.into_iter().map(|provider| super::body(&app, provider)).collect();
    Ok(Json(ProvidersResponse { sign_in_providers }))
}
