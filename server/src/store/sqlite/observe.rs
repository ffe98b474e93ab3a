//! Observations: loads what core names, lets core decide, keeps what comes back. One after the other, so that the second
//! of a batch finds what the first raised.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use beckon_core::api::observation::ObservationResult;
use beckon_core::country::CountryCode;
use beckon_core::decide::{self, ObservationFacts, ObservationKeys, Observed, OpenQuestion};
use beckon_core::error::FieldError;
use beckon_core::escalation::{Escalation, Identity};
use beckon_core::id::{AccountId, EscalationId, IdentityId, OrganizationId};
use beckon_core::observation::{Fact, Observation, ObservedIdentity, Outcome};
use beckon_core::rule::AccessRule;
use beckon_core::time::Timestamp;
use beckon_core::vpn::VpnSlug;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::columns::{micros, parsed, reserve_id, take_ids};
use super::writer::Tx;
use super::{Result, escalations, log, people, rules};

/// Takes in `observations`, each on its own.
pub(super) fn observe(
    tx: &Tx<'_>,
    observations: &[Observation],
    now: Timestamp,
) -> Result<Vec<ObservationResult>> {
    let mut loaded = Loaded::default();
    observations.iter().map(|observation| one(tx, &mut loaded, observation, now)).collect()
}

/// What the observations of a batch need again and again. Nobody else writes meanwhile, and observations change neither.
#[derive(Default)]
struct Loaded {
    organizations: HashMap<(AccountId, Option<OrganizationId>), String>,
    rules: HashMap<(AccountId, Option<CountryCode>, Option<VpnSlug>), Vec<AccessRule>>,
}

impl Loaded {
    /// Returns the rules that could be about a login.
    fn rules(&mut self, tx: &Tx<'_>, account: AccountId, keys: &ObservationKeys) -> Result<&[AccessRule]> {
        match self.rules.entry((account, keys.country, keys.vpn.clone())) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => {
                let rules = rules::for_login(tx.connection, account, keys.country, keys.vpn.as_ref())?;
                Ok(new.insert(rules))
            }
        }
    }

    /// Returns the name of the organization, which is made where nobody has its number yet.
    fn organization(
        &mut self,
        tx: &Tx<'_>,
        observation: &Observation,
        now: Timestamp,
    ) -> Result<std::result::Result<String, FieldError>> {
        match self.organizations.entry((observation.account, observation.organization)) {
            Entry::Occupied(known) => Ok(Ok(known.get().clone())),
            Entry::Vacant(new) => {
                Ok(organization(tx, observation, now)?.map(|name| new.insert(name).clone()))
            }
        }
    }
}

fn one(
    tx: &Tx<'_>,
    loaded: &mut Loaded,
    observation: &Observation,
    now: Timestamp,
) -> Result<ObservationResult> {
    let result = |outcome, escalation_id, errors| ObservationResult {
        id: Some(observation.id.0.clone()),
        outcome,
        escalation_id,
        errors,
    };
    if let Some(earlier) = seen(tx.connection, observation)? {
        return Ok(result(Outcome::Duplicate, earlier.escalation, Vec::new()));
    }
    let organization = match loaded.organization(tx, observation, now)? {
        Ok(name) => name,
        Err(error) => return Ok(result(Outcome::Rejected, None, vec![error])),
    };
    let Fact::Login(login) = &observation.fact else {
        let error = FieldError::new("type", "this version asks nothing about observations of this type");
        return Ok(result(Outcome::Ignored, None, vec![error]));
    };
    let Some(organization_id) = observation.organization else {
        let error = FieldError::new("organization_id", "required, and missing");
        return Ok(result(Outcome::Rejected, None, vec![error]));
    };
    let identity = identity(tx, observation.account, organization_id, &login.identity, now)?;
    let keys = ObservationKeys::of(observation);
    let rules = loaded.rules(tx, observation.account, &keys)?;
    let observed = decide(tx, observation, &identity, &organization, &keys, rules, now)?;
    record(tx, observation, identity.id, &observed, now)?;
    Ok(result(observed.outcome, observed.escalation, observed.errors))
}

