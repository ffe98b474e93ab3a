//! `GET /v1/deliveries/{id}` and `POST /v1/deliveries/{id}/resend`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::delivery::{DeliveryDetailBody, DeliveryResponse};
use beckon_core::error::Refusal;
use beckon_core::id::{AccountId, DeliveryId};
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Write};

/// Loads a delivery that the caller may do `action` to, or the operator `own` where it is one of its own. One of another
/// account is not there.
async fn load(
    app: &App,
    caller: &Caller,
    (action, own): (Action, Action),
    id: DeliveryId,
) -> Result<DeliveryDetailBody, ApiError> {
    let found = app.store.delivery(caller.actor.account(), id).await?.ok_or(Refusal::Invisible)?;
    match found.delivery.account_id {
        Some(account) => drop(caller.permit(action, account)?),
        None if caller.actor.account().is_none() => caller.permit_anywhere(own)?,
        None => return Err(Refusal::Invisible.into()),
    }
    Ok(found)
}

/// Shows a delivery with its attempts.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<DeliveryId>,
) -> Result<Json<DeliveryResponse>, ApiError> {
    Ok(Json(DeliveryResponse {
        delivery: load(&app, &caller, (Action::SeeSetup, Action::SeeSetup), id).await?,
    }))
}

/// Sends a delivery again.
pub(crate) async fn resend(
    State(app): State<App>,
    Id(id): Id<DeliveryId>,
    write: Write,
) -> Result<(StatusCode, Json<DeliveryResponse>), ApiError> {
    let found = load(&app, &write.caller, (Action::Configure, Action::Operate), id).await?;
    let account: Option<AccountId> = found.delivery.account_id;
    app.store.resend(account, id, write.idempotency(), app.clock.now()).await?;
    let delivery = app.store.delivery(write.caller.actor.account(), id).await?.ok_or(Refusal::Invisible)?;
    Ok((StatusCode::ACCEPTED, Json(DeliveryResponse { delivery })))
}
