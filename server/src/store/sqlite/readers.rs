//! Connections that only read, each used by one reader at a time.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::OpenFlags;
use tokio::sync::Semaphore;

use super::{BUSY, Result, StoreError};
use crate::store::sql::Connection;

/// How many read at once.
const READERS: usize = 4;

pub(super) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let idle = Mutex::new(vec![connect(path)?]);
        Ok(Self { path: path.to_owned(), idle, turns: Arc::new(Semaphore::new(READERS)) })
    }

    /// Reads on a thread for blocking work, in one snapshot.
    pub(super) async fn run<T, F>(self: Arc<Self>, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = turn.map_err(|_| StoreError::Unavailable("the readers are closed".to_owned()))?;
        let reading = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let connection = self.take()?;
            let begun = connection.execute("BEGIN", ());
            let result = begun.map_err(StoreError::from).and_then(|()| read(&connection));
            let ended = connection.execute("ROLLBACK", ());
            // One that is not at rest again is opened anew.
            if ended.is_err() {
                return result;
            }
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            result
        });
        reading.await.map_err(|error| StoreError::Unavailable(format!("a reader ended: {error}")))?
    }

    fn take(&self) -> Result<Connection> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        idle.map_or_else(|| connect(&self.path), Ok)
    }
}

fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(Connection::Sqlite(connection))
}
