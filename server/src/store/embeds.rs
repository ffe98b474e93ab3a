//! The operations on embeds: how they are set up, and the panels that are open.

use async_trait::async_trait;
use beckon_core::actor::{Actor, Member};
use beckon_core::api::Named;
use beckon_core::api::embed::{EmbedPatch, EmbedRequest, UserName};
use beckon_core::embed::Settings;
use beckon_core::id::{AccountId, UserId};
use beckon_core::permission::Permit;
use beckon_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Digest, Idempotency, Result};

/// An embed as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Embed {
    /// Whose.
    pub account: AccountId,
    /// What names it in addresses.
    pub public_id: String,
    /// How it is set up.
    pub settings: Settings,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a panel of it was last launched.
    pub last_launched_at: Option<Timestamp>,
}

/// A panel that is about to be launched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// Which embed.
    pub public_id: String,
    /// For whom.
    pub user: UserName,
    /// The origin of the page that shows it.
    pub origin: String,
    /// Who launches it.
    pub launcher: UserId,
    /// By which key, where it is by one.
    pub key: Option<String>,
    /// The code, as a digest.
    pub code: Digest,
}

/// A code that is about to be traded for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Which embed.
    pub public_id: String,
    /// The code.
    pub code: Digest,
    /// The origin of the page that gave it to the panel.
    pub origin: String,
    /// What the panel keeps, as a digest.
    pub token: Digest,
}

/// A panel that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    /// Which one.
    pub id: i64,
    /// How its embed is set up.
    pub settings: Settings,
    /// The account.
    pub account: Named<AccountId>,
    /// For whom it is.
    pub member: Member,
    /// The same, as far as the panel allows it.
    pub actor: Actor,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Embeds and their panels. A part of [`Store`](super::Store).
#[async_trait]
pub trait Embeds: Send + Sync + 'static {
    /// Lists the embeds of an account, the newest first.
    async fn embeds(&self, account: AccountId) -> Result<Vec<Embed>>;
    /// Finds an embed.
    async fn embed(&self, public_id: &str) -> Result<Option<Embed>>;
    /// Makes an embed as somebody wants it: core says whether it may be.
    async fn add_embed(
        &self,
        permit: Permit,
        public_id: String,
        request: EmbedRequest,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Embed>;
    /// Changes an embed of the account.
    async fn change_embed(
        &self,
        permit: Permit,
        public_id: &str,
        patch: EmbedPatch,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Embed>;
    /// Deletes an embed of the account, and ends its panels.
    async fn remove_embed(
        &self,
        permit: Permit,
        public_id: &str,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<()>;
    /// Keeps a launch code; returns until when it works.
    async fn launch(&self, permit: Permit, launch: Launch, now: Timestamp) -> Result<Timestamp>;
    /// Trades a launch code for a token; none where it is unknown, used, over, or of another embed or origin. One that is brought
    /// a second time ends the panel that it opened.
    async fn exchange(&self, exchange: Exchange, now: Timestamp) -> Result<Option<Panel>>;
    /// Returns the panel of a token, whose rights have not ended.
    async fn panel(&self, token: Digest, now: Timestamp) -> Result<Option<Panel>>;
    /// Ends a panel.
    async fn end_panel(&self, token: Digest) -> Result<()>;
    /// Ends the panels of a person in one embed, and returns how many.
    async fn end_panels(
        &self,
        permit: Permit,
        public_id: &str,
        user: UserName,
        now: Timestamp,
    ) -> Result<u64>;
}