/// What became of an observation when it came the first time.
struct Seen {
    /// The escalation that it went into, if it went into one.
    escalation: Option<EscalationId>,
}

/// Tells whether the observation was here before.
fn seen(connection: &Connection, observation: &Observation) -> Result<Option<Seen>> {
    let mut statement = connection
        .prepare_cached("SELECT escalation_id FROM observations WHERE account_id = ?1 AND id = ?2")?;
    let key = (observation.account.0, &observation.id.0);
    let read = |row: &Row<'_>| Ok(Seen { escalation: row.get::<_, Option<i64>>(0)?.map(EscalationId) });
    Ok(statement.query_row(key, read).optional()?)
}

/// Finds the organization's name; makes it when nobody has that number yet.
fn organization(
    tx: &Tx<'_>,
    observation: &Observation,
    now: Timestamp,
) -> Result<std::result::Result<String, FieldError>> {
    let account = observation.account;
    if people::account_name(tx.connection, account)?.is_none() {
        let text = format!("expected an account that is there, found {account}: make it first");
        return Ok(Err(FieldError::new("account_id", text)));
    }
    let Some(id) = observation.organization else { return Ok(Ok(String::new())) };
    match people::organization(tx.connection, id)? {
        Some(found) if found.account_id == account => Ok(Ok(found.name)),
        None if id.0 > 0 => {
            let name = format!("Organization {id}");
            people::add_organization(tx, account, Some(id), &name, now)?;
            Ok(Ok(name))
        }
        _ => {
            let text =
                format!("expected an organization of account {account}, found {id}: check both numbers");
            Ok(Err(FieldError::new("organization_id", text)))
        }
    }
}

/// Finds the identity and brings it up to date; makes it when it is new. What the detector does not know stays.
fn identity(
    tx: &Tx<'_>,
    account: AccountId,
    organization: OrganizationId,
    observed: &ObservedIdentity,
    now: Timestamp,
) -> Result<Identity> {
    let known = tx
        .connection
        .prepare_cached(
            "SELECT id, username, name, usage_location FROM identities
             WHERE account_id = ?1 AND organization_id = ?2 AND external_id = ?3",
        )?
        .query_row((account.0, organization.0, &observed.id), |row| {
            Ok(Identity {
                id: IdentityId(row.get("id")?),
                external_id: observed.id.clone(),
                username: row.get("username")?,
                name: row.get("name")?,
                usage_location: parsed(row, "usage_location")?,
            })
        })
        .optional()?;
    let identity = Identity {
        id: known.as_ref().map_or(IdentityId(0), |known| known.id),
        external_id: observed.id.clone(),
        username: observed.username.clone(),
        name: observed.name.clone().or_else(|| known.as_ref().and_then(|known| known.name.clone())),
        usage_location: observed.usage_location.or(known.as_ref().and_then(|known| known.usage_location)),
    };
    let location = identity.usage_location.map(|country| country.to_string());
    match known {
        Some(known) if known == identity => Ok(identity),
        Some(_) => {
            tx.connection
                .prepare_cached(
                    "UPDATE identities SET username = ?3, name = ?4, usage_location = ?5, updated_at = ?6
                     WHERE account_id = ?1 AND id = ?2",
                )?
                .execute((
                    account.0,
                    identity.id.0,
                    &identity.username,
                    &identity.name,
                    location,
                    micros(now),
                ))?;
            Ok(identity)
        }
        None => {
            let id = take_ids(tx.connection, "identity", 1)?;
            tx.connection
                .prepare_cached(
                    "INSERT INTO identities (account_id, id, organization_id, external_id, username, name,
                                             usage_location, created_at, updated_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
                )?
                .execute(params![
                    account.0,
                    id,
                    organization.0,
                    identity.external_id,
                    identity.username,
                    identity.name,
                    location,
                    micros(now)
                ])?;
            Ok(Identity { id: IdentityId(id), ..identity })
        }
    }
}

