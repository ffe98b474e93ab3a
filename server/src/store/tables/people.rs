//! Accounts and organizations.

use beckon_core::api::Blocked;
use beckon_core::api::people::{AccountBody, Counts, OrganizationBody};
use beckon_core::error::Refusal;
use beckon_core::id::{AccountId, OrganizationId, UserId};
use beckon_core::text::is_address;
use beckon_core::time::Timestamp;
use chrono::DateTime;

use super::columns::{day, micros, reserve_id, take_id, time};
use super::log::limit;
use super::members::{admins, member};
use super::tx::Tx;
use super::{Result, access};
use crate::store::sql::{Connection, OptionalExtension as _, Row, SqlResult, ToValue, params};
use crate::store::{Cursor, PageOf};

/// The longest name of an account, organization or person, in characters.
const MAX_NAME: usize = 320;

/// Checks the name of an account, organization, person or key.
pub(super) fn check_name(field: &str, name: &str) -> Result<()> {
    let length = name.trim().chars().count();
    if length == 0 || length > MAX_NAME || name.chars().any(char::is_control) {
        let text = format!("expected 1 to {MAX_NAME} characters without control characters, found {length}");
        return Err(Refusal::field(field, text).into());
    }
    Ok(())
}

/// Checks an address for mails.
pub(super) fn check_address(field: &str, address: &str) -> Result<()> {
    check_name(field, address)?;
    if !is_address(address) {
        let text = format!("expected an address such as priya@northwind.example, found `{}`", address.trim());
        return Err(Refusal::field(field, text).into());
    }
    Ok(())
}

/// Takes the id that was asked for, or the next free one.
fn new_id(tx: &Tx<'_>, kind: &str, wanted: Option<i64>) -> Result<i64> {
    let Some(id) = wanted else { return take_id(tx.connection, kind) };
    if id < 1 {
        return Err(Refusal::field("id", format!("expected a positive number, found {id}")).into());
    }
    reserve_id(tx.connection, kind, id)?;
    Ok(id)
}

pub(super) fn add_account(
    tx: &Tx<'_>,
    id: Option<AccountId>,
    name: &str,
    now: Timestamp,
) -> Result<AccountId> {
    check_name("name", name)?;
    if let Some(id) = id
        && account_name(tx.connection, id)?.is_some()
    {
        return Err(Refusal::Conflict(format!(
            "account {id} is there already: leave out the id to get a free one"
        ))
        .into());
    }
    let id = new_id(tx, "account", id.map(|id| id.0))?;
    tx.connection
        .prepare_cached("INSERT INTO accounts (id, name, created_at) VALUES (?1, ?2, ?3)")?
        .execute((id, name.trim(), micros(now)))?;
    Ok(AccountId(id))
}

pub(super) fn account_name(connection: &Connection, id: AccountId) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached("SELECT name FROM accounts WHERE id = ?1")?;
    Ok(statement.query_row([id.0], |row| row.get(0)).optional()?)
}

