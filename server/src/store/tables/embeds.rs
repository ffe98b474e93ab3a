//! Embeds, and the panels that are open.

use beckon_core::actor::{Actor, Member};
use beckon_core::api::Named;
use beckon_core::api::embed::{EmbedPatch, EmbedRequest, UserName};
use beckon_core::embed::{self, LAUNCH, LONGEST, Launched, Origin};
use beckon_core::error::Refusal;
use beckon_core::id::{AccountId, UserId};
use beckon_core::permission::Permit;
use beckon_core::text::login;
use beckon_core::time::Timestamp;

use super::access::{keys, people as persons};
use super::columns::{micros, optional_time, state, time, word};
use super::members::member;
use super::people::account_name;
use super::tx::Tx;
use super::{Result, configure};
use crate::store::sql::{Connection, Error, OptionalExtension as _, Row, SqlResult, params};
use crate::store::{Digest, Embed, Exchange, Launch, Panel};

fn read(row: &Row<'_>) -> SqlResult<Embed> {
    Ok(Embed {
        account: AccountId(row.get("account_id")?),
        public_id: row.get("public_id")?,
        settings: state(row, "settings")?,
        created_at: time(row, "created_at")?,
        last_launched_at: optional_time(row, "last_launched_at")?,
    })
}

const EMBED: &str = "SELECT account_id, public_id, settings, created_at, last_launched_at FROM embeds";

