//! Moving an embedded database to PostgreSQL: table by table, each in one transaction, so that whatever breaks it off can be done
//! again and goes on where it was. Until it has ended, no server starts on the database that is being filled.

use std::collections::HashSet;
use std::path::Path;
use std::pin::pin;

use rusqlite::OpenFlags;
use rusqlite::types::ValueRef;
use tokio_postgres::Client;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::session::said;
use super::{Options, migrate, tls};
use crate::store::sql::Value;
use crate::store::sqlite::FILE;
use crate::store::{Database, Result, Store as _, StoreError};

/// The table that tells which tables were moved. It is there as long as a move is under way.
pub(super) const PROGRESS: &str = "beckon_move";

/// A move that is under way.
pub struct Move {
    source: rusqlite::Connection,
    target: Client,
    options: Options,
    tables: Vec<String>,
    /// Those of them with a fence.
    fenced: HashSet<String>,
}

/// What became of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// So many rows were moved now.
    Now(u64),
    /// It was moved before.
    Before,
}

fn failed(what: &str, error: &dyn std::error::Error) -> StoreError {
    StoreError::Unavailable(format!("{what}: {}", said(error)))
}

impl Move {
    /// Begins a move of the database in `folder`, or goes on with one that was broken off.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when either does not work, or when there is something else in the target already.
    pub async fn begin(folder: &Path, options: &Options) -> Result<Self> {
        // To the newest schema first.
        drop(Database::embedded(folder)?);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let source = rusqlite::Connection::open_with_flags(folder.join(FILE), flags)?;
        let tls = MakeRustlsConnect::new(tls::config(options.ca.as_deref())?);
        let config = options.config()?;
        migrate::migrate(&config, &tls, migrate::Moving::Goes).await?;
        let (target, connection) =
            config.connect(tls).await.map_err(|error| failed("cannot connect to PostgreSQL", &error))?;
        tokio::spawn(connection);
        let wrong = |error: tokio_postgres::Error| failed("the target cannot be prepared", &error);
        target
            .batch_execute(
                "SET client_min_messages = warning; SET beckon.everything = 'on'; SET beckon.account = '0'",
            )
            .await
            .map_err(wrong)?;
        let begun =
            target.query_one("SELECT to_regclass($1) IS NOT NULL", &[&PROGRESS]).await.map_err(wrong)?;
        if !begun.get::<_, bool>(0) {
            let used =
                target.query_one("SELECT EXISTS (SELECT 1 FROM accounts)", &[]).await.map_err(wrong)?;
            if used.get(0) {
                return Err(StoreError::Unavailable(
                    "expected an empty database as the target, found accounts in it: make a new one"
                        .to_owned(),
                ));
            }
            let sql = format!("CREATE TABLE {PROGRESS} (name TEXT PRIMARY KEY, rows BIGINT NOT NULL)");
            target.batch_execute(&sql).await.map_err(wrong)?;
        }
        let sql = "SELECT table_name::text FROM information_schema.tables
                   WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
                     AND table_name NOT IN ('beckon_schema', $1) ORDER BY table_name";
        let tables =
            target.query(sql, &[&PROGRESS]).await.map_err(wrong)?.iter().map(|row| row.get(0)).collect();
        let sql = "SELECT relname::text FROM pg_class
                   WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relrowsecurity";
        let fenced = target.query(sql, &[]).await.map_err(wrong)?.iter().map(|row| row.get(0)).collect();
        Ok(Self { source, target, options: options.clone(), tables, fenced })
    }

    /// The tables, in the order in which they are moved.
    pub fn tables(&self) -> Vec<String> {
        self.tables.clone()
    }

