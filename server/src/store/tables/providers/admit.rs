//! Who gets in by a provider: core decides, with what is loaded here, and this keeps it.

use std::collections::BTreeSet;

use beckon_core::actor::{Party, Role};
use beckon_core::api::provider::Problem;
use beckon_core::escalation::{Event, Happening};
use beckon_core::id::{AccountId, OrganizationId, ProviderId, UserId};
use beckon_core::provider::{self, Admission, Claims, Known, Linked, Seat, SeatChange, Whom};
use beckon_core::time::Timestamp;

use super::find;
use crate::store::sql::{Connection, OptionalExtension as _, SqlResult, params};
use crate::store::tables::access::{people, sessions};
use crate::store::tables::columns::{micros, word};
use crate::store::tables::tx::Tx;
use crate::store::tables::{Result, keep};
use crate::store::{NewSession, Person, Provider, Session, Step, StoreError};

/// Lets somebody in, and begins the session.
pub(in crate::store::tables) fn admit(
    tx: &Tx<'_>,
    id: ProviderId,
    claims: &Claims,
    session: &NewSession,
    now: Timestamp,
) -> Result<Step<Session>> {
    let Some(provider) = find(tx.connection, id)?.filter(|provider| provider.enabled) else {
        return Ok(Err(Problem::NoSuchProvider));
    };
    // Whoever else changes who is a member of these waits: the last admin of an account stays one.
    let accounts: BTreeSet<AccountId> = provider
        .account
        .into_iter()
        .chain(provider.settings.accounts().map(|(_, account)| account))
        .collect();
    for account in accounts {
        tx.lock_account(account)?;
    }
    let known = known(tx.connection, &provider, claims)?;
    let admission = match provider::admit(&provider.settings, provider.account, claims, known.as_ref()) {
        Ok(admission) => admission,
        Err(problem) => return Ok(Err(problem)),
    };
    let person = person(tx, &admission, now)?;
    link(tx, &provider, claims, person.user, now)?;
    for change in admission.changes() {
        seat(tx, &provider, &person, change, now)?;
    }
    Ok(sessions::sign_in(tx, person.user, session, now)?.ok_or(Problem::NotAMember))
}

/// Returns who signed in by a provider as a subject before.
pub(in crate::store::tables) fn linked(
    connection: &Connection,
    provider: &Provider,
    subject: &str,
) -> Result<Option<UserId>> {
    let found: Option<i64> = connection
        .prepare_cached(
            "SELECT user_id FROM provider_links WHERE provider_id = ?1 AND issuer = ?2 AND subject = ?3",
        )?
        .query_row((provider.id.0, &provider.settings.issuer, subject), |row| row.get(0))
        .optional()?;
    Ok(found.map(UserId))
}

/// Finds whom the claims may be about: by the subject, or else by the address.
fn known(connection: &Connection, provider: &Provider, claims: &Claims) -> Result<Option<Known>> {
    if let Some(user) = linked(connection, provider, &claims.subject)?
        && let Some(person) = people::find(connection, user)?
    {
        return with_seats(connection, &person, Linked::Yes).map(Some);
    }
    let Some(email) = claims.email.as_deref() else { return Ok(None) };
    let Some(person) = people::by_login(connection, email)? else { return Ok(None) };
    let another = connection
        .prepare_cached(
            "SELECT 1 FROM provider_links WHERE provider_id = ?1 AND issuer = ?2 AND user_id = ?3",
        )?
        .exists((provider.id.0, &provider.settings.issuer, person.user.0))?;
    let linked = if another { Linked::ToAnother } else { Linked::Not };
    with_seats(connection, &person, linked).map(Some)
}

fn with_seats(connection: &Connection, person: &Person, linked: Linked) -> Result<Known> {
    let mut statement = connection.prepare_cached(
        "SELECT account_id, role, organization_id,
                role = 'account_admin' AND NOT EXISTS (
                    SELECT 1 FROM members AS other WHERE other.account_id = members.account_id
                    AND other.role = 'account_admin' AND other.user_id <> members.user_id) AS last_admin
         FROM members WHERE user_id = ?1 ORDER BY account_id",
    )?;
    let rows = statement.query_map([person.user.0], |row| {
        Ok(Seat {
            account: AccountId(row.get("account_id")?),
            role: word(row, "role")?,
            organization: row.get::<_, Option<i64>>("organization_id")?.map(OrganizationId),
            last_admin: row.get("last_admin")?,
        })
    })?;
    let seats = rows.collect::<SqlResult<_>>()?;
    Ok(Known { user: person.user, linked, operator: person.operator, seats })
}

/// Finds the person who gets in, or makes it.
fn person(tx: &Tx<'_>, admission: &Admission, now: Timestamp) -> Result<Person> {
    let person = match admission.whom() {
        Whom::Known(user) => people::find(tx.connection, *user)?,
        Whom::New { name, email } => Some(people::find_or_add(tx, name, email, now)?),
    };
    let person = person.ok_or_else(|| StoreError::Unavailable("a person is missing".to_owned()))?;
    if admission.operator() && !person.operator {
        people::add_operator(tx, &person.name, &person.email, now)?;
    }
    Ok(person)
}

fn link(tx: &Tx<'_>, provider: &Provider, claims: &Claims, user: UserId, now: Timestamp) -> Result<()> {
    tx.connection
        .prepare_cached(
            "INSERT INTO provider_links (provider_id, issuer, subject, user_id, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (provider_id, issuer, subject) DO UPDATE SET user_id = ?4",
        )?
        .execute((provider.id.0, &provider.settings.issuer, &claims.subject, user.0, micros(now)))?;
    Ok(())
}

/// Makes or changes a membership, and logs it. Whoever has another role signs in anew everywhere.
fn seat(
    tx: &Tx<'_>,
    provider: &Provider,
    person: &Person,
    change: &SeatChange,
    now: Timestamp,
) -> Result<()> {
    let (account, organization) = (change.account, change.organization.map(|id| id.0));
    tx.connection
        .prepare_cached(
            "INSERT INTO members (account_id, user_id, name, email, role, organization_id, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (account_id, user_id) DO UPDATE SET role = ?5, organization_id = ?6",
        )?
        .execute(params![
            account.0,
            person.user.0,
            person.name,
            person.email,
            change.role.to_string(),
            organization,
            micros(now)
        ])?;
    tx.connection
        .prepare_cached("DELETE FROM sessions WHERE account_id = ?1 AND user_id = ?2")?
        .execute((account.0, person.user.0))?;
    let what = said(change.role, change.joins, &provider.settings.name);
    let by = Party::User { id: person.user, name: person.name.clone() };
    let event = Event { escalation: None, at: now, by, what: Happening::Configured { what } };
    keep::heads(tx, account, &[event])?;
    Ok(())
}

fn said(role: Role, joins: bool, provider: &str) -> String {
    let became = if joins { "joined as" } else { "became" };
    format!("{became} {} by the sign-in provider {provider}", role.label().to_lowercase())
}
