//! The embedded database: SQLite, one thread that writes and groups commits, several connections that read.
//!
//! Only the writer checkpoints (older SQLite could corrupt a WAL database when two did), and a SQLite that still has
//! that fault is refused.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::signals::Signals;
use super::sql::Connection;
use super::tables::tx::Tx;
use super::{Result, StoreError};

mod migrate;
mod readers;
mod writer;

pub(in crate::store) use migrate::migrate;
pub use migrate::schema;
use readers::Readers;
use writer::Writer;

/// The first SQLite in which two connections that checkpoint at once cannot corrupt a WAL database.
const OLDEST_SAFE: i32 = 3_051_003;

/// How long a connection waits for another one's lock.
const BUSY: Duration = Duration::from_secs(10);

/// The name of the database's file in the data folder.
pub const FILE: &str = "beckon.db";

/// The embedded database.
#[derive(Clone)]
pub(super) struct Sqlite {
    writer: Writer,
    readers: Arc<Readers>,
}

impl Sqlite {
    /// Opens the database in `folder`, and makes or migrates it first where needed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file cannot be opened or was written by a newer Beckon.
    pub(super) fn open(folder: &Path, signals: Signals) -> Result<Self> {
        if rusqlite::version_number() < OLDEST_SAFE {
            let found = engine();
            return Err(StoreError::Unavailable(format!("expected SQLite 3.51.3 or newer, found {found}")));
        }
        let path = folder.join(FILE);
        let mut writing = rusqlite::Connection::open(&path)?;
        writing.pragma_update(None, "journal_mode", "WAL")?;
        writing.pragma_update(None, "synchronous", "FULL")?;
        writing.busy_timeout(BUSY)?;
        writing.set_prepared_statement_cache_capacity(256);
        migrate(&mut writing)?;
        Ok(Self { writer: Writer::start(writing, signals)?, readers: Arc::new(Readers::open(&path)?) })
    }

    pub(super) async fn read<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        Arc::clone(&self.readers).run(read).await
    }

    pub(super) async fn write<T, F>(&self, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        self.writer.run(operation).await
    }
}

/// Returns the version of the engine.
pub fn engine() -> &'static str {
    rusqlite::version()
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}