    /// Moves one table, all or nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it cannot be read or written.
    pub async fn table(&self, table: &str) -> Result<Moved> {
        let wrong = |error: tokio_postgres::Error| failed(&format!("{table} cannot be moved"), &error);
        let done = format!("SELECT 1 FROM {PROGRESS} WHERE name = $1");
        if self.target.query_opt(&done, &[&table]).await.map_err(wrong)?.is_some() {
            return Ok(Moved::Before);
        }
        let (names, types) = self.columns(table).await?;
        let columns = names.join(", ");
        self.target.batch_execute("BEGIN").await.map_err(wrong)?;
        let copied = async {
            // What is copied goes past the fence, for as long as this takes.
            let sql = format!("ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; DELETE FROM {table}");
            self.target.batch_execute(&sql).await.map_err(wrong)?;
            let sink = self
                .target
                .copy_in(&format!("COPY {table} ({columns}) FROM STDIN BINARY"))
                .await
                .map_err(wrong)?;
            let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
            let mut statement = self.source.prepare(&format!("SELECT {columns} FROM {table}"))?;
            let mut rows = statement.query([])?;
            let mut count = 0;
            while let Some(row) = rows.next()? {
                let values =
                    (0..names.len()).map(|at| value(table, row.get_ref(at)?)).collect::<Result<Vec<_>>>()?;
                let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
                writer.as_mut().write(&values).await.map_err(wrong)?;
                count += 1_u64;
            }
            let kept = writer.as_mut().finish().await.map_err(wrong)?;
            if kept != count {
                return Err(StoreError::Unavailable(format!(
                    "{table}: {count} rows were sent, {kept} arrived"
                )));
            }
            if self.fenced.contains(table) {
                let sql = format!("ALTER TABLE {table} FORCE ROW LEVEL SECURITY");
                self.target.batch_execute(&sql).await.map_err(wrong)?;
            }
            let sql = format!("INSERT INTO {PROGRESS} VALUES ($1, $2)");
            self.target.execute(&sql, &[&table, &count.cast_signed()]).await.map_err(wrong)?;
            Ok(count)
        }
        .await;
        let end = if copied.is_ok() { "COMMIT" } else { "ROLLBACK" };
        self.target.batch_execute(end).await.map_err(wrong)?;
        copied.map(Moved::Now)
    }

    /// The columns of a table, and what PostgreSQL keeps in each.
    async fn columns(&self, table: &str) -> Result<(Vec<String>, Vec<Type>)> {
        let statement = self
            .target
            .prepare(&format!("SELECT * FROM {table}"))
            .await
            .map_err(|error| failed(&format!("{table} cannot be read"), &error))?;
        let columns = statement.columns();
        Ok(columns.iter().map(|column| (column.name().to_owned(), column.type_().clone())).unzip())
    }

    /// Compares what is in both, checks every log anew, and lets servers start on the target.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] that names the first difference.
    pub async fn finish(self) -> Result<u64> {
        let wrong = |error: tokio_postgres::Error| failed("the move cannot be ended", &error);
        for table in &self.tables {
            let sql = format!("SELECT count(*) FROM {table}");
            let source: i64 = self.source.query_row(&sql, [], |row| row.get(0))?;
            let target: i64 = self.target.query_one(&sql, &[]).await.map_err(wrong)?.get(0);
            if source != target {
                return Err(StoreError::Unavailable(format!("{table}: {source} rows here, {target} there")));
            }
        }
        let mut statement = self.source.prepare("SELECT kind, next FROM ids")?;
        let next = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
        for row in next {
            let (kind, next) = row?;
            let sql = format!("SELECT setval('{kind}_ids', $1, false)");
            self.target.execute(&sql, &[&next]).await.map_err(wrong)?;
        }
        let sql = "SELECT setval('panel_ids', coalesce(max(id), 0) + 1, false) FROM panels";
        self.target.execute(sql, &[]).await.map_err(wrong)?;
        drop(statement);
        let events = self.verify().await?;
        self.target.batch_execute(&format!("DROP TABLE {PROGRESS}")).await.map_err(wrong)?;
        Ok(events)
    }

    /// Checks the chain of every account in the target, and that it ends as it does here. Returns how many events there are.
    async fn verify(&self) -> Result<u64> {
        let target = Database::filled(&self.options).await?;
        let mut heads = self.source.prepare("SELECT account_id, seq, hash FROM heads ORDER BY account_id")?;
        let heads = heads
            .query_map([], |row| Ok((row.get::<_, i64>(0)?, (row.get(1)?, row.get::<_, [u8; 32]>(2)?))))?;
        let heads: Vec<_> = heads.collect::<rusqlite::Result<_>>()?;
        let mut events = 0;
        for (account, head) in heads {
            let account = beckon_core::id::AccountId(account);
            match target.verify_log(account).await? {
                Ok(count) => events += count,
                Err(at) => {
                    return Err(StoreError::Unavailable(format!(
                        "the log of account {account} breaks at event {at}"
                    )));
                }
            }
            if target.log_hash(account, None).await? != Some(head) {
                return Err(StoreError::Unavailable(format!(
                    "the log of account {account} ends differently"
                )));
            }
        }
        Ok(events)
    }
}

/// A value of the embedded database as it goes to the other.
fn value<'v>(table: &str, value: ValueRef<'v>) -> Result<Value<'v>> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Text(text) => Value::Text(
            std::str::from_utf8(text)
                .map_err(|error| failed(&format!("{table} holds a text that is none"), &error))?,
        ),
        ValueRef::Blob(bytes) => Value::Blob(bytes),
        ValueRef::Real(number) => {
            return Err(StoreError::Unavailable(format!(
                "{table} holds {number}, and no column of it is for that"
            )));
        }
    })
}
