//! The way back: the code is traded for a token, which is verified, and says who the person is.

use std::sync::Arc;

use beckon_core::api::provider::Problem;
use beckon_core::provider::{Claims, values_at};
use beckon_core::time::{Timestamp, minutes};
use openidconnect::core::{CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{
    AccessToken, AuthorizationCode, ClaimsVerificationError, EndUserEmail, EndUserName, IdTokenClaims,
    IdTokenVerifier, LocalizedClaim, Nonce, OAuth2TokenResponse as _, PkceCodeVerifier, RequestTokenError,
    SignatureVerificationError, StandardErrorResponse, TokenResponse as _, UserInfoClaims,
};
use serde_json::Value;

use super::directory::http;
use super::{Extra, Kept, OidcClient, client};
use crate::app::App;
use crate::error::ApiError;
use crate::outbound::Unreachable;
use crate::store::{Provider, Step};

/// By how much the clocks of a provider and of this machine may differ.
const SKEW: chrono::TimeDelta = minutes(1);

/// What a token may be signed by: never by a shared secret, and never by nothing.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type Token = super::StandardTokenResponse<super::Fields, openidconnect::core::CoreTokenType>;
type TokenClaims = IdTokenClaims<Extra, CoreGenderClaim>;

/// What a provider says of a person, verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Who it is.
    pub claims: Claims,
    /// When the person last proved that there, where the provider says so.
    pub authenticated_at: Option<Timestamp>,
}

impl Verified {
    /// Tells whether the person proved who it is after leaving for the provider.
    pub fn is_since(&self, left_at: Timestamp) -> bool {
        self.authenticated_at.is_some_and(|at| at >= left_at - SKEW)
    }
}

/// Trades a code, and verifies what comes back.
///
/// # Errors
/// When a secret cannot be opened.
pub async fn exchange(
    app: &App,
    provider: &Provider,
    kept: &Kept,
    code: String,
) -> Result<Step<Verified>, ApiError> {
    let issuer = &provider.settings.issuer;
    let Ok(discovered) = app.directory.look_up(app, issuer).await else {
        return Ok(Err(Problem::ProviderDown));
    };
    let mut oidc = client(app, provider, &discovered)?;
    let token = match trade(app, &oidc, kept, code).await {
        Ok(token) => token,
        Err(problem) => return Ok(Err(problem)),
    };
    let mut verified = verify(app, &oidc, kept, &token);
    if verified.as_ref().is_err_and(by_new_key) {
        let Ok(anew) = app.directory.fetch(app, issuer).await else { return Ok(Err(Problem::ProviderDown)) };
        oidc = client(app, provider, &anew)?;
        verified = verify(app, &oidc, kept, &token);
    }
    let said = match verified {
        Ok(said) => said,
        Err(error) => {
            tracing::warn!(provider = %provider.id, %error, "what a sign-in provider said is not accepted");
            return Ok(Err(problem(&error)));
        }
    };
    Ok(complete(app, provider, &oidc, &token, &said).await)
}

async fn trade(app: &App, oidc: &OidcClient, kept: &Kept, code: String) -> Step<Token> {
    let request = oidc.exchange_code(AuthorizationCode::new(code)).map_err(|_| Problem::ProviderDown)?;
    let request = request.set_pkce_verifier(PkceCodeVerifier::new(kept.verifier.clone()));
    let http = http(Arc::clone(&app.outlets));
    request.request_async(&http).await.map_err(|error| refused(&error))
}

/// Says what it means that a code was not traded.
fn refused(error: &RequestTokenError<Unreachable, StandardErrorResponse<CoreErrorResponseType>>) -> Problem {
    match error {
        RequestTokenError::ServerResponse(said) => {
            tracing::warn!(error = %said.error().as_ref(), "a sign-in provider trades no code");
            match said.error() {
                CoreErrorResponseType::InvalidGrant => Problem::Replayed,
                _ => Problem::RefusedByProvider,
            }
        }
        RequestTokenError::Request(_) | RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            Problem::ProviderDown
        }
    }
}

