//! Sign-ins that have left for a provider.

use beckon_core::api::provider::Problem;
use beckon_core::id::{ProviderId, SessionId};
use beckon_core::time::{Timestamp, days};

use crate::store::sql::{OptionalExtension as _, params};
use crate::store::tables::Result;
use crate::store::tables::columns::{micros, time};
use crate::store::tables::tx::Tx;
use crate::store::{Digest, Flow, NewFlow, Step};

/// Keeps a sign-in that leaves, and forgets those that are long over.
pub(in crate::store::tables) fn begin(tx: &Tx<'_>, flow: &NewFlow, now: Timestamp) -> Result<()> {
    tx.connection
        .prepare_cached("DELETE FROM sign_in_flows WHERE expires_at < ?1")?
        .execute([micros(now - days(1))])?;
    tx.connection
        .prepare_cached(
            "INSERT INTO sign_in_flows (state, browser, provider_id, session_id, sealed, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            flow.state.0,
            flow.browser.0,
            flow.provider.0,
            flow.session.map(|id| id.0),
            flow.sealed,
            micros(flow.expires_at),
        ])?;
    Ok(())
}

/// Uses up a sign-in that comes back. The same state from another browser is none, and uses nothing up.
pub(in crate::store::tables) fn take(
    tx: &Tx<'_>,
    state: Digest,
    browser: Digest,
    now: Timestamp,
) -> Result<Step<Flow>> {
    let sql = format!(
        "SELECT browser, provider_id, session_id, sealed, expires_at, used FROM sign_in_flows WHERE state = ?1{}",
        tx.connection.for_update()
    );
    let found = tx
        .connection
        .prepare_cached(&sql)?
        .query_row([state.0], |row| {
            let flow = Flow {
                provider: ProviderId(row.get("provider_id")?),
                session: row.get::<_, Option<i64>>("session_id")?.map(SessionId),
                sealed: row.get("sealed")?,
            };
            let used: bool = row.get("used")?;
            Ok((Digest(row.get("browser")?), flow, time(row, "expires_at")?, used))
        })
        .optional()?;
    let problem = match &found {
        None => Some(Problem::WrongState),
        Some((kept, ..)) if *kept != browser => Some(Problem::WrongState),
        Some((.., true)) => Some(Problem::Replayed),
        Some((_, _, expires_at, false)) => (*expires_at <= now).then_some(Problem::Expired),
    };
    let Some((_, flow, ..)) = found.filter(|_| problem.is_none()) else {
        return Ok(Err(problem.unwrap_or(Problem::WrongState)));
    };
    tx.connection
        .prepare_cached("UPDATE sign_in_flows SET used = 1, sealed = '' WHERE state = ?1")?
        .execute([state.0])?;
    Ok(Ok(flow))
}
