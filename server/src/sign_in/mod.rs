//! Signing in: what a person proves, how often it may be tried, and what the browser keeps afterwards. Who may do what
//! once in is decided elsewhere.

use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use beckon_core::api::Proof;
use beckon_core::api::access::SignInMethod;
use beckon_core::error::Refusal;
use beckon_core::session::LONGEST;

use crate::app::App;
use crate::error::ApiError;
use crate::seal::purpose;
use crate::sign_in::throttle::Subject;
use crate::store::{Digest, Factor, NewSession, Person, Secret, StoreError};

pub mod cookies;
pub mod mail;
pub mod password;
pub mod provider;
pub mod second_factor;
pub mod throttle;

/// The longest name of a browser that is kept, in characters.
const MAX_DEVICE: usize = 200;

/// Makes a secret.
///
/// # Errors
/// When the operating system gives no random bytes.
pub fn new_secret() -> Result<Secret, StoreError> {
    Secret::random().map_err(|error| StoreError::Unavailable(format!("no random bytes: {error}")))
}

/// Describes the session that a request is about to begin, whose browser will keep `token`.
pub fn new_session(app: &App, parts: &Parts, token: &Secret, method: SignInMethod) -> NewSession {
    let device = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    NewSession {
        token: token.digest(),
        method,
        through: None,
        device: device.chars().take(MAX_DEVICE).collect(),
        address: crate::auth::client_address(&parts.extensions).map(|ip| ip.to_string()).unwrap_or_default(),
        expires_at: app.clock.now() + LONGEST,
    }
}

/// Checks what a person proves: the password, and the second factor where one is asked for. A failure counts for `subjects`.
///
/// # Errors
/// [`ApiError::WrongCredentials`]; [`ApiError::Prove`] where the second factor is asked for and missing;
/// [`ApiError::TooMany`] where it was tried too often.
pub async fn check(
    app: &App,
    subjects: &[Subject],
    person: Option<&Person>,
    password: &str,
    code: Option<&str>,
) -> Result<(), ApiError> {
    throttle::count(app, subjects).await?;
    let checked = check_once(app, person, password, code).await;
    // To be asked for the second factor is to have the first one right.
    if !matches!(checked, Err(ApiError::WrongCredentials)) {
        throttle::succeeded(app, subjects).await?;
    }
    checked
}

async fn check_once(
    app: &App,
    person: Option<&Person>,
    password: &str,
    code: Option<&str>,
) -> Result<(), ApiError> {
    let hash = person.and_then(|person| person.password.clone());
    let fits = password::verify(hash, password.to_owned()).await?;
    match person.filter(|_| fits) {
        Some(person) => check_factor(app, person, code).await,
        None => Err(ApiError::WrongCredentials),
    }
}

/// Checks the second factor, where one is asked for. A failure counts for the person's link that it came with.
///
/// # Errors
/// As [`check`].
pub async fn check_link(app: &App, person: &Person, code: Option<&str>) -> Result<(), ApiError> {
    let subject = Subject::device(person.user, "link");
    throttle::count(app, &[subject]).await?;
    let checked = check_factor(app, person, code).await;
    if !matches!(checked, Err(ApiError::WrongCredentials)) {
        throttle::succeeded(app, &[subject]).await?;
    }
    checked
}

async fn check_factor(app: &App, person: &Person, code: Option<&str>) -> Result<(), ApiError> {
    if person.second_factor_since.is_none() {
        return Ok(());
    }
    let Some(code) = code.map(str::trim).filter(|code| !code.is_empty()) else {
        return Err(ApiError::Prove(Proof::SecondFactor));
    };
    if use_code(app, person, code).await? { Ok(()) } else { Err(ApiError::WrongCredentials) }
}

/// Uses up a code of the authenticator, or a recovery code.
async fn use_code(app: &App, person: &Person, code: &str) -> Result<bool, ApiError> {
    let secret = person.second_factor.as_deref();
    let secret =
        secret.map(|sealed| app.outlets.open(&purpose::second_factor(person.user), sealed)).transpose()?;
    let step = secret.and_then(|secret| second_factor::step(&secret, code, app.clock.now()));
    let factor = match step {
        Some(step) => Factor::Step(step),
        None => Factor::Recovery(Digest::of(second_factor::plain_code(code).as_bytes())),
    };
    Ok(app.store.use_factor(person.user, factor).await?)
}

/// Refuses a password that is too short, too well known, or says who chose it.
///
/// # Errors
/// [`Refusal::Invalid`] on `password`.
pub fn check_new_password(person: &Person, password: &str) -> Result<(), Refusal> {
    let known = [person.name.as_str(), person.email.as_str()];
    beckon_core::password::check(password, &known)?;
    password::check_common(password, &known)
}
