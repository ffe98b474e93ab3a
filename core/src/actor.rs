//! Who acts: operators, and the members of an account in their roles.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::id::{AccountId, OrganizationId, UserId};
use crate::severity::Severity;

/// What a member may do in an account.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Answers.
    AccountAdmin,
    /// Reads along.
    AccountUser,
    /// Belongs to one organization of the account, and is kept out.
    OrganizationUser,
}

impl Role {
    /// Returns the role for people, in sentence case.
    pub const fn label(self) -> &'static str {
        match self {
            Self::AccountAdmin => "Account admin",
            Self::AccountUser => "Account user",
            Self::OrganizationUser => "Organization user",
        }
    }
}

/// How much of what its owner may do a way in allows. A person who is signed in may do all of it; keys and panels less.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Scope {
    /// A session of the page, or the command line.
    #[default]
    Full,
    /// A key that reads and writes.
    ReadWrite,
    /// A key that reads.
    ReadOnly,
    /// A panel in a partner's portal, in which questions can be answered.
    EmbedRespond,
    /// A panel in a partner's portal that shows.
    EmbedView,
}

impl Scope {
    /// Returns the scope for people, in sentence case.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Full => "Everything",
            Self::ReadWrite => "Read and write",
            Self::ReadOnly => "Read only",
            Self::EmbedRespond => "Panel that answers",
            Self::EmbedView => "Panel that shows",
        }
    }
}

/// A person in an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who it is.
    pub user: UserId,
    /// The person's name.
    pub name: String,
    /// The person's address.
    pub email: String,
    /// Where the role holds.
    pub account: AccountId,
    /// What the person may do there.
    pub role: Role,
    /// The organization of an organization user; none for the other roles.
    pub organization: Option<OrganizationId>,
}

/// Whoever sends a request, once the server knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Who it is.
    pub principal: Principal,
    /// How much of that the way in allows.
    pub scope: Scope,
    /// The most pressing question that it may answer, where the way in limits that: see [`crate::embed`].
    #[serde(default)]
    pub answers_up_to: Option<Severity>,
}

/// Who is behind a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Principal {
    /// The provider, in every account.
    Operator {
        /// The name of the key that was used, or of the person.
        name: String,
    },
    /// A person in one account.
    Member(Member),
}

impl Actor {
    /// Makes the provider, in full.
    pub fn operator(name: impl Into<String>) -> Self {
        Self { principal: Principal::Operator { name: name.into() }, scope: Scope::Full, answers_up_to: None }
    }

    /// Makes a member, in full.
    pub const fn member(member: Member) -> Self {
        Self { principal: Principal::Member(member), scope: Scope::Full, answers_up_to: None }
    }

    /// Returns the same actor, limited to `scope`.
    pub fn within(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// Returns the same actor, who answers nothing more pressing than `severity`.
    pub fn up_to(self, severity: Severity) -> Self {
        Self { answers_up_to: Some(severity), ..self }
    }

    /// Returns the account that the actor belongs to; none for the operator, who works in all.
    pub fn account(&self) -> Option<AccountId> {
        self.as_member().map(|member| member.account)
    }

    /// Returns the member, where it is one.
    pub fn as_member(&self) -> Option<&Member> {
        match &self.principal {
            Principal::Operator { .. } => None,
            Principal::Member(member) => Some(member),
        }
    }

    /// Returns the actor as the log names it.
    pub fn party(&self) -> Party {
        match &self.principal {
            Principal::Operator { name } => Party::Operator { name: name.clone() },
            Principal::Member(member) => Party::User { id: member.user, name: member.name.clone() },
        }
    }
}

/// Who did something, as the log keeps it: names as they were then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Party {
    /// Beckon itself.
    System,
    /// The provider.
    Operator {
        /// The name of the key that was used.
        name: String,
    },
    /// A person.
    User {
        /// Who it is.
        id: UserId,
        /// The person's name at that time.
        name: String,
    },
}

impl Party {
    /// Returns the name for people.
    pub fn name(&self) -> &str {
        match self {
            Self::System => "Beckon",
            Self::Operator { name } | Self::User { name, .. } => name,
        }
    }
}
