//! Signing in by a provider of OpenID Connect: the code flow with PKCE. What travels and what is verified is here; who gets in
//! is core's to decide.

use beckon_core::error::Refusal;
use beckon_core::time::Timestamp;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AuthType, Client, ClientId, ClientSecret, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IdTokenFields, RedirectUrl, StandardErrorResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::{Host, Url};

use crate::app::App;
use crate::error::ApiError;
use crate::seal::purpose;
use crate::store::Provider;

mod directory;
mod exchange;
mod leave;

pub use directory::{Directory, Discovered};
pub use exchange::{Verified, exchange};
pub use leave::{Leaving, leave};

/// What a provider says beside what every provider says: among it, what roles are made of.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Extra(serde_json::Map<String, Value>);

impl AdditionalClaims for Extra {}

type Fields = IdTokenFields<
    Extra,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// A client of a provider, as the library has it.
type OidcClient = Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What is needed when a sign-in comes back. Sealed until then.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// What the token has to repeat.
    nonce: String,
    /// What shows that whoever brings the code is who asked for it.
    verifier: String,
    /// Where the person wants to be.
    pub return_to: String,
    /// When the person left, by the machine's clock.
    pub left_at: Timestamp,
}

/// Returns the address to come back to, the same for all providers.
pub fn redirect_uri(app: &App) -> String {
    format!("{}/sign-in/provider/callback", app.base_url)
}

/// Checks that an issuer may be reached: by `https`, or by `http` on this machine where private destinations are allowed.
///
/// # Errors
/// What was expected and what was found.
pub fn check_issuer(issuer: &str, check_url: impl Fn(&str) -> Result<String, String>) -> Result<(), Refusal> {
    let refuse = |why: &str| Refusal::field("settings.issuer", why);
    if issuer.trim() != issuer {
        return Err(refuse("expected a URL without spaces around it, found some"));
    }
    let url = check_url(issuer).map_err(|why| refuse(&why))?;
    let url = Url::parse(&url).map_err(|_| refuse("expected a URL that begins with https://"))?;
    if url.query().is_some() || issuer.contains('#') {
        return Err(refuse("expected a URL without ? and #, found some"));
    }
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if url.scheme() == "https" || here {
        return Ok(());
    }
    Err(refuse(
        "expected a URL that begins with https://: whoever listens on the way could sign in as anybody",
    ))
}

/// Makes the client of a provider, whose secret is opened for it.
fn client(app: &App, provider: &Provider, discovered: &Discovered) -> Result<OidcClient, ApiError> {
    let secret = provider.sealed.as_deref();
    let secret =
        secret.map(|sealed| app.outlets.open(&purpose::sign_in_provider(provider.id), sealed)).transpose()?;
    let back = RedirectUrl::new(redirect_uri(app)).map_err(|_| {
        Refusal::Unsuitable(
            "the base URL of this installation is none: see --base-url".to_owned(),
            Vec::new(),
        )
    })?;
    let client = Client::from_provider_metadata(
        discovered.metadata.clone(),
        ClientId::new(provider.settings.client_id.clone()),
        secret.map(ClientSecret::new),
    );
    let by_body = discovered.takes_secret_in_body_alone();
    let auth = if by_body { AuthType::RequestBody } else { AuthType::BasicAuth };
    Ok(client.set_auth_type(auth).set_redirect_uri(back))
}

#[cfg(test)]
mod tests;