/// Lists all accounts by number.
pub(in crate::store) fn account_ids(connection: &Connection) -> Result<Vec<AccountId>> {
    let mut statement = connection.prepare_cached("SELECT id FROM accounts ORDER BY id")?;
    let rows = statement.query_map((), |row| row.get(0).map(AccountId))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

pub(super) fn require_account(connection: &Connection, id: AccountId) -> Result<()> {
    match account_name(connection, id)? {
        Some(_) => Ok(()),
        None => Err(Refusal::field("account", format!("there is no account {id}: make it first")).into()),
    }
}

pub(super) fn add_organization(
    tx: &Tx<'_>,
    account: AccountId,
    id: Option<OrganizationId>,
    name: &str,
    now: Timestamp,
) -> Result<OrganizationId> {
    check_name("name", name)?;
    require_account(tx.connection, account)?;
    if let Some(id) = id
        && organization(tx.connection, id)?.is_some()
    {
        let text = format!("organization {id} is there already: leave out the id to get a free one");
        return Err(Refusal::Conflict(text).into());
    }
    let id = new_id(tx, "organization", id.map(|id| id.0))?;
    tx.connection
        .prepare_cached(
            "INSERT INTO organizations (account_id, id, name, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)",
        )?
        .execute((account.0, id, name.trim(), micros(now)))?;
    Ok(OrganizationId(id))
}

pub(super) fn blocked(connection: &Connection, account: AccountId, user: UserId) -> Result<Option<Blocked>> {
    let (Some(name), Some(member)) = (account_name(connection, account)?, member(connection, account, user)?)
    else {
        return Ok(None);
    };
    let own = member.organization.map(|id| organization(connection, id)).transpose()?.flatten();
    let ask = admins(connection, account)?.into_iter().map(|admin| admin.name).collect();
    let mut accounts = access::people::accounts_of(connection, user)?;
    accounts.retain(|other| other.id != account);
    let organization = own.map(|own| own.name);
    Ok(Some(Blocked { name: member.name, account: name, organization, ask, accounts }))
}

pub(super) fn account(connection: &Connection, id: AccountId, now: Timestamp) -> Result<Option<AccountBody>> {
    let Some(name) = account_name(connection, id)? else { return Ok(None) };
    let number = |sql: &str, with: &[&dyn ToValue]| -> Result<u64> {
        Ok(connection.prepare_cached(sql)?.query_row(with, |row| row.get(0))?)
    };
    let (moment, today) = (micros(now), day(now.date_naive()));
    let last_answered: Option<i64> = connection
        .prepare_cached(
            "SELECT max(answered_at) FROM escalations WHERE account_id = ?1 AND answered_at IS NOT NULL",
        )?
        .query_row([id.0], |row| row.get(0))?;
    Ok(Some(AccountBody {
        id,
        name,
        status: "enabled".to_owned(),
        organizations_count: number(
            "SELECT count(*) FROM organizations WHERE account_id = ?1",
            params![id.0],
        )?,
        admins: admins(connection, id)?,
        readers_count: number(
            "SELECT count(*) FROM members WHERE account_id = ?1 AND role = 'account_user'",
            params![id.0],
        )?,
        counts: Counts {
            open: number(
                "SELECT count(*) FROM escalations WHERE account_id = ?1 AND open = 1",
                params![id.0],
            )?,
            overdue: number(
                "SELECT count(*) FROM escalations WHERE account_id = ?1 AND open = 1 AND due_at <= ?2",
                params![id.0, moment],
            )?,
            resolved: number(
                "SELECT count(*) FROM escalations WHERE account_id = ?1 AND open = 0",
                params![id.0],
            )?,
            rules: number(
                "SELECT count(*) FROM rules WHERE account_id = ?1 AND (expires_at IS NULL OR expires_at >= ?2)",
                params![id.0, today],
            )?,
        },
        last_answered_at: last_answered.and_then(DateTime::from_timestamp_micros),
    }))
}

const ORGANIZATION: &str = "SELECT account_id, id, name, created_at, updated_at FROM organizations";

fn read_organization(row: &Row<'_>) -> SqlResult<OrganizationBody> {
    Ok(OrganizationBody {
        id: OrganizationId(row.get("id")?),
        account_id: AccountId(row.get("account_id")?),
        name: row.get("name")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
    })
}

pub(super) fn organization(connection: &Connection, id: OrganizationId) -> Result<Option<OrganizationBody>> {
    let mut statement = connection.prepare_cached(&format!("{ORGANIZATION} WHERE id = ?1"))?;
    Ok(statement.query_row([id.0], read_organization).optional()?)
}

pub(super) fn organizations(
    connection: &Connection,
    account: Option<AccountId>,
    page: Cursor,
) -> Result<PageOf<OrganizationBody>> {
    let sql =
        format!("{ORGANIZATION} WHERE (account_id = ?1 OR ?1 IS NULL) AND id > ?2 ORDER BY id LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let bounds = (account.map(|id| id.0), page.after.unwrap_or(0), limit(page));
    let rows = statement.query_map(bounds, |row| read_organization(row).map(|body| (body.id.0, body)))?;
    Ok(PageOf::cut(rows.collect::<SqlResult<_>>()?, page.limit))
}
