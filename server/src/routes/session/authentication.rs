//! `POST /v1/session/authentication`: whoever is signed in proves once more who it is.

use axum::extract::State;
use axum::response::Response;
use beckon_core::api::access::AuthenticationRequest;
use beckon_core::error::Refusal;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;
use crate::sign_in::throttle::Subject;
use crate::sign_in::{self, cookies};

/// Checks the password, and the second factor where one is asked for. The session gets another token.
pub(crate) async fn prove(State(app): State<App>, write: Write) -> Result<Response, ApiError> {
    let session = write.caller.signed_in()?;
    let AuthenticationRequest { password, code } = write.body()?;
    let person = app.store.person(session.user).await?;
    // Only whoever has the session can get here, so this locks nobody else out.
    let subject = Subject::device(session.user, &format!("session {}", session.id));
    let checked = sign_in::check(&app, &[subject], person.as_ref(), &password, code.as_deref()).await;
    // Whoever is signed in stays so: this is a field that is wrong.
    checked.map_err(|error| match error {
        ApiError::WrongCredentials => Refusal::field("password", "password or code do not fit").into(),
        other => other,
    })?;
    let secret = sign_in::new_secret()?;
    app.store.renew_session(session.id, secret.digest(), app.clock.now()).await?;
    let mut response = cookies::no_content();
    cookies::keep_session(&app, &mut response, &secret);
    Ok(response)
}
