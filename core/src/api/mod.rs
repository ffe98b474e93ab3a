//! The JSON bodies that the server speaks and the page reads: one definition for both.
//!
//! Names and shapes follow the compatible public API where it has the thing; what is ours stands beside it.

use serde::{Deserialize, Serialize};
use strum::EnumString;

use crate::actor::{Member, Role, Scope};
use crate::error::FieldError;
use crate::id::{AccountId, OrganizationId};
use crate::time::Timestamp;

pub mod access;
pub mod activity;
pub mod delivery;
pub mod embed;
pub mod escalation;
pub mod integration;
pub mod notification;
pub mod observation;
pub mod people;
pub mod provider;
pub mod remedy;
pub mod rule;
pub mod show;
pub mod webhook;

/// A thing by id and name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named<Id> {
    /// Which one.
    pub id: Id,
    /// Its name for people.
    pub name: String,
}

/// Where the next page of a list is. Both present exactly when there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pagination {
    /// Opaque; goes into `page_token`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_page_token: Option<String>,
    /// Absolute, with the filters and the limit of this page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_page_url: Option<String>,
    /// How many match in all, where the list counts them; at most 10 000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_count: Option<u64>,
}

/// `GET /v1/memberships`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipsResponse {
    /// One page.
    pub memberships: Vec<people::MembershipBody>,
    /// Where the next is.
    pub pagination: Pagination,
}

/// `GET /v1/known_vpns`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownVpnsResponse {
    /// All that Beckon knows by name.
    pub known_vpns: Vec<KnownVpn>,
}

/// A VPN service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownVpn {
    /// For people.
    pub name: String,
    /// For rules.
    pub slug: crate::vpn::VpnSlug,
}

/// What went wrong and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// For people.
    pub error: String,
    /// The fields that are wrong, where it is about fields.
    #[serde(default)]
    pub errors: Vec<FieldError>,
    /// Who is kept out, and whom to ask. Only for organization users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Blocked>,
    /// What has to be proved first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prove: Option<Proof>,
}

/// What somebody has to prove before a request is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Proof {
    /// The second factor too: send the same again with a `code`.
    SecondFactor,
    /// Who is signed in, since that was proved too long ago: by `POST /v1/session/authentication`.
    Authentication,
}

/// What the page for organization users says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// The name of the person who is signed in.
    pub name: String,
    /// The account's name.
    pub account: String,
    /// The name of the person's organization.
    pub organization: Option<String>,
    /// The account admins, by name.
    pub ask: Vec<String>,
    /// The other accounts that the person may look at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<Named<AccountId>>,
}

/// The text of a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommentRequest {
    /// 1 to 10 000 characters.
    pub text: String,
}

/// One change, as the live updates send it: enough to know what to fetch again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSignal {
    /// The number of the change in the account's log; grows by one each time.
    pub seq: i64,
    /// The escalation that changed; none where rules or people changed.
    pub escalation_id: Option<crate::id::EscalationId>,
    /// What happened, as in the timeline: `raised`, `sighted`, `resolved`, `rule_made`, …
    pub event: String,
}

/// `GET /v1/actor`: who is asking. The compatible fields stand at the top and again under `actor`, since clients
/// expect either.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorResponse {
    /// Always null: there are no resellers here.
    pub reseller: Option<()>,
    /// The account of a member, or the one that an operator who is signed in looks at.
    pub account: Option<Named<AccountId>>,
    /// The person; null for the operator.
    pub user: Option<UserBody>,
    /// The same again.
    pub actor: ActorBody,
    /// The server's clock.
    pub now: Timestamp,
}

/// See [`ActorResponse`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActorBody {
    /// Always null.
    pub reseller: Option<()>,
    /// The account of a member.
    pub account: Option<Named<AccountId>>,
    /// The person.
    pub user: Option<UserBody>,
    /// The operator's key, by name, where it is the operator.
    pub operator: Option<String>,
    /// How much of what that one may do this way in allows.
    #[serde(default)]
    pub scope: Scope,
}

/// A person who is signed in or whose key is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserBody {
    /// Which one.
    pub id: crate::id::UserId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// What the person may do.
    pub role: Role,
    /// The organization of an organization user.
    pub organization_id: Option<OrganizationId>,
}

impl From<&Member> for UserBody {
    fn from(member: &Member) -> Self {
        Self {
            id: member.user,
            name: member.name.clone(),
            email: member.email.clone(),
            role: member.role,
            organization_id: member.organization,
        }
    }
}

impl UserBody {
    /// Returns the actor that the page asks core about.
    pub fn actor(&self, account: AccountId) -> crate::actor::Actor {
        crate::actor::Actor::member(Member {
            user: self.id,
            name: self.name.clone(),
            email: self.email.clone(),
            account,
            role: self.role,
            organization: self.organization_id,
        })
    }
}
