//! Observations: loads what core names, lets core decide, keeps what comes back. One after the other, so that the second
//! of a batch finds what the first raised.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

use beckon_core::api::observation::ObservationResult;
use beckon_core::country::CountryCode;
use beckon_core::decide::ObservationKeys;
use beckon_core::error::FieldError;
use beckon_core::escalation::Escalation;
use beckon_core::id::{AccountId, EntityId, EscalationId, OrganizationId};
use beckon_core::observation::{Fact, Observation, Outcome};
use beckon_core::permission::Permit;
use beckon_core::retention::Retention;
use beckon_core::rule::AccessRule;
use beckon_core::time::Timestamp;
use beckon_core::vpn::VpnSlug;
use beckon_core::watch::Reading;

use super::tx::Tx;
use super::{Result, StoreError, people, retention, rules};
use crate::store::sql::{Connection, OptionalExtension as _, Row};

mod login;
mod things;
mod watch;

pub(super) use things::provider_faults;

/// Takes in `observations`, each on its own.
pub(super) fn observe(
    tx: &Tx<'_>,
    observations: &[Observation],
    now: Timestamp,
) -> Result<Vec<ObservationResult>> {
    let accounts: BTreeSet<AccountId> = observations.iter().map(|observation| observation.account).collect();
    for account in accounts {
        tx.lock_account(account)?;
    }
    let together = tx.apart(|| {
        let mut loaded = Loaded::default();
        observations.iter().map(|observation| one(tx, &mut loaded, observation, now)).collect()
    });
    match together {
        // One of them cannot be taken in, whenever it comes. The others are.
        Err(StoreError::Broken(_)) => {
            observations.iter().map(|observation| alone(tx, observation, now)).collect()
        }
        done => done,
    }
}

/// Takes in one observation apart from the others, or rejects it where that always fails.
fn alone(tx: &Tx<'_>, observation: &Observation, now: Timestamp) -> Result<ObservationResult> {
    match tx.apart(|| one(tx, &mut Loaded::default(), observation, now)) {
        Err(StoreError::Broken(why)) => {
            let (account, id) = (observation.account, &observation.id.0);
            tracing::error!(%account, id, why, "an observation cannot be taken in");
            let text = "it cannot be taken in, because something that it concerns cannot be read: tell whoever runs this server";
            Ok(ObservationResult {
                id: Some(id.clone()),
                outcome: Outcome::Rejected,
                escalation_id: None,
                errors: vec![FieldError::new("id", text)],
            })
        }
        done => done,
    }
}

/// What the observations of a batch need again and again. Nobody else writes meanwhile, and observations change neither.
#[derive(Default)]
struct Loaded {
    organizations: HashSet<(AccountId, Option<OrganizationId>)>,
    kept: HashMap<AccountId, Retention>,
    /// The rules about addresses; none for an account that has many: there each address is asked for.
    of_addresses: HashMap<AccountId, Option<Vec<AccessRule>>>,
    rules: HashMap<Origin, Vec<AccessRule>>,
}

/// Where a login of an account came from, as far as rules could be about it.
type Origin = (AccountId, Option<CountryCode>, Option<VpnSlug>, Option<IpAddr>);

/// How many rules about addresses an account may have before each address is asked for.
const FEW: usize = 100;

