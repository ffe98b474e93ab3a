//! Who is asking: a session cookie, HTTP Basic with a key, or the token of a panel. Three ways in, one [`Caller`] out.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{AUTHORIZATION, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beckon_core::actor::{Actor, Principal};
use beckon_core::api::Proof;
use beckon_core::error::Refusal;
use beckon_core::id::AccountId;
use beckon_core::permission::{Action, Permit, is_blocked, permit};
use beckon_core::session::{NOTED_EVERY, is_fresh};
use beckon_core::time::Timestamp;

use crate::app::App;
use crate::error::ApiError;
use crate::proxies::ClientAddress;
use crate::sign_in::cookies::session_token;
use crate::store::{Digest, Session, is_plausible};

/// Whoever sent a request, and is not kept out.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who it is.
    pub actor: Actor,
    /// What tells callers apart: the key or the user, as text.
    pub id: String,
    /// The session, where it is one.
    pub session: Option<Session>,
    /// Whether it was noted not long ago that the session or the key is in use.
    is_noted: bool,
}

impl Caller {
    /// Checks that the caller may do `action` in `account`.
    ///
    /// # Errors
    /// See [`permit`].
    pub fn permit(&self, action: Action, account: AccountId) -> Result<Permit, Refusal> {
        permit(&self.actor, action, account)
    }

    /// Returns the account that a list is limited to, of what `action` lets see: a member's own; for the operator the one
    /// asked for, or all.
    ///
    /// # Errors
    /// [`Refusal::Invisible`] when a member asks for another account, [`Refusal::Forbidden`] for who may not see.
    pub fn sees(&self, action: Action, asked: Option<AccountId>) -> Result<Option<AccountId>, Refusal> {
        let chosen = self.session.as_ref().and_then(|session| session.account);
        let account = asked.or(self.actor.account()).or(chosen);
        self.permit(action, account.unwrap_or(AccountId(0))).map(|_| account)
    }

    /// Returns the account that something is about, of what `action` lets see: a member's own; the operator has to say
    /// which.
    ///
    /// # Errors
    /// As [`Self::sees`]; [`Refusal::Invalid`] when the operator does not say.
    pub fn account(&self, action: Action, asked: Option<AccountId>) -> Result<AccountId, Refusal> {
        self.sees(action, asked)?
            .ok_or_else(|| Refusal::field("account_id", "the operator works in all accounts: say which"))
    }

    /// Checks that the caller may do `action` in its own account. The operator has none.
    ///
    /// # Errors
    /// See [`permit`].
    pub fn permit_own(&self, action: Action) -> Result<Permit, Refusal> {
        self.permit(action, self.actor.account().unwrap_or(AccountId(0)))
    }

    /// Checks the same of something sensitive, for which whoever is signed in has to have proved not long ago who it is.
    ///
    /// # Errors
    /// See [`permit`]; [`ApiError::Prove`].
    pub fn permit_proved(&self, action: Action, now: Timestamp) -> Result<Permit, ApiError> {
        let permit = self.permit_own(action)?;
        self.is_proved(now)?;
        Ok(permit)
    }

    /// Checks that the caller may do `action` in its own account; the operator in any.
    ///
    /// # Errors
    /// See [`permit`].
    pub fn permit_anywhere(&self, action: Action) -> Result<(), Refusal> {
        self.permit(action, self.actor.account().unwrap_or(AccountId(0))).map(|_| ())
    }

    /// Returns the session, for what only somebody who is signed in does.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] for keys.
    pub fn signed_in(&self) -> Result<&Session, Refusal> {
        self.permit_anywhere(Action::ManageSignIn)?;
        self.session.as_ref().ok_or_else(|| Refusal::Forbidden("no key can do this: sign in".to_owned()))
    }

    /// Returns the key, where it is one.
    pub fn key(&self) -> Option<&str> {
        self.id.strip_prefix("key ")
    }

    /// Checks that whoever is signed in proved not long ago who it is. A key is a proof each time.
    ///
    /// # Errors
    /// [`ApiError::Prove`]
    pub fn is_proved(&self, now: Timestamp) -> Result<(), ApiError> {
        match &self.session {
            Some(session) if !is_fresh(session.authenticated_at, now) => {
                Err(ApiError::Prove(Proof::Authentication))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Finds out anew who sent a request that is not over yet. That it goes on is no use of a session.
    ///
    /// # Errors
    /// As when the request came.
    pub async fn again(parts: &Parts, app: &App) -> Result<Self, ApiError> {
        authenticate(parts, app).await?.let_in(app).await
    }

    /// Keeps organization users out, and tells them whom to ask.
    async fn let_in(self, app: &App) -> Result<Self, ApiError> {
        let member = self.actor.as_member().filter(|_| is_blocked(&self.actor));
        let Some(member) = member else { return Ok(self) };
        let blocked = app.store.blocked(member.account, member.user).await?;
        Err(blocked.map_or(ApiError::Unauthenticated, |blocked| ApiError::Blocked(Box::new(blocked))))
    }
}

/// Returns the address of whoever sent a request; none where that is not known.
pub fn client_address(extensions: &Extensions) -> Option<IpAddr> {
    let noted = extensions.get::<ClientAddress>().map(|ClientAddress(client)| *client);
    noted.or_else(|| extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip()))
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let caller = authenticate(parts, app).await?;
        note_use(&caller, app).await;
        caller.let_in(app).await
    }
}

async fn authenticate(parts: &Parts, app: &App) -> Result<Caller, ApiError> {
    if let Some(token) = bearer(parts) {
        return by_panel(app, token).await;
    }
    if let Some(header) = parts.headers.get(AUTHORIZATION) {
        let (key, secret) = header.to_str().ok().and_then(basic).ok_or(ApiError::Unauthenticated)?;
        return by_key(app, &key, &secret).await;
    }
    by_session(app, parts).await
}

/// Returns the token of a panel that a request carries.
pub fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, token) = parts.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn by_panel(app: &App, token: &str) -> Result<Caller, ApiError> {
    let panel = app.store.panel(Digest::of(token.as_bytes()), app.clock.now()).await?;
    let panel = panel.ok_or(ApiError::Unauthenticated)?;
    Ok(Caller { actor: panel.actor, id: format!("panel {}", panel.id), session: None, is_noted: true })
}

