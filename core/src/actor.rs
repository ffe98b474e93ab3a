//! Who acts: operators, and the members of an account in their roles.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::id::{AccountId, OrganizationId, UserId};

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
pub enum Actor {
    /// The provider, in every account.
    Operator {
        /// The name of the key that was used.
        name: String,
    },
    /// A person in one account.
    Member(Member),
}

impl Actor {
    /// Returns the account that the actor belongs to; none for the operator, who works in all.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Operator { .. } => None,
            Self::Member(member) => Some(member.account),
        }
    }

    /// Returns the actor as the log names it.
    pub fn party(&self) -> Party {
        match self {
            Self::Operator { name } => Party::Operator { name: name.clone() },
            Self::Member(member) => Party::User { id: member.user, name: member.name.clone() },
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
