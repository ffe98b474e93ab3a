//! The way to a provider.

use std::time::Duration;

use beckon_core::provider::{PATIENCE, return_path};
use openidconnect::core::{CoreAuthPrompt, CoreResponseType};
use openidconnect::{AuthenticationFlow, CsrfToken, Nonce, PkceCodeChallenge, Scope};

use super::{Discovered, Kept, client};
use crate::app::App;
use crate::error::ApiError;
use crate::seal::purpose;
use crate::sign_in::new_secret;
use crate::store::{Digest, NewFlow, Provider, Session};

/// A sign-in that is about to leave.
pub struct Leaving {
    /// Where the browser goes.
    pub to: String,
    /// What is kept until it comes back.
    pub flow: NewFlow,
}

/// Prepares a sign-in by a provider. Where it is to prove again whose `session` it is, the provider is to ask anew.
///
/// # Errors
/// When the secret cannot be opened, or the system gives no random bytes.
pub fn leave(
    app: &App,
    provider: &Provider,
    discovered: &Discovered,
    browser: &str,
    return_to: &str,
    session: Option<&Session>,
) -> Result<Leaving, ApiError> {
    let (state, nonce) = (new_secret()?, new_secret()?);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let client = client(app, provider, discovered)?;
    let kept = Kept {
        nonce: nonce.reveal().to_owned(),
        verifier: verifier.into_secret(),
        return_to: return_path(return_to).to_owned(),
        left_at: app.clock.machine(),
    };
    let sent_state = state.reveal().to_owned();
    let asked = client
        .authorize_url(
            AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
            move || CsrfToken::new(sent_state),
            move || Nonce::new(nonce.reveal().to_owned()),
        )
        .add_scopes(
            provider.settings.scopes.iter().filter(|scope| *scope != "openid").cloned().map(Scope::new),
        )
        .set_pkce_challenge(challenge);
    let asked = match session {
        Some(_) => asked.add_prompt(CoreAuthPrompt::Login).set_max_age(Duration::ZERO),
        None => asked,
    };
    let (to, ..) = asked.url();
    let text = serde_json::to_string(&kept).map_err(|_| crate::seal::SealError::Closed)?;
    let flow = NewFlow {
        state: state.digest(),
        browser: Digest::of(browser.as_bytes()),
        provider: provider.id,
        session: session.map(|session| session.id),
        sealed: app.outlets.seal(&purpose::flow(provider.id), &text)?,
        expires_at: app.clock.now() + PATIENCE,
    };
    Ok(Leaving { to: to.into(), flow })
}
