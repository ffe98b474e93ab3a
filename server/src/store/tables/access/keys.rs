//! Keys of the operator and of members.

use beckon_core::actor::{Actor, Scope};
use beckon_core::api::Named;
use beckon_core::api::access::KeyBody;
use beckon_core::error::Refusal;
use beckon_core::id::{AccountId, UserId};
use beckon_core::permission::Permit;
use beckon_core::time::Timestamp;

use crate::store::sql::{Connection, OptionalExtension as _, Row, SqlResult, params};
use crate::store::tables::columns::{micros, optional_time, time, word};
use crate::store::tables::members::member;
use crate::store::tables::people::check_name;
use crate::store::tables::tx::Tx;
use crate::store::tables::{Result, configure};
use crate::store::{Digest, KeyOwner, KeyUse, MadeKey, NewKey};

/// Keeps a key.
pub(in crate::store::tables) fn add(tx: &Tx<'_>, key: &NewKey, now: Timestamp) -> Result<()> {
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

fn read(row: &Row<'_>) -> SqlResult<Kept> {
    Ok(Kept {
        owner: (row.get("account_id")?, row.get("user_id")?),
        name: row.get("name")?,
        secret: Digest(row.get("secret")?),
        previous: row.get::<_, Option<[u8; 32]>>("previous")?.map(Digest),
        scope: word(row, "scope")?,
        last_used_at: optional_time(row, "last_used_at")?,
    })
}

impl Kept {
    /// Returns who is behind the key, within its scope; none where its owner is no member any more.
    fn actor(self, connection: &Connection) -> Result<Option<Actor>> {
        let actor = match self.owner {
            (Some(account), Some(user)) => {
                member(connection, AccountId(account), UserId(user))?.map(Actor::member)
            }
            _ => Some(Actor::operator(self.name)),
        };
        Ok(actor.map(|actor| actor.within(self.scope)))
    }
}

/// Finds a key that is not over.
fn find(connection: &Connection, key: &str, now: Timestamp) -> Result<Option<Kept>> {
    let mut statement = connection.prepare_cached(
        "SELECT account_id, user_id, name, secret, scope, last_used_at,
                CASE WHEN previous_until > ?2 THEN previous END AS previous
         FROM keys WHERE key = ?1 AND (expires_at IS NULL OR expires_at > ?2)",
    )?;
    Ok(statement.query_row((key, micros(now)), read).optional()?)
}

/// Returns who uses `key` with `secret`. A key that is over is none.
pub(in crate::store::tables) fn actor(
    connection: &Connection,
    key: &str,
    secret: Digest,
    now: Timestamp,
) -> Result<Option<KeyUse>> {
    let kept = find(connection, key, now)?;
    let Some(kept) = kept.filter(|kept| kept.secret == secret || kept.previous == Some(secret)) else {
        return Ok(None);
    };
    let last_used_at = kept.last_used_at;
    Ok(kept.actor(connection)?.map(|actor| KeyUse { actor, last_used_at }))
}

/// Returns who is behind `key`, whatever its secret is by now. A key that is over is none.
pub(in crate::store::tables) fn holder_of(
    connection: &Connection,
    key: &str,
    now: Timestamp,
) -> Result<Option<Actor>> {
    find(connection, key, now)?.map_or(Ok(None), |kept| kept.actor(connection))
}

/// Notes that a key was used.
pub(in crate::store::tables) fn touch(tx: &Tx<'_>, key: &str, now: Timestamp) -> Result<()> {
    tx.connection
        .prepare_cached("UPDATE keys SET last_used_at = ?2 WHERE key = ?1")?
        .execute((key, micros(now)))?;
    Ok(())
}

/// The account under which the keys of whoever is permitted are kept; none for the operator's own. A permit is for account
/// 0 where the operator acts for itself.
fn holder(permit: &Permit) -> Option<i64> {
    Some(permit.account().0).filter(|account| *account != 0)
}

const SHOWN: &str = "SELECT k.key, k.name, k.user_id, k.scope, k.created_at, k.expires_at, k.last_used_at,
    k.previous_until, m.name AS member
    FROM keys AS k LEFT JOIN members AS m ON m.account_id = k.account_id AND m.user_id = k.user_id";

fn shown(row: &Row<'_>) -> SqlResult<KeyBody> {
    let user: Option<i64> = row.get("user_id")?;
    let name: Option<String> = row.get("member")?;
    Ok(KeyBody {
        key: row.get("key")?,
        name: row.get("name")?,
        user: user.zip(name).map(|(id, name)| Named { id: UserId(id), name }),
        scope: word(row, "scope")?,
        created_at: time(row, "created_at")?,
        expires_at: optional_time(row, "expires_at")?,
        last_used_at: optional_time(row, "last_used_at")?,
        rotating_until: optional_time(row, "previous_until")?,
    })
}

/// Lists the keys of an account, or the operator's own, the newest first.
pub(in crate::store::tables) fn list(
    connection: &Connection,
    account: Option<AccountId>,
    now: Timestamp,
) -> Result<Vec<KeyBody>> {
    let sql = format!("{SHOWN} WHERE k.account_id IS NOT DISTINCT FROM ?1 ORDER BY k.created_at DESC, k.key");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([account.map(|account| account.0)], shown)?;
    let mut keys = rows.collect::<SqlResult<Vec<_>>>()?;
    for key in &mut keys {
        key.rotating_until = key.rotating_until.filter(|until| *until > now);
    }
    Ok(keys)
}

/// Finds a key of whoever is permitted. One of somebody else is not there.
fn require(connection: &Connection, permit: &Permit, key: &str) -> Result<KeyBody> {
    let sql = format!("{SHOWN} WHERE k.key = ?1 AND k.account_id IS NOT DISTINCT FROM ?2");
    let found = connection.prepare_cached(&sql)?.query_row((key, holder(permit)), shown).optional()?;
    Ok(found.ok_or(Refusal::Invisible)?)
}

/// Makes a key as somebody wants it.
pub(in crate::store::tables) fn make(
    tx: &Tx<'_>,
    permit: &Permit,
    key: &NewKey,
    now: Timestamp,
) -> Result<MadeKey> {
    let of_owner: usize = match key.owner {
        KeyOwner::Operator => {
            tx.connection
                .query_row("SELECT count(*) FROM keys WHERE account_id IS NULL", (), |row| row.get(0))?
        }
        KeyOwner::User(account, user) => tx.connection.query_row(
            "SELECT count(*) FROM keys WHERE account_id = ?1 AND user_id = ?2",
            (account.0, user.0),
            |row| row.get(0),
        )?,
    };
    beckon_core::key::check(permit, key.scope, key.expires_at, of_owner, now)?;
    add(tx, key, now)?;
    log(tx, permit, &format!("made the key “{}”", key.name.trim()), now)?;
    Ok(MadeKey { key: require(tx.connection, permit, &key.key)?, secret: key.secret.0 })
}

/// Gives a key another secret.
pub(in crate::store::tables) fn rotate(
    tx: &Tx<'_>,
    permit: &Permit,
    key: &str,
    secret: Digest,
    until: Timestamp,
    now: Timestamp,
) -> Result<MadeKey> {
    let before = require(tx.connection, permit, key)?;
    let owner = before.user.as_ref().map(|user| user.id);
    beckon_core::key::check_rotation(permit, owner, before.expires_at, now)?;
    tx.connection
        .prepare_cached("UPDATE keys SET previous = secret, previous_until = ?3, secret = ?2 WHERE key = ?1")?
        .execute((key, secret.0, micros(until)))?;
    log(tx, permit, &format!("gave the key “{}” another secret", before.name), now)?;
    Ok(MadeKey { key: require(tx.connection, permit, key)?, secret: secret.0 })
}

/// Ends a key.
pub(in crate::store::tables) fn revoke(
    tx: &Tx<'_>,
    permit: &Permit,
    key: &str,
    now: Timestamp,
) -> Result<()> {
    let before = require(tx.connection, permit, key)?;
    beckon_core::key::check_end(permit)?;
    tx.connection.prepare_cached("DELETE FROM keys WHERE key = ?1")?.execute([key])?;
    log(tx, permit, &format!("ended the key “{}”", before.name), now)
}

/// Logs what was done to a key of an account. The operator's own belong to no account's log.
fn log(tx: &Tx<'_>, permit: &Permit, what: &str, now: Timestamp) -> Result<()> {
    if holder(permit).is_some() { configure(tx, permit, what, now) } else { Ok(()) }
}
