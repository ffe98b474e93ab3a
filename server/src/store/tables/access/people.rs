//! People as they sign in, whatever accounts they are members of.

use beckon_core::api::Named;
use beckon_core::error::Refusal;
use beckon_core::escalation::{Event, Happening};
use beckon_core::id::{AccountId, SessionId, UserId};
use beckon_core::text::login;
use beckon_core::time::Timestamp;

use crate::store::sql::{Connection, OptionalExtension as _, Row, SqlResult, ToValue, params};
use crate::store::tables::access::sessions;
use crate::store::tables::columns::{micros, optional_time, take_id};
use crate::store::tables::members::member;
use crate::store::tables::people::{check_address, check_name};
use crate::store::tables::tx::Tx;
use crate::store::tables::{Result, keep};
use crate::store::{Digest, Factor, Person, SignInChange};

const PERSON: &str = "SELECT id, name, email, operator, password, second_factor, second_factor_since,
    (SELECT count(*) FROM recovery_codes WHERE user_id = users.id) AS codes FROM users";

fn read(row: &Row<'_>) -> SqlResult<Person> {
    Ok(Person {
        user: UserId(row.get("id")?),
        name: row.get("name")?,
        email: row.get("email")?,
        operator: row.get("operator")?,
        password: row.get("password")?,
        second_factor: row.get("second_factor")?,
        second_factor_since: optional_time(row, "second_factor_since")?,
        recovery_codes: row.get("codes")?,
    })
}

/// Finds a person.
pub(in crate::store::tables) fn find(connection: &Connection, user: UserId) -> Result<Option<Person>> {
    let mut statement = connection.prepare_cached(&format!("{PERSON} WHERE id = ?1"))?;
    Ok(statement.query_row([user.0], read).optional()?)
}

/// Finds a person by address.
pub(in crate::store::tables) fn by_login(connection: &Connection, address: &str) -> Result<Option<Person>> {
    let mut statement = connection.prepare_cached(&format!("{PERSON} WHERE login = ?1"))?;
    Ok(statement.query_row([login(address)], read).optional()?)
}

