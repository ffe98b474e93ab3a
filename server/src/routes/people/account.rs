//! `GET /v1/account`: the account, its numbers, and who can answer.

use axum::Json;
use axum::extract::State;
use beckon_core::api::people::AccountResponse;
use beckon_core::error::Refusal;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Params;

/// Shows the caller's account; the operator says which.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<AccountResponse>, ApiError> {
    let account = caller.account(Action::See, params.account()?)?;
    let account = app.store.account(account, app.clock.now()).await?.ok_or(Refusal::Invisible)?;
    Ok(Json(AccountResponse { account }))
}
