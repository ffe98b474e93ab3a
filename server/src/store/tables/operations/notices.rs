//! The operations of [`Notices`].

use async_trait::async_trait;
use beckon_core::api::delivery::{DeliveryBody, DeliveryDetailBody};
use beckon_core::api::notification::HealthBody;
use beckon_core::id::{AccountId, DeliveryId, IntegrationId, UserId, WebhookId};
use beckon_core::integration::Mapped;
use beckon_core::notice::{NoticeSettings, NoticeSettingsChange};
use beckon_core::permission::Permit;
use beckon_core::time::Timestamp;

use crate::store::tables::idempotency::once;
use crate::store::tables::reach::Reach;
use crate::store::tables::{Database, Result, integrations, notices, outbox, webhooks};
use crate::store::{
    Attempt, Claim, Cursor, DeliveryQuery, Errand, Idempotency, Integration, Notices, PageOf, Room, Webhook,
};

#[async_trait]
impl Notices for Database {
    async fn notice_settings(&self, account: AccountId) -> Result<NoticeSettings> {
        let reach = Reach::Account(account);
        self.read(reach, move |connection| notices::settings(connection, account)).await
    }

    async fn change_notice_settings(
        &self,
        permit: Permit,
        change: NoticeSettingsChange,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<NoticeSettings> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| notices::change_settings(tx, &permit, &change, now))
        })
        .await
    }

    async fn queue_test_mails(
        &self,
        permit: Permit,
        user: Option<UserId>,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Vec<DeliveryBody>> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| notices::test_mails(tx, &permit, user, now))
        })
        .await
    }

    async fn integration_of(&self, account: AccountId) -> Result<Option<Integration>> {
        let reach = Reach::Account(account);
        self.read(reach, move |connection| integrations::of_account(connection, account)).await
    }

    async fn integration(&self, within: Option<AccountId>, id: IntegrationId) -> Result<Option<Integration>> {
        self.read(Reach::asked(within), move |connection| integrations::find(connection, id)).await
    }

    async fn next_integration(&self) -> Result<IntegrationId> {
        self.write(Reach::Installation, integrations::next_id).await
    }

    async fn connect(
        &self,
        permit: Permit,
        integration: Integration,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Integration> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| integrations::connect(tx, &permit, &integration, now))
        })
        .await
    }

    async fn change_integration(
        &self,
        permit: Permit,
        integration: Integration,
        what: String,
        now: Timestamp,
    ) -> Result<Integration> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| integrations::change(tx, &permit, &integration, &what, now)).await
    }

    async fn disconnect(&self, permit: Permit, id: IntegrationId, now: Timestamp) -> Result<()> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| integrations::disconnect(tx, &permit, id, now).map(drop)).await
    }

    async fn companies(&self, integration: Integration) -> Result<Vec<Mapped>> {
        let reach = Reach::Account(integration.account);
        self.read(reach, move |connection| integrations::companies(connection, &integration)).await
    }

    async fn map_companies(
        &self,
        permit: Permit,
        integration: IntegrationId,
        mapped: Vec<Mapped>,
        what: Option<String>,
        now: Timestamp,
    ) -> Result<()> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| {
            integrations::map(tx, &permit, integration, &mapped, what.as_deref(), now)
        })
        .await
    }

    async fn webhooks(&self, account: Option<AccountId>) -> Result<Vec<Webhook>> {
        let reach = account.map_or(Reach::People(AccountId(0)), Reach::Account);
        self.read(reach, move |connection| webhooks::list(connection, account)).await
    }

    async fn webhook(&self, within: Option<AccountId>, id: WebhookId) -> Result<Option<Webhook>> {
        self.read(Reach::asked(within), move |connection| webhooks::find(connection, id)).await
    }

    async fn next_webhook(&self) -> Result<WebhookId> {
        self.write(Reach::Installation, webhooks::next_id).await
    }

    async fn add_webhook(
        &self,
        permit: Option<Permit>,
        webhook: Webhook,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<WebhookId> {
        let reach = Reach::of_admin(permit.as_ref());
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| {
                webhooks::add(tx, permit.as_ref(), &webhook, now).map(|()| webhook.id)
            })
        })
        .await
    }

    async fn change_webhook(
        &self,
        permit: Option<Permit>,
        webhook: Webhook,
        what: &'static str,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<bool> {
        let reach = Reach::of_admin(permit.as_ref());
        self.write(reach, move |tx| {
            let mut is_new = false;
            once(tx, idempotency.as_ref(), now, |tx| {
                is_new = true;
                webhooks::change(tx, permit.as_ref(), &webhook, what, now)
            })?;
            Ok(is_new)
        })
        .await
    }

    async fn remove_webhook(&self, permit: Option<Permit>, webhook: Webhook, now: Timestamp) -> Result<()> {
        let reach = Reach::of_admin(permit.as_ref());
        self.write(reach, move |tx| webhooks::remove(tx, permit.as_ref(), &webhook, now)).await
    }

    async fn queue_test_webhook(
        &self,
        webhook: Webhook,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<DeliveryBody> {
        let reach = Reach::People(webhook.account.unwrap_or(AccountId(0)));
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| webhooks::queue_test(tx, &webhook, now))
        })
        .await
    }

    async fn health(&self, destination: String, now: Timestamp) -> Result<HealthBody> {
        self.read(Reach::Installation, move |connection| outbox::health(connection, &destination, now)).await
    }

    async fn deliveries(&self, query: DeliveryQuery, page: Cursor) -> Result<PageOf<DeliveryBody>> {
        let reach = Reach::asked(query.account);
        self.read(reach, move |connection| outbox::list(connection, query, page)).await
    }

    async fn delivery(
        &self,
        within: Option<AccountId>,
        id: DeliveryId,
    ) -> Result<Option<DeliveryDetailBody>> {
        self.read(Reach::asked(within), move |connection| {
            let Some(delivery) = outbox::find(connection, id)? else { return Ok(None) };
            Ok(Some(DeliveryDetailBody { delivery, attempt_log: outbox::attempts(connection, id)? }))
        })
        .await
    }

    async fn resend(
        &self,
        account: Option<AccountId>,
        id: DeliveryId,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<DeliveryBody> {
        let reach = account.map_or(Reach::People(AccountId(0)), Reach::Account);
        let account = account.unwrap_or(AccountId(0));
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| outbox::resend(tx, account, id, now))
        })
        .await
    }

    async fn claim(&self, room: Room, now: Timestamp, machine_now: Timestamp) -> Result<Vec<Claim>> {
        let reach = Reach::Installation;
        let is_due = room.known.is_some()
            || self.read(reach, move |connection| outbox::is_due(connection, now, machine_now)).await?;
        if !is_due {
            return Ok(Vec::new());
        }
        self.write(reach, move |tx| outbox::claim(tx, &room, now, machine_now)).await
    }

    async fn renew(&self, claims: Vec<Claim>, machine_now: Timestamp) -> Result<()> {
        self.write(Reach::Installation, move |tx| outbox::renew(tx, &claims, machine_now)).await
    }

    async fn release(&self, claims: Vec<Claim>, now: Timestamp) -> Result<()> {
        self.write(Reach::Installation, move |tx| outbox::release(tx, &claims, now)).await
    }

    async fn abandon_claims(&self, node: Option<i64>, now: Timestamp) -> Result<()> {
        self.write(Reach::Installation, move |tx| outbox::abandon(tx, node, now)).await
    }

    async fn errand(&self, claim: Claim) -> Result<Option<Errand>> {
        let reach = Reach::People(claim.account);
        self.read(reach, move |connection| outbox::errand(connection, &claim)).await
    }

    async fn begin_ticket(&self, claim: Claim, machine_now: Timestamp) -> Result<bool> {
        let reach = Reach::Account(claim.account);
        self.write(reach, move |tx| outbox::begin_ticket(tx, &claim, machine_now)).await
    }

    async fn set_aside(&self, claim: Claim, why: String, now: Timestamp) -> Result<()> {
        let reach = Reach::People(claim.account);
        self.write(reach, move |tx| outbox::set_aside(tx, &claim, &why, now)).await
    }

    async fn finish(&self, claim: Claim, attempt: Attempt, now: Timestamp) -> Result<bool> {
        let reach = Reach::People(claim.account);
        self.write(reach, move |tx| outbox::finish(tx, &claim, &attempt, now)).await
    }
}
