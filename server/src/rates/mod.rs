//! How often one client may ask, so that nobody takes the server from the others. Whoever shows a credential that works is counted by
//! it, and not by an address that others have too; everybody else by address.
//!
//! Each request is counted in memory, at once. Where several servers share a database they tell each other once a second whom
//! they count: see [`shared`].

use std::collections::HashSet;
use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, HeaderMap};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::app::App;
use crate::auth::client_address;
use crate::error::ApiError;
use crate::sign_in::cookies::session_token;
use crate::sign_in::throttle::network;
use crate::store::Digest;

pub mod shared;

use shared::{Client, Shared};

/// How many requests a client may save up, in seconds of its rate.
const SAVED_UP: u32 = 25;

/// After how many requests those who have not asked for a while are forgotten.
const TIDY: u64 = 4_096;

/// How many credentials that work are remembered. Beyond that all are forgotten, and learned again.
const MOST: usize = 50_000;

/// Says whether one more request of somebody is too many.
trait Limit<K>: Send + Sync {
    /// Counts a request.
    ///
    /// # Errors
    /// How long until there is room for another one.
    fn count(&self, who: &K) -> Result<(), Duration>;
    /// Forgets who has not asked for a while.
    fn tidy(&self);
}

impl<K: Hash + Eq + Clone + Send + Sync, C: Clock + Send + Sync> Limit<K>
    for RateLimiter<K, DefaultKeyedStateStore<K>, C, NoOpMiddleware<C::Instant>>
{
    fn count(&self, who: &K) -> Result<(), Duration> {
        self.check_key(who).map_err(|not_yet| not_yet.wait_time_from(self.clock().now()))
    }

    fn tidy(&self) {
        self.retain_recent();
    }
}

/// The rates. Without any, nobody is limited.
#[derive(Default)]
pub struct Rates {
    credentials: Option<Box<dyn Limit<[u8; 32]>>>,
    addresses: Option<Box<dyn Limit<IpAddr>>>,
    /// Credentials that worked.
    good: Mutex<HashSet<[u8; 32]>>,
    counted: AtomicU64,
    /// What other servers are to hear; none where there are none.
    shared: Option<Shared>,
}

impl Rates {
    /// Limits each client to `per_second` requests in the long run.
    pub fn new(per_second: NonZeroU32) -> Self {
        Self::by_clock(per_second, MonotonicClock)
    }

    /// Does the same by another clock.
    pub fn by_clock<C>(per_second: NonZeroU32, clock: C) -> Self
    where
        C: Clock + Clone + Send + Sync + 'static,
        C::Instant: Send + Sync,
    {
        let saved_up = per_second.saturating_mul(NonZeroU32::new(SAVED_UP).unwrap_or(NonZeroU32::MIN));
        let quota = Quota::per_second(per_second).allow_burst(saved_up);
        let credentials = RateLimiter::new(quota, DefaultKeyedStateStore::default(), clock.clone());
        let addresses = RateLimiter::new(quota, DefaultKeyedStateStore::default(), clock);
        Self {
            credentials: Some(Box::new(credentials)),
            addresses: Some(Box::new(addresses)),
            good: Mutex::default(),
            counted: AtomicU64::new(0),
            shared: None,
        }
    }

    /// Counts together with the other servers of the same database, as far as [`shared::run`] runs.
    #[must_use]
    pub fn together(self) -> Self {
        Self { shared: self.credentials.is_some().then(Shared::default), ..self }
    }

    fn note(&self, client: Client) {
        if let Some(shared) = &self.shared {
            shared.note(client);
        }
    }

    fn count(&self, credential: Option<[u8; 32]>, address: Option<IpAddr>) -> Result<(), Duration> {
        if self.counted.fetch_add(1, Ordering::Relaxed) % TIDY == TIDY - 1 {
            self.credentials.iter().for_each(|limit| limit.tidy());
            self.addresses.iter().for_each(|limit| limit.tidy());
        }
        if let (Some(limit), Some(credential)) = (&self.credentials, &credential) {
            limit.count(credential)?;
            self.note(Client::Credential(*credential));
            if self.good.lock().unwrap_or_else(PoisonError::into_inner).contains(credential) {
                return Ok(());
            }
        }
        match (&self.addresses, address) {
            (Some(limit), Some(address)) => {
                let network = network(address);
                limit.count(&network)?;
                self.note(Client::Network(network));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn learn(&self, credential: [u8; 32]) {
        if self.credentials.is_none() {
            return;
        }
        let mut good = self.good.lock().unwrap_or_else(PoisonError::into_inner);
        if good.len() >= MOST {
            good.clear();
        }
        good.insert(credential);
    }
}

impl std::fmt::Debug for Rates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rates").field("limited", &self.credentials.is_some()).finish_non_exhaustive()
    }
}

/// Lets a request through, unless there were too many.
pub async fn limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let credential = credential(request.headers(), app.is_secure());
    let address = client_address(request.extensions());
    if let Err(wait) = app.rates.count(credential, address) {
        return ApiError::TooOften(wait.as_secs() + 1).into_response();
    }
    let response = next.run(request).await;
    if let Some(credential) = credential.filter(|_| response.status() != StatusCode::UNAUTHORIZED) {
        app.rates.learn(credential);
    }
    response
}

/// Returns what a client shows of who it is, as a digest.
fn credential(headers: &HeaderMap, secure: bool) -> Option<[u8; 32]> {
    let shown = headers.get(AUTHORIZATION).map(|value| Digest::of(value.as_bytes()));
    let kept = || session_token(headers, secure).map(|token| Digest::of(token.as_bytes()));
    shown.or_else(kept).map(|digest| digest.0)
}
