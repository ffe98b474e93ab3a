//! A look at a PostgreSQL database that changes nothing.

use beckon_core::time::Timestamp;
use tokio_postgres::Config;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::session::said;
use super::{Options, ROLE, tls};
use crate::store::{Result, StoreError};

/// The oldest version that Beckon's statements are tried on, as PostgreSQL numbers versions.
const OLDEST: i32 = 150_000;

/// Tells how a database is.
///
/// # Errors
/// [`StoreError::Unavailable`] that says what is wrong, and what to do.
pub async fn examine(options: &Options) -> Result<String> {
    let (config, tls) = (options.config()?, MakeRustlsConnect::new(tls::config(options.ca.as_deref())?));
    look(&config, tls).await
}

/// Asks the server what time it is.
///
/// # Errors
/// [`StoreError::Unavailable`] when it does not answer.
pub async fn time(options: &Options) -> Result<Timestamp> {
    let failed = |error: tokio_postgres::Error| {
        StoreError::Unavailable(format!("PostgreSQL cannot be asked for the time: {}", said(&error)))
    };
    let tls = MakeRustlsConnect::new(tls::config(options.ca.as_deref())?);
    let (client, connection) = options.config()?.connect(tls).await.map_err(failed)?;
    tokio::spawn(connection);
    let sql = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)";
    let micros: i64 = client.query_one(sql, &[]).await.map_err(failed)?.get(0);
    chrono::DateTime::from_timestamp_micros(micros)
        .ok_or_else(|| StoreError::Unavailable(format!("PostgreSQL says that it is {micros}")))
}

async fn look(config: &Config, tls: MakeRustlsConnect) -> Result<String> {
    let wrong = |what: &str, error: tokio_postgres::Error| {
        StoreError::Unavailable(format!("{what}: {}", said(&error)))
    };
    let (client, connection) = config
        .connect(tls)
        .await
        .map_err(|error| wrong("PostgreSQL cannot be reached with --database", error))?;
    tokio::spawn(connection);
    let failed = |error| wrong("PostgreSQL does not answer", error);
    let sql = "SELECT current_setting('server_version'), current_setting('server_version_num')::int,
                      to_regclass('beckon_schema') IS NOT NULL, pg_is_in_recovery()";
    let row = client.query_one(sql, &[]).await.map_err(failed)?;
    let (version, number, made, standby): (String, i32, bool, bool) =
        (row.get(0), row.get(1), row.get(2), row.get(3));
    if number < OLDEST {
        return Err(StoreError::Unavailable(format!("expected PostgreSQL 15 or newer, found {version}")));
    }
    if standby {
        return Err(StoreError::Unavailable(
            "expected the primary, found a standby, which takes no rows: name the primary in --database"
                .to_owned(),
        ));
    }
    if !made {
        return Ok(format!("PostgreSQL {version} answers; the tables are made when a server starts"));
    }
    let role = client.batch_execute(&format!("BEGIN; SET LOCAL ROLE {ROLE}; ROLLBACK")).await;
    role.map_err(|error| wrong(&format!("this user may not become the role {ROLE}: grant it"), error))?;
    let row = client.query_one("SELECT max(version) FROM beckon_schema", &[]).await.map_err(failed)?;
    Ok(format!("PostgreSQL {version} answers, schema {}", row.get::<_, Option<i64>>(0).unwrap_or(0)))
}
