//! The escalation: one open question to an account, about one subject, with the entities that it concerns.
//!
//! Its state is nothing but what its events say: [`Escalation::apply`] is the only way to change one, and
//! [`Escalation::replay`] rebuilds it from the log. What to do next is decided in [`crate::decide`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::actor::Party;
use crate::id::{AccountId, EntityId, EscalationId, OrganizationId, RuleId};
use crate::kinds::Kind;
use crate::observation::Incident;
use crate::remedy::{HeadRemedy, RemedyAction};
use crate::request::Request;
use crate::rule::coverage::{OpenIdentity, OpenLogins};
use crate::rule::{Schedule, Scope};
use crate::severity::Severity;
use crate::time::Timestamp;

mod apply;
mod chase;
pub mod entity;
pub mod event;
mod identity;

pub use chase::Chase;
pub use entity::{Endpoint, Entity, EntityState, Progress, Report, Settling, Tenant};
pub use event::{EntityChoice, Event, Happening, Method, Sighting};
pub use identity::Identity;

/// How the slugs of the integrations begin that Beckon itself delivers to. Nobody else may report about them.
pub const OWN_INTEGRATION: &str = "beckon-";

/// An escalation with all its entities.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// Everything but the entities.
    pub head: Head,
    /// What it concerns.
    pub entities: BTreeMap<EntityId, EntityState>,
}

/// Everything of an escalation but its entities: what lists show, and what an observation needs to join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Which one.
    pub id: EscalationId,
    /// Whose.
    pub account: AccountId,
    /// What is asked.
    pub kind: Kind,
    /// The organization that it concerns; none for the whole account.
    pub organization: Option<OrganizationId>,
    /// What makes two observations the same escalation. Unique among the open ones of an account.
    pub subject_key: String,
    /// The country code, VPN slug or error code, where there is one.
    pub subtype: Option<String>,
    /// What it is about, as far as the kind and its entities do not say it.
    #[serde(default)]
    pub matter: Matter,
    /// How pressing it is.
    pub severity: Severity,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// When an answer is due.
    pub due_at: Timestamp,
    /// When anything last happened to it.
    pub updated_at: Timestamp,
    /// Whether it still waits.
    pub state: State,
    /// What was answered, if anybody did. Of several answers the last one, with the fields of all.
    pub answer: Option<Answer>,
    /// What keeps the last answer from having its effect, if anything does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setback: Option<Setback>,
    /// Until when an observation should confirm the answer; none where none is waited for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify_until: Option<Timestamp>,
    /// The remedies that concern it as a whole, in the order in which they were ordered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remedies: Vec<HeadRemedy>,
    /// How many entities it lists.
    pub entity_count: u32,
    /// How far they are.
    #[serde(default)]
    pub progress: Progress,
    /// How many of them live where. Those with no usage location are counted under the empty code.
    pub residences: BTreeMap<String, u32>,
    /// How many observations it gathered.
    pub sightings: u64,
    /// The latest of them, by the detector's clock.
    pub last_seen_at: Option<Timestamp>,
    /// The earlier escalation about the same subject, if there is one.
    pub previous: Option<EscalationId>,
    /// How many events it has.
    pub revision: u64,
    /// The revision at which an entity was last added.
    pub joined_revision: u64,
    /// How far whoever is to answer was chased.
    #[serde(default)]
    pub chase: Chase,
}

/// What an escalation is about, as far as its kind and its entities do not say it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum Matter {
    /// The entities say it.
    #[default]
    Entities,
    /// An incident.
    Incident(Incident),
    /// A Microsoft 365 tenant.
    Tenant {
        /// Microsoft's id of it.
        tenant_id: String,
    },
    /// A PSA integration.
    Integration {
        /// Its slug, such as `connectwise`.
        slug: String,
        /// Whether it was observed to deliver since a report last failed.
        delivers: bool,
    },
    /// What the operator asks.
    Request(Box<Request>),
}

/// What keeps an answer from having its effect: its step is open again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setback {
    /// What happened.
    pub what: SetbackKind,
    /// When.
    pub at: Timestamp,
}

/// What keeps an answer from having its effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "setback", rename_all = "snake_case")]
pub enum SetbackKind {
    /// A remedy failed.
    RemedyFailed {
        /// Which.
        action: RemedyAction,
        /// Why, in the operator's words.
        message: String,
    },
    /// Nothing was heard in time.
    Unheard,
}

/// Whether an escalation still waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It waits.
    Open,
    /// It does not, and never will again. Terminal.
    Resolved(Resolution),
}

