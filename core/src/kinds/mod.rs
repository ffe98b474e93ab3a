//! The catalogue: every kind of escalation, one module each.
//!
//! A new kind is a new file that implements [`Definition`], and one line in `catalogue!` below. Nothing outside this
//! folder matches over kinds.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::api::escalation::{ChoiceBody, GuidanceBody, ResolutionRequest, StepBody};
use crate::error::{Invalid, Refusal};
use crate::escalation::{EntityChoice, Escalation, Head, Method};
use crate::field::FieldSpec;
use crate::id::{EntityId, OrganizationId};
use crate::observation::LoginFact;
use crate::remedy::RemedyAction;
use crate::rule::{RuleDraft, Schedule, Scope, Subject};
use crate::severity::Severity;
use crate::time::Timestamp;

pub mod catalogue;
mod choose;
mod login;
mod request;
mod workflow;

macro_rules! catalogue {
    ($($variant:ident => $module:ident,)+) => {
        $(pub(crate) mod $module;)+

        /// A kind of escalation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum Kind {
            $(#[doc = concat!("See the module `", stringify!($module), "`.")] $variant,)+
        }

        impl Kind {
            /// Every kind, in the order of the catalogue.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// Returns what the kind says about itself.
            pub fn definition(self) -> &'static dyn Definition {
                match self {
                    $(Self::$variant => &$module::$variant,)+
                }
            }

            /// Returns the category and the name for people. Unlike [`Kind::definition`] it needs nothing else of the
            /// kind, so that a page that only lists kinds does not bring along what they decide.
            pub fn label(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$variant => ($module::$variant.category(), $module::$variant.name()),)+
                }
            }

            /// Returns the name on the wire: `login.unexpected_country`.
            pub fn slug(self) -> &'static str {
                match self {
                    $(Self::$variant => $module::$variant.slug(),)+
                }
            }
        }
    };
}

catalogue! {
    IntegrationReportsUndeliverable => integration_reports_undeliverable,
    IntegrationTenantInaccessible   => integration_tenant_inaccessible,
    SystemHealthDefenderDisabled    => system_health_defender_disabled,
    HostIsolationOrgWide            => host_isolation_org_wide,
    LoginUnexpectedCountry          => login_unexpected_country,
    LoginUnexpectedVpn              => login_unexpected_vpn,
    PotentialThreatFalsePositive    => potential_threat_false_positive,
    PotentialThreatMoreInformation  => potential_threat_more_information,
    ProviderQuestion                => provider_question,
}

/// What a kind of escalation says about itself.
pub trait Definition: Sync {
    /// Returns the name on the wire: `login.unexpected_country`.
    fn slug(&self) -> &'static str;

    /// Returns the category for people: `Login`.
    fn category(&self) -> &'static str;

    /// Returns the kind's name for people, as in a filter: `Login from an unexpected country`.
    fn name(&self) -> &'static str;

    /// Returns what the catalogue says of it.
    fn row(&self) -> Row;

    /// Returns how pressing a new one is, where neither the observation nor the operator says it.
    fn severity(&self) -> Severity;

    /// Returns what a new escalation about `login` would be about; none when this kind does not ask about it.
    fn topic(&self, _login: &LoginFact) -> Option<Topic> {
        None
    }

    /// Returns what the operator says of a new one; none for what Beckon raises from observations.
    fn asks(&self) -> Option<Asks> {
        None
    }

    /// Returns what happened in a few words: `Logins from Ukraine`.
    fn subject(&self, head: &Head) -> String;

    /// Returns a second line: `2 people who live in the Netherlands`.
    fn summary(&self, head: &Head) -> String;

    /// Returns how many of what it is about: `2 people`.
    fn about(&self, head: &Head) -> String;

    /// Returns what happened in a sentence or two.
    fn what_happened(&self, head: &Head) -> String;

    /// Returns why that matters, in a sentence; nothing where the question says it.
    fn why(&self, _head: &Head) -> String {
        String::new()
    }

    /// Returns what is asked.
    fn question(&self, head: &Head) -> String;

    /// Returns the choices of the answer, in order.
    fn choices(&self, head: &Head) -> Vec<ChoiceBody>;

    /// Returns what an answer fills in.
    fn fields(&self, _head: &Head) -> Vec<FieldSpec> {
        Vec::new()
    }

    /// Tells whether the answer can differ from entity to entity.
    fn is_answered_one_by_one(&self) -> bool {
        false
    }

    /// Returns what the admin does outside Beckon before answering, step by step.
    fn guidance(&self, _escalation: &Escalation) -> Vec<GuidanceBody> {
        Vec::new()
    }

    /// Returns the steps that lead to an answer and to its effect, with their state.
    fn steps(&self, head: &Head) -> Vec<StepBody>;

    /// Returns on which way people hear of it, unless the account wants more.
    fn usual_channel(&self) -> UsualChannel {
        UsualChannel::Email
    }

