//! The operations on who is told, where, and what became of it.

use async_trait::async_trait;
use beckon_core::api::delivery::{DeliveryBody, DeliveryDetailBody};
use beckon_core::api::notification::HealthBody;
use beckon_core::id::{AccountId, DeliveryId, IntegrationId, UserId, WebhookId};
use beckon_core::integration::Mapped;
use beckon_core::notice::{NoticeSettings, NoticeSettingsChange};
use beckon_core::permission::Permit;
use beckon_core::time::Timestamp;

use super::{
    Attempt, Claim, Cursor, DeliveryQuery, Errand, Idempotency, Integration, PageOf, Result, Room, Webhook,
};

/// The settings, the integrations, the webhooks and the outbox. A part of [`Store`](super::Store).
#[async_trait]
pub trait Notices: Send + Sync + 'static {
    /// Returns how an account wants to be told.
    async fn notice_settings(&self, account: AccountId) -> Result<NoticeSettings>;
    /// Changes how an account wants to be told.
    async fn change_notice_settings(
        &self,
        permit: Permit,
        change: NoticeSettingsChange,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<NoticeSettings>;
    /// Queues a test message for `user`, or for whoever gets the mails.
    async fn queue_test_mails(
        &self,
        permit: Permit,
        user: Option<UserId>,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Vec<DeliveryBody>>;
    /// Returns the integration of an account.
    async fn integration_of(&self, account: AccountId) -> Result<Option<Integration>>;
    /// Returns an integration.
    async fn integration(&self, within: Option<AccountId>, id: IntegrationId) -> Result<Option<Integration>>;
    /// Takes the number of the next integration, so that its secrets can be sealed for it.
    async fn next_integration(&self) -> Result<IntegrationId>;
    /// Keeps a new integration.
    async fn connect(
        &self,
        permit: Permit,
        integration: Integration,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Integration>;
    /// Keeps a changed integration; `what` says for the log what was changed.
    async fn change_integration(
        &self,
        permit: Permit,
        integration: Integration,
        what: String,
        now: Timestamp,
    ) -> Result<Integration>;
    /// Forgets an integration.
    async fn disconnect(&self, permit: Permit, id: IntegrationId, now: Timestamp) -> Result<()>;
    /// Lists which organizations are which companies.
    async fn companies(&self, integration: Integration) -> Result<Vec<Mapped>>;
    /// Keeps which organizations are which companies; with a `what`, says in the log what was changed.
    async fn map_companies(
        &self,
        permit: Permit,
        integration: IntegrationId,
        mapped: Vec<Mapped>,
        what: Option<String>,
        now: Timestamp,
    ) -> Result<()>;
    /// Lists the endpoints of an account; the operator's where it is none.
    async fn webhooks(&self, account: Option<AccountId>) -> Result<Vec<Webhook>>;
    /// Returns an endpoint.
    async fn webhook(&self, within: Option<AccountId>, id: WebhookId) -> Result<Option<Webhook>>;
    /// Takes the number of the next endpoint, so that its secret can be sealed for it.
    async fn next_webhook(&self) -> Result<WebhookId>;
    /// Keeps a new endpoint; without a permit, the operator's own. Returns its number: that of an earlier one where the same
    /// request made it.
    async fn add_webhook(
        &self,
        permit: Option<Permit>,
        webhook: Webhook,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<WebhookId>;
    /// Keeps a changed endpoint; `what` says for the log what was done to it. Tells whether that is new: not where the same
    /// request did it before.
    async fn change_webhook(
        &self,
        permit: Option<Permit>,
        webhook: Webhook,
        what: &'static str,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<bool>;
    /// Forgets an endpoint.
    async fn remove_webhook(&self, permit: Option<Permit>, webhook: Webhook, now: Timestamp) -> Result<()>;
    /// Queues a test for an endpoint.
    async fn queue_test_webhook(
        &self,
        webhook: Webhook,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<DeliveryBody>;
    /// Returns how a destination does.
    async fn health(&self, destination: String, now: Timestamp) -> Result<HealthBody>;
    /// Lists deliveries, newest first.
    async fn deliveries(&self, query: DeliveryQuery, page: Cursor) -> Result<PageOf<DeliveryBody>>;
    /// Returns a delivery with its attempts.
    async fn delivery(&self, within: Option<AccountId>, id: DeliveryId)
    -> Result<Option<DeliveryDetailBody>>;
    /// Sends a delivery again; the operator's own where the account is none.
    async fn resend(
        &self,
        account: Option<AccountId>,
        id: DeliveryId,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<DeliveryBody>;
    /// Claims what is due and has room. `machine_now` is the clock that nobody turns, by which
    /// leases run.
    async fn claim(&self, room: Room, now: Timestamp, machine_now: Timestamp) -> Result<Vec<Claim>>;
    /// Lets claims hold on; those of others meanwhile stay theirs.
    async fn renew(&self, claims: Vec<Claim>, machine_now: Timestamp) -> Result<()>;
    /// Gives up claims of anything but tickets: what became of them is not known.
    async fn release(&self, claims: Vec<Claim>, now: Timestamp) -> Result<()>;
    /// Gives up the claims of a server that died, or of all where none is named: for the one of an embedded database, when it starts.
    async fn abandon_claims(&self, node: Option<i64>, now: Timestamp) -> Result<()>;
    /// Loads what it takes to carry out a claim; none where another worker holds it by now.
    async fn errand(&self, claim: Claim) -> Result<Option<Errand>>;
    /// Notes that a ticket is about to be made, within [`outbox::TO_BEGIN`](super::outbox::TO_BEGIN) of `machine_now`. Where the
    /// answer is no, another worker holds the claim: make none.
    async fn begin_ticket(&self, claim: Claim, machine_now: Timestamp) -> Result<bool>;
    /// Ends a delivery that cannot be read, as undelivered for the reason `why`.
    async fn set_aside(&self, claim: Claim, why: String, now: Timestamp) -> Result<()>;
    /// Keeps how an attempt ended. Where the answer is no, another worker holds the claim, and nothing was kept.
    async fn finish(&self, claim: Claim, attempt: Attempt, now: Timestamp) -> Result<bool>;
}
