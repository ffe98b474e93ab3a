//! `GET /sign-in/provider/{id}`: the browser leaves for a provider.

use axum::extract::{Path, State};
use axum::response::Response;
use beckon_core::api::provider::Problem;
use beckon_core::id::ProviderId;
use beckon_core::provider::HOME;

use super::{Stopped, Visit, answered, see};
use crate::app::App;
use crate::auth::{self, client_address};
use crate::error::ApiError;
use crate::sign_in::provider::leave as prepare;
use crate::sign_in::throttle::{self, Subject};
use crate::sign_in::{cookies, new_secret};
use crate::store::{Provider, Session};

/// The length of what a browser keeps, in characters: 32 bytes in base 64.
const BROWSER: usize = 43;

/// Sends the browser to a provider, to come back to `return`. With `again`, the provider is to ask anew who it is.
pub(crate) async fn leave(State(app): State<App>, Path(id): Path<String>, visit: Visit) -> Response {
    answered(left(&app, &id, &visit).await)
}

async fn left(app: &App, id: &str, visit: &Visit) -> Result<Response, Stopped> {
    if let Some(address) = client_address(&visit.parts.extensions) {
        match throttle::count(app, &[Subject::flows_from(address)]).await {
            Err(ApiError::TooMany(_)) => return Err(Problem::TooMany.into()),
            counted => counted?,
        }
    }
    let id: ProviderId = id.parse().map_err(|_| Problem::NoSuchProvider)?;
    let provider = app.store.provider(id).await?.filter(|provider| provider.enabled);
    let provider = provider.ok_or(Problem::NoSuchProvider)?;
    let discovered = app.directory.look_up(app, &provider.settings.issuer).await.map_err(|why| {
        tracing::warn!(provider = %id, %why, "a sign-in provider is down");
        Problem::ProviderDown
    })?;
    let session = proved_again(app, &provider, visit).await;
    let browser = browser(app, visit)?;
    let return_to = visit.asked("return").unwrap_or(HOME);
    let leaving = prepare(app, &provider, &discovered, &browser, return_to, session.as_ref())?;
    if let Err(why) = app.outlets.check_url(&leaving.to) {
        tracing::warn!(provider = %id, %why, "a sign-in provider sends people where they must not go");
        return Err(Problem::ProviderDown.into());
    }
    app.store.begin_flow(leaving.flow, app.clock.now()).await?;
    let mut response = see(&leaving.to);
    cookies::keep_flow(app, &mut response, &browser);
    Ok(response)
}

/// Returns the session that is to be proved again: one that began by this very provider. Whoever else asks signs in anew.
async fn proved_again(app: &App, provider: &Provider, visit: &Visit) -> Option<Session> {
    visit.asked("again").filter(|again| *again == "1")?;
    let session = auth::session(app, &visit.parts).await.ok()?;
    session.through.is_some_and(|through| through.provider == provider.id).then_some(session)
}

/// Returns what this browser's sign-ins are told by: what it keeps already, so that two windows do not get into each other's way.
fn browser(app: &App, visit: &Visit) -> Result<String, Stopped> {
    let kept = cookies::flow(visit.headers(), app.is_secure());
    match kept.filter(|kept| kept.len() == BROWSER) {
        Some(kept) => Ok(kept),
        None => Ok(new_secret()?.reveal().to_owned()),
    }
}
