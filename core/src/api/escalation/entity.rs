//! What an escalation lists, on the wire: identities, endpoints, reports and tenants, and where each one stands.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr};

use super::RemedyStateBody;
use crate::api::Pagination;
use crate::country::CountryCode;
use crate::observation::IsolatedBy;
use crate::severity::Severity;
use crate::time::Timestamp;
use crate::vpn::VpnSlug;

/// The entities of an escalation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntitiesBody {
    /// How many there are.
    pub total_count: u64,
    /// Whether there are more than are listed.
    pub has_more: bool,
    /// The ones that are listed: those seen last come first.
    pub items: Vec<EntityBody>,
}

/// `GET /v1/escalations/{id}/entities`, by their ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntitiesResponse {
    /// One page.
    pub entities: Vec<EntityBody>,
    /// Where the next is.
    pub pagination: Pagination,
}

/// One entity of an escalation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityBody {
    /// Its id: what an answer names it by, and for an identity the one that access rules take.
    pub id: i64,
    /// `identity`, `endpoint`, `report` or `tenant`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is known of it.
    pub details: EntityDetails,
}

/// What is known of an entity. What another type of entity has is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityDetails {
    /// What people call it: a person's name, a hostname, a report's title, a tenant's id.
    pub name: String,
    /// The id that its detector gave it.
    pub external_id: String,
    /// How many observations of it there were.
    #[serde(rename = "logins")]
    pub sightings: u64,
    /// The earliest, by the detector's clock.
    pub first_seen_at: Timestamp,
    /// The latest, by the detector's clock.
    pub last_seen_at: Timestamp,
    /// The name that an identity signs in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Where a person lives; null where that is not on record.
    #[serde(default)]
    pub usage_location: Option<CountryCode>,
    /// Where logins came from, the most frequent first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<OriginBody>,
    /// Whether there are more addresses than are listed.
    #[serde(default)]
    pub more_origins: bool,
    /// An endpoint's operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// The organization of an endpoint or a report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Who isolated an endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolated_by: Option<IsolatedBy>,
    /// Since when it is in trouble, by the detector's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// What the PSA or Microsoft answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How pressing a report is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Where it stands: `waiting`, `under_way`, `failed`, `unheard`, `recovered`, `policy_changed`, `moved`, `accepted`;
    /// null for what no answer is about one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<EntityStateBody>,
    /// The slug of the choice that was made for it, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
    /// Who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// What the choice ordered, and what became of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<RemedyStateBody>,
}

/// Where an entity stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityStateBody {
    /// In one word.
    pub slug: EntityStanding,
    /// For people: `Protected again`.
    pub text: String,
    /// Since when, where that is known.
    pub at: Option<Timestamp>,
}

/// Where an entity stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum EntityStanding {
    /// Nobody decided about it.
    Waiting,
    /// What was decided is being carried out, or is waited for.
    UnderWay,
    /// What was decided could not be carried out.
    Failed,
    /// Nothing was heard of it in time.
    Unheard,
    /// It is observed to be as it should.
    Recovered,
    /// Its policy no longer asks for anything.
    PolicyChanged,
    /// It belongs to another organization now.
    Moved,
    /// It stays as it is, by decision.
    Accepted,
}

/// Where logins of one identity came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginBody {
    /// The country of the address, if known.
    pub country: Option<CountryCode>,
    /// The VPN, if any.
    pub vpn: Option<VpnSlug>,
    /// The address, if known.
    pub ip_address: Option<IpAddr>,
    /// How many logins came from there.
    pub logins: u64,
}
