//! What happens to an escalation or to the rules of an account: the entries of the append-only log.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::Identity;
use crate::actor::Party;
use crate::id::{EscalationId, IdentityId, ObservationId, OrganizationId, RuleId};
use crate::kinds::Kind;
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

/// What happened. The name of a variant is its name on the wire.
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
    },
    /// Another entity is concerned.
    EntityAdded {
        /// Who.
        identity: Identity,
        /// The observation that says so.
        sighting: Sighting,
    },
    /// An entity that is listed was observed again.
    Sighted {
        /// Who.
        identity: IdentityId,
        /// The observation.
        sighting: Sighting,
        /// The identity as it is now, where that changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        changed: Option<Identity>,
    },
    /// An admin answered.
    Answered {
        /// The slug of the choice.
        choice: String,
        /// The level of the rules, where it makes rules.
        scope: Option<Scope>,
        /// When the rules count.
        schedule: Schedule,
        /// Why.
        note: Option<String>,
        /// Whether sessions are to be revoked and identities disabled.
        revoke_and_disable: bool,
    },
    /// Somebody said something.
    Commented {
        /// The text, as text.
        text: String,
    },
    /// The answer orders the provider to act: revoke the sessions and disable the identities.
    RemedyOrdered {
        /// Whose.
        identities: Vec<IdentityId>,
    },
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
    /// Nobody needs to answer any more. Terminal.
    Resolved {
        /// In which way.
        method: Method,
        /// The rules that cover it.
        rules: Vec<RuleId>,
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
}

/// An observation of an entity, as far as the escalation keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Which observation.
    pub observation: ObservationId,
    /// When, by the detector's clock.
    pub observed_at: Timestamp,
    /// From where.
    pub origin: Origin,
}

/// The way of a resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Rules cover everybody listed.
    Rule,
    /// Dismissed for now: no rule was made.
    Dismiss,
}
