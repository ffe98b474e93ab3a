//! `/v1/session`: a link, or address and password, become a session; and a session ends.

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use beckon_core::api::access::{SessionRequest, SignInMethod};
use beckon_core::error::Refusal;
use beckon_core::text::login;

use crate::app::App;
use crate::auth::{check_same_site, client_address};
use crate::error::ApiError;
use crate::extract::read_json;
use crate::sign_in::throttle::Subject;
use crate::sign_in::{self, cookies};
use crate::store::{Digest, Person, Session};

/// Signs in. Whatever session the browser had ends.
pub(crate) async fn open(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    check_same_site(&Method::POST, request.headers(), &app.base_url)?;
    let (parts, request) = read_json::<SessionRequest>(request).await?;
    match request {
        SessionRequest { token: Some(token), email: None, password: None, code } => {
            by_link(&app, &parts, &token, code.as_deref()).await
        }
        SessionRequest { token: None, email: Some(email), password: Some(password), code } => {
            by_password(&app, &parts, &email, &password, code.as_deref()).await
        }
        _ => Err(Refusal::field("", "expected either a token, or an email and a password").into()),
    }
}

/// A link stands in for the password, and not for the second factor: whoever reads somebody's mail has one of two.
async fn by_link(app: &App, parts: &Parts, token: &str, code: Option<&str>) -> Result<Response, ApiError> {
    let link = Digest::of(token.as_bytes());
    let owner = app.store.link_owner(link, app.clock.now()).await?.ok_or(ApiError::Unauthenticated)?;
    sign_in::check_link(app, &owner, code).await?;
    let secret = sign_in::new_secret()?;
    let session = sign_in::new_session(app, parts, &secret, SignInMethod::Link);
    let now = app.clock.now();
    let opened = app.store.open_session(link, session, now).await?;
    let opened = opened.ok_or(ApiError::Unauthenticated)?;
    begun(app, parts, &opened, &secret).await
}

async fn by_password(
    app: &App,
    parts: &Parts,
    email: &str,
    password: &str,
    code: Option<&str>,
) -> Result<Response, ApiError> {
    let login = login(email);
    let person = app.store.person_by_login(&login).await?;
    let subjects = subjects(app, parts, &login, person.as_ref());
    sign_in::check(app, &subjects, person.as_ref(), password, code).await?;
    let user = person.ok_or(ApiError::WrongCredentials)?.user;
    let secret = sign_in::new_secret()?;
    let session = sign_in::new_session(app, parts, &secret, SignInMethod::Password);
    let opened =
        app.store.sign_in(user, session, app.clock.now()).await?.ok_or(ApiError::WrongCredentials)?;
    begun(app, parts, &opened, &secret).await
}

/// Returns for what a failure counts: the address, and the login, or this very browser where the person knows it.
fn subjects(app: &App, parts: &Parts, login: &str, person: Option<&Person>) -> Vec<Subject> {
    let device = cookies::device(&parts.headers, app.is_secure());
    let known = person.zip(device).filter(|(person, device)| cookies::is_device_of(app, device, person.user));
    if let Some((person, device)) = known {
        return vec![Subject::device(person.user, &device)];
    }
    let address = client_address(&parts.extensions).map(Subject::address);
    address.into_iter().chain([Subject::login(login)]).collect()
}

/// Answers for a session that has begun: ends the one that the browser had before, and makes the browser a known one.
pub(crate) async fn begun(
    app: &App,
    parts: &Parts,
    opened: &Session,
    secret: &crate::store::Secret,
) -> Result<Response, ApiError> {
    end(app, &parts.headers).await?;
    let mut response = cookies::no_content();
    cookies::keep_session(app, &mut response, secret);
    cookies::keep_device(app, &mut response, opened.user);
    Ok(response)
}

/// Ends the session. Signing out twice is signing out.
pub(crate) async fn close(State(app): State<App>, headers: HeaderMap) -> Result<Response, ApiError> {
    check_same_site(&Method::DELETE, &headers, &app.base_url)?;
    end(&app, &headers).await?;
    let mut response = cookies::no_content();
    cookies::forget_session(&app, &mut response);
    Ok(response)
}

async fn end(app: &App, headers: &HeaderMap) -> Result<(), ApiError> {
    let Some(token) = cookies::session_token(headers, app.is_secure()) else { return Ok(()) };
    if let Some(session) = app.store.session(Digest::of(token.as_bytes()), app.clock.now()).await? {
        app.store.end_session(session.user, session.confined_to(), session.id).await?;
    }
    Ok(())
}
