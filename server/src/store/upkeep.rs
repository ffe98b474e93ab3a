//! The operations of whoever runs a server, and of nobody who uses it.

use async_trait::async_trait;
use beckon_core::id::AccountId;
use beckon_core::notice::Channel;
use beckon_core::retention::Retention;
use beckon_core::severity::Severity;
use beckon_core::time::Timestamp;

use super::Result;

/// What is open and what waits to be told, in all accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many escalations are open and how many of them overdue, by severity.
    pub open: Vec<(Severity, u64, u64)>,
    /// How many deliveries are to go out, and since when the oldest of them waits, by channel.
    pub waiting: Vec<(Channel, u64, Timestamp)>,
}

/// What it takes to run a server. A part of [`Store`](super::Store).
#[async_trait]
pub trait Upkeep: Send + Sync + 'static {
    /// Counts what is open and what waits to be told, in all accounts.
    async fn figures(&self, now: Timestamp) -> Result<Figures>;
    /// Returns for how long an account keeps what it does not need any more; none where there is no such account.
    async fn retention(&self, account: AccountId) -> Result<Option<Retention>>;
    /// Sets that. False where there is no such account.
    async fn set_retention(&self, account: AccountId, retention: Retention) -> Result<bool>;
    /// Removes a part of what accounts keep no longer; tells whether there was anything, so that more may be.
    async fn purge(&self, now: Timestamp) -> Result<bool>;
    /// Writes a row, to see whether that works.
    async fn check(&self, now: Timestamp) -> Result<()>;

    /// Returns the time that all go by who work on this database: its server's, or the machine's.
    async fn time(&self) -> Result<Timestamp>;

    /// Returns by how many seconds the demo's clock is ahead.
    async fn clock_offset(&self) -> Result<i64>;
    /// Turns the demo's clock.
    async fn set_clock_offset(&self, seconds: i64) -> Result<()>;
    /// Tells whether nothing was ever kept.
    async fn is_empty(&self) -> Result<bool>;
}
