//! What happens to an escalation or to the rules of an account: the entries of the append-only log.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::{Entity, Matter, Settling};
use crate::actor::Party;
use crate::id::{EntityId, EscalationId, IdentityId, ObservationId, OrganizationId, RemedyId, RuleId};
use crate::kinds::Kind;
use crate::remedy::{Order, RemedyAction};
use crate::rule::coverage::Origin;
use crate::rule::{AccessRule, Schedule, Scope};
use crate::severity::Severity;
use crate::time::Timestamp;

/// One entry of an account's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The escalation that it belongs to; none for what concerns the account, such as its rules.
    pub escalation: Option<EscalationId>,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Party,
    /// What.
    pub what: Happening,
}

/// What happened. The name of a variant is its name on the wire. Fields that came later have defaults, and fields that
/// changed their name have aliases: what was logged once is read for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(tag = "event", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Happening {
    /// A question came into being.
    Raised {
        /// What is asked.
        kind: Kind,
        /// The organization that it concerns; none for the whole account.
        organization: Option<OrganizationId>,
        /// See [`super::Head::subject_key`].
        subject_key: String,
        /// See [`super::Head::subtype`].
        subtype: Option<String>,
        /// How pressing it is.
        severity: Severity,
        /// When an answer is due.
        due_at: Timestamp,
        /// The earlier one about the same subject.
        previous: Option<EscalationId>,
        /// See [`super::Head::matter`].
        #[serde(default)]
        matter: Matter,
    },
    /// Another entity is concerned.
    EntityAdded {
        /// What it is.
        #[serde(alias = "identity")]
        entity: Entity,
        /// The observation that says so.
        sighting: Sighting,
    },
    /// An entity that is listed was observed again, in trouble still or once more.
    Sighted {
        /// Which.
        #[serde(alias = "identity")]
        entity: EntityId,
        /// The observation.
        sighting: Sighting,
        /// The entity as it is now, where that changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        changed: Option<Entity>,
    },
    /// An entity that is listed is as it should be.
    EntityRecovered {
        /// Which.
        entity: EntityId,
        /// In which way.
        why: Settling,
        /// The observation that says so.
        observation: ObservationId,
        /// When, by the detector's clock.
        observed_at: Timestamp,
    },
    /// The integration that this is about delivers again.
    Delivers {
        /// The observation that says so.
        observation: ObservationId,
        /// When, by the detector's clock.
        observed_at: Timestamp,
    },
    /// It presses more than before.
    SeverityRaised {
        /// How much now.
        severity: Severity,
        /// Until when it is to be answered now.
        due_at: Timestamp,
    },
    /// The response window has passed.
    BecameOverdue,
    /// The window has passed, and still nobody answered: the question is asked once more.
    Reminded {
        /// The how manieth time this is, from 1.
        number: u32,
    },
    /// An admin answered, or a part of it.
    Answered {
        /// The slug of the choice; empty where entities were decided one by one.
        choice: String,
        /// The level of the rules, where it makes rules; the scope of an allow-listing.
        scope: Option<Scope>,
        /// When the rules count.
        schedule: Schedule,
        /// Why.
        note: Option<String>,
        /// Whether sessions are to be revoked and identities disabled.
        revoke_and_disable: bool,
        /// The typed fields.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        fields: BTreeMap<String, String>,
        /// What was decided about which entities.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        entities: Vec<EntityChoice>,
        /// Until when an observation should confirm it, where one can.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        verify_until: Option<Timestamp>,
    },
    /// Somebody said something.
    Commented {
        /// The text, as text.
        text: String,
    },
    /// The answer orders the provider to act.
    RemedyOrdered {
        /// What to do.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        orders: Vec<Order>,
        /// Whose sessions to revoke, as it was logged before remedies had numbers.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        identities: Vec<IdentityId>,
    },
    /// The provider carried a remedy out.
    RemedySucceeded {
        /// Which.
        remedy: RemedyId,
        /// What was done.
        action: RemedyAction,
        /// To which entity.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entity: Option<EntityId>,
        /// What the operator says of it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// The provider could not carry a remedy out.
    RemedyFailed {
        /// Which.
        remedy: RemedyId,
        /// What was to be done.
        action: RemedyAction,
        /// To which entity.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entity: Option<EntityId>,
        /// Why not.
        message: String,
    },
    /// No observation confirmed the answer in time.
    VerificationUnheard,
    /// Somebody was where they should not be: the provider acts on it.
    IncidentSuspected {
        /// Who.
        identities: Vec<IdentityId>,
        /// The rule that says so.
        rule: RuleId,
        /// The login, where one arrived after the rule.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        observation: Option<ObservationId>,
    },
    /// Microsoft refuses the provider for a reason that only the provider can mend.
    ProviderFault {
        /// The organization whose data cannot be read.
        organization: Option<OrganizationId>,
        /// Microsoft's id of its tenant.
        tenant_id: String,
        /// The number of the error.
        code: u32,
        /// What Microsoft answered.
        error: String,
    },
    /// Nobody needs to answer any more. Terminal.
    Resolved {
        /// In which way.
        method: Method,
        /// The rules that cover it.
        rules: Vec<RuleId>,
        /// What was observed, where it resolved by itself: `Every endpoint reports real-time protection on`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The operator took it back. Terminal.
    Withdrawn {
        /// Why.
        reason: String,
    },
    /// A setting of the account was changed: who is told, an integration, a webhook, a member.
    Configured {
        /// What was done, as the second half of a sentence: `connected ConnectWise PSA`.
        what: String,
    },
    /// Resolved escalations were removed that were kept for as long as the account wants. What the log said of them is gone; the hashes
    /// of those events stay, so that the chain can still be checked.
    Removed {
        /// How many escalations.
        escalations: u32,
        /// The numbers of their events, as the first and the last of each stretch.
        events: Vec<(i64, i64)>,
        /// The SHA-256 of these numbers with their hashes, in hexadecimal.
        digest: String,
    },
    /// An access rule was made.
    RuleMade {
        /// As it was made.
        rule: Box<AccessRule>,
    },
    /// The dates or the note of an access rule changed.
    RuleChanged {
        /// As it is now.
        rule: Box<AccessRule>,
    },
    /// An access rule was deleted.
    RuleDeleted {
        /// As it was.
        rule: Box<AccessRule>,
    },
}

impl Happening {
    /// Returns its name on the wire.
    pub fn slug(&self) -> &'static str {
        self.into()
    }

    /// Says that an escalation is resolved by `method`, without rules and without anything observed.
    pub const fn resolved(method: Method) -> Self {
        Self::Resolved { method, rules: Vec::new(), reason: None }
    }
}

/// An observation of an entity, as far as the escalation keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Which observation.
    pub observation: ObservationId,
    /// When, by the detector's clock.
    pub observed_at: Timestamp,
    /// From where, where it is a login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// What was decided about an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityChoice {
    /// Which.
    pub entity: EntityId,
    /// The slug of the choice.
    pub choice: String,
    /// Whether nothing is left to do about it then.
    pub settles: bool,
}

/// The way of a resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Rules cover everybody listed.
    Rule,
    /// Dismissed for now: no rule was made.
    Dismiss,
    /// The answer was all that was wanted, or what it ordered was carried out.
    Direct,
    /// By itself: what was wrong is observed to be right.
    Recovered,
    /// The operator took it back.
    Withdrawn,
}
