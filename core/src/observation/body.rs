//! Observations on the wire: one body a type, read strictly, each field that is wrong named.

use std::net::IpAddr;

use chrono::SubsecRound;
use serde::{Deserialize, Deserializer, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

use super::check::check;
use super::diagnose::diagnose;
use super::{
    AntivirusPolicy, DefenderFact, Fact, Incident, IsolatedBy, IsolationFact, LoginFact, Observation,
    ObservedEndpoint, ObservedIdentity, ObservedReport, ReportDeliveryFact, TenantAccessFact,
};
use crate::country::CountryCode;
use crate::error::FieldError;
use crate::id::{AccountId, ObservationId, OrganizationId};
use crate::time::Timestamp;
use crate::vpn::VpnSlug;

/// The type of an observation, as its `type` says it.
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
pub enum Type {
    /// See [`LoginBody`].
    Login,
    /// See [`DefenderStatusBody`].
    DefenderStatus,
    /// See [`IsolationBody`].
    Isolation,
    /// See [`TenantAccessBody`].
    TenantAccess,
    /// See [`ReportDeliveryBody`].
    ReportDelivery,
}

/// The type of a login on the wire.
pub const LOGIN: &str = "login";

/// A login on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginBody {
    /// See [`Observation::id`].
    pub id: String,
    /// Always `login`.
    #[serde(rename = "type")]
    pub kind: String,
    /// See [`Observation::observed_at`].
    pub observed_at: Timestamp,
    /// See [`Observation::account`].
    pub account_id: AccountId,
    /// See [`Observation::organization`].
    pub organization_id: OrganizationId,
    /// Who logged in.
    pub identity: ObservedIdentity,
    /// The country of the address, if known.
    #[serde(default)]
    pub country: Option<CountryCode>,
    /// The VPN it came through, if any.
    #[serde(default)]
    pub vpn: Option<VpnSlug>,
    /// The address, if known.
    #[serde(default)]
    pub ip_address: Option<IpAddr>,
}

/// What an endpoint says of its Defender, on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefenderStatusBody {
    /// See [`Observation::id`].
    pub id: String,
    /// Always `defender_status`.
    #[serde(rename = "type")]
    pub kind: Type,
    /// See [`Observation::observed_at`].
    pub observed_at: Timestamp,
    /// See [`Observation::account`].
    pub account_id: AccountId,
    /// See [`Observation::organization`].
    pub organization_id: OrganizationId,
    /// Which endpoint.
    pub endpoint: ObservedEndpoint,
    /// What is asked of it.
    pub managed_antivirus: AntivirusPolicy,
    /// Whether it is on.
    pub real_time_protection: bool,
}

/// An isolation or a release, on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IsolationBody {
    /// See [`Observation::id`].
    pub id: String,
    /// Always `isolation`.
    #[serde(rename = "type")]
    pub kind: Type,
    /// See [`Observation::observed_at`].
    pub observed_at: Timestamp,
    /// See [`Observation::account`].
    pub account_id: AccountId,
    /// See [`Observation::organization`].
    pub organization_id: OrganizationId,
    /// Which endpoint.
    pub endpoint: ObservedEndpoint,
    /// For which incident.
    pub incident: Incident,
    /// Whether it is isolated now.
    pub isolated: bool,
    /// Who did it. Required where it is isolated.
    #[serde(default)]
    pub by: Option<IsolatedBy>,
}

/// Access to a tenant, on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantAccessBody {
    /// See [`Observation::id`].
    pub id: String,
    /// Always `tenant_access`.
    #[serde(rename = "type")]
    pub kind: Type,
    /// See [`Observation::observed_at`].
    pub observed_at: Timestamp,
    /// See [`Observation::account`].
    pub account_id: AccountId,
    /// See [`Observation::organization`].
    pub organization_id: OrganizationId,
    /// Microsoft's id of the tenant.
    pub tenant_id: String,
    /// What Microsoft answered; null where the tenant can be read.
    #[serde(deserialize_with = "nullable")]
    pub error: Option<String>,
}

