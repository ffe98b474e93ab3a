//! Accounts, organizations, identities and members.

use serde::{Deserialize, Serialize};

use super::{Named, Pagination};
use crate::actor::Role;
use crate::country::CountryCode;
use crate::id::{AccountId, IdentityId, OrganizationId, UserId};
use crate::time::Timestamp;

/// `GET /v1/account`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountResponse {
    /// The account.
    pub account: AccountBody,
}

/// An account, with its numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountBody {
    /// Which one.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// Always `enabled`.
    pub status: String,
    /// How many organizations it has.
    pub organizations_count: u64,
    /// Who can answer: the account admins, by name.
    pub admins: Vec<Named<UserId>>,
    /// How many account users read along.
    pub readers_count: u64,
    /// Open escalations, the overdue ones among them, resolved ones, and rules that are not expired.
    pub counts: Counts,
    /// When an escalation was last resolved by an answer.
    pub last_answered_at: Option<Timestamp>,
}

/// The numbers beside the navigation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Open escalations, overdue ones included.
    pub open: u64,
    /// Open escalations whose response window has passed.
    pub overdue: u64,
    /// Resolved escalations.
    pub resolved: u64,
    /// Access rules that are active or scheduled.
    pub rules: u64,
}

/// `GET /v1/organizations`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationsResponse {
    /// One page.
    pub organizations: Vec<OrganizationBody>,
    /// Where the next is.
    pub pagination: Pagination,
}

/// An organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationBody {
    /// Which one.
    pub id: OrganizationId,
    /// Its account.
    pub account_id: AccountId,
    /// Its name.
    pub name: String,
    /// When it came into being.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// `GET /v1/organizations/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizationResponse {
    /// The organization.
    pub organization: OrganizationBody,
}

/// `GET /v1/identities`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentitiesResponse {
    /// One page.
    pub identities: Vec<IdentityBody>,
    /// Where the next is.
    pub pagination: Pagination,
}

/// `GET /v1/identities/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityResponse {
    /// The identity.
    pub identity: IdentityBody,
}

/// A managed identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityBody {
    /// Which one.
    pub id: IdentityId,
    /// Its account.
    pub account: Named<AccountId>,
    /// Its organization.
    pub organization: Named<OrganizationId>,
    /// The detector's id for it.
    pub external_id: String,
    /// The name it signs in with.
    pub username: String,
    /// The person's name, or the username where none is known.
    pub name: String,
    /// Where the person lives, if that is on record.
    pub usage_location: Option<CountryCode>,
    /// When it was first seen.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A member, as `GET /v1/memberships` lists it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipBody {
    /// Which person.
    pub user_id: UserId,
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
}
