//! Repeated requests: the result of a write is kept in the transaction that made it, and given again.

use beckon_core::time::{Timestamp, hours};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::columns::micros;
use super::tx::Tx;
use super::{Result, StoreError};
use crate::store::Idempotency;
use crate::store::sql::OptionalExtension as _;

/// Runs `operation` once for each idempotency key, and returns what it returned then. What is refused is not kept: the
/// same request may succeed later.
pub(super) fn once<T: Serialize + DeserializeOwned>(
    tx: &Tx<'_>,
    idempotency: Option<&Idempotency>,
    now: Timestamp,
    operation: impl FnOnce(&Tx<'_>) -> Result<T>,
) -> Result<T> {
    let Some(Idempotency { caller, key, request }) = idempotency else { return operation(tx) };
    let oldest = micros(now - hours(24));
    tx.connection.prepare_cached("DELETE FROM idempotency WHERE created_at < ?1")?.execute([oldest])?;
    let kept: Option<(Vec<u8>, String)> = tx
        .connection
        .prepare_cached("SELECT request, result FROM idempotency WHERE caller = ?1 AND key = ?2")?
        .query_row((caller, key), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match kept {
        Some((same, result)) if same == request.0 => return Ok(serde_json::from_str(&result)?),
        Some(_) => return Err(StoreError::KeyReused),
        None => {}
    }
    let result = operation(tx)?;
    let text = serde_json::to_string(&result)?;
    tx.connection
        .prepare_cached(
            "INSERT INTO idempotency (caller, key, request, result, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((caller, key, request.0, text, micros(now)))?;
    Ok(result)
}
