//! `GET /v1/identities` and `/{id}`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::people::{IdentitiesResponse, IdentityResponse};
use beckon_core::error::Refusal;
use beckon_core::id::IdentityId;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Params};
use crate::store::IdentityQuery;

/// Lists identities by number.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<IdentitiesResponse>, ApiError> {
    let query = IdentityQuery {
        account: caller.sees(Action::See, params.account()?)?,
        organization: params.one("organization_id", "an organization's number")?,
        escalation: params.one("escalation_id", "an escalation's number")?,
    };
    let page = app.store.identities(query, params.cursor()?).await?;
    Ok(Json(IdentitiesResponse { identities: page.items, pagination: params.pagination(&app, page.next) }))
}

/// Shows one.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<IdentityId>,
) -> Result<Json<IdentityResponse>, ApiError> {
    let identity = app.store.identity(caller.actor.account(), id).await?.ok_or(Refusal::Invisible)?;
    caller.permit(Action::See, identity.account.id)?;
    Ok(Json(IdentityResponse { identity }))
}