/// Finds the person with an address, or makes one.
pub(in crate::store::tables) fn find_or_add(
    tx: &Tx<'_>,
    name: &str,
    email: &str,
    now: Timestamp,
) -> Result<Person> {
    check_name("name", name)?;
    check_address("email", email)?;
    if let Some(known) = by_login(tx.connection, email)? {
        return Ok(known);
    }
    let id = take_id(tx.connection, "user")?;
    tx.connection
        .prepare_cached("INSERT INTO users (id, name, email, login, created_at) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute((id, name.trim(), email.trim(), login(email), micros(now)))?;
    find(tx.connection, UserId(id))?
        .ok_or_else(|| crate::store::StoreError::Unavailable(format!("user {id} is missing")))
}

/// Makes somebody one of the provider's people. Operators never answer for an account, so no member can be one.
pub(in crate::store::tables) fn add_operator(
    tx: &Tx<'_>,
    name: &str,
    email: &str,
    now: Timestamp,
) -> Result<UserId> {
    let person = find_or_add(tx, name, email, now)?;
    if !person.operator && !accounts_of(tx.connection, person.user)?.is_empty() {
        let text =
            "this address belongs to a member of an account, and operators never answer for one: use another";
        return Err(Refusal::Conflict(text.to_owned()).into());
    }
    tx.connection
        .prepare_cached("UPDATE users SET operator = 1, name = ?2 WHERE id = ?1")?
        .execute((person.user.0, name.trim()))?;
    Ok(person.user)
}

/// Lists the provider's people.
pub(in crate::store::tables) fn operators(connection: &Connection) -> Result<Vec<Person>> {
    let mut statement = connection.prepare_cached(&format!("{PERSON} WHERE operator = 1 ORDER BY id"))?;
    let rows = statement.query_map((), read)?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Lets one of the provider's people go.
pub(in crate::store::tables) fn remove_operator(tx: &Tx<'_>, user: UserId) -> Result<()> {
    let gone = tx.connection.change("DELETE FROM users WHERE id = ?1 AND operator = 1", [user.0])?;
    if gone == 0 {
        return Ok(());
    }
    for table in ["sessions", "links", "recovery_codes", "provider_links"] {
        tx.connection.execute(&format!("DELETE FROM {table} WHERE user_id = ?1"), [user.0])?;
    }
    Ok(())
}

/// Returns the accounts that a person may look at, by name.
pub(in crate::store::tables) fn accounts_of(
    connection: &Connection,
    user: UserId,
) -> Result<Vec<Named<AccountId>>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, name FROM accounts
         WHERE id IN (SELECT account_id FROM members WHERE user_id = ?1)
            OR EXISTS (SELECT 1 FROM users WHERE id = ?1 AND operator = 1)
         ORDER BY name, id",
    )?;
    let rows =
        statement.query_map([user.0], |row| Ok(Named { id: AccountId(row.get(0)?), name: row.get(1)? }))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Changes how a person signs in, ends its other sessions, and logs it wherever it is a member.
pub(in crate::store::tables) fn change(
    tx: &Tx<'_>,
    user: UserId,
    change: &SignInChange,
    kept: Option<SessionId>,
    now: Timestamp,
) -> Result<()> {
    let what = match change {
        SignInChange::Password(hash) => {
            set(tx, user, "password = ?2", hash)?;
            Some("changed the password that they sign in with")
        }
        SignInChange::BeginSecondFactor(sealed) => {
            set(tx, user, "second_factor = ?2, second_factor_since = NULL, step = 0", sealed)?;
            None
        }
        SignInChange::ConfirmSecondFactor(codes) => {
            set(tx, user, "second_factor_since = ?2", &micros(now))?;
            put_codes(tx, user, codes)?;
            Some("turned their second factor on")
        }
        SignInChange::RecoveryCodes(codes) => {
            put_codes(tx, user, codes)?;
            Some("made new recovery codes")
        }
        SignInChange::DropSecondFactor => {
            set(tx, user, "second_factor = ?2, second_factor_since = NULL, step = 0", &None::<String>)?;
            put_codes(tx, user, &[])?;
            Some("turned their second factor off")
        }
    };
    let Some(what) = what else { return Ok(()) };
    sessions::end_others(tx, user, None, kept)?;
    log(tx, user, what, now)
}

fn set(tx: &Tx<'_>, user: UserId, what: &str, value: &dyn ToValue) -> Result<()> {
    let sql = format!("UPDATE users SET {what} WHERE id = ?1");
    tx.connection.prepare_cached(&sql)?.execute(params![user.0, value])?;
    Ok(())
}

fn put_codes(tx: &Tx<'_>, user: UserId, codes: &[Digest]) -> Result<()> {
    tx.connection.prepare_cached("DELETE FROM recovery_codes WHERE user_id = ?1")?.execute([user.0])?;
    let mut insert =
        tx.connection.prepare_cached("INSERT INTO recovery_codes (user_id, code) VALUES (?1, ?2)")?;
    for code in codes {
        insert.execute((user.0, code.0))?;
    }
    Ok(())
}

/// Logs what a person did to its own sign-in, in each account that it is a member of.
fn log(tx: &Tx<'_>, user: UserId, what: &str, now: Timestamp) -> Result<()> {
    for account in accounts_of(tx.connection, user)? {
        let Some(member) = member(tx.connection, account.id, user)? else { continue };
        let by = beckon_core::actor::Party::User { id: user, name: member.name };
        let what = Happening::Configured { what: what.to_owned() };
        keep::heads(tx, account.id, &[Event { escalation: None, at: now, by, what }])?;
    }
    Ok(())
}

/// Uses up what stands in for the second factor. False when it was used before, or is none.
pub(in crate::store::tables) fn use_factor(tx: &Tx<'_>, user: UserId, factor: Factor) -> Result<bool> {
    let changed = match factor {
        Factor::Step(step) => tx
            .connection
            .prepare_cached("UPDATE users SET step = ?2 WHERE id = ?1 AND step < ?2")?
            .change((user.0, step))?,
        Factor::Recovery(code) => tx
            .connection
            .prepare_cached("DELETE FROM recovery_codes WHERE user_id = ?1 AND code = ?2")?
            .change((user.0, code.0))?,
    };
    Ok(changed > 0)
}
