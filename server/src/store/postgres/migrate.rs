//! Numbered migrations: each runs once, in order, all of them in one transaction that holds a lock. Any process may run
//! them, and several at once are fine: the others wait and find them done.
//!
//! A new schema is made in two steps, so that processes of the release before go on while it is rolled out: first what is new
//! is added beside the old, and only a later release takes the old away. Each migration says with which schema a process
//! has to be familiar at least.

use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::ROLE;
use super::moving::PROGRESS;
use super::session::said;
use crate::store::{Result, StoreError};

/// Whether somebody works on a database that is being filled by a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Moving {
    /// Servers do not.
    Refused,
    /// The move does.
    Goes,
}

/// A migration.
struct Migration {
    sql: &'static str,
    /// The oldest schema whose processes still work on what it leaves behind.
    works_with: i64,
}

/// In order; the number of the last one is the version of the schema.
const MIGRATIONS: &[Migration] = &[
    Migration { sql: include_str!("migrations/0001_first.sql"), works_with: 1 },
    Migration { sql: include_str!("migrations/0002_counts.sql"), works_with: 1 },
    Migration { sql: include_str!("migrations/0003_pace.sql"), works_with: 1 },
    Migration { sql: include_str!("migrations/0004_filters.sql"), works_with: 1 },
];

/// Whoever migrates holds it. Locks of accounts are their numbers, and people's are below zero: none is this far down.
const LOCK: i64 = i64::MIN;

/// Brings the schema up to date.
///
/// # Errors
/// [`StoreError::Unavailable`] when the database does not answer, does not let this be done, or was written by a Beckon that
/// this one cannot work beside.
pub(super) async fn migrate(config: &Config, tls: &MakeRustlsConnect, moving: Moving) -> Result<()> {
    let (client, connection) = config.connect(tls.clone()).await.map_err(|error| {
        StoreError::Unavailable(format!("cannot connect to PostgreSQL: {}", said(&error)))
    })?;
    let driver = tokio::spawn(connection);
    let done = run(&client, moving).await;
    drop(client);
    // It ends with its client.
    drop(driver.await);
    done
}

async fn run(client: &Client, moving: Moving) -> Result<()> {
    let run = async |sql: &str| client.batch_execute(sql).await.map_err(|error| failed(&error));
    run(&format!("SET client_min_messages = warning; BEGIN; SELECT pg_advisory_xact_lock({LOCK})")).await?;
    prepare(client).await?;
    let under_way = client
        .query_one("SELECT to_regclass($1) IS NOT NULL", &[&PROGRESS])
        .await
        .map_err(|error| failed(&error))?;
    if moving == Moving::Refused && under_way.get(0) {
        return Err(StoreError::Unavailable(
            "an embedded database is being moved here: run `beckon migrate-to-postgres` again to its end, then start".to_owned(),
        ));
    }
    let (version, works_with) = version(client).await?;
    let known = MIGRATIONS.len();
    if works_with > i64::try_from(known).unwrap_or(i64::MAX) {
        return Err(StoreError::Unavailable(format!(
            "expected a database that Beckon of schema {known} can work on, found schema {version}, which wants at least \
             {works_with}: use the newer Beckon"
        )));
    }
    for (migration, number) in MIGRATIONS.iter().zip(1_i64..).skip(usize::try_from(version).unwrap_or(0)) {
        run(migration.sql).await?;
        let sql = format!("INSERT INTO beckon_schema VALUES ({number}, {})", migration.works_with);
        run(&sql).await?;
    }
    run(&format!(
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE};
         GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {ROLE};
         REVOKE INSERT, UPDATE, DELETE ON beckon_schema FROM {ROLE};
         COMMIT"
    ))
    .await
}

