//! Identifiers: one type for each thing, so that two of them cannot be mistaken for each other.
//!
//! Numbers are assigned by the store; names come from whoever reports the thing.

use serde::{Deserialize, Serialize};

macro_rules! numbered {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

numbered! {
    /// Identifies a customer of the provider. Assigned by the operator or the store when the account is made.
    AccountId;
    /// Identifies a customer of an account. Assigned by the operator or the store; unique in the installation.
    OrganizationId;
    /// Identifies a person who signs in or owns keys. Assigned by the store.
    UserId;
    /// Identifies a managed identity. Assigned by the store when an observation first names it.
    IdentityId;
    /// Identifies what an escalation lists: an identity, an endpoint, a tenant or a report. Assigned by the store when an
    /// observation first names it, from one sequence for all of them; an identity's is its [`IdentityId`].
    EntityId;
    /// Identifies an escalation. Assigned by the store when it is raised; unique in the installation.
    EscalationId;
    /// Identifies an access rule. Assigned by the store when it is made; unique in the installation.
    RuleId;
    /// Identifies a remedy. Assigned by the store when an answer orders it; unique in the installation.
    RemedyId;
    /// Identifies a PSA integration. Assigned by the store when an account connects; unique in the installation.
    IntegrationId;
    /// Identifies a webhook endpoint. Assigned by the store when it is added; unique in the installation.
    WebhookId;
    /// Identifies a session of the page. Assigned by the store when somebody signs in; no secret.
    SessionId;
    /// Identifies a sign-in provider. Assigned by the store when it is added; unique in the installation.
    ProviderId;
    /// Identifies a delivery. Assigned by the store when it is queued; unique in the installation.
    DeliveryId;
}

impl From<IdentityId> for EntityId {
    fn from(IdentityId(number): IdentityId) -> Self {
        Self(number)
    }
}

impl RuleId {
    /// Stands for a rule that nobody made yet, in previews.
    pub const PROPOSED: Self = Self(0);
}

/// Identifies an observation within its account. Assigned by the detector; the same id is the same observation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ObservationId(pub String);
