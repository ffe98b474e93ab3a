//! Observations: typed facts that detectors report. What they look like on the wire, and how one is read, is in
//! [`body`]; what follows from one is decided in [`crate::decide`].

use std::net::IpAddr;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

use crate::country::CountryCode;
use crate::id::{AccountId, ObservationId, OrganizationId};
use crate::severity::Severity;
use crate::time::{Timestamp, minutes};
use crate::vpn::VpnSlug;

pub mod body;
mod check;
mod diagnose;

/// How far a detector's clock may be ahead of ours.
pub const MAX_AHEAD: TimeDelta = minutes(5);

/// The longest id of an observation, an identity or a thing, in characters.
pub const MAX_ID: usize = 200;

/// The longest name of a person or thing, in characters.
pub const MAX_NAME: usize = 320;

/// The longest text of an error, in characters.
pub const MAX_ERROR: usize = 4_000;

/// The most observations in one request.
pub const MAX_BATCH: usize = 1_000;

/// A fact that a detector reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Which one; the same id again is the same observation.
    pub id: ObservationId,
    /// When it happened, by the detector's clock.
    pub observed_at: Timestamp,
    /// Whom it concerns.
    pub account: AccountId,
    /// The organization it belongs to, where there is one.
    pub organization: Option<OrganizationId>,
    /// What happened.
    pub fact: Fact,
}

/// What happened. One variant a type on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Somebody logged in successfully.
    Login(LoginFact),
    /// What an endpoint says of its Defender.
    DefenderStatus(DefenderFact),
    /// An endpoint was isolated, or released.
    Isolation(IsolationFact),
    /// A Microsoft 365 tenant could be read, or could not.
    TenantAccess(TenantAccessFact),
    /// An incident report reached the PSA, or did not.
    ReportDelivery(ReportDeliveryFact),
}

/// A successful login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginFact {
    /// Who logged in.
    pub identity: ObservedIdentity,
    /// The country of the address, if known.
    pub country: Option<CountryCode>,
    /// The VPN it came through, if any.
    pub vpn: Option<VpnSlug>,
    /// The address, if known.
    pub ip_address: Option<IpAddr>,
}

/// What an endpoint says of its Defender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefenderFact {
    /// Which endpoint.
    pub endpoint: ObservedEndpoint,
    /// What is asked of it.
    pub policy: AntivirusPolicy,
    /// Whether real-time protection is on.
    pub protected: bool,
}

/// An endpoint was isolated for an incident, or released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IsolationFact {
    /// Which endpoint.
    pub endpoint: ObservedEndpoint,
    /// For which incident.
    pub incident: Incident,
    /// Whether it is isolated now.
    pub isolated: bool,
    /// Who did it; known at least where it is isolated.
    pub by: Option<IsolatedBy>,
}

/// A Microsoft 365 tenant could be read, or could not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantAccessFact {
    /// Microsoft's id of the tenant.
    pub tenant: String,
    /// What Microsoft answered; none where it can be read.
    pub error: Option<String>,
}

/// An incident report reached the PSA, or did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportDeliveryFact {
    /// Which report.
    pub report: ObservedReport,
    /// Through which integration, such as `connectwise`.
    pub integration: String,
    /// What the PSA answered; none where the report went out.
    pub error: Option<String>,
}

/// An identity as a detector names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservedIdentity {
    /// The directory's id; unique within the organization.
    pub id: String,
    /// The name it signs in with.
    pub username: String,
    /// The person's name, where the detector knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where the person lives, if that is on record.
    #[serde(default)]
    pub usage_location: Option<CountryCode>,
}

/// An endpoint as a detector names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservedEndpoint {
    /// The detector's id; unique within the account.
    pub id: String,
    /// The machine's name.
    pub hostname: String,
    /// Its operating system, where the detector knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
}

/// An incident report as a detector names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservedReport {
    /// The provider's id; unique within the account.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// How pressing it is.
    pub severity: Severity,
}

/// An incident as a detector names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Incident {
    /// The provider's id; unique within the account.
    pub id: String,
    /// What it is about.
    pub title: String,
}

/// What the provider's managed antivirus asks of an endpoint.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AntivirusPolicy {
    /// Defender has to be on.
    Enforce,
    /// What Defender does is noted, and nothing more.
    Audit,
    /// The antivirus is not managed.
    Off,
}

/// Who isolated an endpoint.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum IsolatedBy {
    /// The provider.
    Provider,
    /// An admin of the account.
    AccountAdmin,
}

/// What became of an observation.
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
pub enum Outcome {
    /// It raised an escalation.
    Raised,
    /// It joined an open one as a new entity.
    Joined,
    /// It is a sighting of an entity that an open one already lists.
    Updated,
    /// A rule, the usage location or an earlier answer expects it.
    Expected,
    /// An unauthorized rule matched; the provider acts on it.
    Suspected,
    /// It has not lasted long or happened often enough.
    Pending,
    /// It ended a condition.
    Recovered,
    /// It says nothing that somebody would have to be asked about.
    Ignored,
    /// It was here before.
    Duplicate,
    /// It is not valid.
    Rejected,
}
