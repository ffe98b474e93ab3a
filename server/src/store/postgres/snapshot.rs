//! A connection that sees all that is kept, as it was at one moment.

use tokio_postgres::Client;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::session::said;
use super::{Options, migrate, tls};
use crate::store::{Result, StoreError};

/// Connects, and holds this moment for as long as the connection is kept.
///
/// # Errors
/// [`StoreError::Unavailable`] when it does not answer, or has another schema than this Beckon's.
pub(in crate::store) async fn snapshot(options: &Options) -> Result<Client> {
    let failed = |error: tokio_postgres::Error| {
        StoreError::Unavailable(format!("PostgreSQL cannot be read: {}", said(&error)))
    };
    let tls = MakeRustlsConnect::new(tls::config(options.ca.as_deref())?);
    let (client, connection) = options.config()?.connect(tls).await.map_err(failed)?;
    tokio::spawn(connection);
    client
        .batch_execute(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
             SET LOCAL beckon.everything = 'on'; SET LOCAL beckon.account = '0'",
        )
        .await
        .map_err(failed)?;
    let made =
        client.query_one("SELECT to_regclass('beckon_schema') IS NOT NULL", &[]).await.map_err(failed)?;
    let (version, _) = if made.get(0) { migrate::version(&client).await? } else { (0, 0) };
    if version != migrate::newest() {
        return Err(StoreError::Unavailable(format!(
            "expected a database of schema {}, found {version}: start a server of this release on it first",
            migrate::newest()
        )));
    }
    Ok(client)
}
