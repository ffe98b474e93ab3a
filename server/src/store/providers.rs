//! The operations on sign-in providers: how they are set up, the sign-ins that are under way, and who gets in.

use async_trait::async_trait;
use beckon_core::api::provider::Problem;
use beckon_core::id::{AccountId, ProviderId, SessionId, UserId};
use beckon_core::permission::Permit;
use beckon_core::provider::{Claims, Settings};
use beckon_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Digest, Idempotency, NewSession, Result, Session};

/// A provider as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// Which one.
    pub id: ProviderId,
    /// Whose; none for the whole installation.
    pub account: Option<AccountId>,
    /// Who gets in, and as what.
    pub settings: Settings,
    /// Whether it is offered.
    pub enabled: bool,
    /// The secret, sealed, where there is one.
    #[serde(skip)]
    pub sealed: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider")
            .field("id", &self.id)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}

/// A provider that somebody can choose, and the name of the account whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offered {
    /// Which one.
    pub id: ProviderId,
    /// Its name.
    pub name: String,
    /// Whose; none for the whole installation.
    pub account: Option<String>,
}

/// A sign-in that leaves for a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFlow {
    /// What the provider gives back.
    pub state: Digest,
    /// What the browser keeps: nobody else can bring the answer.
    pub browser: Digest,
    /// Which provider.
    pub provider: ProviderId,
    /// Whose session is proved again, where that is what it is for.
    pub session: Option<SessionId>,
    /// What is needed when it comes back, sealed.
    pub sealed: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A sign-in that has come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Which provider.
    pub provider: ProviderId,
    /// See [`NewFlow::session`].
    pub session: Option<SessionId>,
    /// See [`NewFlow::sealed`].
    pub sealed: String,
}

/// What came of a step of a sign-in: it goes on, or the person is told why not.
pub type Step<T> = std::result::Result<T, Problem>;

/// Sign-in providers. A part of [`Store`](super::Store).
#[async_trait]
pub trait Providers: Send + Sync + 'static {
    /// Lists the providers of an account, or of the whole installation.
    async fn providers(&self, account: Option<AccountId>) -> Result<Vec<Provider>>;
    /// Returns a provider.
    async fn provider(&self, id: ProviderId) -> Result<Option<Provider>>;
    /// Returns what is offered to addresses of a domain.
    async fn offered_providers(&self, domain: &str) -> Result<Vec<Offered>>;
    /// Returns the number that the next provider gets, so that its secret can be sealed for it.
    async fn next_provider(&self) -> Result<ProviderId>;
    /// Keeps a new provider. Whoever permits it is an admin of its account; nobody for the whole installation. Returns the number
    /// of the one that the same request made.
    async fn add_provider(
        &self,
        permit: Option<Permit>,
        provider: Provider,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<ProviderId>;
    /// Keeps a changed provider. What began by it ends when it is switched off.
    async fn change_provider(
        &self,
        permit: Option<Permit>,
        provider: Provider,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<()>;
    /// Forgets a provider with its secret and whom it is tied to. What began by it ends.
    async fn remove_provider(&self, permit: Option<Permit>, provider: Provider, now: Timestamp)
    -> Result<()>;

    /// Keeps a sign-in that leaves for a provider.
    async fn begin_flow(&self, flow: NewFlow, now: Timestamp) -> Result<()>;
    /// Uses up a sign-in that comes back.
    async fn take_flow(&self, state: Digest, browser: Digest, now: Timestamp) -> Result<Step<Flow>>;
    /// Lets somebody in whom a provider vouches for, as core decides, and begins the session.
    async fn admit(
        &self,
        provider: ProviderId,
        claims: Claims,
        session: NewSession,
        now: Timestamp,
    ) -> Result<Step<Session>>;
    /// Returns who signed in by a provider as a subject before.
    async fn linked_user(&self, provider: ProviderId, subject: &str) -> Result<Option<UserId>>;
}