    /// Returns what an access rule that answers `head` is about; none for kinds that no rule answers.
    fn rule_subject(&self, _head: &Head) -> Option<Subject> {
        None
    }

    /// Decides what an answer does.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with each field that is wrong, [`Refusal::Unsuitable`] when this kind is not answered so,
    /// [`Refusal::Conflict`] when what was answered is still under way.
    fn answer(
        &self,
        escalation: &Escalation,
        request: &ResolutionRequest,
        now: Timestamp,
    ) -> Result<AnswerPlan, Refusal>;

    /// Returns what follows when the provider has carried out `action`.
    fn after(&self, _head: &Head, _action: RemedyAction) -> Next {
        Next::Wait
    }

    /// Returns what was observed when one resolves by itself: `Every endpoint reports real-time protection on`.
    fn recovery(&self, _head: &Head) -> String {
        String::new()
    }
}

/// On which way people hear of a kind of escalation, unless the account wants more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsualChannel {
    /// By email; in the PSA too where the account has switched that kind on.
    Email,
    /// In the PSA where there is one, else by email; both only where the account wants both.
    PsaElseEmail,
}

/// What the catalogue says of a kind, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// When one is raised.
    pub trigger: &'static str,
    /// What makes two the same.
    pub key: &'static str,
    /// How pressing it is.
    pub severity: &'static str,
    /// What is asked.
    pub question: &'static str,
    /// What can be answered.
    pub answers: &'static str,
    /// What the answers order.
    pub remedies: &'static str,
    /// What resolves it beside an answer.
    pub resolution: &'static str,
}

/// What the operator says of a new escalation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asks {
    /// The question that the kind itself asks; none where the operator says it.
    pub own_question: Option<&'static str>,
    /// Whether the operator says what can be answered.
    pub choices: bool,
    /// Whether the operator says what is to be filled in.
    pub fields: bool,
}

/// What follows when a remedy is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// An observation will show it.
    Wait,
    /// The next remedy.
    Order(RemedyAction),
    /// That was all.
    Resolve,
}

/// What a new escalation would be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// What tells it from others of its kind within the organization.
    pub value: String,
    /// Goes into [`Head::subtype`].
    pub subtype: Option<String>,
}

/// What an answer does, before anybody does it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnswerPlan {
    /// The slug of the choice; empty where entities are decided one by one.
    pub choice: String,
    /// The level of the rules.
    pub scope: Option<Scope>,
    /// When they count.
    pub schedule: Schedule,
    /// Why.
    pub note: Option<String>,
    /// Whether sessions are to be revoked and identities disabled.
    pub revoke_and_disable: bool,
    /// What was filled in.
    pub fields: BTreeMap<String, String>,
    /// What is decided about which entities.
    pub entities: Vec<EntityChoice>,
    /// The rules to make.
    pub drafts: Vec<RuleDraft>,
    /// The remedies to order.
    pub orders: Vec<OrderDraft>,
    /// How long an observation may take to confirm it, where one can.
    pub verify_within: Option<TimeDelta>,
    /// In which way it resolves the escalation at once; none where it waits for something.
    pub method: Option<Method>,
}

/// A remedy to order, before it has a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderDraft {
    /// What to do.
    pub action: RemedyAction,
    /// To which entity; none where it concerns the escalation as a whole.
    pub entity: Option<EntityId>,
    /// What else the provider has to know.
    pub parameters: BTreeMap<String, String>,
}

impl OrderDraft {
    /// Orders `action` for the escalation as a whole.
    pub const fn whole(action: RemedyAction) -> Self {
        Self { action, entity: None, parameters: BTreeMap::new() }
    }

    /// Orders `action` for one entity.
    pub const fn of(action: RemedyAction, entity: EntityId) -> Self {
        Self { action, entity: Some(entity), parameters: BTreeMap::new() }
    }
}

impl Kind {
    /// Finds the kind that asks about `login`, and what about.
    pub fn concerned(login: &LoginFact) -> Option<(Self, Topic)> {
        Self::ALL.iter().find_map(|kind| kind.definition().topic(login).map(|topic| (*kind, topic)))
    }

    /// Returns the subject key of an escalation of this kind.
    pub fn subject_key(self, organization: Option<OrganizationId>, topic: &str) -> String {
        let organization = organization.map(|id| id.to_string()).unwrap_or_default();
        format!("{}/{organization}/{topic}", self.slug())
    }

    /// Reads a kind's slug.
    ///
    /// # Errors
    /// [`Invalid`] when there is no such kind.
    pub fn parse(slug: &str) -> Result<Self, Invalid> {
        let kind = Self::ALL.iter().find(|kind| kind.slug() == slug);
        kind.copied()
            .ok_or_else(|| Invalid::new("a kind of the catalogue such as login.unexpected_country", slug))
    }
}

impl TryFrom<String> for Kind {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Kind> for String {
    fn from(kind: Kind) -> Self {
        kind.slug().to_owned()
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.slug())
    }
}
