//! Remedies: what an answer orders from the provider, each at most once, and what became of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::actor::Party;
use crate::id::{AccountId, EntityId, EscalationId, OrganizationId, RemedyId};
use crate::time::Timestamp;

/// What the provider is to do.
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
pub enum RemedyAction {
    /// Revoke an identity's sessions and disable it.
    RevokeAndDisable,
    /// Test the connection to the PSA.
    TestConnection,
    /// Send the failed reports to the PSA again.
    SendReports,
    /// Switch the channel to email, and send the failed reports by it.
    SendReportsByEmail,
    /// Read the tenant again.
    VerifyAccess,
    /// Turn an endpoint's real-time protection on.
    TurnOnProtection,
    /// Set an endpoint's managed antivirus to Audit.
    SetPolicyToAudit,
    /// Release an endpoint from isolation.
    ReleaseHost,
    /// Allow-list an application.
    AllowListApplication,
    /// Treat an application as malicious.
    TreatAsMalicious,
}

impl RemedyAction {
    /// Returns what is done, as an order: `Turn real-time protection on`.
    #[rustfmt::skip]
    pub const fn label(self) -> &'static str {
        match self {
            Self::RevokeAndDisable     => "Revoke sessions and disable the account",
            Self::TestConnection       => "Test the connection",
            Self::SendReports          => "Send the failed reports again",
            Self::SendReportsByEmail   => "Send the failed reports by email",
            Self::VerifyAccess         => "Read the tenant again",
            Self::TurnOnProtection     => "Turn real-time protection on",
            Self::SetPolicyToAudit     => "Set the policy to Audit",
            Self::ReleaseHost          => "Release from isolation",
            Self::AllowListApplication => "Allow-list the application",
            Self::TreatAsMalicious     => "Treat the application as malicious",
        }
    }
}

/// What became of a remedy.
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
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RemedyStatus {
    /// Nobody said anything of it yet.
    Ordered,
    /// It was carried out.
    Succeeded,
    /// It could not be carried out.
    Failed,
}

/// A remedy, as the log orders it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Which one.
    pub id: RemedyId,
    /// What is to be done.
    pub action: RemedyAction,
    /// To which entity; none where it concerns the escalation as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<EntityId>,
    /// What else the provider has to know, such as the scope of an allow-listing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
}

/// A remedy with everything that the operator needs to carry it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// What is to be done.
    pub order: Order,
    /// Whose.
    pub account: AccountId,
    /// The organization that it concerns, where it concerns one.
    pub organization: Option<OrganizationId>,
    /// What ordered it.
    pub escalation: EscalationId,
    /// What became of it.
    pub status: RemedyStatus,
    /// What the operator said of it.
    pub message: Option<String>,
    /// Whose answer ordered it.
    pub ordered_by: Party,
    /// When.
    pub ordered_at: Timestamp,
    /// When its outcome came, or else when it was ordered.
    pub updated_at: Timestamp,
}

/// A remedy as far as its escalation keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeadRemedy {
    /// Which one.
    pub id: RemedyId,
    /// What is done.
    pub action: RemedyAction,
    /// What became of it.
    pub status: RemedyStatus,
    /// What the operator said of it.
    pub message: Option<String>,
    /// When that was.
    pub at: Timestamp,
}
