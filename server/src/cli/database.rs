//! Which database a command works on.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::store::postgres::{CONNECTIONS, Options};
use crate::store::{Database, sqlite};

/// The options for a database on a server.
#[derive(Debug, Default, Args)]
pub(super) struct DatabaseArgs {
    /// A PostgreSQL database instead of the embedded one, such as `postgres://beckon@db.internal/beckon?sslmode=require`
    #[arg(long, env = "BECKON_DATABASE", hide_env_values = true, global = true)]
    database: Option<String>,
    /// How many connections to PostgreSQL this process may have [default: 16]
    #[arg(long, env = "BECKON_DATABASE_CONNECTIONS", global = true)]
    database_connections: Option<usize>,
    /// A file with the certificates of who vouches for the PostgreSQL server [default: those that browsers trust]
    #[arg(long, env = "BECKON_DATABASE_CA", global = true)]
    database_ca: Option<PathBuf>,
}

/// The same options in a file.
#[derive(Debug, Default)]
pub(super) struct DatabaseFile {
    pub(super) database: Option<String>,
    pub(super) database_connections: Option<usize>,
    pub(super) database_ca: Option<PathBuf>,
}

impl DatabaseArgs {
    /// The options of a database on a server; none for the embedded one.
    pub(super) fn options(self, file: DatabaseFile) -> Option<Options> {
        Some(Options {
            url: self.database.or(file.database)?,
            connections: self.database_connections.or(file.database_connections).unwrap_or(CONNECTIONS),
            ca: self.database_ca.or(file.database_ca),
        })
    }
}

/// Opens the database, and makes it where it is not there yet.
///
/// # Errors
/// What is wrong with it, and what to do.
pub(super) async fn open(options: Option<&Options>, data: &Path) -> anyhow::Result<Database> {
    Ok(match options {
        Some(options) => Database::postgres(options).await?,
        None => Database::embedded(data)?,
    })
}

/// Where the data is. The commands beside `serve` work on it whether or not the server runs.
#[derive(Debug, Args)]
pub(super) struct DataArgs {
    /// The folder of the embedded database, and of the key with which secrets are kept
    #[arg(long, env = "BECKON_DATA", default_value = "./data", global = true)]
    pub(super) data: PathBuf,
    #[command(flatten)]
    database: DatabaseArgs,
}

impl DataArgs {
    /// Opens a database that is there.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub(super) async fn open(&mut self) -> anyhow::Result<Database> {
        let options = std::mem::take(&mut self.database).options(DatabaseFile::default());
        anyhow::ensure!(
            options.is_some() || self.data.join(sqlite::FILE).exists(),
            "expected a database in {0}, found none: start `beckon serve --data {0}` first",
            self.data.display(),
        );
        open(options.as_ref(), &self.data).await
    }
}
