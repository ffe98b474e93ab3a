//! The operations of [`Providers`].

use async_trait::async_trait;
use beckon_core::id::{AccountId, ProviderId, UserId};
use beckon_core::permission::Permit;
use beckon_core::provider::Claims;
use beckon_core::time::Timestamp;

use crate::store::tables::idempotency::once;
use crate::store::tables::providers::{self, admit, flows};
use crate::store::tables::reach::Reach;
use crate::store::tables::{Database, Result};
use crate::store::{
    Digest, Flow, Idempotency, NewFlow, NewSession, Offered, Provider, Providers, Session, Step,
};

#[async_trait]
impl Providers for Database {
    async fn providers(&self, account: Option<AccountId>) -> Result<Vec<Provider>> {
        let reach = account.map_or(Reach::People(AccountId(0)), Reach::Account);
        self.read(reach, move |connection| providers::list(connection, account)).await
    }

    async fn provider(&self, id: ProviderId) -> Result<Option<Provider>> {
        self.read(Reach::Installation, move |connection| providers::find(connection, id)).await
    }

    async fn offered_providers(&self, domain: &str) -> Result<Vec<Offered>> {
        let domain = domain.to_owned();
        self.read(Reach::Installation, move |connection| providers::offered(connection, &domain)).await
    }

    async fn next_provider(&self) -> Result<ProviderId> {
        self.write(Reach::Installation, providers::next_id).await
    }

    async fn add_provider(
        &self,
        permit: Option<Permit>,
        provider: Provider,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<ProviderId> {
        let reach = Reach::of_admin(permit.as_ref());
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| {
                providers::add(tx, permit.as_ref(), &provider, now).map(|()| provider.id)
            })
        })
        .await
    }

    async fn change_provider(
        &self,
        permit: Option<Permit>,
        provider: Provider,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<()> {
        let reach = Reach::of_admin(permit.as_ref());
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| providers::change(tx, permit.as_ref(), &provider, now))
        })
        .await
    }

    async fn remove_provider(
        &self,
        permit: Option<Permit>,
        provider: Provider,
        now: Timestamp,
    ) -> Result<()> {
        let reach = Reach::of_admin(permit.as_ref());
        self.write(reach, move |tx| providers::remove(tx, permit.as_ref(), &provider, now)).await
    }

    async fn begin_flow(&self, flow: NewFlow, now: Timestamp) -> Result<()> {
        self.write(Reach::Installation, move |tx| flows::begin(tx, &flow, now)).await
    }

    async fn take_flow(&self, state: Digest, browser: Digest, now: Timestamp) -> Result<Step<Flow>> {
        self.write(Reach::Installation, move |tx| flows::take(tx, state, browser, now)).await
    }

    async fn admit(
        &self,
        provider: ProviderId,
        claims: Claims,
        session: NewSession,
        now: Timestamp,
    ) -> Result<Step<Session>> {
        self.write(Reach::Installation, move |tx| admit::admit(tx, provider, &claims, &session, now)).await
    }

    async fn linked_user(&self, provider: ProviderId, subject: &str) -> Result<Option<UserId>> {
        let subject = subject.to_owned();
        self.read(Reach::Installation, move |connection| match providers::find(connection, provider)? {
            Some(provider) => admit::linked(connection, &provider, &subject),
            None => Ok(None),
        })
        .await
    }
}
