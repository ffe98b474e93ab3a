//! `GET /v1/provider_faults`: what only the operator can mend.

use axum::Json;
use axum::extract::State;
use beckon_core::api::observation::ProviderFaultsResponse;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Params;

/// Lists the tenants that cannot be read because of the operator.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<ProviderFaultsResponse>, ApiError> {
    caller.permit_anywhere(Action::Operate)?;
    let page = app.store.provider_faults(params.account()?, params.cursor()?).await?;
    let pagination = params.pagination(&app, page.next);
    Ok(Json(ProviderFaultsResponse { provider_faults: page.items, pagination }))
}