async fn by_key(app: &App, key: &str, secret: &str) -> Result<Caller, ApiError> {
    let now = app.clock.now();
    if !is_plausible(secret) {
        return Err(ApiError::Unauthenticated);
    }
    let used = app.store.key_actor(key, Digest::of(secret.as_bytes()), now).await?;
    let used = used.ok_or(ApiError::Unauthenticated)?;
    let is_noted = used.last_used_at.is_some_and(|last| now - last < NOTED_EVERY);
    Ok(Caller { actor: used.actor, id: format!("key {key}"), session: None, is_noted })
}

/// Returns the session of a request, whether or not its person is kept out of the account.
///
/// # Errors
/// [`ApiError::Unauthenticated`] where there is none; [`ApiError::CrossSite`] where another site sent it.
pub async fn session(app: &App, parts: &Parts) -> Result<Session, ApiError> {
    let now = app.clock.now();
    let token = session_token(&parts.headers, app.is_secure()).ok_or(ApiError::Unauthenticated)?;
    let session = app.store.session(Digest::of(token.as_bytes()), now).await?;
    let session = session.ok_or(ApiError::Unauthenticated)?;
    check_same_site(&parts.method, &parts.headers, &app.base_url)?;
    Ok(session)
}

async fn by_session(app: &App, parts: &Parts) -> Result<Caller, ApiError> {
    let session = session(app, parts).await?;
    let is_noted = app.clock.now() - session.seen_at < NOTED_EVERY;
    let id = match &session.actor.principal {
        Principal::Operator { .. } => format!("operator {}", session.user),
        Principal::Member(member) => format!("user {} of {}", member.user, member.account),
    };
    Ok(Caller { actor: session.actor.clone(), id, session: Some(session), is_noted })
}

/// Notes that a session or a key was used, now and then. Where that cannot be, nobody is kept out because of it.
async fn note_use(caller: &Caller, app: &App) {
    if caller.is_noted {
        return;
    }
    let now = app.clock.now();
    let noted = match (&caller.session, caller.key()) {
        (Some(session), _) => app.store.touch_session(session.id, now).await,
        (None, Some(key)) => app.store.touch_key(key, now).await,
        (None, None) => Ok(()),
    };
    if let Err(error) = noted {
        tracing::warn!(%error, "cannot note that a session or a key was used");
    }
}

/// Reads `Basic` credentials.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let decoded = STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let text = String::from_utf8(decoded).ok()?;
    text.split_once(':').map(|(key, secret)| (key.to_owned(), secret.to_owned()))
}

/// Refuses a change that another site made a browser send. Browsers say so in `Sec-Fetch-Site`; older ones in `Origin`.
///
/// # Errors
/// [`ApiError::CrossSite`]
pub fn check_same_site(method: &Method, headers: &HeaderMap, base_url: &str) -> Result<(), ApiError> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site_fits = text("sec-fetch-site").is_none_or(|site| matches!(site, "same-origin" | "none"));
    let origin_fits = text(ORIGIN.as_str()).is_none_or(|origin| {
        let host = text(HOST.as_str()).unwrap_or("?");
        let own = origin.split_once("://").is_some_and(|(_, origin_host)| origin_host == host);
        own || origin == base_url
    });
    if method.is_safe() || (site_fits && origin_fits) { Ok(()) } else { Err(ApiError::CrossSite) }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn check(headers: &[(&'static str, &'static str)], accepted: bool) {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let result = check_same_site(&Method::POST, &headers, "https://beckon.example");
        assert_eq!(result.is_ok(), accepted, "{headers:?}");
    }

    #[test]
    fn changes_come_from_our_own_pages() {
        check(&[], true);
        check(&[("sec-fetch-site", "same-origin")], true);
        check(&[("sec-fetch-site", "none")], true);
        check(&[("sec-fetch-site", "same-site")], false);
        check(&[("sec-fetch-site", "cross-site")], false);
        check(&[("origin", "https://beckon.example"), ("host", "10.0.0.1:8080")], true);
        check(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")], true);
        check(&[("origin", "https://evil.example"), ("host", "beckon.example")], false);
        check(&[("origin", "null"), ("host", "beckon.example")], false);
        check(&[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")], false);
    }

    #[test]
    fn basic_credentials_are_split_at_the_first_colon() {
        assert_eq!(basic("Basic a2V5OnNlOmNyZXQ="), Some(("key".to_owned(), "se:cret".to_owned())));
        assert_eq!(basic("Bearer a2V5OnNlOmNyZXQ="), None);
        assert_eq!(basic("Basic ???"), None);
    }
}
