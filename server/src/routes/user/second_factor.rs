//! `/v1/user/second_factor`: an authenticator, and the codes that stand in for it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::access::{CodeRequest, RecoveryCodesResponse, SecondFactorResponse};
use beckon_core::error::Refusal;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;
use crate::seal::purpose;
use crate::sign_in::second_factor;
use crate::sign_in::throttle::{self, Subject};
use crate::store::{Factor, Person, SignInChange};

/// Begins: shows a secret for an authenticator. It is not asked for before it is confirmed.
pub(crate) async fn begin(
    State(app): State<App>,
    write: Write,
) -> Result<(StatusCode, Json<SecondFactorResponse>), ApiError> {
    let (person, session) = super::proved(&app, &write.caller).await?;
    if person.second_factor_since.is_some() {
        let text = "a second factor is on already: turn it off first, with the authenticator that you have";
        return Err(Refusal::Conflict(text.to_owned()).into());
    }
    let secret = second_factor::new_secret()?;
    let shown = second_factor::shown(&secret, &person.email)?;
    let sealed = app.outlets.seal(&purpose::second_factor(person.user), &secret)?;
    let change = SignInChange::BeginSecondFactor(sealed);
    app.store.change_sign_in(person.user, change, Some(session.id), app.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(shown)))
}

/// Confirms that the authenticator works, and returns the recovery codes.
pub(crate) async fn confirm(
    State(app): State<App>,
    write: Write,
) -> Result<Json<RecoveryCodesResponse>, ApiError> {
    let (person, session) = super::proved(&app, &write.caller).await?;
    let CodeRequest { code } = write.body()?;
    if person.second_factor_since.is_some() {
        return Err(Refusal::Conflict("the second factor is on already".to_owned()).into());
    }
    use_code(&app, &person, &code).await?;
    let (recovery_codes, digests) = second_factor::new_codes()?;
    let change = SignInChange::ConfirmSecondFactor(digests);
    app.store.change_sign_in(person.user, change, Some(session.id), app.clock.now()).await?;
    Ok(Json(RecoveryCodesResponse { recovery_codes }))
}

/// Uses the code that confirms up, so that nobody who looked on signs in with it.
async fn use_code(app: &App, person: &Person, code: &str) -> Result<(), ApiError> {
    let subject = [Subject::device(person.user, "confirmation")];
    throttle::count(app, &subject).await?;
    let sealed = person.second_factor.as_deref();
    let sealed =
        sealed.ok_or_else(|| Refusal::Conflict("no second factor was begun: begin first".to_owned()))?;
    let secret = app.outlets.open(&purpose::second_factor(person.user), sealed)?;
    let step = second_factor::step(&secret, code, app.clock.now());
    let fits = match step {
        Some(step) => app.store.use_factor(person.user, Factor::Step(step)).await?,
        None => false,
    };
    if !fits {
        let text =
            "this is not what the authenticator shows now: look again, and check the clock of the device";
        return Err(Refusal::field("code", text).into());
    }
    throttle::succeeded(app, &subject).await
}

/// Makes new recovery codes in place of those before.
pub(crate) async fn renew_codes(
    State(app): State<App>,
    write: Write,
) -> Result<Json<RecoveryCodesResponse>, ApiError> {
    let (person, session) = super::proved(&app, &write.caller).await?;
    if person.second_factor_since.is_none() {
        let text = "recovery codes stand in for a second factor, and none is on: turn it on first";
        return Err(Refusal::Conflict(text.to_owned()).into());
    }
    let (recovery_codes, digests) = second_factor::new_codes()?;
    let change = SignInChange::RecoveryCodes(digests);
    app.store.change_sign_in(person.user, change, Some(session.id), app.clock.now()).await?;
    Ok(Json(RecoveryCodesResponse { recovery_codes }))
}

/// Turns the second factor off.
pub(crate) async fn drop(State(app): State<App>, write: Write) -> Result<StatusCode, ApiError> {
    let (person, session) = super::proved(&app, &write.caller).await?;
    let change = SignInChange::DropSecondFactor;
    app.store.change_sign_in(person.user, change, Some(session.id), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
