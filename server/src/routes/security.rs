//! `GET /.well-known/security.txt`: where to report what is wrong with Beckon's security (RFC 9116).

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use beckon_core::error::Refusal;
use beckon_core::time::days;
use chrono::SecondsFormat;

use crate::app::App;
use crate::error::ApiError;

/// For how long what it says holds, in days. It is made anew at each request.
const HOLDS_DAYS: i64 = 180;

/// Says whom to tell. Where the operator named nobody, there is no such file.
pub(super) async fn show(State(app): State<App>) -> Result<Response, ApiError> {
    let contact = app.security_contact.as_deref().ok_or(Refusal::Invisible)?;
    let expires = (app.clock.now() + days(HOLDS_DAYS)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let text = format!(
        "Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\nCanonical: {}/.well-known/security.txt\n",
        app.base_url
    );
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
