//! What a batch of observations needs: asked for at once, and then as the batch itself changes it. Nobody else writes about its
//! accounts meanwhile.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use beckon_core::country::CountryCode;
use beckon_core::decide::ObservationKeys;
use beckon_core::error::FieldError;
use beckon_core::escalation::{EntityState, Escalation, Head, Identity};
use beckon_core::id::{AccountId, EntityId, EscalationId, IdentityId, OrganizationId};
use beckon_core::observation::{Fact, LoginFact, Observation};
use beckon_core::retention::Retention;
use beckon_core::rule::AccessRule;
use beckon_core::time::Timestamp;
use beckon_core::vpn::VpnSlug;

use crate::store::sql::{Owned, Row, SqlResult};
use crate::store::tables::columns::{parsed, state, take_id, take_ids};
use crate::store::tables::tx::Tx;
use crate::store::tables::{Result, escalations, people, retention, rules};

/// How many rules about addresses an account may have before each address is asked for.
const FEW: usize = 100;

/// Where a login of an account came from, as far as rules could be about it.
type Origin = (AccountId, Option<CountryCode>, Option<VpnSlug>, Option<IpAddr>);

/// Whom a login names: an account, an organization, and the id that the detector has for the identity.
pub(super) type Person<'o> = (AccountId, OrganizationId, &'o str);

/// What became of an observation when it came the first time.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// The escalation that it went into, if it went into one.
    pub(super) escalation: Option<EscalationId>,
}

/// What is known of what a batch concerns.
#[derive(Default)]
pub(super) struct Loaded<'o> {
    /// Those that were here before, in this batch or earlier.
    known: HashMap<(AccountId, &'o str), Known>,
    /// For how long the accounts keep what; none for one that is not there.
    accounts: HashMap<AccountId, Option<Retention>>,
    /// Whose the organizations are; none for one that is not there.
    organizations: HashMap<OrganizationId, Option<AccountId>>,
    identities: HashMap<Person<'o>, Option<Identity>>,
    /// Numbers for identities that are not there yet.
    numbers: Vec<i64>,
    /// Open questions by subject key, without their entities.
    questions: HashMap<(AccountId, String), Option<Head>>,
    /// The latest resolved questions by subject key, where none is open.
    previous: HashMap<(AccountId, String), Option<EscalationId>>,
    /// Who is listed in open questions.
    listed: HashMap<(EscalationId, EntityId), Option<EntityState>>,
    /// The rules about addresses; none for an account that has many: there each address is asked for.
    of_addresses: HashMap<AccountId, Option<Vec<AccessRule>>>,
    rules: HashMap<Origin, Vec<AccessRule>>,
    /// What is kept of the logins of the batch, and not written yet.
    logins: Vec<LoginRow>,
}

/// The columns that an observation of a login has.
const LOGIN: [&str; 11] = [
    "account_id",
    "id",
    "observed_at",
    "received_at",
    "outcome",
    "escalation_id",
    "organization_id",
    "identity_id",
    "country",
    "vpn",
    "address",
];

/// What is kept of a login, in the order of [`LOGIN`].
pub(super) type LoginRow = [Owned; LOGIN.len()];

impl<'o> Loaded<'o> {
    /// Asks for what `observations` need.
    pub(super) fn of(tx: &Tx<'_>, observations: &'o [Observation]) -> Result<Self> {
        let mut loaded = Self::default();
        loaded.load_known(tx, observations)?;
        let new: Vec<&Observation> = observations.iter().filter(|one| loaded.known(one).is_none()).collect();
        loaded.load_organizations(tx, &new)?;
        let logins: Vec<Wanted<'_>> = new.into_iter().filter_map(Wanted::of).collect();
        loaded.load_identities(tx, &logins)?;
        loaded.load_questions(tx, &logins)?;
        Ok(loaded)
    }

    fn load_known(&mut self, tx: &Tx<'_>, observations: &'o [Observation]) -> Result<()> {
        let keys: Vec<_> = observations.iter().map(|one| (one.account.0, one.id.0.as_str())).collect();
        let found = tx.connection.query_each(
            "SELECT escalation_id FROM observations WHERE account_id = ?1 AND id = ?2",
            &keys,
            |row| Ok(Known { escalation: row.get::<_, Option<i64>>(0)?.map(EscalationId) }),
        )?;
        for ((account, id), found) in keys.into_iter().zip(found) {
            if let Some(known) = found {
                self.known.insert((AccountId(account), id), known);
            }
        }
        Ok(())
    }

