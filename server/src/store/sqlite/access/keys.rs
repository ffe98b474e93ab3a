//! Keys of the operator and of members.

use beckon_core::actor::{Actor, Scope};
use beckon_core::error::Refusal;
use beckon_core::id::{AccountId, UserId};
use beckon_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::store::sqlite::Result;
use crate::store::sqlite::columns::{micros, optional_time, word};
use crate::store::sqlite::people::{check_name, member};
use crate::store::sqlite::writer::Tx;
use crate::store::{Digest, KeyOwner, KeyUse, NewKey};

/// Keeps a key.
pub(in crate::store::sqlite) fn add(tx: &Tx<'_>, key: &NewKey, now: Timestamp) -> Result<()> {
    check_name("name", &key.name)?;
    let (account, user) = match key.owner {
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
            "INSERT INTO keys (key, account_id, user_id, name, secret, scope, expires_at, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            key.key,
            account,
            user,
            key.name.trim(),
            key.secret.0,
            key.scope.to_string(),
            key.expires_at.map(micros),
            micros(now)
        ])?;
    Ok(())
}

/// A key as far as it takes to let somebody in.
struct Kept {
    owner: (Option<i64>, Option<i64>),
    name: String,
    secret: Digest,
    previous: Option<Digest>,
    scope: Scope,
    last_used_at: Option<Timestamp>,
}

fn read(row: &Row<'_>) -> rusqlite::Result<Kept> {
    Ok(Kept {
        owner: (row.get("account_id")?, row.get("user_id")?),
        name: row.get("name")?,
        secret: Digest(row.get("secret")?),
        previous: row.get::<_, Option<[u8; 32]>>("previous")?.map(Digest),
        scope: word(row, "scope")?,
        last_used_at: optional_time(row, "last_used_at")?,
    })
}

/// Returns who uses `key` with `secret`. A key that is over is none.
pub(in crate::store::sqlite) fn actor(
    connection: &Connection,
    key: &str,
    secret: Digest,
    now: Timestamp,
) -> Result<Option<KeyUse>> {
    let kept = connection
        .prepare_cached(
            "SELECT account_id, user_id, name, secret, scope, last_used_at,
                    CASE WHEN previous_until > ?2 THEN previous END AS previous
             FROM keys WHERE key = ?1 AND (expires_at IS NULL OR expires_at > ?2)",
        )?
        .query_row((key, micros(now)), read)
        .optional()?;
    let Some(kept) = kept.filter(|kept| kept.secret == secret || kept.previous == Some(secret)) else {
        return Ok(None);
    };
    let actor = match kept.owner {
        (Some(account), Some(user)) => {
            member(connection, AccountId(account), UserId(user))?.map(Actor::member)
        }
        _ => Some(Actor::operator(kept.name)),
    };
    let (scope, last_used_at) = (kept.scope, kept.last_used_at);
    Ok(actor.map(|actor| KeyUse { actor: actor.within(scope), last_used_at }))
}

/// Notes that a key was used.
pub(in crate::store::sqlite) fn touch(tx: &Tx<'_>, key: &str, now: Timestamp) -> Result<()> {
    tx.connection
        .prepare_cached("UPDATE keys SET last_used_at = ?2 WHERE key = ?1")?
        .execute((key, micros(now)))?;
    Ok(())
}