fn decide(
    tx: &Tx<'_>,
    observation: &Observation,
    identity: &Identity,
    organization: &str,
    keys: &ObservationKeys,
    rules: &[AccessRule],
    now: Timestamp,
) -> Result<Observed> {
    let account = observation.account;
    let key = keys.subject_key.as_deref();
    let open = key.map(|key| escalations::open_head(tx.connection, account, key)).transpose()?.flatten();
    let open = open.map(|head| escalations::with_entity(tx.connection, head, identity.id)).transpose()?;
    let previous = match (key, &open) {
        (Some(key), None) => escalations::previous(tx.connection, account, key)?,
        _ => None,
    };
    let facts = ObservationFacts {
        rules,
        open: open
            .as_ref()
            .map(|open| OpenQuestion { head: &open.head, entity: open.entities.get(&identity.id) }),
        previous,
        next_id: next_escalation(tx.connection)?,
    };
    let observed = decide::observe(observation, identity, &facts, now);
    keep(tx, account, open, &observed, organization)?;
    Ok(observed)
}

/// The number that the next escalation gets. It is taken when one is raised.
fn next_escalation(connection: &Connection) -> Result<EscalationId> {
    let mut statement = connection.prepare_cached("SELECT next FROM ids WHERE kind = 'escalation'")?;
    let next: Option<i64> = statement.query_row([], |row| row.get(0)).optional()?;
    Ok(EscalationId(next.unwrap_or(1)))
}

/// Keeps the events and what they make of the escalation, of which only the observed entity is loaded.
fn keep(
    tx: &Tx<'_>,
    account: AccountId,
    mut escalation: Option<Escalation>,
    observed: &Observed,
    organization: &str,
) -> Result<()> {
    if observed.events.is_empty() {
        return Ok(());
    }
    log::append(tx, account, &observed.events)?;
    for (id, event) in observed.events.iter().filter_map(|event| Some((event.escalation?, event))) {
        if let Some(open) = &mut escalation {
            open.apply(event);
            escalations::add_to_search(tx, &open.head, event)?;
        } else if let Some(raised) = Escalation::raised(account, id, event) {
            reserve_id(tx.connection, "escalation", id.0)?;
            escalations::insert_head(tx, &raised.head, organization)?;
            escalation = Some(raised);
        }
    }
    if let Some(Escalation { head, entities }) = &escalation {
        escalations::update_head(tx, head)?;
        entities.values().try_for_each(|entity| escalations::put_entity(tx, head, entity))?;
    }
    Ok(())
}

fn record(
    tx: &Tx<'_>,
    observation: &Observation,
    identity: IdentityId,
    observed: &Observed,
    now: Timestamp,
) -> Result<()> {
    let Fact::Login(login) = &observation.fact else { return Ok(()) };
    let outcome: &str = observed.outcome.into();
    tx.connection
        .prepare_cached(
            "INSERT INTO observations (account_id, id, observed_at, received_at, outcome, escalation_id,
                                       organization_id, identity_id, country, vpn, address)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            observation.account.0,
            observation.id.0,
            micros(observation.observed_at),
            micros(now),
            outcome,
            observed.escalation.map(|id| id.0),
            observation.organization.map(|id| id.0),
            identity.0,
            login.country.map(|country| country.to_string()),
            login.vpn.as_ref().map(ToString::to_string),
            login.ip_address.map(|address| address.to_string()),
        ])?;
    Ok(())
}

/// Returns which of `ids` are here already, in their order.
pub(super) fn known(connection: &Connection, account: AccountId, ids: Vec<String>) -> Result<Vec<String>> {
    let mut statement =
        connection.prepare_cached("SELECT 1 FROM observations WHERE account_id = ?1 AND id = ?2")?;
    let mut asked = HashSet::new();
    let mut known = Vec::new();
    for id in ids {
        if asked.insert(id.clone()) && statement.exists((account.0, &id))? {
            known.push(id);
        }
    }
    Ok(known)
}
