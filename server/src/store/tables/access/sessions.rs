//! Sessions of the page.

use beckon_core::actor::Actor;
use beckon_core::api::access::SessionBody;
use beckon_core::id::{AccountId, ProviderId, SessionId, UserId};
use beckon_core::session::IDLE;
use beckon_core::time::Timestamp;

use crate::store::sql::{Connection, OptionalExtension as _, Row, SqlResult, params};
use crate::store::tables::Result;
use crate::store::tables::access::{links, people};
use crate::store::tables::columns::{micros, take_id, time, word};
use crate::store::tables::embeds;
use crate::store::tables::members::member;
use crate::store::tables::tx::Tx;
use crate::store::{Digest, NewSession, Session, Through};

/// Trades a link for a session.
pub(in crate::store::tables) fn open(
    tx: &Tx<'_>,
    link: Digest,
    session: &NewSession,
    now: Timestamp,
) -> Result<Option<Session>> {
    match links::take(tx, link, now)? {
        Some((user, Some(account))) => begin(tx, user, Some(account), session, now),
        Some((user, None)) => sign_in(tx, user, session, now),
        None => Ok(None),
    }
}

/// Begins a session in the account that it is confined to, or in the one that the person used last.
pub(in crate::store::tables) fn sign_in(
    tx: &Tx<'_>,
    user: UserId,
    session: &NewSession,
    now: Timestamp,
) -> Result<Option<Session>> {
    if let Some(account) = session.through.and_then(|through| through.confined_to) {
        return begin(tx, user, Some(account), session, now);
    }
    let accounts = people::accounts_of(tx.connection, user)?;
    let last: Option<i64> = tx
        .connection
        .prepare_cached(
            "SELECT account_id FROM sessions WHERE user_id = ?1 AND account_id IS NOT NULL
             ORDER BY seen_at DESC LIMIT 1",
        )?
        .query_row([user.0], |row| row.get(0))
        .optional()?;
    let last = accounts.iter().find(|account| Some(account.id.0) == last);
    let account = last.or(accounts.first()).map(|account| account.id);
    begin(tx, user, account, session, now)
}

fn begin(
    tx: &Tx<'_>,
    user: UserId,
    account: Option<AccountId>,
    session: &NewSession,
    now: Timestamp,
) -> Result<Option<Session>> {
    let through = session.through;
    let Some(actor) = actor(tx.connection, user, account, through)? else { return Ok(None) };
    tx.connection
        .prepare_cached("DELETE FROM sessions WHERE expires_at <= ?1 OR seen_at <= ?2")?
        .execute((micros(now), micros(now - IDLE)))?;
    let id = take_id(tx.connection, "session")?;
    tx.connection
        .prepare_cached(
            "INSERT INTO sessions (token, id, user_id, account_id, method, device, address, created_at, seen_at,
                                   authenticated_at, expires_at, provider_id, confined)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            session.token.0,
            id,
            user.0,
            account.map(|id| id.0),
            session.method.to_string(),
            session.device,
            session.address,
            micros(now),
            micros(session.expires_at),
            through.map(|through| through.provider.0),
            through.is_some_and(|through| through.confined_to.is_some()),
        ])?;
    tx.connection
        .prepare_cached("UPDATE users SET last_sign_in_at = ?2 WHERE id = ?1")?
        .execute((user.0, micros(now)))?;
    was_here(tx, user, account, now)?;
    let id = SessionId(id);
    Ok(Some(Session { id, actor, user, account, through, seen_at: now, authenticated_at: now }))
}

/// Notes that a person came to an account. An operator is no member of any.
fn was_here(tx: &Tx<'_>, user: UserId, account: Option<AccountId>, now: Timestamp) -> Result<()> {
    tx.connection
        .prepare_cached("UPDATE members SET last_sign_in_at = ?3 WHERE account_id = ?1 AND user_id = ?2")?
        .execute((account.map(|account| account.0), user.0, micros(now)))?;
    Ok(())
}

/// Returns who a person is in an account; none when it has no business there. The provider of an account makes nobody an operator,
/// whatever the person has become meanwhile.
fn actor(
    connection: &Connection,
    user: UserId,
    account: Option<AccountId>,
    through: Option<Through>,
) -> Result<Option<Actor>> {
    let Some(person) = people::find(connection, user)? else { return Ok(None) };
    if person.operator {
        let confined = through.is_some_and(|through| through.confined_to.is_some());
        return Ok(Some(Actor::operator(person.name)).filter(|_| !confined));
    }
    let Some(account) = account else { return Ok(None) };
    Ok(member(connection, account, user)?.map(Actor::member))
}

/// Returns the session of a token that is neither over nor forgotten.
pub(in crate::store::tables) fn find(
    connection: &Connection,
    token: Digest,
    now: Timestamp,
) -> Result<Option<Session>> {
    let kept = connection
        .prepare_cached(
            "SELECT id, user_id, account_id, seen_at, authenticated_at, provider_id, confined FROM sessions
             WHERE token = ?1 AND expires_at > ?2 AND seen_at > ?3",
        )?
        .query_row((token.0, micros(now), micros(now - IDLE)), read)
        .optional()?;
    let Some(Kept { id, user, account, through, seen_at, authenticated_at }) = kept else { return Ok(None) };
    let actor = actor(connection, user, account, through)?;
    Ok(actor.map(|actor| Session { id, actor, user, account, through, seen_at, authenticated_at }))
}

