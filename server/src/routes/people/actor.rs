//! `GET /v1/actor`: who is asking.

use axum::Json;
use axum::extract::State;
use beckon_core::actor::Principal;
use beckon_core::api::{ActorBody, ActorResponse, Named, UserBody};
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;

/// Tells the caller who it is.
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Json<ActorResponse>, ApiError> {
    caller.permit_anywhere(Action::See)?;
    let now = app.clock.now();
    let chosen = caller.session.as_ref().and_then(|session| session.account);
    let account = match caller.actor.account().or(chosen) {
        Some(account) => app.store.account(account, now).await?,
        None => None,
    };
    let account = account.map(|account| Named { id: account.id, name: account.name });
    let user = caller.actor.as_member().map(UserBody::from);
    let operator = match &caller.actor.principal {
        Principal::Operator { name } => Some(name.clone()),
        Principal::Member(_) => None,
    };
    let actor = ActorBody {
        reseller: None,
        account: account.clone(),
        user: user.clone(),
        operator,
        scope: caller.actor.scope,
    };
    Ok(Json(ActorResponse { reseller: None, account, user, actor, now }))
}
