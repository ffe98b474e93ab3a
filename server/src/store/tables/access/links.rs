//! Links that sign somebody in.

use beckon_core::error::Refusal;
use beckon_core::id::{AccountId, UserId};
use beckon_core::time::Timestamp;

use crate::store::outbox::Task;
use crate::store::sql::{Connection, OptionalExtension as _};
use crate::store::tables::Result;
use crate::store::tables::access::people;
use crate::store::tables::columns::micros;
use crate::store::tables::members::member;
use crate::store::tables::outbox::{self, Queued};
use crate::store::tables::tx::Tx;
use crate::store::{Digest, DoorMail, NewLink, Person};

/// Keeps a link.
pub(in crate::store::tables) fn add(tx: &Tx<'_>, token: Digest, link: NewLink) -> Result<()> {
    let known = match link.account {
        Some(account) => member(tx.connection, account, link.user)?.is_some(),
        None => people::find(tx.connection, link.user)?.is_some_and(|person| person.operator),
    };
    if !known {
        let place =
            link.account.map_or("at the provider".to_owned(), |account| format!("in account {account}"));
        return Err(Refusal::field("member", format!("there is nobody {} {place}", link.user)).into());
    }
    tx.connection
        .prepare_cached(
            "INSERT INTO links (token, account_id, user_id, expires_at, reusable) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((
            token.0,
            link.account.map(|id| id.0),
            link.user.0,
            micros(link.expires_at),
            link.reusable,
        ))?;
    Ok(())
}

/// Sends a link to whoever has this address, in place of those before.
pub(in crate::store::tables) fn send(
    tx: &Tx<'_>,
    login: &str,
    mail: &DoorMail,
    now: Timestamp,
) -> Result<()> {
    let Some(person) = people::by_login(tx.connection, login)? else { return Ok(()) };
    let first = people::accounts_of(tx.connection, person.user)?.into_iter().next();
    let account = first.filter(|_| !person.operator).map(|account| account.id);
    if account.is_none() && !person.operator {
        return Ok(());
    }
    tx.connection
        .prepare_cached("DELETE FROM links WHERE user_id = ?1 AND reusable = 0")?
        .execute([person.user.0])?;
    deliver(tx, &person, account, mail, now)
}

/// Keeps a link, and queues the mail that brings it.
pub(in crate::store::tables) fn deliver(
    tx: &Tx<'_>,
    person: &Person,
    account: Option<AccountId>,
    mail: &DoorMail,
    now: Timestamp,
) -> Result<()> {
    let link = NewLink { account, user: person.user, expires_at: mail.until, reusable: false };
    add(tx, mail.token, link)?;
    let task = Task::Door {
        user: person.user,
        name: person.name.clone(),
        email: person.email.clone(),
        reason: mail.reason.clone(),
        sealed: mail.sealed.clone(),
        until: mail.until,
    };
    let account = account.unwrap_or(AccountId(0));
    let queued = Queued { account, escalation: None, recipient: &person.name, task, reported: None };
    outbox::queue(tx, &queued, now)?;
    Ok(())
}

/// A link that works: into which account, as whom, and whether it works again and again.
type Found = (Option<i64>, i64, bool);

/// Finds a link; `lock` is the end of the statement.
fn find(connection: &Connection, token: Digest, now: Timestamp, lock: &str) -> Result<Option<Found>> {
    let sql = format!(
        "SELECT account_id, user_id, reusable FROM links WHERE token = ?1 AND (reusable = 1 OR expires_at > ?2){lock}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let found =
        statement.query_row((token.0, micros(now)), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    Ok(found.optional()?)
}

/// Returns whom a link would sign in.
pub(in crate::store::tables) fn owner(
    connection: &Connection,
    token: Digest,
    now: Timestamp,
) -> Result<Option<Person>> {
    match find(connection, token, now, "")? {
        Some((_, user, _)) => people::find(connection, UserId(user)),
        None => Ok(None),
    }
}

/// Uses a link up, and returns whom it signs in, and where. A used one is none, and so is one that is over.
pub(in crate::store::tables) fn take(
    tx: &Tx<'_>,
    token: Digest,
    now: Timestamp,
) -> Result<Option<(UserId, Option<AccountId>)>> {
    let link = find(tx.connection, token, now, tx.connection.for_update())?;
    let Some((account, user, reusable)) = link else { return Ok(None) };
    if !reusable {
        tx.connection.prepare_cached("DELETE FROM links WHERE token = ?1")?.execute([token.0])?;
    }
    tx.connection
        .prepare_cached("DELETE FROM links WHERE reusable = 0 AND expires_at <= ?1")?
        .execute([micros(now)])?;
    Ok(Some((UserId(user), account.map(AccountId))))
}