/// How an escalation was resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// In which way.
    pub method: Method,
    /// By whom, or by whose rule.
    pub by: Party,
    /// When.
    pub at: Timestamp,
    /// The rules that cover it, where rules do.
    pub rules: Vec<RuleId>,
    /// What was observed, where it resolved by itself; the operator's reason, where it was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What an admin answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The slug of the choice.
    pub choice: String,
    /// The level of the rules, where it makes rules.
    pub scope: Option<Scope>,
    /// When the rules count.
    pub schedule: Schedule,
    /// Why, in the admin's words.
    pub note: Option<String>,
    /// Whether sessions are to be revoked and identities disabled.
    pub revoke_and_disable: bool,
    /// The typed fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Who chose, and when, where somebody else filled in the fields later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<(Party, Timestamp)>,
    /// Who answered, or completed the answer.
    pub by: Party,
    /// When.
    pub at: Timestamp,
}

impl Answer {
    /// Returns who chose, and when.
    pub fn chosen(&self) -> (&Party, Timestamp) {
        self.chosen.as_ref().map_or((&self.by, self.at), |(by, at)| (by, *at))
    }
}

impl Head {
    /// Tells whether it still waits.
    pub fn is_open(&self) -> bool {
        match self.state {
            State::Open => true,
            State::Resolved(_) => false,
        }
    }

    /// Tells whether it waits and its response window has passed. Never stored.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.is_open() && now >= self.due_at
    }

    /// Tells whether it is about what Beckon itself could not deliver to the account's PSA.
    pub fn is_about_own_deliveries(&self) -> bool {
        match &self.matter {
            Matter::Integration { slug, .. } => slug.starts_with(OWN_INTEGRATION),
            Matter::Entities | Matter::Incident(_) | Matter::Tenant { .. } | Matter::Request(_) => false,
        }
    }

    /// Returns what the operator asks; none for what Beckon observed.
    pub fn request(&self) -> Option<&Request> {
        match &self.matter {
            Matter::Request(request) => Some(request),
            Matter::Entities | Matter::Incident(_) | Matter::Tenant { .. } | Matter::Integration { .. } => {
                None
            }
        }
    }

    /// Returns the newest remedy that concerns it as a whole and does `action`.
    pub fn remedy(&self, action: RemedyAction) -> Option<&HeadRemedy> {
        self.remedies.iter().rev().find(|remedy| remedy.action == action)
    }

    /// Tells whether a remedy that concerns it as a whole and does `action` has no outcome yet.
    pub fn is_under_way(&self, action: RemedyAction) -> bool {
        let ordered = |remedy: &HeadRemedy| {
            remedy.action == action && remedy.status == crate::remedy::RemedyStatus::Ordered
        };
        self.remedies.iter().any(ordered)
    }

    /// Returns when something has to be looked at although nobody did anything; none when nothing has.
    pub fn wakes_at(&self) -> Option<Timestamp> {
        [self.unheard_at(), self.chased_at()].into_iter().flatten().min()
    }

    /// Returns when whoever answered is told that no observation confirmed it; none where none is waited for.
    pub fn unheard_at(&self) -> Option<Timestamp> {
        let awaited = if self.kind.definition().is_answered_one_by_one() {
            self.progress.under_way > 0
        } else {
            self.setback.is_none()
        };
        self.verify_until.filter(|_| self.is_open() && awaited)
    }

    /// Returns how it was resolved.
    pub fn resolution(&self) -> Option<&Resolution> {
        match &self.state {
            State::Open => None,
            State::Resolved(resolution) => Some(resolution),
        }
    }
}

impl Escalation {
    /// Returns the organizations of its endpoints, by id and name, each once; nothing where it lists none.
    pub fn organizations(&self) -> BTreeMap<OrganizationId, String> {
        let of = |state: &EntityState| match &state.entity {
            Entity::Endpoint(endpoint) => Some((endpoint.organization, endpoint.organization_name.clone())),
            Entity::Identity(_) | Entity::Tenant(_) | Entity::Report(_) => None,
        };
        self.entities.values().filter_map(of).collect()
    }

    /// Returns its entities: those first that need somebody, then those that were seen last.
    pub fn entities_by_need(&self) -> Vec<EntityState> {
        let mut entities: Vec<&EntityState> = self.entities.values().collect();
        entities.sort_by_key(|state| {
            (state.settled.is_some(), std::cmp::Reverse(state.last_seen_at), state.entity.id())
        });
        entities.into_iter().cloned().collect()
    }

    /// Returns the one organization that it concerns: its own, or that of all its endpoints.
    pub fn sole_organization(&self) -> Option<OrganizationId> {
        let of_entities = || {
            let all = self.organizations();
            all.keys().next().copied().filter(|_| all.len() == 1)
        };
        self.head.organization.or_else(of_entities)
    }

    /// Returns what access rules need to know of it; none when it is resolved or not about logins of an organization.
    pub fn open_logins(&self) -> Option<OpenLogins> {
        let organization = self.head.organization.filter(|_| self.head.is_open())?;
        self.head.kind.definition().rule_subject(&self.head)?;
        let identities: Vec<OpenIdentity> =
            self.entities.values().filter_map(EntityState::open_identity).collect();
        Some(OpenLogins { escalation: self.head.id, organization, identities })
    }
}
