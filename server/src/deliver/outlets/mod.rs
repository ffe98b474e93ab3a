//! The ways out: the mail server, the PSAs, the internet. A trait, so that tests own every one of them.

mod real;

pub use real::RealOutlets;

use std::sync::Arc;

use async_trait::async_trait;
use axum::http::{Request, Response};
use beckon_core::id::{IntegrationId, WebhookId};
use beckon_core::integration::Settings;
use beckon_core::time::Timestamp;

use super::outcome::Failed;
use crate::mail::Mail;
use crate::outbound::Unreachable;
use crate::psa::Psa;
use crate::seal::SealError;
use crate::store::{Integration, Webhook};

/// The ways out.
#[async_trait]
pub trait Outlets: Send + Sync + 'static {
    /// Sends a mail, and returns what the server said.
    async fn mail(&self, mail: Mail) -> Result<String, Failed>;

    /// Returns the client of an integration. It is kept, so that its limits and its tokens outlive one attempt.
    async fn psa(&self, integration: &Integration) -> Result<Arc<dyn Psa>, Failed>;

    /// Sends a signed request with `id` and `body`, and returns what was answered.
    async fn webhook(
        &self,
        webhook: &Webhook,
        id: &str,
        body: &str,
        now: Timestamp,
    ) -> Result<String, Failed>;

    /// Checks an address that somebody entered for a webhook, and returns it as it is kept.
    fn check_url(&self, url: &str) -> Result<String, String>;

    /// Makes a secret for an endpoint: as it is said once, and sealed; the one before stays beside it.
    fn new_webhook_secret(
        &self,
        id: WebhookId,
        before: Option<&Webhook>,
    ) -> Result<(String, String), SealError>;

    /// Makes a request to a sign-in provider, and returns what was answered.
    async fn fetch(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Unreachable>;

    /// Seals a secret for a purpose.
    fn seal(&self, purpose: &str, secret: &str) -> Result<String, SealError>;

    /// Opens what was sealed for a purpose.
    fn open(&self, purpose: &str, sealed: &str) -> Result<String, SealError>;

    /// Seals the secrets of an integration.
    fn seal_integration(&self, id: IntegrationId, secrets: &Settings) -> Result<String, SealError>;

    /// Opens the secrets of an integration.
    fn open_integration(&self, integration: &Integration) -> Result<Settings, SealError>;

    /// Returns how mails leave: `smtp`, or `files`.
    fn mail_transport(&self) -> &'static str;

    /// Returns how many mails may leave in a second.
    fn mails_per_second(&self) -> u32;
}
