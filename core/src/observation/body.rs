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
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::observation::{MAX_ERROR, MAX_ID};
    use crate::severity::Severity;
    use crate::testing::at;

    fn login() -> Value {
        json!({
            "id": "evt-1", "type": "login", "observed_at": "2026-11-24T08:00:00Z", "account_id": 1,
            "organization_id": 2, "country": "UA", "vpn": null, "ip_address": "62.149.20.10",
            "identity": {"id": "joey", "username": "joey@contoso.example", "usage_location": "NL"},
        })
    }

    fn common(kind: &str, rest: Value) -> Value {
        let mut body = json!({
            "id": "evt-1", "type": kind, "observed_at": "2026-11-24T08:00:00Z", "account_id": 1, "organization_id": 2,
        });
        let (Value::Object(all), Value::Object(rest)) = (&mut body, rest) else { unreachable!("literals") };
        all.extend(rest);
        body
    }

    fn defender() -> Value {
        common(
            "defender_status",
            json!({
                "endpoint": {"id": "e1", "hostname": "WS-01", "os": "Windows 11"},
                "managed_antivirus": "enforce", "real_time_protection": false,
            }),
        )
    }

    fn isolation() -> Value {
        common(
            "isolation",
            json!({
                "endpoint": {"id": "e1", "hostname": "WS-01"}, "incident": {"id": "i1", "title": "Ransomware"},
                "isolated": true, "by": "provider",
            }),
        )
    }

    fn tenant() -> Value {
        common(
            "tenant_access",
            json!({"tenant_id": "0873", "error": "AADSTS700016: Application with identifier"}),
        )
    }

    fn report() -> Value {
        common(
            "report_delivery",
            json!({
                "report": {"id": "r1", "title": "Ransomware on WS-01", "severity": "critical"},
                "integration": "connectwise", "error": "401 Unauthorized",
            }),
        )
    }

    fn parse(body: &Value) -> Result<Observation, Vec<FieldError>> {
        Observation::parse(&body.to_string(), at("2026-11-24T08:00:00Z"))
    }

    #[track_caller]
    fn check(mut body: Value, change: impl Fn(&mut Value), expected_fields: &[&str]) {
        change(&mut body);
        let fields: Vec<String> = match parse(&body) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(|error| error.field).collect(),
        };
        assert_eq!(fields, expected_fields, "{body}");
    }

    fn fact(body: &Value) -> Fact {
        parse(body).unwrap_or_else(|errors| panic!("{errors:?}")).fact
    }

    #[test]
    fn the_examples_of_the_design_are_read() {
        let Fact::Login(login) = fact(&login()) else { panic!("a login") };
        assert_eq!(login.country.map(|country| country.in_sentence()), Some("Ukraine".to_owned()));
        let Fact::DefenderStatus(status) = fact(&defender()) else { panic!("a status") };
        assert_eq!((status.policy, status.protected), (AntivirusPolicy::Enforce, false));
        let Fact::Isolation(isolation) = fact(&isolation()) else { panic!("an isolation") };
        assert_eq!((isolation.isolated, isolation.by), (true, Some(IsolatedBy::Provider)));
        let Fact::TenantAccess(access) = fact(&tenant()) else { panic!("an access") };
        assert_eq!(access.tenant, "0873");
        let Fact::ReportDelivery(delivery) = fact(&report()) else { panic!("a delivery") };
        assert_eq!(delivery.report.severity, Severity::Critical);
    }

    #[test]
    fn each_wrong_field_of_a_login_is_named() {
        check(login(), |body| body["country"] = json!("Ukraine"), &["country"]);
        check(login(), |body| body["country"] = json!("ua"), &[]);
        check(login(), |body| body["identity"]["usage_location"] = json!("ZZ"), &["identity.usage_location"]);
        check(login(), |body| body["ip_address"] = json!("62.149.20"), &["ip_address"]);
        check(login(), |body| body["id"] = json!(7), &["id"]);
        check(login(), |body| body["id"] = json!(""), &["id"]);
        check(login(), |body| body["id"] = json!("a\u{7}b"), &["id"]);
        check(login(), |body| body["id"] = json!("x".repeat(MAX_ID + 1)), &["id"]);
        check(login(), |body| body["observed_at"] = json!("yesterday"), &["observed_at"]);
        check(login(), |body| body["organization_id"] = json!(null), &["organization_id"]);
        check(login(), |body| body["mood"] = json!("good"), &["mood"]);
        check(login(), |body| body["identity"] = json!({"id": "joey"}), &["identity.username"]);
        check(login(), |body| body["type"] = json!("eclipse"), &["type"]);
        check(login(), |body| *body = json!([]), &[""]);
    }

    #[test]
    fn each_wrong_field_of_the_others_is_named() {
        check(defender(), |body| body["managed_antivirus"] = json!("strict"), &["managed_antivirus"]);
        check(defender(), |body| body["real_time_protection"] = json!("no"), &["real_time_protection"]);
        check(defender(), |body| body["endpoint"]["hostname"] = json!(null), &["endpoint.hostname"]);
        check(defender(), |body| body["endpoint"]["hostname"] = json!("\u{202e}"), &["endpoint.hostname"]);
        check(defender(), |body| body["endpoint"]["hostname"] = json!("<b>\u{202e}WS"), &[]);
        check(
            defender(),
            |body| body["endpoint"]["hostname"] = json!("x".repeat(321)),
            &["endpoint.hostname"],
        );
        check(defender(), |body| body["endpoint"] = json!("e1"), &["endpoint"]);
        check(defender(), |body| body["endpoint"]["mood"] = json!("good"), &["endpoint.mood"]);
        check(isolation(), |body| body["by"] = json!("somebody"), &["by"]);
        check(isolation(), |body| body["by"] = json!(null), &["by"]);
        check(isolation(), |body| (body["by"], body["isolated"]) = (json!(null), json!(false)), &[]);
        check(isolation(), |body| body["incident"] = json!({"id": "i1"}), &["incident.title"]);
        check(tenant(), |body| body["tenant_id"] = json!(""), &["tenant_id"]);
        check(tenant(), |body| body["error"] = json!(null), &[]);
        check(tenant(), |body| body["error"] = json!(""), &["error"]);
        check(tenant(), |body| body["error"] = json!("x".repeat(MAX_ERROR + 1)), &["error"]);
        check(tenant(), |body| drop(body.as_object_mut().map(|body| body.remove("error"))), &["error"]);
        check(tenant(), |body| body["country"] = json!("NL"), &["country"]);
        check(report(), |body| body["report"]["severity"] = json!("urgent"), &["report.severity"]);
        check(report(), |body| body["integration"] = json!(1), &["integration"]);
        check(report(), |body| body["organization_id"] = json!(null), &[]);
    }

    #[test]
    fn a_detector_may_be_five_minutes_ahead_and_no_more() {
        for body in [login(), defender(), isolation(), tenant(), report()] {
            check(body.clone(), |body| body["observed_at"] = json!("2026-11-24T08:05:00Z"), &[]);
            let late = "2026-11-24T08:05:00.000001Z";
            check(body.clone(), |body| body["observed_at"] = json!(late), &["observed_at"]);
            let hour = "2026-11-24T09:00:00Z";
            check(body, |body| body["observed_at"] = json!(hour), &["observed_at"]);
        }
    }

    #[test]
    fn seven_fractional_digits_and_any_offset_are_read() {
        check(login(), |body| body["observed_at"] = json!("2026-11-24T09:59:59.1234567+02:00"), &[]);
    }
}
