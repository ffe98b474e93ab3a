//! Keys, sign-in links and sessions: how a request becomes an actor. Secrets are kept as digests only.

use beckon_core::actor::Actor;
use beckon_core::error::Refusal;
use beckon_core::id::{AccountId, UserId};
use beckon_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};

use super::Result;
use super::columns::micros;
use super::people::{check_name, member};
use super::writer::Tx;
use crate::store::{Digest, KeyOwner, NewLink};

pub(super) fn add_key(
    tx: &Tx<'_>,
    owner: KeyOwner,
    name: &str,
    key: &str,
    secret: Digest,
    now: Timestamp,
) -> Result<()> {
    check_name("name", name)?;
    let (account, user) = match owner {
        KeyOwner::Operator => (None, None),
        KeyOwner::User(account, user) => {
            if member(tx.connection, account, user)?.is_none() {
                let text = format!("there is no member {user} in account {account}");
                return Err(Refusal::field("member", text).into());
            }
            (Some(account.0), Some(user.0))
        }
    };
    tx.connection
        .prepare_cached(
            "INSERT INTO keys (key, account_id, user_id, name, secret, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((key, account, user, name, secret.0, micros(now)))?;
    Ok(())
}

pub(super) fn key_actor(connection: &Connection, key: &str, secret: Digest) -> Result<Option<Actor>> {
    type Kept = (Option<i64>, Option<i64>, String, [u8; 32]);
    let kept: Option<Kept> = connection
        .prepare_cached("SELECT account_id, user_id, name, secret FROM keys WHERE key = ?1")?
        .query_row([key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    match kept {
        Some((account, user, name, kept)) if Digest(kept) == secret => match (account, user) {
            (Some(account), Some(user)) => {
                Ok(member(connection, AccountId(account), UserId(user))?.map(Actor::member))
            }
            _ => Ok(Some(Actor::operator(name))),
        },
        _ => Ok(None),
    }
}

pub(super) fn add_link(tx: &Tx<'_>, token: Digest, link: NewLink) -> Result<()> {
    if member(tx.connection, link.account, link.user)?.is_none() {
        let text = format!("there is no member {} in account {}", link.user, link.account);
        return Err(Refusal::field("member", text).into());
    }
    tx.connection
        .prepare_cached(
            "INSERT INTO links (token, account_id, user_id, expires_at, reusable) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((token.0, link.account.0, link.user.0, micros(link.expires_at), link.reusable))?;
    Ok(())
}

pub(super) fn open_session(
    tx: &Tx<'_>,
    token: Digest,
    session: Digest,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<Option<Actor>> {
    let now = micros(now);
    let link: Option<(i64, i64, bool)> = tx
        .connection
        .prepare_cached(
            "SELECT account_id, user_id, reusable FROM links WHERE token = ?1 AND (reusable OR expires_at > ?2)",
        )?
        .query_row((token.0, now), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((account, user, reusable)) = link else { return Ok(None) };
    if !reusable {
        tx.connection.prepare_cached("DELETE FROM links WHERE token = ?1")?.execute([token.0])?;
    }
    tx.connection.prepare_cached("DELETE FROM sessions WHERE expires_at <= ?1")?.execute([now])?;
    tx.connection
        .prepare_cached(
            "INSERT INTO sessions (token, account_id, user_id, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((session.0, account, user, now, micros(expires_at)))?;
    Ok(member(tx.connection, AccountId(account), UserId(user))?.map(Actor::member))
}

pub(super) fn session_actor(
    connection: &Connection,
    session: Digest,
    now: Timestamp,
) -> Result<Option<Actor>> {
    let found: Option<(i64, i64)> = connection
        .prepare_cached("SELECT account_id, user_id FROM sessions WHERE token = ?1 AND expires_at > ?2")?
        .query_row((session.0, micros(now)), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((account, user)) = found else { return Ok(None) };
    Ok(member(connection, AccountId(account), UserId(user))?.map(Actor::member))
}

pub(super) fn close_session(tx: &Tx<'_>, session: Digest) -> Result<()> {
    tx.connection.prepare_cached("DELETE FROM sessions WHERE token = ?1")?.execute([session.0])?;
    Ok(())
}
