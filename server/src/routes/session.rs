//! `/v1/session`: a sign-in link becomes a session, and a session ends.

use axum::extract::{FromRequest, Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use beckon_core::api::SessionRequest;
use beckon_core::time::days;

use crate::app::App;
use crate::auth::{check_same_site, cookie_name, session_token};
use crate::error::ApiError;
use crate::extract::{MAX_BODY, read_body};
use crate::store::{Digest, Secret, StoreError};

/// How long a session lasts, in days.
const SESSION_DAYS: i64 = 14;

/// Trades the token of a sign-in link for a session.
pub(super) async fn open(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    check_same_site(&Method::POST, request.headers(), &app.base_url)?;
    let axum::Json(SessionRequest { token }) = read(request).await?;
    let session =
        Secret::random().map_err(|error| StoreError::Unavailable(format!("no random bytes: {error}")))?;
    let now = app.clock.now();
    let expires_at = now + days(SESSION_DAYS);
    let opened =
        app.store.open_session(Digest::of(token.as_bytes()), session.digest(), expires_at, now).await?;
    opened.ok_or(ApiError::Unauthenticated)?;
    let age = days(SESSION_DAYS).num_seconds();
    Ok(cookie(&app, session.reveal(), age))
}

async fn read(request: Request) -> Result<axum::Json<SessionRequest>, ApiError> {
    let (parts, body) = request.into_parts();
    let bytes = read_body(body, MAX_BODY).await?;
    let request = Request::from_parts(parts, axum::body::Body::from(bytes));
    axum::Json::from_request(request, &()).await.map_err(|rejection| {
        if rejection.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            ApiError::UnsupportedType("application/json")
        } else {
            beckon_core::error::Refusal::field("token", "expected the last part of a sign-in link, as text")
                .into()
        }
    })
}

/// Ends the session. Signing out twice is signing out.
pub(super) async fn close(State(app): State<App>, headers: HeaderMap) -> Result<Response, ApiError> {
    check_same_site(&Method::DELETE, &headers, &app.base_url)?;
    if let Some(token) = session_token(&headers, app.is_secure()) {
        app.store.close_session(Digest::of(token.as_bytes())).await?;
    }
    Ok(cookie(&app, "", 0))
}

fn cookie(app: &App, value: &str, age_seconds: i64) -> Response {
    let secure = if app.is_secure() { "; Secure" } else { "" };
    let name = cookie_name(app.is_secure());
    let cookie = format!("{name}={value}; Path=/; Max-Age={age_seconds}; HttpOnly; SameSite=Lax{secure}");
    (StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, cookie)])).into_response()
}
