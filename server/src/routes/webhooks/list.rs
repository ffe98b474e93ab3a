//! `GET /v1/webhooks`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::webhook::WebhooksResponse;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Params;

/// Lists the endpoints of the account; the operator's own where the operator names no account.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<WebhooksResponse>, ApiError> {
    let account = caller.sees(Action::SeeSetup, params.account()?)?;
    let mut webhooks = Vec::new();
    for webhook in app.store.webhooks(account).await? {
        webhooks.push(super::body(&app, &webhook).await?);
    }
    Ok(Json(WebhooksResponse { webhooks }))
}