/// The version that this Beckon brings schemas to.
pub(super) fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Makes the role that statements run as, and the table that tells the version.
async fn prepare(client: &Client) -> Result<()> {
    let known = client
        .query_opt("SELECT 1 FROM pg_roles WHERE rolname = $1", &[&ROLE])
        .await
        .map_err(|error| failed(&error))?;
    if known.is_none() {
        // Other databases of the same server share the role: another process may make it in this moment.
        let sql = format!(
            "DO $$ BEGIN CREATE ROLE {ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        );
        client.batch_execute(&sql).await.map_err(|error| {
            StoreError::Unavailable(format!(
                "the role {ROLE} is missing, and this user may not make it ({}): make it with `CREATE ROLE {ROLE} NOLOGIN`, \
                 and grant it to this user",
                said(&error)
            ))
        })?;
    }
    let granted = format!(
        "DO $$ BEGIN
             IF NOT pg_has_role(current_user, '{ROLE}', 'MEMBER') THEN EXECUTE format('GRANT {ROLE} TO %I', current_user); END IF;
         END $$"
    );
    client.batch_execute(&granted).await.map_err(|error| {
        StoreError::Unavailable(format!(
            "this user may not become the role {ROLE} ({}): grant it with `GRANT {ROLE} TO` and the user's name",
            said(&error)
        ))
    })?;
    client
        .batch_execute(
            "CREATE TABLE IF NOT EXISTS beckon_schema (version BIGINT PRIMARY KEY, works_with BIGINT NOT NULL)",
        )
        .await
        .map_err(|error| failed(&error))
}

/// The version of the schema, 0 for an empty database, and the oldest that works with it.
pub(super) async fn version(client: &Client) -> Result<(i64, i64)> {
    let row = client
        .query_one("SELECT coalesce(max(version), 0), coalesce(max(works_with), 0) FROM beckon_schema", &[])
        .await
        .map_err(|error| failed(&error))?;
    Ok((row.get(0), row.get(1)))
}

fn failed(error: &tokio_postgres::Error) -> StoreError {
    StoreError::Unavailable(format!("the tables cannot be made or changed: {}", said(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a migration may do beside which servers of the release before go on: add what they do not look at, and make an index anew
    /// that says nothing about what there may be.
    fn only_adds(sql: &str) -> bool {
        let text: String =
            sql.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join(" ");
        let statements: Vec<&str> =
            text.split(';').map(str::trim).filter(|statement| !statement.is_empty()).collect();
        let is_made_anew = |index: &str| {
            let unique = format!("UNIQUE INDEX {index} ");
            statements.iter().any(|other| other.starts_with(&format!("CREATE INDEX {index} ON ")))
                && !MIGRATIONS.iter().any(|migration| migration.sql.contains(&unique))
        };
        statements.iter().all(|statement| {
            let words: Vec<&str> = statement.split_whitespace().collect();
            match words.as_slice() {
                ["CREATE", "TABLE" | "INDEX" | "SEQUENCE" | "POLICY", ..]
                | ["ALTER", "TABLE", _, "ENABLE" | "FORCE", "ROW", ..] => true,
                ["ALTER", "TABLE", _, "ADD", "COLUMN", rest @ ..] => {
                    // Whoever does not know the column leaves it out.
                    !rest.contains(&"NOT") || rest.contains(&"DEFAULT")
                }
                ["DROP", "INDEX", index] => is_made_anew(index),
                _ => false,
            }
        })
    }

    #[test]
    fn a_migration_beside_which_older_servers_work_only_adds() {
        for (number, migration) in (1_i64..).zip(MIGRATIONS).skip(1) {
            assert!(migration.works_with <= number);
            assert!(migration.works_with == number || only_adds(migration.sql), "migration {number}");
        }
        for sql in [
            "DROP TABLE x",
            "ALTER TABLE x DROP COLUMN y",
            "ALTER TABLE x RENAME COLUMN y TO z",
            "ALTER TABLE x ADD COLUMN y BIGINT NOT NULL",
            "UPDATE x SET y = 1",
            "CREATE UNIQUE INDEX i ON x (y)",
            "DROP INDEX escalations_by_due_at",
            "DROP INDEX escalations_open_question; CREATE INDEX escalations_open_question ON escalations (id)",
        ] {
            assert!(!only_adds(sql), "{sql}");
        }
    }
}
