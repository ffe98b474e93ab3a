//! A PostgreSQL server: any number of Beckon's processes over one database, none of which leads.
//!
//! Every transaction says how far it reaches. Row-level security hides what lies beyond, whatever a statement says, and
//! binds the role that runs them, which owns nothing. Transactions that write about the same account take turns by a lock on
//! its number, so each decides about what it has read.

use std::sync::Arc;
use std::time::Duration;

use beckon_core::id::AccountId;
use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_postgres::Config;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::signals::Signals;
use super::sql::Connection;
use super::tables::log;
use super::tables::reach::Reach;
use super::tables::tx::Tx;
use super::{Result, Signal, StoreError};

mod examine;
mod many;
mod migrate;
pub mod moving;
pub(super) mod session;
mod snapshot;
mod tls;
mod watch;

pub use examine::{examine, time};
pub(super) use migrate::Moving;
use session::{Session, Setback, Spares, said};
pub(super) use snapshot::snapshot;
use watch::{Watch, Watched};

/// The role that the statements run as.
const ROLE: &str = "beckon_app";

/// How many connections one process has, unless somebody says otherwise.
pub const CONNECTIONS: usize = 16;

/// How long a connection may take to come into being.
const CONNECT: Duration = Duration::from_secs(5);

/// How long an operation waits for a connection of the pool.
const WAIT: Duration = Duration::from_secs(10);

/// How often an operation is tried that others got in the way of.
const TRIES: u32 = 8;

/// Where the database is, and how to speak to it.
#[derive(Clone, Debug)]
pub struct Options {
    /// `postgres://…`, or `host=… user=…`.
    pub url: String,
    /// The most connections at once.
    pub connections: usize,
    /// A file with the certificates of who vouches for the server; without it, those that browsers trust.
    pub ca: Option<std::path::PathBuf>,
}

impl Options {
    /// The usual ones for an address.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), connections: CONNECTIONS, ca: None }
    }

    /// Reads the address.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] that says what is wrong with it, without its password.
    fn config(&self) -> Result<Config> {
        let mut config: Config = self.url.parse().map_err(|error: tokio_postgres::Error| {
            StoreError::Unavailable(format!(
                "expected the database as postgres://user:password@host/name: {}",
                said(&error)
            ))
        })?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_application_name().is_none() {
            config.application_name("beckon");
        }
        config.keepalives_idle(Duration::from_secs(30));
        config.tcp_user_timeout(Duration::from_secs(20));
        Ok(config)
    }
}

/// A PostgreSQL database. Copies are the same one.
#[derive(Clone)]
pub(super) struct Postgres {
    pool: Pool,
    /// As many as there are connections: whoever has one finds a connection.
    turns: Arc<Semaphore>,
    signals: Signals,
    spares: Arc<Spares>,
    watched: Arc<Watched>,
}

