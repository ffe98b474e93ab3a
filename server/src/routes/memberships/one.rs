//! `PATCH` and `DELETE /v1/memberships/{id}`: a member changes or leaves.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::people::{MembershipPatch, MembershipResponse};
use beckon_core::id::UserId;

use super::permit;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Id, Write};

/// Changes a member. Another role ends its sessions in the account.
pub(crate) async fn change(
    State(app): State<App>,
    Id(id): Id<UserId>,
    write: Write,
) -> Result<Json<MembershipResponse>, ApiError> {
    let permit = permit(&app, &write)?;
    let patch: MembershipPatch = write.body()?;
    let membership = app.store.change_member(permit, id, patch, write.idempotency(), app.clock.now()).await?;
    Ok(Json(MembershipResponse { membership }))
}

/// Lets a member go, with its keys, links and sessions.
pub(crate) async fn remove(
    State(app): State<App>,
    Id(id): Id<UserId>,
    write: Write,
) -> Result<StatusCode, ApiError> {
    let permit = permit(&app, &write)?;
    app.store.remove_member(permit, id, write.idempotency(), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
