//! Access rules: found for a login, listed, made, changed, deleted.

use std::net::IpAddr;

use beckon_core::api::rule::{RuleBody, RuleNames, RulePatch, RuleRequest, Whom};
use beckon_core::country::CountryCode;
use beckon_core::decide;
use beckon_core::error::Refusal;
use beckon_core::id::{AccountId, RuleId};
use beckon_core::network::Network;
use beckon_core::permission::Permit;
use beckon_core::rule::coverage::Effect;
use beckon_core::rule::{AccessRule, Level, RuleStatus, Schedule, Subject};
use beckon_core::time::Timestamp;
use beckon_core::vpn::VpnSlug;

use super::columns::{day, state, take_ids};
use super::log::limit;
use super::tx::Tx;
use super::{Result, chain, coverage, identities, keep, people};
use crate::store::sql::{Connection, OptionalExtension as _, Owned, Row, SqlResult, params};
use crate::store::{Cursor, PageOf, RuleQuery, RulesKept};

/// Loads the rules that could be about a login by its country or its VPN, and the catch-alls.
pub(super) fn of_origin(
    connection: &Connection,
    account: AccountId,
    country: Option<CountryCode>,
    vpn: Option<&VpnSlug>,
) -> Result<Vec<AccessRule>> {
    let mut statement = connection.prepare_cached(
        "SELECT state FROM rules WHERE account_id = ?1 AND category = 'country' AND value IN (?2, '')
         UNION ALL SELECT state FROM rules WHERE account_id = ?1 AND category = 'vpn' AND value IN (?3, '')",
    )?;
    let country = country.map(|country| country.to_string());
    let rows =
        statement.query_map((account.0, country, vpn.map(VpnSlug::as_str)), |row| state(row, "state"))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Loads the rules about addresses; none where there are more than `most`.
pub(super) fn of_addresses(
    connection: &Connection,
    account: AccountId,
    most: usize,
) -> Result<Option<Vec<AccessRule>>> {
    let mut statement = connection.prepare_cached(
        "SELECT state FROM rules WHERE account_id = ?1 AND category = 'ip_address' LIMIT ?2",
    )?;
    let limit = i64::try_from(most + 1).unwrap_or(i64::MAX);
    let rows = statement.query_map((account.0, limit), |row| state(row, "state"))?;
    let rules = rows.collect::<SqlResult<Vec<_>>>()?;
    Ok(Some(rules).filter(|rules| rules.len() <= most))
}

/// Loads the rules about one address and the ranges around it.
pub(super) fn around(
    connection: &Connection,
    account: AccountId,
    address: IpAddr,
) -> Result<Vec<AccessRule>> {
    let networks: Vec<String> = Network::around(address).map(String::from).collect();
    let places: Vec<String> = (2..).take(networks.len()).map(|at| format!("?{at}")).collect();
    let sql = format!(
        "SELECT state FROM rules WHERE account_id = ?1 AND category = 'ip_address' AND value IN ({})",
        places.join(", ")
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let values = std::iter::once(Owned::from(account.0)).chain(networks.into_iter().map(Owned::from));
    let rows = statement.query_map(values.collect::<Vec<_>>(), |row| state(row, "state"))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Loads all rules of an account.
pub(super) fn all(connection: &Connection, account: AccountId) -> Result<Vec<AccessRule>> {
    let mut statement = connection.prepare_cached("SELECT state FROM rules WHERE account_id = ?1")?;
    let rows = statement.query_map([account.0], |row| state(row, "state"))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// The value by which a rule is found; empty for those that have none.
fn value(subject: &Subject) -> String {
    match subject {
        Subject::Country { country } => country.to_string(),
        Subject::Vpn { vpn } => vpn.to_string(),
        Subject::IpAddress { network } => network.to_string(),
        Subject::Catchall { .. } | Subject::CatchallException { .. } => String::new(),
    }
}

/// Keeps new rules.
pub(super) fn insert(tx: &Tx<'_>, rules: &[AccessRule]) -> Result<()> {
    let mut statement = tx.connection.prepare_cached(
        "INSERT INTO rules (account_id, id, scope, organization_id, identity_id, category, logic, value,
                            determination, starts_at, expires_at, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?;
    for rule in rules {
        let (organization, identity) = match rule.level {
            Level::Account => (None, None),
            Level::Organization { organization } => (Some(organization.0), None),
            Level::Identity { identity, organization } => (Some(organization.0), Some(identity.0)),
        };
        statement.execute(params![
            rule.account.0,
            rule.id.0,
            rule.level.scope().to_string(),
            organization,
            identity,
            rule.subject.category().to_string(),
            rule.subject.logic().to_string(),
            value(&rule.subject),
            rule.determination.to_string(),
            rule.schedule.starts_at.map(day),
            rule.schedule.expires_at.map(day),
            serde_json::to_string(rule)?,
        ])?;
    }
    Ok(())
}

const RULE: &str = "SELECT r.id, r.state, a.name AS account_name, o.name AS organization_name,
       coalesce(i.name, i.username) AS identity_name
  FROM rules r
  JOIN accounts a ON a.id = r.account_id
  LEFT JOIN organizations o ON o.account_id = r.account_id AND o.id = r.organization_id
  LEFT JOIN identities i ON i.account_id = r.account_id AND i.id = r.identity_id";

fn read(row: &Row<'_>, now: Timestamp) -> SqlResult<RuleBody> {
    let rule: AccessRule = state(row, "state")?;
    let names = RuleNames {
        account: row.get("account_name")?,
        organization: row.get("organization_name")?,
        identity: row.get("identity_name")?,
    };
    Ok(RuleBody::of(&rule, names, now))
}

pub(super) fn find(connection: &Connection, id: RuleId, now: Timestamp) -> Result<Option<RuleBody>> {
    let mut statement = connection.prepare_cached(&format!("{RULE} WHERE r.id = ?1"))?;
    Ok(statement.query_row([id.0], |row| read(row, now)).optional()?)
}

pub(super) fn list(
    connection: &Connection,
    query: &RuleQuery,
    page: Cursor,
    now: Timestamp,
) -> Result<PageOf<RuleBody>> {
    let sql = format!(
        "{RULE} WHERE (r.account_id = ?1 OR ?1 IS NULL) AND (r.organization_id = ?2 OR ?2 IS NULL)
           AND (r.identity_id = ?3 OR ?3 IS NULL) AND (r.determination = ?4 OR ?4 IS NULL)
           AND (r.scope = ?5 OR ?5 IS NULL) AND (r.category = ?6 OR ?6 IS NULL)
           AND (r.value = ?7 OR ?7 IS NULL) AND (r.logic = ?8 OR ?8 IS NULL)
           AND CASE ?9 WHEN 'expired' THEN r.expires_at < ?10
                       WHEN 'scheduled' THEN r.starts_at > ?10 AND (r.expires_at IS NULL OR r.expires_at >= ?10)
                       WHEN 'active' THEN (r.starts_at IS NULL OR r.starts_at <= ?10)
                                      AND (r.expires_at IS NULL OR r.expires_at >= ?10)
                       ELSE 1 = 1 END
           AND (r.id < ?11 OR ?11 IS NULL) ORDER BY r.id DESC LIMIT ?12"
    );
    let country = query.country.map(|country| country.to_string());
    let vpn = query.vpn.as_ref().map(ToString::to_string);
    let network = query.network.map(|network| network.to_string());
    let mut statement = connection.prepare_cached(&sql)?;
    let values = params![
        query.account.map(|id| id.0),
        query.organization.map(|id| id.0),
        query.identity.map(|id| id.0),
        query.determination.map(|one| one.to_string()),
        query.scope.map(|one| one.to_string()),
        query.category.map(|one| one.to_string()),
        country.or(vpn).or(network),
        query.logic.map(|one| one.to_string()),
        query.status.map(|one: RuleStatus| one.to_string()),
        day(now.date_naive()),
        page.after,
        limit(page),
    ];
    let rows = statement.query_map(values, |row| Ok((row.get("id")?, read(row, now)?)))?;
    Ok(PageOf::cut(rows.collect::<SqlResult<_>>()?, page.limit))
}

/// Looks up whom a request is for.
///
/// # Errors
/// A refusal that names the field when there is no such organization or identity in the account.
fn level(connection: &Connection, account: AccountId, request: &RuleRequest) -> Result<Level> {
    match request.whom()? {
        Whom::Account => Ok(Level::Account),
        Whom::Organization(id) => match people::organization(connection, id)? {
            Some(found) if found.account_id == account => Ok(Level::Organization { organization: id }),
            _ => Err(unknown("organization_id", "an organization", id.0)),
        },
        Whom::Identity(id) => match identities::identity(connection, id)? {
            Some(found) if found.account.id == account => {
                Ok(Level::Identity { identity: id, organization: found.organization.id })
            }
            _ => Err(unknown("identity_id", "an identity", id.0)),
        },
    }
}

fn unknown(field: &str, what: &str, id: i64) -> super::StoreError {
    Refusal::field(field, format!("expected {what} of this account, found {id}")).into()
}

/// Makes the rules of `request`, all or none, and resolves what they cover.
pub(super) fn make(tx: &Tx<'_>, permit: &Permit, request: &RuleRequest, now: Timestamp) -> Result<RulesKept> {
    let account = permit.account();
    let drafts = request.drafts(level(tx.connection, account, request)?, now)?;
    let facts = coverage::facts(tx.connection, account, None, now)?;
    let mut numbers = take_ids(tx.connection, "rule", drafts.len())?.into_iter();
    let made = decide::make_rules(permit, &drafts, &facts, || next_id(&mut numbers), now)?;
    keep(tx, account, &made)?;
    let ids = made.present.iter().copied().chain(made.rules.iter().map(|rule| rule.id));
    let rules = ids.map(|id| find(tx.connection, id, now)).collect::<Result<Vec<_>>>()?;
    Ok(RulesKept { rules: rules.into_iter().flatten().collect(), resolved: made.resolved })
}

/// Hands out numbers that were taken. There are as many as rules can be made.
pub(super) fn next_id(numbers: &mut std::vec::IntoIter<i64>) -> RuleId {
    RuleId(numbers.next().unwrap_or_default())
}

/// Keeps what making rules did: the rules, the log, and the escalations that they resolve.
pub(super) fn keep(tx: &Tx<'_>, account: AccountId, made: &decide::RulesMade) -> Result<()> {
    insert(tx, &made.rules)?;
    keep::heads(tx, account, &made.events).map(drop)
}

pub(super) fn preview(
    connection: &Connection,
    permit: &Permit,
    request: &RuleRequest,
    now: Timestamp,
) -> Result<(Effect, usize)> {
    let account = permit.account();
    let drafts = request.drafts(level(connection, account, request)?, now)?;
    let facts = coverage::facts(connection, account, None, now)?;
    let present =
        |draft: &&beckon_core::rule::RuleDraft| facts.rules.iter().any(|rule| draft.is_made_by(rule, now));
    let new = drafts.iter().filter(|draft| !present(draft)).count();
    Ok((decide::preview(account, &drafts, &facts, now), new))
}

fn load(connection: &Connection, permit: &Permit, id: RuleId) -> Result<AccessRule> {
    let rule: Option<AccessRule> = connection
        .prepare_cached("SELECT state FROM rules WHERE account_id = ?1 AND id = ?2")?
        .query_row((permit.account().0, id.0), |row| state(row, "state"))
        .optional()?;
    rule.ok_or_else(|| Refusal::Invisible.into())
}

fn shown(connection: &Connection, id: RuleId, now: Timestamp) -> Result<RuleBody> {
    find(connection, id, now)?.ok_or_else(|| Refusal::Invisible.into())
}

pub(super) fn change(
    tx: &Tx<'_>,
    permit: &Permit,
    id: RuleId,
    patch: &RulePatch,
    now: Timestamp,
) -> Result<RuleBody> {
    let rule = load(tx.connection, permit, id)?;
    let schedule = Schedule {
        starts_at: patch.starts_at.unwrap_or(rule.schedule.starts_at),
        expires_at: patch.expires_at.unwrap_or(rule.schedule.expires_at),
    };
    let note = patch.notes.clone().unwrap_or_else(|| rule.note.clone());
    let facts = coverage::facts(tx.connection, rule.account, Some(&rule.subject), now)?;
    let changed = decide::change_rule(permit, &rule, schedule, note, facts, now)?;
    tx.connection
        .prepare_cached(
            "UPDATE rules SET starts_at = ?3, expires_at = ?4, state = ?5 WHERE account_id = ?1 AND id = ?2",
        )?
        .execute((
            rule.account.0,
            id.0,
            schedule.starts_at.map(day),
            schedule.expires_at.map(day),
            serde_json::to_string(&changed.rule)?,
        ))?;
    keep::heads(tx, rule.account, &changed.events)?;
    shown(tx.connection, id, now)
}

pub(super) fn delete(tx: &Tx<'_>, permit: &Permit, id: RuleId, now: Timestamp) -> Result<RuleBody> {
    let rule = load(tx.connection, permit, id)?;
    let event = decide::delete_rule(permit, &rule, now)?;
    let shown = shown(tx.connection, id, now)?;
    tx.connection
        .prepare_cached("DELETE FROM rules WHERE account_id = ?1 AND id = ?2")?
        .execute((rule.account.0, id.0))?;
    chain::append(tx, rule.account, &[event])?;
    Ok(shown)
}
