//! `GET /v1/deliveries`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::delivery::DeliveriesResponse;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Params;
use crate::store::DeliveryQuery;

/// Lists deliveries, newest first; the operator's own where the operator names no account.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<DeliveriesResponse>, ApiError> {
    let query = DeliveryQuery {
        account: caller.sees(Action::SeeSetup, params.account()?)?,
        escalation: params.one("escalation_id", "an escalation's number")?,
        status: params.one("status", "waiting, sending, delivered, canceled or undelivered")?,
        channel: params.one("channel", "email, psa or webhook")?,
        webhook: params.one("webhook_id", "an endpoint's number")?,
    };
    let page = app.store.deliveries(query, params.cursor()?).await?;
    Ok(Json(DeliveriesResponse { deliveries: page.items, pagination: params.pagination(&app, page.next) }))
}