/// Lists the embeds of an account, the newest first.
pub(super) fn list(connection: &Connection, account: AccountId) -> Result<Vec<Embed>> {
    let sql = format!("{EMBED} WHERE account_id = ?1 ORDER BY created_at DESC, public_id");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([account.0], read)?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Finds an embed.
pub(super) fn find(connection: &Connection, public_id: &str) -> Result<Option<Embed>> {
    let mut statement = connection.prepare_cached(&format!("{EMBED} WHERE public_id = ?1"))?;
    Ok(statement.query_row([public_id], read).optional()?)
}

/// Finds an embed of the account in which something is permitted. One of another account is not there.
fn require(connection: &Connection, permit: &Permit, public_id: &str) -> Result<Embed> {
    let found = find(connection, public_id)?.filter(|found| found.account == permit.account());
    Ok(found.ok_or(Refusal::Invisible)?)
}

/// Makes an embed.
pub(super) fn add(
    tx: &Tx<'_>,
    permit: &Permit,
    public_id: &str,
    request: &EmbedRequest,
    now: Timestamp,
) -> Result<Embed> {
    let others = list(tx.connection, permit.account())?.len();
    let settings = embed::add(permit, request, others)?;
    tx.connection
        .prepare_cached(
            "INSERT INTO embeds (account_id, public_id, settings, created_at) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((permit.account().0, public_id, serde_json::to_string(&settings)?, micros(now)))?;
    configure(tx, permit, &format!("added the embed “{}”", settings.name), now)?;
    require(tx.connection, permit, public_id)
}

/// Changes an embed.
pub(super) fn change(
    tx: &Tx<'_>,
    permit: &Permit,
    public_id: &str,
    patch: &EmbedPatch,
    now: Timestamp,
) -> Result<Embed> {
    let before = require(tx.connection, permit, public_id)?;
    let settings = embed::change(permit, &before.settings, patch)?;
    if settings == before.settings {
        return Ok(before);
    }
    tx.connection
        .prepare_cached("UPDATE embeds SET settings = ?3 WHERE account_id = ?1 AND public_id = ?2")?
        .execute((permit.account().0, public_id, serde_json::to_string(&settings)?))?;
    configure(tx, permit, &format!("changed the embed “{}”", settings.name), now)?;
    Ok(Embed { settings, ..before })
}

/// Deletes an embed, and ends its panels.
pub(super) fn remove(tx: &Tx<'_>, permit: &Permit, public_id: &str, now: Timestamp) -> Result<()> {
    let before = require(tx.connection, permit, public_id)?;
    embed::check_deletion(permit)?;
    for table in ["panels", "embeds"] {
        let sql = format!("DELETE FROM {table} WHERE account_id = ?1 AND public_id = ?2");
        tx.connection.execute(&sql, (permit.account().0, public_id))?;
    }
    configure(tx, permit, &format!("deleted the embed “{}”", before.settings.name), now)
}

/// Finds a member by number or address. Somebody else is not there.
fn named(connection: &Connection, account: AccountId, name: &UserName) -> Result<Member> {
    let user = match name {
        UserName::Id(id) => Some(*id),
        UserName::Email(email) => persons::by_login(connection, &login(email))?.map(|person| person.user),
    };
    let found = user.map(|user| member(connection, account, user)).transpose()?.flatten();
    Ok(found.ok_or(Refusal::Invisible)?)
}

/// Keeps a launch code; returns until when it works.
pub(super) fn launch(tx: &Tx<'_>, permit: &Permit, launch: &Launch, now: Timestamp) -> Result<Timestamp> {
    let embed = require(tx.connection, permit, &launch.public_id)?;
    let member = named(tx.connection, embed.account, &launch.user)?;
    let launched = embed::check_launch(permit, &embed.settings, &member, &launch.origin)?;
    tx.connection.prepare_cached("DELETE FROM panels WHERE expires_at <= ?1")?.execute([micros(now)])?;
    let until = now + LAUNCH;
    tx.connection
        .prepare_cached(
            "INSERT INTO panels (account_id, public_id, user_id, role, origin, launcher, key, code, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            embed.account.0,
            embed.public_id,
            member.user.0,
            launched.role.to_string(),
            launched.origin.as_str(),
            launch.launcher.0,
            launch.key,
            launch.code.0,
            micros(until),
        ])?;
    tx.connection
        .prepare_cached("UPDATE embeds SET last_launched_at = ?3 WHERE account_id = ?1 AND public_id = ?2")?
        .execute((embed.account.0, &embed.public_id, micros(now)))?;
    Ok(until)
}

/// A panel as it is kept.
struct Kept {
    id: i64,
    account: AccountId,
    public_id: String,
    user: UserId,
    launched: Launched,
    launcher: UserId,
    key: Option<String>,
    token: Option<Digest>,
    expires_at: Timestamp,
}

fn read_panel(row: &Row<'_>) -> SqlResult<Kept> {
    let origin: String = row.get("origin")?;
    let wrong = |error: beckon_core::error::Invalid| Error::Unreadable {
        column: "origin".to_owned(),
        why: error.to_string(),
    };
    Ok(Kept {
        id: row.get("id")?,
        account: AccountId(row.get("account_id")?),
        public_id: row.get("public_id")?,
        user: UserId(row.get("user_id")?),
        launched: Launched { role: word(row, "role")?, origin: Origin::parse(&origin).map_err(wrong)? },
        launcher: UserId(row.get("launcher")?),
        key: row.get("key")?,
        token: row.get::<_, Option<[u8; 32]>>("token")?.map(Digest),
        expires_at: time(row, "expires_at")?,
    })
}

/// Finds a panel; `lock` is the end of the statement.
fn find_panel(
    connection: &Connection,
    by: &str,
    secret: Digest,
    now: Timestamp,
    lock: &str,
) -> Result<Option<Kept>> {
    let sql = format!(
        "SELECT id, account_id, public_id, user_id, role, origin, launcher, key, token, expires_at FROM panels
         WHERE {by} = ?1 AND expires_at > ?2{lock}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row((secret.0, micros(now)), read_panel).optional()?)
}

/// Returns a panel with what may be done in it by now; none where its rights have ended.
fn seated(connection: &Connection, kept: Kept, now: Timestamp) -> Result<Option<Panel>> {
    let Some(embed) = find(connection, &kept.public_id)? else { return Ok(None) };
    let Some(member) = member(connection, kept.account, kept.user)? else { return Ok(None) };
    let launcher = match &kept.key {
        Some(key) => keys::holder_of(connection, key, now)?,
        None => self::member(connection, kept.account, kept.launcher)?.map(Actor::member),
    };
    let Some(launcher) = launcher else { return Ok(None) };
    let account =
        Named { id: kept.account, name: account_name(connection, kept.account)?.unwrap_or_default() };
    let actor = embed::seat(&embed.settings, &kept.launched, member.clone(), &launcher);
    Ok(actor.map(|actor| Panel {
        id: kept.id,
        settings: embed.settings,
        account,
        member,
        actor,
        expires_at: kept.expires_at,
    }))
}

/// Trades a launch code for a token.
pub(super) fn exchange(tx: &Tx<'_>, exchange: &Exchange, now: Timestamp) -> Result<Option<Panel>> {
    let lock = tx.connection.for_update();
    let Some(kept) = find_panel(tx.connection, "code", exchange.code, now, lock)? else { return Ok(None) };
    let fits = kept.public_id == exchange.public_id && kept.launched.origin.as_str() == exchange.origin;
    if kept.token.is_some() || !fits {
        // Two have the code, and one of them should not: neither goes on.
        tx.connection.prepare_cached("DELETE FROM panels WHERE id = ?1")?.execute([kept.id])?;
        return Ok(None);
    }
    let until = now + LONGEST;
    tx.connection
        .prepare_cached("UPDATE panels SET token = ?2, expires_at = ?3 WHERE id = ?1")?
        .execute((kept.id, exchange.token.0, micros(until)))?;
    seated(tx.connection, Kept { expires_at: until, ..kept }, now)
}

/// Returns the panel of a token, whose rights have not ended.
pub(super) fn panel(connection: &Connection, token: Digest, now: Timestamp) -> Result<Option<Panel>> {
    match find_panel(connection, "token", token, now, "")? {
        Some(kept) => seated(connection, kept, now),
        None => Ok(None),
    }
}

/// Ends a panel.
pub(super) fn end(tx: &Tx<'_>, token: Digest) -> Result<()> {
    tx.connection.prepare_cached("DELETE FROM panels WHERE token = ?1")?.execute([token.0])?;
    Ok(())
}

/// Ends the panels of a person in one embed, launch codes too; returns how many were open.
pub(super) fn end_of(
    tx: &Tx<'_>,
    permit: &Permit,
    public_id: &str,
    user: &UserName,
    now: Timestamp,
) -> Result<u64> {
    embed::check_ending(permit)?;
    let embed = require(tx.connection, permit, public_id)?;
    let member = named(tx.connection, embed.account, user)?;
    let who = (embed.account.0, &embed.public_id, member.user.0);
    let open: u64 = tx.connection.query_row(
        "SELECT count(*) FROM panels
         WHERE account_id = ?1 AND public_id = ?2 AND user_id = ?3 AND token IS NOT NULL AND expires_at > ?4",
        (who.0, who.1, who.2, micros(now)),
        |row| row.get(0),
    )?;
    tx.connection
        .prepare_cached("DELETE FROM panels WHERE account_id = ?1 AND public_id = ?2 AND user_id = ?3")?
        .execute(who)?;
    Ok(open)
}

/// Ends the panels of a person that has signed out: all of them, or those of the account `within`.
pub(super) fn sign_out(tx: &Tx<'_>, user: UserId, within: Option<AccountId>) -> Result<()> {
    tx.connection
        .prepare_cached("DELETE FROM panels WHERE user_id = ?1 AND (account_id = ?2 OR ?2 IS NULL)")?
        .execute((user.0, within.map(|account| account.0)))?;
    Ok(())
}
