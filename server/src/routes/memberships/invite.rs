//! `POST /v1/memberships` and `POST /v1/memberships/{id}/invitation`: somebody joins, by a link that is sent by email.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::people::{InvitationRequest, MembershipResponse};
use beckon_core::error::Refusal;
use beckon_core::id::UserId;
use beckon_core::notice::DoorReason;
use beckon_core::permission::Permit;
use beckon_core::session::INVITATION;

use super::permit;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Id, Write};
use crate::sign_in::mail::new_link;
use crate::store::{DoorMail, NewMember};

/// Makes a member, and sends an invitation.
pub(crate) async fn invite(
    State(app): State<App>,
    write: Write,
) -> Result<(StatusCode, Json<MembershipResponse>), ApiError> {
    let permit = permit(&app, &write)?;
    let InvitationRequest { name, email, role, organization_id } = write.body()?;
    let member = NewMember { account: permit.account(), name, email, role, organization: organization_id };
    let mail = invitation(&app, &permit).await?;
    let membership = app.store.invite(permit, member, mail, write.idempotency(), app.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(MembershipResponse { membership })))
}

/// Sends the invitation once more. The link before it does not work any more.
pub(crate) async fn again(
    State(app): State<App>,
    Id(id): Id<UserId>,
    write: Write,
) -> Result<StatusCode, ApiError> {
    let permit = permit(&app, &write)?;
    let mail = invitation(&app, &permit).await?;
    app.store.invite_again(permit, id, mail, write.idempotency(), app.clock.now()).await?;
    Ok(StatusCode::ACCEPTED)
}

async fn invitation(app: &App, permit: &Permit) -> Result<DoorMail, ApiError> {
    let now = app.clock.now();
    let account = app.store.account(permit.account(), now).await?.ok_or(Refusal::Invisible)?.name;
    let reason = DoorReason::Invitation { by: permit.by().name().to_owned(), account };
    new_link(app, reason, INVITATION, now)
}
