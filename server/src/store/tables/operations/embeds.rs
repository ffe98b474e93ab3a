//! The operations of [`Embeds`].

use async_trait::async_trait;
use beckon_core::api::embed::{EmbedPatch, EmbedRequest, UserName};
use beckon_core::id::AccountId;
use beckon_core::permission::Permit;
use beckon_core::time::Timestamp;

use crate::store::tables::embeds;
use crate::store::tables::idempotency::once;
use crate::store::tables::reach::Reach;
use crate::store::tables::{Database, Result};
use crate::store::{Digest, Embed, Embeds, Exchange, Idempotency, Launch, Panel};

#[async_trait]
impl Embeds for Database {
    async fn embeds(&self, account: AccountId) -> Result<Vec<Embed>> {
        let reach = Reach::Account(account);
        self.read(reach, move |connection| embeds::list(connection, account)).await
    }

    async fn embed(&self, public_id: &str) -> Result<Option<Embed>> {
        let public_id = public_id.to_owned();
        self.read(Reach::Installation, move |connection| embeds::find(connection, &public_id)).await
    }

    async fn add_embed(
        &self,
        permit: Permit,
        public_id: String,
        request: EmbedRequest,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Embed> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| embeds::add(tx, &permit, &public_id, &request, now))
        })
        .await
    }

    async fn change_embed(
        &self,
        permit: Permit,
        public_id: &str,
        patch: EmbedPatch,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Embed> {
        let reach = Reach::of(&permit);
        let public_id = public_id.to_owned();
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| embeds::change(tx, &permit, &public_id, &patch, now))
        })
        .await
    }

    async fn remove_embed(
        &self,
        permit: Permit,
        public_id: &str,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<()> {
        let reach = Reach::of(&permit);
        let public_id = public_id.to_owned();
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| embeds::remove(tx, &permit, &public_id, now))
        })
        .await
    }

    async fn launch(&self, permit: Permit, launch: Launch, now: Timestamp) -> Result<Timestamp> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| embeds::launch(tx, &permit, &launch, now)).await
    }

    async fn exchange(&self, exchange: Exchange, now: Timestamp) -> Result<Option<Panel>> {
        self.write(Reach::Installation, move |tx| embeds::exchange(tx, &exchange, now)).await
    }

    async fn panel(&self, token: Digest, now: Timestamp) -> Result<Option<Panel>> {
        self.read(Reach::Installation, move |connection| embeds::panel(connection, token, now)).await
    }

    async fn end_panel(&self, token: Digest) -> Result<()> {
        self.write(Reach::Installation, move |tx| embeds::end(tx, token)).await
    }

    async fn end_panels(
        &self,
        permit: Permit,
        public_id: &str,
        user: UserName,
        now: Timestamp,
    ) -> Result<u64> {
        let reach = Reach::of(&permit);
        let public_id = public_id.to_owned();
        self.write(reach, move |tx| embeds::end_of(tx, &permit, &public_id, &user, now)).await
    }
}