/// A session before it is known who its person is by now.
struct Kept {
    id: SessionId,
    user: UserId,
    account: Option<AccountId>,
    through: Option<Through>,
    seen_at: Timestamp,
    authenticated_at: Timestamp,
}

fn read(row: &Row<'_>) -> SqlResult<Kept> {
    let account = row.get::<_, Option<i64>>("account_id")?.map(AccountId);
    let (provider, confined): (Option<i64>, bool) = (row.get("provider_id")?, row.get("confined")?);
    let confined_to = account.filter(|_| confined);
    Ok(Kept {
        id: SessionId(row.get("id")?),
        user: UserId(row.get("user_id")?),
        account,
        through: provider.map(|id| Through { provider: ProviderId(id), confined_to }),
        seen_at: time(row, "seen_at")?,
        authenticated_at: time(row, "authenticated_at")?,
    })
}

/// Notes that a session was used.
pub(in crate::store::tables) fn touch(tx: &Tx<'_>, id: SessionId, now: Timestamp) -> Result<()> {
    tx.connection
        .prepare_cached("UPDATE sessions SET seen_at = ?2 WHERE id = ?1 AND seen_at < ?2")?
        .execute((id.0, micros(now)))?;
    Ok(())
}

/// Gives a session another token, since its person proved again who it is.
pub(in crate::store::tables) fn renew(
    tx: &Tx<'_>,
    id: SessionId,
    token: Digest,
    now: Timestamp,
) -> Result<()> {
    tx.connection
        .prepare_cached("UPDATE sessions SET token = ?2, seen_at = ?3, authenticated_at = ?3 WHERE id = ?1")?
        .execute((id.0, token.0, micros(now)))?;
    Ok(())
}

/// Gives a session another token and another account. One that is confined to an account stays there.
pub(in crate::store::tables) fn switch(
    tx: &Tx<'_>,
    id: SessionId,
    token: Digest,
    account: AccountId,
    now: Timestamp,
) -> Result<bool> {
    let mut statement =
        tx.connection.prepare_cached("SELECT user_id FROM sessions WHERE id = ?1 AND confined = 0")?;
    let user: Option<i64> = statement.query_row([id.0], |row| row.get(0)).optional()?;
    let Some(user) = user.map(UserId) else { return Ok(false) };
    if !people::accounts_of(tx.connection, user)?.iter().any(|known| known.id == account) {
        return Ok(false);
    }
    tx.connection
        .prepare_cached("UPDATE sessions SET token = ?2, account_id = ?3, seen_at = ?4 WHERE id = ?1")?
        .execute((id.0, token.0, account.0, micros(now)))?;
    was_here(tx, user, Some(account), now)?;
    Ok(true)
}

fn body(row: &Row<'_>) -> SqlResult<SessionBody> {
    Ok(SessionBody {
        id: SessionId(row.get("id")?),
        current: false,
        method: word(row, "method")?,
        device: row.get("device")?,
        address: row.get("address")?,
        created_at: time(row, "created_at")?,
        seen_at: time(row, "seen_at")?,
        expires_at: time(row, "expires_at")?,
    })
}

/// Lists the sessions of a person, the last used first: those alone that are confined to `within`, where that is said.
pub(in crate::store::tables) fn list(
    connection: &Connection,
    user: UserId,
    within: Option<AccountId>,
    now: Timestamp,
) -> Result<Vec<SessionBody>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, method, device, address, created_at, seen_at, expires_at FROM sessions
         WHERE user_id = ?1 AND expires_at > ?2 AND seen_at > ?3 AND ((confined = 1 AND account_id = ?4) OR ?4 IS NULL)
         ORDER BY seen_at DESC, id DESC",
    )?;
    let bounds = (user.0, micros(now), micros(now - IDLE), within.map(|account| account.0));
    let rows = statement.query_map(bounds, body)?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Ends a session of a person, of those that [`list`] lists, and its panels in portals: whoever signs out here is not signed in
/// there.
pub(in crate::store::tables) fn end(
    tx: &Tx<'_>,
    user: UserId,
    within: Option<AccountId>,
    id: SessionId,
) -> Result<bool> {
    let ended = tx
        .connection
        .prepare_cached(
            "DELETE FROM sessions WHERE id = ?1 AND user_id = ?2 AND ((confined = 1 AND account_id = ?3) OR ?3 IS NULL)",
        )?
        .change((id.0, user.0, within.map(|account| account.0)))?;
    if ended > 0 {
        embeds::sign_out(tx, user, within)?;
    }
    Ok(ended > 0)
}

/// Ends those sessions of a person, but the one that is kept, and its panels in portals.
pub(in crate::store::tables) fn end_others(
    tx: &Tx<'_>,
    user: UserId,
    within: Option<AccountId>,
    kept: Option<SessionId>,
) -> Result<()> {
    tx.connection
        .prepare_cached(
            "DELETE FROM sessions WHERE user_id = ?1 AND id IS DISTINCT FROM ?2 AND ((confined = 1 AND account_id = ?3) OR ?3 IS NULL)",
        )?
        .execute((user.0, kept.map(|id| id.0), within.map(|account| account.0)))?;
    embeds::sign_out(tx, user, within)
}

/// Turns the sessions along with a demo's clock: nobody is signed out by it. What was proved gets older all the same.
pub(in crate::store::tables) fn turn(tx: &Tx<'_>, seconds: i64) -> Result<()> {
    tx.connection.execute(
        "UPDATE sessions SET seen_at = seen_at + ?1, expires_at = expires_at + ?1",
        [seconds * 1_000_000],
    )?;
    Ok(())
}