/// The delivery of a report, on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportDeliveryBody {
    /// See [`Observation::id`].
    pub id: String,
    /// Always `report_delivery`.
    #[serde(rename = "type")]
    pub kind: Type,
    /// See [`Observation::observed_at`].
    pub observed_at: Timestamp,
    /// See [`Observation::account`].
    pub account_id: AccountId,
    /// The organization that the report is about, where it is about one.
    #[serde(default)]
    pub organization_id: Option<OrganizationId>,
    /// Which report.
    pub report: ObservedReport,
    /// Through which integration.
    pub integration: String,
    /// What the PSA answered; null where the report went out.
    #[serde(deserialize_with = "nullable")]
    pub error: Option<String>,
}

/// Reads a field that may be null but must be there.
fn nullable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::deserialize(deserializer)
}

impl Observation {
    /// Reads one observation from its JSON text.
    ///
    /// # Errors
    /// Each field that is wrong, with what was expected and found.
    pub fn parse(json: &str, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        // Nearly all are logins, and looking at the type first would read each of them twice.
        let observation = match serde_json::from_str::<LoginBody>(json) {
            Ok(body) if body.kind == LOGIN => body.into(),
            _ => Self::parse_typed(json)?,
        };
        let errors = check(&observation, now);
        if errors.is_empty() { Ok(observation) } else { Err(errors) }
    }

    fn parse_typed(json: &str) -> Result<Self, Vec<FieldError>> {
        #[derive(Deserialize)]
        struct OnlyType {
            #[serde(rename = "type")]
            kind: Type,
        }
        fn read<'de, B: Deserialize<'de> + Into<Observation>>(
            json: &'de str,
        ) -> serde_json::Result<Observation> {
            serde_json::from_str::<B>(json).map(Into::into)
        }
        // An array would be read as the values of the fields in order.
        let is_object = json.trim_start().starts_with('{');
        let kind = serde_json::from_str::<OnlyType>(json).ok().filter(|_| is_object);
        let read = match kind.map(|only| only.kind) {
            None => return Err(diagnose(json, None)),
            Some(Type::Login) => read::<LoginBody>(json),
            Some(Type::DefenderStatus) => read::<DefenderStatusBody>(json),
            Some(Type::Isolation) => read::<IsolationBody>(json),
            Some(Type::TenantAccess) => read::<TenantAccessBody>(json),
            Some(Type::ReportDelivery) => read::<ReportDeliveryBody>(json),
        };
        read.map_err(|error| diagnose(json, Some(&error)))
    }

    fn new(
        id: String,
        observed_at: Timestamp,
        account: AccountId,
        organization: Option<OrganizationId>,
        fact: Fact,
    ) -> Self {
        Self { id: ObservationId(id), observed_at: observed_at.trunc_subsecs(6), account, organization, fact }
    }
}

impl From<LoginBody> for Observation {
    fn from(body: LoginBody) -> Self {
        let fact = Fact::Login(LoginFact {
            identity: body.identity,
            country: body.country,
            vpn: body.vpn,
            ip_address: body.ip_address.map(|ip| ip.to_canonical()),
        });
        Self::new(body.id, body.observed_at, body.account_id, Some(body.organization_id), fact)
    }
}

impl From<DefenderStatusBody> for Observation {
    fn from(body: DefenderStatusBody) -> Self {
        let fact = Fact::DefenderStatus(DefenderFact {
            endpoint: body.endpoint,
            policy: body.managed_antivirus,
            protected: body.real_time_protection,
        });
        Self::new(body.id, body.observed_at, body.account_id, Some(body.organization_id), fact)
    }
}

impl From<IsolationBody> for Observation {
    fn from(body: IsolationBody) -> Self {
        let fact = Fact::Isolation(IsolationFact {
            endpoint: body.endpoint,
            incident: body.incident,
            isolated: body.isolated,
            by: body.by,
        });
        Self::new(body.id, body.observed_at, body.account_id, Some(body.organization_id), fact)
    }
}

impl From<TenantAccessBody> for Observation {
    fn from(body: TenantAccessBody) -> Self {
        let fact = Fact::TenantAccess(TenantAccessFact { tenant: body.tenant_id, error: body.error });
        Self::new(body.id, body.observed_at, body.account_id, Some(body.organization_id), fact)
    }
}

impl From<ReportDeliveryBody> for Observation {
    fn from(body: ReportDeliveryBody) -> Self {
        let fact = Fact::ReportDelivery(ReportDeliveryFact {
            report: body.report,
            integration: body.integration,
            error: body.error,
        });
        Self::new(body.id, body.observed_at, body.account_id, body.organization_id, fact)
    }
}

#[cfg(test)]
mod tests;
