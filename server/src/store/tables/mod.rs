//! The operations on the tables, in SQL that both databases understand. Each is one transaction or one snapshot; which
//! database it runs on is [`Database`](super::Database)'s business.

use beckon_core::escalation::{Event, Happening};
use beckon_core::permission::Permit;
use beckon_core::time::Timestamp;

use super::{Database, Result, StoreError};

mod access;
pub(super) mod chain;
pub(super) mod columns;
mod counts;
mod coverage;
mod deeds;
mod embeds;
mod escalations;
mod figures;
mod idempotency;
mod identities;
mod integrations;
mod keep;
pub(super) mod log;
mod members;
mod notices;
mod observe;
mod operations;
mod outbox;
pub(super) mod people;
mod providers;
pub(super) mod reach;
mod remedies;
mod retention;
mod rules;
pub(super) mod seals;
mod tick;
pub(super) mod tx;
mod webhooks;

/// Logs that a setting was changed; `what` is the second half of a sentence that begins with who.
fn configure(tx: &tx::Tx<'_>, permit: &Permit, what: &str, now: Timestamp) -> Result<()> {
    let event = Event {
        escalation: None,
        at: now,
        by: permit.by().clone(),
        what: Happening::Configured { what: what.to_owned() },
    };
    keep::heads(tx, permit.account(), &[event])?;
    Ok(())
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Broken(error.to_string())
    }
}