    fn load_organizations(&mut self, tx: &Tx<'_>, new: &[&Observation]) -> Result<()> {
        let ids: BTreeSet<OrganizationId> = new.iter().filter_map(|one| one.organization).collect();
        let keys: Vec<[i64; 1]> = ids.iter().map(|id| [id.0]).collect();
        let found =
            tx.connection.query_each("SELECT account_id FROM organizations WHERE id = ?1", &keys, |row| {
                row.get(0).map(AccountId)
            })?;
        self.organizations = ids.into_iter().zip(found).collect();
        Ok(())
    }

    fn load_identities(&mut self, tx: &Tx<'_>, logins: &[Wanted<'o>]) -> Result<()> {
        let people: BTreeSet<Person<'o>> = logins.iter().map(|login| login.person).collect();
        let keys: Vec<_> =
            people.iter().map(|(account, organization, id)| (account.0, organization.0, *id)).collect();
        let found = tx.connection.query_each(
            "SELECT id, external_id, username, name, usage_location FROM identities
                 WHERE account_id = ?1 AND organization_id = ?2 AND external_id = ?3",
            &keys,
            read_identity,
        )?;
        let new = found.iter().filter(|found| found.is_none()).count();
        self.identities = people.into_iter().zip(found).collect();
        if new > 0 {
            self.numbers = take_ids(tx.connection, "identity", new)?;
            self.numbers.reverse();
        }
        Ok(())
    }

    fn load_questions(&mut self, tx: &Tx<'_>, logins: &[Wanted<'o>]) -> Result<()> {
        let wanted: Vec<(AccountId, &String, Person<'o>)> = logins
            .iter()
            .filter_map(|login| Some((login.person.0, login.subject_key.as_ref()?, login.person)))
            .collect();
        let subjects: BTreeSet<(AccountId, &String)> =
            wanted.iter().map(|(account, subject, _)| (*account, *subject)).collect();
        let keys: Vec<_> = subjects.iter().map(|(account, subject)| (account.0, *subject)).collect();
        let found =
            tx.connection.query_each(escalations::OPEN_HEAD, &keys, |row| state::<Head>(row, "state"))?;
        let mut closed = Vec::new();
        for ((account, subject), found) in subjects.into_iter().zip(found) {
            if found.is_none() {
                closed.push((account, subject));
            }
            self.questions.insert((account, subject.clone()), found);
        }
        let keys: Vec<_> = closed.iter().map(|(account, subject)| (account.0, *subject)).collect();
        let found =
            tx.connection.query_each(escalations::PREVIOUS, &keys, |row| row.get(0).map(EscalationId))?;
        for ((account, subject), found) in closed.into_iter().zip(found) {
            self.previous.insert((account, subject.clone()), found);
        }
        let places: BTreeSet<(AccountId, EscalationId, EntityId)> = wanted
            .into_iter()
            .filter_map(|(account, subject, person)| {
                let head = self.questions.get(&(account, subject.clone()))?.as_ref()?;
                let identity = self.identities.get(&person)?.as_ref()?;
                Some((account, head.id, identity.id.into()))
            })
            .collect();
        let keys: Vec<_> = places.iter().map(|(account, id, entity)| (account.0, id.0, entity.0)).collect();
        let found =
            tx.connection.query_each(escalations::ENTITY, &keys, |row| state::<EntityState>(row, "state"))?;
        let places = places.into_iter().map(|(_, id, entity)| (id, entity));
        self.listed = places.zip(found).collect();
        Ok(())
    }

    /// Tells what became of an observation that was here before.
    pub(super) fn known(&self, observation: &Observation) -> Option<Known> {
        self.known.get(&(observation.account, observation.id.0.as_str())).copied()
    }

    /// Notes that an observation is here now.
    pub(super) fn took(&mut self, observation: &'o Observation, escalation: Option<EscalationId>) {
        self.known.insert((observation.account, observation.id.0.as_str()), Known { escalation });
    }

    /// Returns for how long an account keeps what; none where it is not there.
    pub(super) fn kept(&mut self, tx: &Tx<'_>, account: AccountId) -> Result<Option<Retention>> {
        Ok(match self.accounts.entry(account) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(retention::of(tx.connection, account)?),
        })
    }

    /// Sees to it that the organization of an observation is there: makes it when nobody has that number yet.
    pub(super) fn organization(
        &mut self,
        tx: &Tx<'_>,
        observation: &Observation,
        now: Timestamp,
    ) -> Result<std::result::Result<(), FieldError>> {
        let account = observation.account;
        if self.kept(tx, account)?.is_none() {
            let text = format!("expected an account that is there, found {account}: make it first");
            return Ok(Err(FieldError::new("account_id", text)));
        }
        let Some(id) = observation.organization else { return Ok(Ok(())) };
        match self.organizations.get(&id).copied().flatten() {
            Some(owner) if owner == account => Ok(Ok(())),
            None if id.0 > 0 => {
                let name = format!("Organization {id}");
                people::add_organization(tx, account, Some(id), &name, now)?;
                self.organizations.insert(id, Some(account));
                Ok(Ok(()))
            }
            _ => {
                let text =
                    format!("expected an organization of account {account}, found {id}: check both numbers");
                Ok(Err(FieldError::new("organization_id", text)))
            }
        }
    }

    /// Returns the identity that a login names, where it is known.
    pub(super) fn identity(&self, person: Person<'o>) -> Option<&Identity> {
        self.identities.get(&person)?.as_ref()
    }

    /// Takes a number for a new identity.
    pub(super) fn number(&mut self, tx: &Tx<'_>) -> Result<IdentityId> {
        let taken = self.numbers.pop();
        Ok(IdentityId(taken.map_or_else(|| take_id(tx.connection, "identity"), Ok)?))
    }

    /// Notes what an identity is now.
    pub(super) fn remember_identity(&mut self, person: Person<'o>, identity: Identity) {
        self.identities.insert(person, Some(identity));
    }

    /// Returns the open question with a subject key, and in it the entity, if it lists that.
    pub(super) fn question(
        &mut self,
        tx: &Tx<'_>,
        account: AccountId,
        subject: &str,
        entity: EntityId,
    ) -> Result<Option<Escalation>> {
        let Some(head) = self.questions.get(&(account, subject.to_owned())).and_then(Option::as_ref) else {
            return Ok(None);
        };
        let listed = match self.listed.entry((head.id, entity)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(escalations::entity(tx.connection, head, entity)?),
        };
        let entities = listed.clone().map(|state| (entity, state)).into_iter().collect();
        Ok(Some(Escalation { head: head.clone(), entities }))
    }

    /// Notes what a question with a subject key is now.
    pub(super) fn remember_question(&mut self, account: AccountId, subject: &str, escalation: Escalation) {
        let Escalation { head, entities } = escalation;
        for (entity, state) in entities {
            self.listed.insert((head.id, entity), Some(state));
        }
        let key = (account, subject.to_owned());
        self.previous.remove(&key);
        self.questions.insert(key, Some(head).filter(Head::is_open));
    }

    /// Returns the latest resolved question with a subject key of which none is open.
    pub(super) fn previous(
        &mut self,
        tx: &Tx<'_>,
        account: AccountId,
        subject: &str,
    ) -> Result<Option<EscalationId>> {
        Ok(match self.previous.entry((account, subject.to_owned())) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(escalations::previous(tx.connection, account, subject)?),
        })
    }

    /// Notes what is kept of a login.
    pub(super) fn keep_login(&mut self, row: LoginRow) {
        self.logins.push(row);
    }

    /// Writes what is kept of the logins: nothing before asked for it.
    pub(super) fn write(self, tx: &Tx<'_>) -> Result<()> {
        Ok(tx.connection.insert_all("observations", &LOGIN, &self.logins)?)
    }

    /// Returns the rules that could be about a login.
    pub(super) fn rules(
        &mut self,
        tx: &Tx<'_>,
        account: AccountId,
        keys: &ObservationKeys,
    ) -> Result<&[AccessRule]> {
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
}

/// A login, as far as it says what to ask for.
struct Wanted<'o> {
    person: Person<'o>,
    subject_key: Option<String>,
}

impl<'o> Wanted<'o> {
    fn of(observation: &'o Observation) -> Option<Self> {
        let Fact::Login(login) = &observation.fact else { return None };
        let subject_key = ObservationKeys::of(observation, login).subject_key;
        Some(Self { person: person(observation, login)?, subject_key })
    }
}

/// Whom a login names; nobody where it does not say where they belong.
pub(super) fn person<'o>(observation: &'o Observation, login: &'o LoginFact) -> Option<Person<'o>> {
    Some((observation.account, observation.organization?, login.identity.id.as_str()))
}

fn read_identity(row: &Row<'_>) -> SqlResult<Identity> {
    Ok(Identity {
        id: IdentityId(row.get("id")?),
        external_id: row.get("external_id")?,
        username: row.get("username")?,
        name: row.get("name")?,
        usage_location: parsed(row, "usage_location")?,
    })
}
