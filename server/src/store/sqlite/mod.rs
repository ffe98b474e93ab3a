//! The embedded database: SQLite, one thread that writes and groups commits, several connections that read.
//!
//! Only the writer checkpoints (older SQLite could corrupt a WAL database when two did), and a SQLite that still has
//! that fault is refused.

use std::path::Path;
use std::sync::Arc;

use beckon_core::escalation::{Event, Happening};
use beckon_core::permission::Permit;
use rusqlite::Connection;
use tokio::sync::broadcast;

use super::{Result, Signal, StoreError};

mod access;
mod columns;
mod coverage;
mod deeds;
mod embeds;
mod escalations;
mod idempotency;
mod identities;
mod integrations;
mod keep;
mod log;
mod members;
mod migrate;
mod notices;
mod observe;
mod operations;
mod outbox;
mod people;
mod providers;
mod readers;
mod remedies;
mod rules;
mod seals;
mod tick;
mod webhooks;
mod writer;

pub use migrate::schema;
use readers::Readers;
use writer::Writer;

/// The first SQLite in which two connections that checkpoint at once cannot corrupt a WAL database.
const OLDEST_SAFE: i32 = 3_051_003;

/// How many signals wait for a slow listener before it has to fetch everything again.
const SIGNALS_KEPT: usize = 4_096;

/// The name of the database's file in the data folder.
pub const FILE: &str = "beckon.db";

/// The embedded database.
#[derive(Clone)]
pub struct Sqlite {
    writer: Writer,
    readers: Arc<Readers>,
    signals: broadcast::Sender<Signal>,
}

impl Sqlite {
    /// Opens the database in `folder`, and makes or migrates it first where needed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file cannot be opened or was written by a newer Beckon.
    pub fn open(folder: &Path) -> Result<Self> {
        if rusqlite::version_number() < OLDEST_SAFE {
            let found = engine();
            return Err(StoreError::Unavailable(format!("expected SQLite 3.51.3 or newer, found {found}")));
        }
        let path = folder.join(FILE);
        let mut writing = Connection::open(&path)?;
        writing.pragma_update(None, "journal_mode", "WAL")?;
        writing.pragma_update(None, "synchronous", "FULL")?;
        writing.busy_timeout(std::time::Duration::from_secs(10))?;
        writing.set_prepared_statement_cache_capacity(256);
        migrate::migrate(&mut writing)?;
        let (signals, _) = broadcast::channel(SIGNALS_KEPT);
        Ok(Self {
            writer: Writer::start(writing, signals.clone())?,
            readers: Arc::new(Readers::open(&path)?),
            signals,
        })
    }
}

impl Sqlite {
    /// Seals everything that is sealed anew with the first key of `sealer`, all or nothing, and returns how much that was.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] that names what none of the keys opens.
    pub async fn reseal(&self, sealer: crate::seal::Sealer) -> Result<u64> {
        self.writer.run(move |tx| seals::reseal(tx, &sealer)).await
    }
}

/// Returns the version of the engine.
pub fn engine() -> &'static str {
    rusqlite::version()
}

/// Logs that a setting was changed; `what` is the second half of a sentence that begins with who.
fn configure(
    tx: &writer::Tx<'_>,
    permit: &Permit,
    what: &str,
    now: beckon_core::time::Timestamp,
) -> Result<()> {
    let event = Event {
        escalation: None,
        at: now,
        by: permit.by().clone(),
        what: Happening::Configured { what: what.to_owned() },
    };
    keep::heads(tx, permit.account(), &[event])?;
    Ok(())
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unavailable(format!("a stored row cannot be read: {error}"))
    }
}
