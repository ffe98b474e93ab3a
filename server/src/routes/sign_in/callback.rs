//! `GET /sign-in/provider/callback`: the browser comes back from a provider.

use axum::extract::State;
use axum::response::Response;
use beckon_core::api::access::SignInMethod;
use beckon_core::api::provider::Problem;
use beckon_core::id::SessionId;

use super::{Stopped, Visit, answered, sent};
use crate::app::App;
use crate::auth;
use crate::routes::session::open::begun;
use crate::seal::{SealError, purpose};
use crate::sign_in::provider::{Kept, Verified, exchange};
use crate::sign_in::{cookies, new_secret, new_session};
use crate::store::{Digest, NewSession, Provider, StoreError, Through};

/// Signs in, or proves again who is signed in, and sends the browser where it wanted to be.
pub(crate) async fn back(State(app): State<App>, visit: Visit) -> Response {
    answered(came(&app, &visit).await)
}

async fn came(app: &App, visit: &Visit) -> Result<Response, Stopped> {
    let (state, browser) = (visit.asked("state"), cookies::flow(visit.headers(), app.is_secure()));
    let (state, browser) = state.zip(browser).ok_or(Problem::WrongState)?;
    let digest = |text: &str| Digest::of(text.as_bytes());
    let flow = app.store.take_flow(digest(state), digest(&browser), app.clock.now()).await??;
    let provider = app.store.provider(flow.provider).await?.filter(|provider| provider.enabled);
    let provider = provider.ok_or(Problem::NoSuchProvider)?;
    let kept = app.outlets.open(&purpose::flow(provider.id), &flow.sealed)?;
    let kept: Kept = serde_json::from_str(&kept).map_err(|_| SealError::Closed)?;
    let code = code(&provider, visit)?;
    let verified = exchange(app, &provider, &kept, code).await??;
    let response = match flow.session {
        Some(session) => prove(app, visit, &provider, &kept, &verified, session).await?,
        None => enter(app, visit, &provider, verified).await?,
    };
    Ok(sent(response, &kept.return_to))
}

/// Reads what the provider answered.
fn code(provider: &Provider, visit: &Visit) -> Result<String, Problem> {
    // Where it says who it is (RFC 9207), it has to be the one that was asked.
    if visit.asked("iss").is_some_and(|issuer| issuer != provider.settings.issuer) {
        return Err(Problem::InvalidToken);
    }
    match (visit.asked("error"), visit.asked("code")) {
        (Some("temporarily_unavailable" | "server_error"), _) => Err(Problem::ProviderDown),
        (Some(error), _) => {
            let error: String = error.chars().filter(char::is_ascii_graphic).take(60).collect();
            tracing::info!(provider = %provider.id, %error, "a sign-in provider said no");
            Err(Problem::RefusedByProvider)
        }
        (None, Some(code)) => Ok(code.to_owned()),
        (None, None) => Err(Problem::InvalidToken),
    }
}

/// Begins a session of whom core lets in.
async fn enter(
    app: &App,
    visit: &Visit,
    provider: &Provider,
    verified: Verified,
) -> Result<Response, Stopped> {
    let secret = new_secret()?;
    let through = Through { provider: provider.id, confined_to: provider.account };
    let session = new_session(app, &visit.parts, &secret, SignInMethod::Provider);
    let session = NewSession { through: Some(through), ..session };
    let admitted = app.store.admit(provider.id, verified.claims, session, app.clock.now()).await;
    let opened = match admitted {
        // A name or an address that nobody could have here.
        Err(StoreError::Refused(refusal)) => {
            tracing::warn!(provider = %provider.id, %refusal, "a sign-in provider describes nobody who could be here");
            return Err(Problem::InvalidToken.into());
        }
        admitted => admitted??,
    };
    Ok(begun(app, &visit.parts, &opened, &secret).await?)
}

/// Gives the session another token, since its person proved again who it is.
async fn prove(
    app: &App,
    visit: &Visit,
    provider: &Provider,
    kept: &Kept,
    verified: &Verified,
    asked: SessionId,
) -> Result<Response, Stopped> {
    let session = auth::session(app, &visit.parts).await.ok().filter(|session| session.id == asked);
    let session = session.ok_or(Problem::WrongState)?;
    let person = app.store.linked_user(provider.id, &verified.claims.subject).await?;
    if person != Some(session.user) {
        return Err(Problem::AnotherPerson.into());
    }
    if !verified.is_since(kept.left_at) {
        return Err(Problem::NotAskedAgain.into());
    }
    let secret = new_secret()?;
    app.store.renew_session(session.id, secret.digest(), app.clock.now()).await?;
    let mut response = cookies::no_content();
    cookies::keep_session(app, &mut response, &secret);
    Ok(response)
}
