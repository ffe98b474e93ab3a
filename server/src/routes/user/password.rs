//! `PUT /v1/user/password`: another password.

use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::access::PasswordRequest;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;
use crate::sign_in::{check_new_password, password};
use crate::store::SignInChange;

/// Sets the password. All other sessions end.
pub(crate) async fn set(State(app): State<App>, write: Write) -> Result<StatusCode, ApiError> {
    let (person, session) = super::proved(&app, &write.caller).await?;
    let PasswordRequest { password } = write.body()?;
    check_new_password(&person, &password)?;
    let change = SignInChange::Password(password::hash(password).await?);
    app.store.change_sign_in(person.user, change, Some(session.id), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