impl Loaded {
    /// Returns the rules that could be about a login.
    fn rules(&mut self, tx: &Tx<'_>, account: AccountId, keys: &ObservationKeys) -> Result<&[AccessRule]> {
        let of_addresses = match self.of_addresses.entry(account) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(rules::of_addresses(tx.connection, account, FEW)?),
        };
        let address = keys.address.filter(|_| of_addresses.is_none());
        match self.rules.entry((account, keys.country, keys.vpn.clone(), address)) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => {
                let mut found = rules::of_origin(tx.connection, account, keys.country, keys.vpn.as_ref())?;
                match (of_addresses, address) {
                    (Some(few), _) => found.extend(few.iter().cloned()),
                    (None, Some(address)) => found.extend(rules::around(tx.connection, account, address)?),
                    (None, None) => {}
                }
                Ok(new.insert(found))
            }
        }
    }

    /// Returns for how long an account keeps what.
    fn kept(&mut self, tx: &Tx<'_>, account: AccountId) -> Result<Retention> {
        Ok(match self.kept.entry(account) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(retention::of(tx.connection, account)?.unwrap_or_default()),
        })
    }

    /// Sees to it that the organization is there.
    fn organization(
        &mut self,
        tx: &Tx<'_>,
        observation: &Observation,
        now: Timestamp,
    ) -> Result<std::result::Result<(), FieldError>> {
        let key = (observation.account, observation.organization);
        if self.organizations.contains(&key) {
            return Ok(Ok(()));
        }
        let found = organization(tx, observation, now)?;
        if found.is_ok() {
            self.organizations.insert(key);
        }
        Ok(found)
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
    if let Err(error) = loaded.kept(tx, observation.account)?.admit(observation.observed_at, now) {
        return Ok(result(Outcome::Rejected, None, vec![error]));
    }
    if let Err(error) = loaded.organization(tx, observation, now)? {
        return Ok(result(Outcome::Rejected, None, vec![error]));
    }
    let observed = match (&observation.fact, Reading::of(observation)) {
        (Fact::Login(login), _) => {
            let Some(organization) = observation.organization else {
                let error = FieldError::new("organization_id", "required, and missing");
                return Ok(result(Outcome::Rejected, None, vec![error]));
            };
            login::observe(tx, loaded, observation, organization, login, now)?
        }
        (_, Some((thing, reading))) => watch::observe(tx, observation, &thing, &reading, now)?,
        (_, None) => return Ok(result(Outcome::Ignored, None, Vec::new())),
    };
    Ok(result(observed.outcome, observed.escalation, observed.errors))
}

/// Judges a thing on a topic because time has come to `now`.
pub(super) fn judge(
    tx: &Tx<'_>,
    account: AccountId,
    id: EntityId,
    topic: &str,
    now: Timestamp,
) -> Result<()> {
    watch::judge(tx, account, id, topic, None, now).map(drop)
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

/// Finds the organization; makes it when nobody has that number yet.
fn organization(
    tx: &Tx<'_>,
    observation: &Observation,
    now: Timestamp,
) -> Result<std::result::Result<(), FieldError>> {
    let account = observation.account;
    if people::account_name(tx.connection, account)?.is_none() {
        let text = format!("expected an account that is there, found {account}: make it first");
        return Ok(Err(FieldError::new("account_id", text)));
    }
    let Some(id) = observation.organization else { return Ok(Ok(())) };
    match people::organization(tx.connection, id)? {
        Some(found) if found.account_id == account => Ok(Ok(())),
        None if id.0 > 0 => {
            let name = format!("Organization {id}");
            people::add_organization(tx, account, Some(id), &name, now)?;
            Ok(Ok(()))
        }
        _ => {
            let text =
                format!("expected an organization of account {account}, found {id}: check both numbers");
            Ok(Err(FieldError::new("organization_id", text)))
        }
    }
}

/// Remembers that an answer accepts the trouble of `entities` of `escalation` as it is, until it ends.
pub(super) fn accept(
    tx: &Tx<'_>,
    escalation: &Escalation,
    entities: &[EntityId],
    permit: &Permit,
    now: Timestamp,
) -> Result<()> {
    for id in entities {
        watch::accept(tx, escalation, *id, permit.by(), now)?;
    }
    Ok(())
}

/// Returns which of `ids` are here already, in their order.
pub(super) fn known(connection: &Connection, account: AccountId, ids: &[String]) -> Result<Vec<String>> {
    let mut statement =
        connection.prepare_cached("SELECT 1 FROM observations WHERE account_id = ?1 AND id = ?2")?;
    let mut asked = HashSet::new();
    let mut known = Vec::new();
    for id in ids {
        if asked.insert(id) && statement.exists((account.0, id))? {
            known.push(id.clone());
        }
    }
    Ok(known)
}
