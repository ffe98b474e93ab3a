//! `GET /v1/memberships` and `GET /v1/memberships/{id}`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::MembershipsResponse;
use beckon_core::api::people::{MembershipResponse, RemovalBody};
use beckon_core::error::Refusal;
use beckon_core::id::UserId;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Params};

/// Lists members by number.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<MembershipsResponse>, ApiError> {
    let account = caller.account(Action::SeeSetup, params.account()?)?;
    let page = app.store.members(account, params.cursor()?).await?;
    Ok(Json(MembershipsResponse { memberships: page.items, pagination: params.pagination(&app, page.next) }))
}

/// Shows a member.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<UserId>,
    params: Params,
) -> Result<Json<MembershipResponse>, ApiError> {
    let account = caller.account(Action::SeeSetup, params.account()?)?;
    let membership = app.store.membership(account, id).await?.ok_or(Refusal::Invisible)?;
    Ok(Json(MembershipResponse { membership }))
}

/// Tells what it would mean if a member left.
pub(crate) async fn removal(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<UserId>,
) -> Result<Json<RemovalBody>, ApiError> {
    let permit = caller.permit_own(Action::Configure)?;
    Ok(Json(app.store.removal(permit, id, app.clock.now()).await?))
}
