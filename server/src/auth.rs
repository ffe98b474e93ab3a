//! Who is asking: a session cookie, or HTTP Basic with a key. Two ways in, one [`Caller`] out.

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beckon_core::actor::{Actor, Principal};
use beckon_core::error::Refusal;
use beckon_core::id::AccountId;
use beckon_core::permission::{Action, Permit, is_blocked, permit};

use crate::app::App;
use crate::error::ApiError;
use crate::store::Digest;

/// Whoever sent a request, and is not kept out.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who it is.
    pub actor: Actor,
    /// What tells callers apart: the key or the user, as text.
    pub id: String,
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
        let account = asked.or(self.actor.account());
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

    /// Checks that the caller may do `action` in its own account; the operator in any.
    ///
    /// # Errors
    /// See [`permit`].
    pub fn permit_anywhere(&self, action: Action) -> Result<(), Refusal> {
        self.permit(action, self.actor.account().unwrap_or(AccountId(0))).map(|_| ())
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let (actor, id) = authenticate(parts, app).await?;
        if let Some(member) = actor.as_member()
            && is_blocked(&actor)
        {
            let blocked = app.store.blocked(member.account, member.user).await?;
            return Err(
                blocked.map_or(ApiError::Unauthenticated, |blocked| ApiError::Blocked(Box::new(blocked)))
            );
        }
        Ok(Self { actor, id })
    }
}

async fn authenticate(parts: &Parts, app: &App) -> Result<(Actor, String), ApiError> {
    if let Some(header) = parts.headers.get(AUTHORIZATION) {
        let (key, secret) = header.to_str().ok().and_then(basic).ok_or(ApiError::Unauthenticated)?;
        let actor = app.store.key_actor(&key, Digest::of(secret.as_bytes())).await?;
        return actor.map(|actor| (actor, format!("key {key}"))).ok_or(ApiError::Unauthenticated);
    }
    let token = session_token(&parts.headers, app.is_secure()).ok_or(ApiError::Unauthenticated)?;
    let actor = app.store.session_actor(Digest::of(token.as_bytes()), app.clock.now()).await?;
    let actor = actor.ok_or(ApiError::Unauthenticated)?;
    if !parts.method.is_safe() {
        check_same_site(&parts.method, &parts.headers, &app.base_url)?;
    }
    let id = match &actor.principal {
        Principal::Operator { name } => format!("operator {name}"),
        Principal::Member(member) => format!("user {} of {}", member.user, member.account),
    };
    Ok((actor, id))
}

/// Reads `Basic` credentials.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    let decoded = STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let text = String::from_utf8(decoded).ok()?;
    text.split_once(':').map(|(key, secret)| (key.to_owned(), secret.to_owned()))
}

/// The name of the session's cookie. Behind TLS browsers hold it to this very host.
pub fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-beckon_session" } else { "beckon_session" }
}

/// Finds the session's token among the cookies.
pub fn session_token(headers: &HeaderMap, secure: bool) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == cookie_name(secure))
        .map(|(_, value)| value.to_owned())
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
