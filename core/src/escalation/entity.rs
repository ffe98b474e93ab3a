//! What an escalation lists: identities with their logins, endpoints, tenants, reports, and how far each one is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Identity, Sighting};
use crate::actor::Party;
use crate::id::{EntityId, OrganizationId};
use crate::observation::IsolatedBy;
use crate::remedy::{RemedyAction, RemedyStatus};
use crate::rule::coverage::{OpenIdentity, Origin};
use crate::severity::Severity;
use crate::text::plain;
use crate::time::Timestamp;

/// The most origins that are kept for one identity of one escalation. Whoever changes address with each login must not
/// make the escalation grow without end.
pub const MAX_ORIGINS: usize = 50;

/// What an escalation is about, one by one. As it was when it was last observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Entity {
    /// Somebody who logged in.
    Identity(Identity),
    /// A machine.
    Endpoint(Endpoint),
    /// An incident report.
    Report(Report),
    /// A Microsoft 365 tenant.
    Tenant(Tenant),
}

/// A managed machine, as an escalation knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Which one.
    pub id: EntityId,
    /// The detector's id for it.
    pub external_id: String,
    /// The machine's name.
    pub hostname: String,
    /// Its operating system, where known.
    pub os: Option<String>,
    /// Whose it is.
    pub organization: OrganizationId,
    /// That organization's name.
    pub organization_name: String,
    /// Since when it is unprotected or isolated, by the detector's clock.
    pub since: Timestamp,
    /// Who isolated it, where it is isolated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolated_by: Option<IsolatedBy>,
}

/// An incident report that did not reach the PSA, as an escalation knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Which one.
    pub id: EntityId,
    /// The provider's id for it.
    pub external_id: String,
    /// What it is about.
    pub title: String,
    /// How pressing it is.
    pub severity: Severity,
    /// The name of the organization that it is about, where it is about one.
    pub organization_name: Option<String>,
    /// Since when it does not go out, by the detector's clock.
    pub since: Timestamp,
    /// What the PSA answered.
    pub error: String,
}

/// A Microsoft 365 tenant that cannot be read, as an escalation knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Which one.
    pub id: EntityId,
    /// Microsoft's id for it.
    pub tenant_id: String,
    /// Since when it cannot be read, by the detector's clock.
    pub since: Timestamp,
    /// The number of the error.
    pub code: u32,
    /// What Microsoft answered.
    pub error: String,
}

impl Entity {
    /// Returns which one it is.
    pub fn id(&self) -> EntityId {
        match self {
            Self::Identity(identity) => identity.id.into(),
            Self::Endpoint(endpoint) => endpoint.id,
            Self::Report(report) => report.id,
            Self::Tenant(tenant) => tenant.id,
        }
    }

    /// Returns its type on the wire.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Identity(_) => "identity",
            Self::Endpoint(_) => "endpoint",
            Self::Report(_) => "report",
            Self::Tenant(_) => "tenant",
        }
    }

    /// Returns the id that whoever observed it gave it.
    pub fn external_id(&self) -> &str {
        match self {
            Self::Identity(identity) => &identity.external_id,
            Self::Endpoint(endpoint) => &endpoint.external_id,
            Self::Report(report) => &report.external_id,
            Self::Tenant(tenant) => &tenant.tenant_id,
        }
    }

    /// Returns what people call it.
    pub fn name(&self) -> String {
        plain(match self {
            Self::Identity(identity) => identity.display_name(),
            Self::Endpoint(endpoint) => &endpoint.hostname,
            Self::Report(report) => &report.title,
            Self::Tenant(tenant) => &tenant.tenant_id,
        })
    }

    /// Returns the words by which a search finds it.
    pub fn search_text(&self) -> String {
        match self {
            Self::Identity(identity) => format!("{} {}", self.name(), identity.username),
            Self::Endpoint(endpoint) => format!("{} {}", self.name(), endpoint.organization_name),
            Self::Report(_) | Self::Tenant(_) => self.name(),
        }
    }

    /// Returns the identity, where it is one.
    pub const fn identity(&self) -> Option<&Identity> {
        match self {
            Self::Identity(identity) => Some(identity),
            Self::Endpoint(_) | Self::Report(_) | Self::Tenant(_) => None,
        }
    }

    /// Returns the code under which [`super::Head::residences`] counts it; none for what lives nowhere.
    pub fn residence(&self) -> Option<String> {
        self.identity().map(Identity::residence)
    }
}

/// An entity of an escalation, with what was observed of it and what was decided about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityState {
    /// What it is.
    #[serde(alias = "identity")]
    pub entity: Entity,
    /// Where its logins came from, and how many from there; empty for what does not log in.
    #[serde(default, with = "origins", skip_serializing_if = "BTreeMap::is_empty")]
    pub origins: BTreeMap<Origin, u64>,
    /// Whether there were more origins than are kept.
    #[serde(default)]
    pub more_origins: bool,
    /// How many observations of it there were.
    #[serde(alias = "logins")]
    pub sightings: u64,
    /// The earliest, by the detector's clock.
    pub first_seen_at: Timestamp,
    /// The latest, by the detector's clock.
    pub last_seen_at: Timestamp,
    /// What was decided about it, if anything was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// What the decision ordered, and what became of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<EntityRemedy>,
    /// Why nothing is left to do about it; none while something is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Settled>,
}

