//! What a browser keeps: the session's token, and that it is a device from which somebody signed in before.

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HeaderValue, SET_COOKIE};
use axum::response::{IntoResponse as _, Response};
use beckon_core::id::UserId;
use beckon_core::provider::PATIENCE;
use beckon_core::session::LONGEST;
use beckon_core::time::days;

use crate::app::App;
use crate::seal::purpose;
use crate::store::Secret;

/// How long a device stays known, in days.
const DEVICE_DAYS: i64 = 365;

/// The name of the session's cookie. Behind TLS browsers hold it to this very host.
pub fn session_name(secure: bool) -> &'static str {
    if secure { "__Host-beckon_session" } else { "beckon_session" }
}

fn device_name(secure: bool) -> &'static str {
    if secure { "__Host-beckon_device" } else { "beckon_device" }
}

/// Finds the session's token among the cookies.
pub fn session_token(headers: &HeaderMap, secure: bool) -> Option<String> {
    find(headers, session_name(secure))
}

/// Finds what says that somebody signed in from this browser before.
pub fn device(headers: &HeaderMap, secure: bool) -> Option<String> {
    find(headers, device_name(secure))
}

fn flow_name(secure: bool) -> &'static str {
    if secure { "__Host-beckon_flow" } else { "beckon_flow" }
}

fn find(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}

/// Makes the browser keep a session's token.
pub fn keep_session(app: &App, response: &mut Response, token: &Secret) {
    put(app, response, session_name(app.is_secure()), token.reveal(), LONGEST.num_seconds());
}

/// Makes the browser forget the session.
pub fn forget_session(app: &App, response: &mut Response) {
    put(app, response, session_name(app.is_secure()), "", 0);
}

/// Finds what tells this browser's sign-ins by a provider from those of others.
pub fn flow(headers: &HeaderMap, secure: bool) -> Option<String> {
    find(headers, flow_name(secure))
}

/// Makes the browser keep that, for as long as a sign-in may take.
pub fn keep_flow(app: &App, response: &mut Response, browser: &str) {
    put(app, response, flow_name(app.is_secure()), browser, PATIENCE.num_seconds());
}

/// Makes the browser a known device of a person. What it keeps is sealed: nobody can make one up.
pub fn keep_device(app: &App, response: &mut Response, user: UserId) {
    let Ok(secret) = Secret::random() else { return };
    match app.outlets.seal(&purpose::device(user), secret.reveal()) {
        Ok(sealed) => {
            put(app, response, device_name(app.is_secure()), &sealed, days(DEVICE_DAYS).num_seconds());
        }
        // Without it this browser only counts as a new one.
        Err(error) => tracing::warn!(%error, "a device cannot be remembered"),
    }
}

/// Tells whether `device` was given to a browser of this person.
pub fn is_device_of(app: &App, device: &str, user: UserId) -> bool {
    app.outlets.open(&purpose::device(user), device).is_ok()
}

fn put(app: &App, response: &mut Response, name: &str, value: &str, age_seconds: i64) {
    let secure = if app.is_secure() { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; Max-Age={age_seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
}

/// Makes an answer without content that carries cookies.
pub fn no_content() -> Response {
    axum::http::StatusCode::NO_CONTENT.into_response()
}
