//! `GET /v1/memberships`: the people of the account and their roles.

use axum::Json;
use axum::extract::State;
use beckon_core::api::MembershipsResponse;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Params;

/// Lists members by number.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<MembershipsResponse>, ApiError> {
    let account = caller.account(params.account()?)?;
    let page = app.store.members(account, params.cursor()?).await?;
    Ok(Json(MembershipsResponse { memberships: page.items, pagination: params.pagination(&app, page.next) }))
}
