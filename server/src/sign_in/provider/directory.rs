//! What providers say of themselves, kept for a while: where their doors are, and by which keys they sign.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{Request, Response};
use beckon_core::time::{Timestamp, minutes};
use chrono::TimeDelta;
use openidconnect::core::{CoreClientAuthMethod, CoreProviderMetadata};
use openidconnect::{DiscoveryError, IssuerUrl};

use crate::app::App;
use crate::deliver::outlets::Outlets;
use crate::outbound::Unreachable;

/// How long it is kept. Keys that are new are fetched when something is signed by them.
const KEPT: TimeDelta = minutes(10);

/// How many are kept; beyond that the oldest makes room.
const MOST: usize = 1_000;

/// What a provider says of itself.
#[derive(Clone, Debug)]
pub struct Discovered {
    /// All of it, with the keys.
    pub metadata: CoreProviderMetadata,
    at: Timestamp,
}

impl Discovered {
    /// Returns how many keys the provider has.
    pub fn keys(&self) -> usize {
        self.metadata.jwks().keys().len()
    }

    /// Tells whether the provider wants its secret in the body, and not as most do.
    pub(super) fn takes_secret_in_body_alone(&self) -> bool {
        let methods = self.metadata.token_endpoint_auth_methods_supported();
        methods.is_some_and(|methods| {
            methods.contains(&CoreClientAuthMethod::ClientSecretPost)
                && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
        })
    }
}

/// What providers say of themselves, by their issuers.
#[derive(Debug, Default)]
pub struct Directory(Mutex<HashMap<String, Arc<Discovered>>>);

impl Directory {
    /// Returns what a provider says of itself, fetched not long ago.
    ///
    /// # Errors
    /// What is wrong with it, for whoever set it up.
    pub async fn look_up(&self, app: &App, issuer: &str) -> Result<Arc<Discovered>, String> {
        let now = app.clock.machine();
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(issuer).cloned();
        match known.filter(|known| now - known.at < KEPT) {
            Some(known) => Ok(known),
            None => self.fetch(app, issuer).await,
        }
    }

    /// Fetches what a provider says of itself.
    ///
    /// # Errors
    /// As [`Self::look_up`].
    pub async fn fetch(&self, app: &App, issuer: &str) -> Result<Arc<Discovered>, String> {
        let url = IssuerUrl::new(issuer.to_owned()).map_err(|_| "the issuer is no URL".to_owned())?;
        let http = http(Arc::clone(&app.outlets));
        let metadata =
            CoreProviderMetadata::discover_async(url, &http).await.map_err(|error| said(&error))?;
        let found = Arc::new(Discovered { metadata, at: app.clock.machine() });
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST
            && let Some(oldest) = kept.iter().min_by_key(|(_, one)| one.at).map(|(issuer, _)| issuer.clone())
        {
            kept.remove(&oldest);
        }
        kept.insert(issuer.to_owned(), Arc::clone(&found));
        Ok(found)
    }
}

/// Makes what the library sends its requests by.
pub(super) fn http(outlets: Arc<dyn Outlets>) -> impl Fn(Request<Vec<u8>>) -> Sending {
    move |request| {
        let outlets = Arc::clone(&outlets);
        Box::pin(async move { outlets.fetch(request).await })
    }
}

/// A request under way.
pub(super) type Sending =
    std::pin::Pin<Box<dyn Future<Output = Result<Response<Vec<u8>>, Unreachable>> + Send>>;

/// Says in our words what is wrong.
fn said(error: &DiscoveryError<Unreachable>) -> String {
    match error {
        DiscoveryError::Request(why) => format!("the provider cannot be reached: {why}"),
        DiscoveryError::Response(status, ..) => format!(
            "expected the provider's description of itself at /.well-known/openid-configuration, found status {}",
            status.as_u16()
        ),
        DiscoveryError::Parse(error) => {
            format!("the provider's description of itself is not complete: look at {}", error.path())
        }
        // Which issuer was expected, and which one was found.
        DiscoveryError::Validation(text) => text.clone(),
        _ => "the provider's description of itself cannot be read".to_owned(),
    }
}
