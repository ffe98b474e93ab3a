//! The database that is served: the embedded one, or one of a PostgreSQL server.

use std::path::Path;
use std::time::Instant;

use beckon_core::id::AccountId;
use tokio::sync::broadcast;
use tracing::Instrument as _;

use super::postgres::{self, Moving, Postgres};
use super::signals::{Signals, Watch};
use super::sql::Connection;
use super::sqlite::Sqlite;
use super::tables::reach::Reach;
use super::tables::seals;
use super::tables::tx::Tx;
use super::{Result, Signal};
use crate::metrics::DatabaseTimes;
use crate::seal::{Sealer, purpose};

/// The database that is served. Copies are the same one.
#[derive(Clone)]
pub struct Database {
    engine: Engine,
    signals: Signals,
    times: DatabaseTimes,
}

#[derive(Clone)]
enum Engine {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl Database {
    /// Opens the embedded database in `folder`, and makes or migrates it first where needed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`](super::StoreError::Unavailable) when the file cannot be opened or was written by a
    /// newer Beckon.
    pub fn embedded(folder: &Path) -> Result<Self> {
        let signals = Signals::new();
        let engine = Engine::Sqlite(Sqlite::open(folder, signals.clone())?);
        Ok(Self { engine, signals, times: DatabaseTimes::default() })
    }

    /// Connects to a PostgreSQL database, and makes or migrates its tables first where needed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`](super::StoreError::Unavailable) when it does not answer, does not let this be done, or was
    /// written by a newer Beckon.
    pub async fn postgres(options: &postgres::Options) -> Result<Self> {
        Self::connect(options, Moving::Refused).await
    }

    /// Connects to one that a move fills.
    pub(super) async fn filled(options: &postgres::Options) -> Result<Self> {
        Self::connect(options, Moving::Goes).await
    }

    async fn connect(options: &postgres::Options, moving: Moving) -> Result<Self> {
        let signals = Signals::new();
        let engine = Engine::Postgres(Postgres::connect(options, moving, signals.clone()).await?);
        Ok(Self { engine, signals, times: DatabaseTimes::default() })
    }

    /// Tells whether one process alone can serve this database.
    pub const fn is_embedded(&self) -> bool {
        matches!(self.engine, Engine::Sqlite(_))
    }

    /// How long operations take, for whoever measures.
    pub fn times(&self) -> DatabaseTimes {
        self.times.clone()
    }

    /// Makes sure that `sealer` opens what was sealed for this database, so that no server with a key of its own seals secrets which
    /// the others cannot open.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`](super::StoreError::Unavailable) when it does not, which says what to do.
    pub async fn check_key(&self, sealer: &Sealer) -> Result<()> {
        let wrong = |error: crate::seal::SealError| {
            super::StoreError::Unavailable(format!(
                "its secrets were sealed with another key ({error}): start this server with the key of the others, as \
                 --secret-key, or with their data folder's secret.key"
            ))
        };
        if let Some(kept) = self.read(Reach::Installation, seals::sample).await? {
            return sealer.open(purpose::SAMPLE, &kept).map(drop).map_err(wrong);
        }
        let sample = sealer.seal(purpose::SAMPLE, "beckon").map_err(wrong)?;
        self.write(Reach::Installation, move |tx| seals::keep_sample(tx, &sample)).await?;
        // Another server may have been first.
        match self.read(Reach::Installation, seals::sample).await? {
            Some(kept) => sealer.open(purpose::SAMPLE, &kept).map(drop).map_err(wrong),
            None => Ok(()),
        }
    }

    /// Seals everything that is sealed anew with the first key of `sealer`, all or nothing, and returns how much that was.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`](super::StoreError::Unavailable) that names what none of the keys opens.
    pub async fn reseal(&self, sealer: Sealer) -> Result<u64> {
        self.write(Reach::Installation, move |tx| seals::reseal(tx, &sealer)).await
    }

    /// Reads, in one snapshot.
    pub(super) async fn read<T, F>(&self, reach: Reach, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T> + Send + 'static,
    {
        let (began, span) = (Instant::now(), tracing::info_span!("read"));
        let ended = match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(read).instrument(span).await,
            Engine::Postgres(postgres) => postgres.read(reach, read).instrument(span).await,
        };
        self.times.took("read", began, &ended);
        ended
    }

    /// Runs `operation` in a transaction, and returns what it returned once that is committed. It runs again where others
    /// got in its way.
    pub(super) async fn write<T, F>(&self, reach: Reach, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (began, span) = (Instant::now(), tracing::info_span!("write"));
        let ended = match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.write(operation).instrument(span).await,
            Engine::Postgres(postgres) => postgres.write(reach, operation).instrument(span).await,
        };
        self.times.took("write", began, &ended);
        ended
    }

    /// Listens to an account.
    pub(super) async fn watched(&self, account: AccountId) -> Result<Watch> {
        let changes = self.signals.of_account(account);
        Ok(match &self.engine {
            Engine::Sqlite(_) => Watch::new(changes, None),
            Engine::Postgres(postgres) => Watch::new(changes, Some(Box::new(postgres.watch(account).await?))),
        })
    }

    /// Returns signals as they come, of all accounts.
    pub(super) fn subscribe(&self) -> broadcast::Receiver<Signal> {
        self.signals.of_all()
    }
}
