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
    /// Which one: the number of the person.
    pub id: UserId,
    /// Which person.
    pub user_id: UserId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The role.
    pub role: Role,
    /// The organization of an organization user.
    pub organization: Option<Named<OrganizationId>>,
    /// When the person became a member.
    pub created_at: Timestamp,
    /// When the person last signed in; null for who never did.
    pub last_sign_in_at: Option<Timestamp>,
    /// Whether a second factor is asked for.
    pub second_factor: bool,
}

/// A single member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipResponse {
    /// The member.
    pub membership: MembershipBody,
}

/// `POST /v1/memberships`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationRequest {
    /// The name.
    pub name: String,
    /// The address. Somebody who has it in another account is the same person.
    pub email: String,
    /// The role.
    pub role: Role,
    /// The organization of an organization user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<OrganizationId>,
}

/// `PATCH /v1/memberships/{id}`: what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MembershipPatch {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The organization, for who becomes an organization user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<OrganizationId>,
}

/// `GET /v1/memberships/{id}/removal`: what it would mean if somebody left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovalBody {
    /// Who gets the mails now.
    pub recipients_before: Vec<String>,
    /// Who would get them.
    pub recipients_after: Vec<String>,
    /// Whether the mails would go to all account admins again, since nobody of those chosen could answer.
    pub falls_back: bool,
    /// How many keys would end.
    pub keys: u64,
    /// How many sessions would end.
    pub sessions: u64,
    /// Why it is refused, where it is.
    pub refused: Option<String>,
}
