//! A database for one test: the embedded one in a folder of its own, or, where `BECKON_TEST_POSTGRES` names a server whose user
//! may make databases, one of its own there. `cargo xtask test` runs these tests once with either.

#![allow(dead_code, reason = "each test target uses what it needs of it")]

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use beckon_server::store::sqlite::FILE;
use beckon_server::store::{Database, postgres};
use tempfile::TempDir;
use tokio_postgres::NoTls;

/// The variable that names a PostgreSQL server, as `postgres://…/postgres`.
pub(crate) const SERVER: &str = "BECKON_TEST_POSTGRES";

/// How many this process made.
static MADE: AtomicU32 = AtomicU32::new(0);

/// Where a database is, until this value goes.
pub(crate) struct Home {
    folder: TempDir,
    server: Option<Server>,
}

/// A database on a server.
struct Server {
    admin: String,
    name: String,
    url: String,
}

impl Home {
    /// Makes room for a database.
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let Ok(admin) = std::env::var(SERVER) else { return Self { folder, server: None } };
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("beckon_test_{}_{number}", std::process::id());
        run(&admin, &format!("CREATE DATABASE {name}")).await;
        let (address, _) = admin.rsplit_once('/').expect("an address with a database");
        let url = format!("{address}/{name}");
        Self { folder, server: Some(Server { admin, name, url }) }
    }

    /// Opens the database, once more where that was done before, as another process would.
    pub(crate) async fn open(&self) -> Database {
        match &self.server {
            None => Database::embedded(self.folder.path()).expect("an empty folder, or a database"),
            Some(server) => {
                let options = postgres::Options { connections: 4, ..postgres::Options::new(&server.url) };
                Database::postgres(&options).await.expect("an empty database, or one of Beckon's")
            }
        }
    }

    /// The folder of the embedded database; on a server it stays empty.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The address of the database, where it is on a server.
    pub(crate) fn url(&self) -> Option<&str> {
        self.server.as_ref().map(|server| server.url.as_str())
    }

    /// Connects behind Beckon's back, where the database is on a server.
    pub(crate) async fn client(&self) -> Option<tokio_postgres::Client> {
        Some(connect(self.url()?).await)
    }

    /// Runs statements behind Beckon's back.
    pub(crate) async fn run(&self, sql: &str) {
        match &self.server {
            None => {
                let direct = rusqlite::Connection::open(self.folder.path().join(FILE)).expect("the database");
                direct.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            }
            Some(server) => run(&server.url, sql).await,
        }
    }

    /// Reads numbers behind Beckon's back.
    pub(crate) async fn numbers(&self, sql: &str) -> Vec<i64> {
        match &self.server {
            None => {
                let direct = rusqlite::Connection::open(self.folder.path().join(FILE)).expect("the database");
                let mut statement = direct.prepare(sql).expect("a query");
                let rows = statement.query_map([], |row| row.get(0)).expect("rows");
                rows.collect::<Result<_, _>>().expect("numbers")
            }
            Some(server) => {
                let client = connect(&server.url).await;
                client.query(sql, &[]).await.expect("rows").iter().map(|row| row.get(0)).collect()
            }
        }
    }

    /// Tells whether `secret` stands anywhere in what is kept.
    pub(crate) async fn holds(&self, secret: &str) -> bool {
        let holds = |bytes: &[u8]| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        let files = std::fs::read_dir(self.folder.path()).expect("the folder");
        let in_files = files.into_iter().any(|file| {
            let bytes = std::fs::read(file.expect("a file").path()).expect("it reads");
            holds(&bytes)
        });
        let Some(server) = &self.server else { return in_files };
        let client = connect(&server.url).await;
        let tables = client
            .query("SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace", &[])
            .await
            .expect("tables");
        assert!(tables.len() > 30, "the tables are looked through");
        let mut in_rows = false;
        for table in tables {
            let sql = format!("SELECT row_to_json(t)::text FROM {} t", table.get::<_, String>(0));
            let rows = client.query(&sql, &[]).await.expect("rows");
            in_rows |= rows.iter().any(|row| row.get::<_, String>(0).contains(secret));
        }
        in_files || in_rows
    }
}

async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("PostgreSQL answers");
    tokio::spawn(connection);
    client
}

async fn run(url: &str, sql: &str) {
    connect(url).await.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
}

impl Drop for Server {
    /// Nobody looks at it any more. What cannot be dropped goes with the server.
    fn drop(&mut self) {
        let (admin, name) = (self.admin.clone(), self.name.clone());
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let (client, connection) =
                    tokio_postgres::connect(&admin, NoTls).await.map_err(std::io::Error::other)?;
                tokio::spawn(connection);
                let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                client.batch_execute(&sql).await.map_err(std::io::Error::other)
            })
        });
        drop(dropping.join());
    }
}
