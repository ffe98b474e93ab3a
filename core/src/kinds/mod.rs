//! The catalogue: every kind of escalation, one module each.
//!
//! A new kind is a new file that implements [`Definition`], and one line in `catalogue!` below. Nothing outside this
//! folder matches over kinds.

use serde::{Deserialize, Serialize};

use crate::api::escalation::{ChoiceBody, ResolutionRequest, StepBody};
use crate::error::{Invalid, Refusal};
use crate::escalation::{Escalation, Head, Method};
use crate::id::OrganizationId;
use crate::observation::Fact;
use crate::rule::{RuleDraft, Schedule, Scope, Subject};
use crate::severity::Severity;
use crate::time::Timestamp;

mod login;

macro_rules! catalogue {
    ($($variant:ident => $module:ident,)+) => {
        $(mod $module;)+

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
        }
    };
}

catalogue! {
    LoginUnexpectedCountry => login_unexpected_country,
    LoginUnexpectedVpn     => login_unexpected_vpn,
}

/// What a kind of escalation says about itself.
pub trait Definition: Sync {
    /// Returns the name on the wire: `login.unexpected_country`.
    fn slug(&self) -> &'static str;

    /// Returns the category for people: `Login`.
    fn category(&self) -> &'static str;

    /// Returns the kind's name for people, as in a filter: `Login from an unexpected country`.
    fn name(&self) -> &'static str;

    /// Returns how pressing a new one is.
    fn severity(&self) -> Severity;

    /// Returns what a new escalation about `fact` would be about; none when this kind does not ask about it.
    fn topic(&self, fact: &Fact) -> Option<Topic>;

    /// Returns what happened in a few words: `Logins from Ukraine`.
    fn subject(&self, head: &Head) -> String;

    /// Returns a second line: `2 people who live in the Netherlands`.
    fn summary(&self, head: &Head) -> String;

    /// Returns how many of what it is about: `2 people`.
    fn about(&self, head: &Head) -> String;

    /// Returns what happened in a sentence or two.
    fn what_happened(&self, head: &Head) -> String;

    /// Returns what is asked.
    fn question(&self, head: &Head) -> String;

    /// Returns the choices of the answer, in order.
    fn choices(&self) -> Vec<ChoiceBody>;

    /// Returns the steps that lead to an answer, with their state.
    fn steps(&self, head: &Head) -> Vec<StepBody>;

    /// Returns what an access rule that answers `head` is about; none for kinds that no rule answers.
    fn rule_subject(&self, head: &Head) -> Option<Subject>;

    /// Decides what an answer does.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with each field that is wrong, [`Refusal::Unsuitable`] when this kind is not answered so.
    fn answer(
        &self,
        escalation: &Escalation,
        request: &ResolutionRequest,
        now: Timestamp,
    ) -> Result<AnswerPlan, Refusal>;
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerPlan {
    /// The slug of the choice.
    pub choice: &'static str,
    /// The level of the rules.
    pub scope: Option<Scope>,
    /// When they count.
    pub schedule: Schedule,
    /// Why.
    pub note: Option<String>,
    /// Whether sessions are to be revoked and identities disabled.
    pub revoke_and_disable: bool,
    /// The rules to make.
    pub drafts: Vec<RuleDraft>,
    /// In which way it resolves the escalation.
    pub method: Method,
}

impl Kind {
    /// Finds the kind that asks about `fact`, and what about.
    pub fn concerned(fact: &Fact) -> Option<(Self, Topic)> {
        Self::ALL.iter().find_map(|kind| kind.definition().topic(fact).map(|topic| (*kind, topic)))
    }

    /// Returns the subject key of an escalation of this kind.
    pub fn subject_key(self, organization: Option<OrganizationId>, topic: &Topic) -> String {
        let organization = organization.map(|id| id.to_string()).unwrap_or_default();
        format!("{}/{organization}/{}", self.definition().slug(), topic.value)
    }

    /// Reads a kind's slug.
    ///
    /// # Errors
    /// [`Invalid`] when there is no such kind.
    pub fn parse(slug: &str) -> Result<Self, Invalid> {
        let kind = Self::ALL.iter().find(|kind| kind.definition().slug() == slug);
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
        kind.definition().slug().to_owned()
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.definition().slug())
    }
}