impl Postgres {
    /// Connects, and makes or migrates the tables where needed.
    pub(super) async fn connect(options: &Options, moving: Moving, signals: Signals) -> Result<Self> {
        let config = options.config()?;
        let tls = MakeRustlsConnect::new(tls::config(options.ca.as_deref())?);
        migrate::migrate(&config, &tls, moving).await?;
        let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let connections = options.connections.max(1);
        let pool = Pool::builder(Manager::from_config(config, tls, manager))
            .max_size(connections)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(CONNECT))
            .runtime(Runtime::Tokio1)
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(async move {
                    let sql = format!(
                        "SET ROLE {ROLE}; SET statement_timeout = '15s'; SET idle_in_transaction_session_timeout = '30s'"
                    );
                    client.batch_execute(&sql).await.map_err(HookError::Backend)
                })
            }))
            .build()
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        let watched = Arc::<Watched>::default();
        let (weak, sender) = (Arc::downgrade(&watched), signals.clone());
        let turns = Arc::new(Semaphore::new(connections));
        let postgres = Self { pool, turns, signals, spares: Arc::default(), watched };
        // What looks must not keep alive what it looks for.
        let looking = Self { watched: Arc::default(), ..postgres.clone() };
        tokio::spawn(watch::run(looking, weak, sender));
        Ok(postgres)
    }

    /// Tells this process what others change in an account, as long as what comes back is kept.
    ///
    /// # Errors
    /// [`StoreError`] when the database does not work.
    pub(super) async fn watch(&self, account: AccountId) -> Result<Watch> {
        let seq =
            self.read(Reach::Account(account), move |connection| log::last(connection, account)).await?;
        Ok(self.watched.watch(account, seq))
    }

    pub(super) async fn read<T, F>(&self, reach: Reach, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<T> + Send + 'static,
    {
        let begin = format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {}", fence(reach));
        self.run(begin, move |connection| Ok((read(connection)?, Vec::new()))).await
    }

    pub(super) async fn write<T, F>(&self, reach: Reach, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        let begin = format!("BEGIN; {}", fence(reach));
        self.run(begin, move |connection| {
            let tx = Tx::new(connection);
            match reach {
                Reach::Account(account) | Reach::People(account) => tx.lock_account(account)?,
                Reach::Person(user) => tx.lock_person(user)?,
                Reach::Installation => {}
            }
            let value = operation(&tx)?;
            Ok((value, tx.into_signals()))
        })
        .await
    }

    /// Runs a transaction, again and again where others got in its way, and tells listeners what it changed.
    async fn run<T, F>(&self, begin: String, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&Connection) -> Result<(T, Vec<Signal>)> + Send + 'static,
    {
        let (mut begin, mut work) = (begin, work);
        let mut tries = 1;
        loop {
            let turn = tokio::time::timeout(WAIT, Arc::clone(&self.turns).acquire_owned()).await;
            let Ok(Ok(turn)) = turn else {
                return Err(StoreError::Unavailable(format!(
                    "no connection was free for {} s",
                    WAIT.as_secs()
                )));
            };
            let (pool, spares, runtime) = (self.pool.clone(), Arc::clone(&self.spares), Handle::current());
            let done = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                let outcome = match runtime.block_on(pool.get()) {
                    Ok(client) => transaction(Session::new(client, runtime, spares), &begin, &work),
                    Err(error) => Err(Failed::for_good(StoreError::Unavailable(said(&error)))),
                };
                (begin, work, outcome)
            });
            // What ends in a panic closes its connection, and with it the transaction.
            let ended =
                done.await.map_err(|error| StoreError::Broken(format!("an operation ended: {error}")))?;
            let outcome;
            (begin, work, outcome) = ended;
            match outcome {
                Ok((value, signals)) => {
                    for signal in signals {
                        self.watched.told(&signal);
                        self.signals.send(signal);
                    }
                    return Ok(value);
                }
                Err(Failed { may_retry: true, .. }) if tries < TRIES => tries += 1,
                Err(Failed { error, .. }) => return Err(error),
            }
        }
    }
}

/// Why a transaction did not come about.
struct Failed {
    error: StoreError,
    /// Whether nothing of it was kept for certain, and another try may well succeed.
    may_retry: bool,
}

impl Failed {
    const fn for_good(error: StoreError) -> Self {
        Self { error, may_retry: false }
    }
}

/// Runs one transaction on its connection. Nothing is returned before it is committed.
fn transaction<T>(
    session: Session,
    begin: &str,
    work: &impl Fn(&Connection) -> Result<T>,
) -> std::result::Result<T, Failed> {
    session.begin(begin.to_owned());
    let mut connection = Connection::Postgres(Box::new(session));
    let outcome = work(&connection).and_then(|value| {
        connection.settle()?;
        Ok(value)
    });
    let committing = outcome.is_ok();
    let outcome = match outcome {
        Ok(value) => connection.run("COMMIT").map(|()| value).map_err(StoreError::from),
        Err(error) => {
            // Where this does not work either, the connection is gone, and the transaction with it.
            drop(connection.roll_back());
            Err(error)
        }
    };
    let Connection::Postgres(session) = &mut connection else { return outcome.map_err(Failed::for_good) };
    let setback = session.setback();
    if setback != Some(Setback::Gone) {
        session.end();
    }
    outcome.map_err(|error| Failed {
        error,
        // A commit that nobody heard of may have come about.
        may_retry: setback.is_some() && !(committing && setback == Some(Setback::Gone)),
    })
}

/// Says how far a transaction reaches.
fn fence(reach: Reach) -> String {
    match reach {
        Reach::Account(account) => {
            format!("SET LOCAL beckon.everything = 'off'; SET LOCAL beckon.account = '{}'", account.0)
        }
        Reach::People(_) | Reach::Person(_) | Reach::Installation => {
            "SET LOCAL beckon.everything = 'on'; SET LOCAL beckon.account = '0'".to_owned()
        }
    }
}
