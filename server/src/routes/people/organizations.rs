//! `GET /v1/organizations` and `/{id}`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::people::{OrganizationResponse, OrganizationsResponse};
use beckon_core::error::Refusal;
use beckon_core::id::OrganizationId;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Params};

/// Lists organizations by number.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<OrganizationsResponse>, ApiError> {
    let account = caller.sees(Action::See, params.account()?)?;
    let page = app.store.organizations(account, params.cursor()?).await?;
    Ok(Json(OrganizationsResponse {
        organizations: page.items,
        pagination: params.pagination(&app, page.next),
    }))
}

/// Shows one.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<OrganizationId>,
    params: Params,
) -> Result<Json<OrganizationResponse>, ApiError> {
    let organization = app.store.organization(caller.actor.account(), id).await?.ok_or(Refusal::Invisible)?;
    caller.permit(Action::See, organization.account_id)?;
    if params.account()?.is_some_and(|account| account != organization.account_id) {
        return Err(Refusal::Invisible.into());
    }
    Ok(Json(OrganizationResponse { organization }))
}