/// What an admin decided about an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The slug of the choice.
    pub choice: String,
    /// Who decided.
    pub by: Party,
    /// When.
    pub at: Timestamp,
    /// Whether nothing was heard of it within the time that it was given, so that it is to be decided again.
    #[serde(default)]
    pub unheard: bool,
}

/// A remedy for one entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityRemedy {
    /// What is done.
    pub action: RemedyAction,
    /// What became of it.
    pub status: RemedyStatus,
    /// What the operator said of it.
    pub message: Option<String>,
    /// When that was.
    pub at: Timestamp,
}

/// Why nothing is left to do about an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Why.
    pub why: Settling,
    /// When Beckon heard of it.
    pub at: Timestamp,
}

/// Why nothing is left to do about an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settling {
    /// It was observed to be as it should.
    Recovered,
    /// Its policy no longer asks for anything.
    PolicyChanged,
    /// It belongs to another organization now.
    Moved,
    /// The answer accepts it as it is.
    Accepted,
}

/// How many entities are how far. Sums of what each [`EntityState`] adds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Nothing is left to do about them.
    pub settled: u32,
    /// An admin has to decide about them, for the first time or again.
    pub undecided: u32,
    /// They are decided and wait for the remedy or for an observation.
    pub under_way: u32,
    /// Their remedies have no outcome yet.
    pub ordered: u32,
    /// Their remedies failed, and nobody decided again.
    pub failed: u32,
}

impl EntityState {
    /// Makes an entity of its first sighting.
    pub fn new(entity: Entity, sighting: &Sighting) -> Self {
        Self {
            entity,
            origins: sighting.origin.iter().map(|origin| (origin.clone(), 1)).collect(),
            more_origins: false,
            sightings: 1,
            first_seen_at: sighting.observed_at,
            last_seen_at: sighting.observed_at,
            decision: None,
            remedy: None,
            settled: None,
        }
    }

    /// Counts another sighting, whatever the order in which they arrive. What was settled or decided about something
    /// that is in trouble again is over, but a remedy that is under way goes on.
    pub(super) fn sighted(&mut self, sighting: &Sighting, changed: Option<&Entity>) {
        if let Some(entity) = changed {
            self.entity = entity.clone();
        }
        if let Some(origin) = &sighting.origin {
            if self.origins.len() < MAX_ORIGINS || self.origins.contains_key(origin) {
                *self.origins.entry(origin.clone()).or_default() += 1;
            } else {
                self.more_origins = true;
            }
        }
        self.sightings += 1;
        self.first_seen_at = self.first_seen_at.min(sighting.observed_at);
        self.last_seen_at = self.last_seen_at.max(sighting.observed_at);
        if self.settled.take().is_some() {
            self.decision = None;
            self.remedy = self.remedy.take().filter(|remedy| remedy.status == RemedyStatus::Ordered);
        }
    }

    /// Tells whether its remedy has no outcome yet.
    pub fn is_ordered(&self) -> bool {
        self.remedy.as_ref().is_some_and(|remedy| remedy.status == RemedyStatus::Ordered)
    }

    /// Tells whether its remedy failed, and nobody decided again.
    pub fn has_failed(&self) -> bool {
        self.settled.is_none()
            && self.remedy.as_ref().is_some_and(|remedy| remedy.status == RemedyStatus::Failed)
    }

    /// Tells whether an admin has to decide about it, for the first time or again.
    pub fn is_undecided(&self) -> bool {
        self.settled.is_none()
            && (self.decision.as_ref().is_none_or(|decision| decision.unheard) || self.has_failed())
    }

    /// Tells whether an admin may decide about it. What recovered or left needs no decision; what was accepted as it is can
    /// be decided about again.
    pub fn is_decidable(&self) -> bool {
        self.settled.as_ref().is_none_or(|settled| settled.why == Settling::Accepted)
    }

    /// Returns what it adds to the sums.
    pub(super) fn progress(&self) -> Progress {
        let (settled, undecided) = (self.settled.is_some(), self.is_undecided());
        Progress {
            settled: settled.into(),
            undecided: undecided.into(),
            under_way: (!settled && !undecided).into(),
            ordered: (!settled && self.is_ordered()).into(),
            failed: self.has_failed().into(),
        }
    }

    /// Returns what access rules need to know of it; none for what is no identity.
    pub fn open_identity(&self) -> Option<OpenIdentity> {
        let identity = self.entity.identity()?;
        Some(OpenIdentity {
            identity: identity.id,
            usage_location: identity.usage_location,
            origins: self.origins.keys().cloned().collect(),
            more_origins: self.more_origins,
        })
    }
}

impl Progress {
    /// Replaces what one entity added before by what it adds now.
    pub(super) fn replace(&mut self, before: Self, after: Self) {
        let sums = [
            (&mut self.settled, before.settled, after.settled),
            (&mut self.undecided, before.undecided, after.undecided),
            (&mut self.under_way, before.under_way, after.under_way),
            (&mut self.ordered, before.ordered, after.ordered),
            (&mut self.failed, before.failed, after.failed),
        ];
        for (sum, before, after) in sums {
            // Heads that were kept before there were sums begin at none.
            *sum = (*sum + after).saturating_sub(before);
        }
    }
}

/// JSON has no maps with compound keys: a list of pairs.
mod origins {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Origin;

    pub(super) fn serialize<S: Serializer>(map: &BTreeMap<Origin, u64>, to: S) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<Origin, u64>, D::Error> {
        Vec::<(Origin, u64)>::deserialize(from).map(|pairs| pairs.into_iter().collect())
    }
}