fn verify(
    app: &App,
    oidc: &OidcClient,
    kept: &Kept,
    token: &Token,
) -> Result<TokenClaims, ClaimsVerificationError> {
    let odd = |what: &str| ClaimsVerificationError::Other(what.to_owned());
    let now = app.clock.machine();
    let verifier: IdTokenVerifier<'_, CoreJsonWebKey> =
        oidc.id_token_verifier().set_allowed_algs(ALGORITHMS).set_time_fn(move || now - SKEW);
    let token = token.id_token().ok_or_else(|| odd("there is no ID token"))?;
    let claims = token.claims(&verifier, &Nonce::new(kept.nonce.clone()))?;
    // The library would call that over.
    if claims.issue_time() > now + SKEW {
        return Err(odd("it was issued in the future"));
    }
    Ok(claims.clone())
}

/// Tells whether a key may be missing that the provider has had for less time than its keys are kept here.
fn by_new_key(error: &ClaimsVerificationError) -> bool {
    matches!(
        error,
        ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_)
        )
    )
}

fn problem(error: &ClaimsVerificationError) -> Problem {
    match error {
        ClaimsVerificationError::Expired(_) => Problem::Expired,
        ClaimsVerificationError::InvalidAudience(_) => Problem::WrongAudience,
        _ => Problem::InvalidToken,
    }
}

/// Puts together what is said of the person. Some providers say little in the token: what is missing is asked for.
async fn complete(
    app: &App,
    provider: &Provider,
    oidc: &OidcClient,
    token: &Token,
    said: &TokenClaims,
) -> Step<Verified> {
    let path = provider.settings.role_claim.as_deref();
    let mut claims = Claims {
        subject: said.subject().to_string(),
        name: said.name().and_then(plain),
        email: said.email().map(|email| email.to_string()),
        email_verified: said.email_verified().unwrap_or(false),
        values: values(path, said.additional_claims()),
    };
    let lacks = claims.email.is_none() || (path.is_some() && claims.values.is_empty());
    if lacks && oidc.user_info_url().is_some() {
        let more = ask(app, oidc, token.access_token().clone(), said).await?;
        add(&mut claims, path, &more);
    }
    Ok(Verified { claims, authenticated_at: said.auth_time() })
}

type More = UserInfoClaims<Extra, CoreGenderClaim>;

/// Asks the provider for more about the very person of the token.
async fn ask(app: &App, oidc: &OidcClient, access: AccessToken, said: &TokenClaims) -> Step<More> {
    let request = oidc.user_info(access, Some(said.subject().clone())).map_err(|_| Problem::ProviderDown)?;
    let http = http(Arc::clone(&app.outlets));
    request.request_async(&http).await.map_err(|error| match error {
        openidconnect::UserInfoError::ClaimsVerification(_) => Problem::InvalidToken,
        _ => Problem::ProviderDown,
    })
}

/// Adds what is missing. Whether an address is verified is said where the address is.
fn add(claims: &mut Claims, path: Option<&str>, more: &More) {
    if claims.email.is_none() {
        claims.email = more.email().map(|email: &EndUserEmail| email.to_string());
        claims.email_verified = more.email_verified().unwrap_or(false);
    }
    if claims.name.is_none() {
        claims.name = more.name().and_then(plain);
    }
    if claims.values.is_empty() {
        claims.values = values(path, more.additional_claims());
    }
}

fn values(path: Option<&str>, extra: &Extra) -> Vec<String> {
    path.map(|path| values_at(&Value::Object(extra.0.clone()), path)).unwrap_or_default()
}

/// Returns a name, in whatever language it comes first.
fn plain(name: &LocalizedClaim<EndUserName>) -> Option<String> {
    name.iter().next().map(|(_, name)| name.to_string())
}
