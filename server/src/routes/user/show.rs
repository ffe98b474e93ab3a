//! `GET /v1/user`: how one signs in.

use axum::Json;
use axum::extract::State;
use beckon_core::api::access::{UserAccessBody, UserResponse};
use beckon_core::session::is_fresh;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;

/// Tells how one signs in, and which accounts one can look at.
pub(crate) async fn show(State(app): State<App>, caller: Caller) -> Result<Json<UserResponse>, ApiError> {
    let session = caller.signed_in()?;
    let person = super::person(&app, session).await?;
    let confined_to = session.confined_to();
    let mut accounts = app.store.accounts_of(session.user).await?;
    accounts.retain(|account| confined_to.is_none_or(|own| own == account.id));
    let user = UserAccessBody {
        id: person.user,
        name: person.name,
        email: person.email,
        password: person.password.is_some(),
        second_factor_since: person.second_factor_since,
        recovery_codes: person.recovery_codes,
        authenticated: is_fresh(session.authenticated_at, app.clock.now()),
        provider_id: session.through.map(|through| through.provider),
        accounts,
    };
    Ok(Json(UserResponse { user }))
}
