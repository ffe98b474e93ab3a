//! `GET /v1/memberships` and `DELETE /v1/memberships/{id}`: the people of the account and their roles.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::MembershipsResponse;
use beckon_core::id::UserId;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Params, Write};

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

/// Lets a member go.
pub(crate) async fn remove(
    State(app): State<App>,
    Id(id): Id<UserId>,
    write: Write,
) -> Result<StatusCode, ApiError> {
    let permit = write.caller.permit_own(Action::Configure)?;
    app.store.remove_member(permit, id, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
