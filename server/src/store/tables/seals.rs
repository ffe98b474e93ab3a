//! Everything in the database that is sealed, to be sealed anew with another key.

use beckon_core::id::{IntegrationId, ProviderId, UserId, WebhookId};

use super::tx::Tx;
use super::{Result, StoreError};
use crate::seal::{Sealer, purpose};
use crate::store::outbox::Task;
use crate::store::sql::{Connection, OptionalExtension as _, SqlResult};

/// Seals everything anew with the first key of `sealer`, all or nothing, and returns how much that was.
pub(in crate::store) fn reseal(tx: &Tx<'_>, sealer: &Sealer) -> Result<u64> {
    let integrations =
        column(tx, "integrations", "sealed", sealer, |id| purpose::integration(IntegrationId(id)))?;
    let webhooks = column(tx, "webhooks", "sealed", sealer, |id| purpose::webhook(WebhookId(id)))?;
    let factors = column(tx, "users", "second_factor", sealer, |id| purpose::second_factor(UserId(id)))?;
    let providers =
        column(tx, "providers", "sealed", sealer, |id| purpose::sign_in_provider(ProviderId(id)))?;
    reseal_sample(tx, sealer)?;
    // What waits for its person to come back waits for minutes: whoever is on the way signs in again.
    tx.connection.execute("DELETE FROM sign_in_flows", ())?;
    Ok(integrations + webhooks + factors + providers + links(tx, sealer)?)
}

const SAMPLE: &str = "SELECT value FROM settings WHERE name = 'key_sample'";

/// Returns what was sealed to recognize the key by.
pub(in crate::store) fn sample(connection: &Connection) -> Result<Option<String>> {
    Ok(connection.query_row(SAMPLE, (), |row| row.get(0)).optional()?)
}

/// Keeps what the key is recognized by, unless there is something already.
pub(in crate::store) fn keep_sample(tx: &Tx<'_>, sealed: &str) -> Result<()> {
    let sql = "INSERT INTO settings (name, value) VALUES ('key_sample', ?1) ON CONFLICT DO NOTHING";
    tx.connection.execute(sql, [sealed])?;
    Ok(())
}

fn reseal_sample(tx: &Tx<'_>, sealer: &Sealer) -> Result<()> {
    let Some(kept) = sample(tx.connection)? else { return Ok(()) };
    let anew = sealer.reseal(purpose::SAMPLE, &kept).map_err(|error| unopened("settings", 0, &error))?;
    tx.connection.execute("UPDATE settings SET value = ?1 WHERE name = 'key_sample'", [&anew])?;
    Ok(())
}

fn column(
    tx: &Tx<'_>,
    table: &str,
    name: &str,
    sealer: &Sealer,
    purpose: impl Fn(i64) -> String,
) -> Result<u64> {
    let sql = format!("SELECT id, {name} FROM {table} WHERE {name} IS NOT NULL AND {name} <> ''");
    let update = format!("UPDATE {table} SET {name} = ?2 WHERE id = ?1");
    let mut count = 0;
    for (id, sealed) in rows(tx.connection, &sql)? {
        let anew = sealer.reseal(&purpose(id), &sealed).map_err(|error| unopened(table, id, &error))?;
        tx.connection.execute(&update, (id, anew))?;
        count += 1;
    }
    Ok(count)
}

/// Links on their way into a mail. One whose link is over cannot be of use any more, and stays as it is.
fn links(tx: &Tx<'_>, sealer: &Sealer) -> Result<u64> {
    let sql =
        "SELECT id, task FROM deliveries WHERE status IN ('waiting', 'sending') AND task LIKE '%\"sealed\"%'";
    let mut count = 0;
    for (id, task) in rows(tx.connection, sql)? {
        let Task::Door { user, name, email, reason, sealed: before, until } = serde_json::from_str(&task)?
        else {
            continue;
        };
        let anew =
            sealer.reseal(purpose::LINK, &before).map_err(|error| unopened("deliveries", id, &error))?;
        let task = Task::Door { user, name, email, reason, sealed: anew, until };
        tx.connection
            .execute("UPDATE deliveries SET task = ?2 WHERE id = ?1", (id, serde_json::to_string(&task)?))?;
        count += 1;
    }
    Ok(count)
}

fn rows(connection: &Connection, sql: &str) -> Result<Vec<(i64, String)>> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

fn unopened(table: &str, id: i64, error: &crate::seal::SealError) -> StoreError {
    StoreError::Unavailable(format!("nothing was changed: row {id} of {table}: {error}"))
}
