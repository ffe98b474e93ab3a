//! Access rules on the wire: `/v1/unwanted_access_rules`.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Named, Pagination};
use crate::country::CountryCode;
use crate::error::{FieldError, Refusal};
use crate::id::{AccountId, EscalationId, IdentityId, OrganizationId, RuleId};
use crate::network::Network;
use crate::rule::coverage::{CoverageFacts, Effect};
use crate::rule::{
    AccessRule, Category, Determination, Level, Logic, RuleDraft, RuleStatus, Schedule, Scope, Subject,
};
use crate::text::plain;
use crate::time::{Date, Timestamp, optional_date, parse_date};
use crate::vpn::VpnSlug;

/// `GET /v1/unwanted_access_rules`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesResponse {
    /// One page.
    pub unwanted_access_rules: Vec<RuleBody>,
    /// Where the next is.
    pub pagination: Pagination,
}

/// `GET`, `PATCH` and `DELETE /v1/unwanted_access_rules/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleResponse {
    /// The rule.
    pub unwanted_access_rule: RuleBody,
}

/// `POST /v1/unwanted_access_rules`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesMadeResponse {
    /// The last one made, as the compatible API has it.
    pub unwanted_access_rule: RuleBody,
    /// All that were made.
    pub unwanted_access_rules: Vec<RuleBody>,
    /// The open escalations that they resolved.
    pub resolved_escalations: Vec<EscalationId>,
}

/// `POST /v1/unwanted_access_rules/preview`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewResponse {
    /// What the rules would do.
    pub preview: Effect,
    /// How many rules would be made.
    pub rules: usize,
}

/// `GET /v1/unwanted_access_rules/coverage`: what the page needs to compute a preview itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageResponse {
    /// Goes into [`crate::rule::coverage::effect`].
    pub coverage: CoverageFacts,
    /// The open escalations of the facts, by name: `Logins from Ukraine (Contoso Dental)`.
    pub escalations: Vec<Named<EscalationId>>,
}

/// What a rule is applied to, as the compatible API has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppliedTo {
    /// `Account`, `Organization` or `Identity`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Which one.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// An access rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleBody {
    /// Which one.
    pub id: RuleId,
    /// Whose.
    pub account: Named<AccountId>,
    /// Expected or unauthorized.
    #[serde(rename = "type")]
    pub determination: Determination,
    /// Whether it counts now.
    pub status: RuleStatus,
    /// Its level.
    pub scope: Scope,
    /// Whom it is for.
    pub applied_to: AppliedTo,
    /// The organization of an organization's or identity's rule.
    pub organization: Option<Named<OrganizationId>>,
    /// The identity of an identity's rule.
    pub identity: Option<Named<IdentityId>>,
    /// What kind of attribute it is about.
    pub category: Category,
    /// The country, where it is about one.
    pub country_code: Option<CountryCode>,
    /// The VPN, where it is about one.
    pub vpn: Option<VpnSlug>,
    /// The address or range, where it is about one.
    pub ip_address: Option<Network>,
    /// How it matches.
    pub logic: Logic,
    /// What it is about, for people: `Logins from Ukraine`.
    pub subject: String,
    /// Why.
    pub note: Option<String>,
    /// The first day, UTC, inclusive.
    pub starts_at: Option<Date>,
    /// The last day, UTC, inclusive.
    pub expires_at: Option<Date>,
    /// Who made it, by name.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The names that a rule needs to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleNames {
    /// The account's.
    pub account: String,
    /// The organization's, where the rule names one.
    pub organization: Option<String>,
    /// The identity's, where the rule names one.
    pub identity: Option<String>,
}

impl RuleBody {
    /// Shows `rule` as it stands at `now`.
    pub fn of(rule: &AccessRule, names: RuleNames, now: Timestamp) -> Self {
        let RuleNames { account, organization, identity } = names;
        let organization = plain(&organization.unwrap_or_default());
        let identity = plain(&identity.unwrap_or_default());
        let (applied_to, organization, identity) = match rule.level {
            Level::Account => (applied("Account", rule.account.0, &account), None, None),
            Level::Organization { organization: id } => {
                (applied("Organization", id.0, &organization), Some(Named { id, name: organization }), None)
            }
            Level::Identity { identity: id, organization: of } => (
                applied("Identity", id.0, &identity),
                Some(Named { id: of, name: organization }),
                Some(Named { id, name: identity }),
            ),
        };
        Self {
            id: rule.id,
            account: Named { id: rule.account, name: account },
            determination: rule.determination,
            status: rule.status(now),
            scope: rule.level.scope(),
            applied_to,
            organization,
            identity,
            category: rule.subject.category(),
            country_code: if let Subject::Country { country } = rule.subject { Some(country) } else { None },
            vpn: if let Subject::Vpn { vpn } = &rule.subject { Some(vpn.clone()) } else { None },
            ip_address: if let Subject::IpAddress { network } = rule.subject { Some(network) } else { None },
            logic: rule.subject.logic(),
            subject: rule.subject.sentence(),
            note: rule.note.clone(),
            starts_at: rule.schedule.starts_at,
            expires_at: rule.schedule.expires_at,
            created_by: rule.created_by.clone(),
            created_at: rule.created_at,
            updated_at: rule.updated_at,
        }
    }
}

fn applied(kind: &str, id: i64, name: &str) -> AppliedTo {
    AppliedTo { kind: kind.to_owned(), id, name: name.to_owned() }
}

/// `POST /v1/unwanted_access_rules` and `…/preview`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleRequest {
    /// Expected or unauthorized.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub determination: Option<Determination>,
    /// One country code or several, separated by commas: one rule each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_code: Option<String>,
    /// One VPN or several, separated by commas: one rule each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpn: Option<String>,
    /// One address or range or several, separated by commas: one rule each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// `catchall` or `catchall_exception`; goes with `category`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logic: Option<Logic>,
    /// For a catch-all and its exception: `country` (the default) or `vpn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// For one identity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<IdentityId>,
    /// For one organization. Neither this nor the identity: for the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<OrganizationId>,
    /// The first day, UTC.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "optional_date")]
    pub starts_at: Option<Date>,
    /// The last day, UTC.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "optional_date")]
    pub expires_at: Option<Date>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
}

/// Whom a requested rule is for, before anybody looked whether that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Everybody in the account.
    Account,
    /// Everybody in one organization.
    Organization(OrganizationId),
    /// One identity.
    Identity(IdentityId),
}

/// The most rules that one request makes.
pub const MAX_RULES: usize = 250;

impl RuleRequest {
    /// Tells whom the rules are for.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when both an identity and an organization are named.
    pub fn whom(&self) -> Result<Whom, Refusal> {
        match (self.identity_id, self.organization_id) {
            (None, None) => Ok(Whom::Account),
            (None, Some(id)) => Ok(Whom::Organization(id)),
            (Some(id), None) => Ok(Whom::Identity(id)),
            (Some(_), Some(_)) => Err(Refusal::field(
                "organization_id",
                "expected an identity, an organization or neither: leave one out",
            )),
        }
    }

    /// Expands the request into one draft a value, all for `level`, and checks each.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with each field that is wrong.
    pub fn drafts(&self, level: Level, now: Timestamp) -> Result<Vec<RuleDraft>, Refusal> {
        let determination = self.determination.ok_or_else(|| {
            Refusal::field("type", "expected `expected` or `unauthorized`, and it is missing")
        })?;
        let schedule = Schedule { starts_at: self.starts_at, expires_at: self.expires_at };
        let note = self.notes.as_deref().map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned);
        let drafts: Vec<RuleDraft> = self
            .subjects()?
            .into_iter()
            .map(|subject| RuleDraft { level, subject, determination, schedule, note: note.clone() })
            .collect();
        drafts.iter().try_for_each(|draft| draft.check(now))?;
        Ok(drafts)
    }

    /// Returns what the rules are about, without repetitions, in the order in which they were named.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when not exactly one of the fields that say so is there, or a value is wrong.
    pub fn subjects(&self) -> Result<Vec<Subject>, Refusal> {
        let logic = self.logic.filter(|logic| *logic != Logic::Standard);
        match (&self.country_code, &self.vpn, &self.ip_address, logic) {
            (Some(list), None, None, None) => each("country_code", list, |text| {
                CountryCode::parse(text).map(|country| Subject::Country { country })
            }),
            (None, Some(list), None, None) => {
                each("vpn", list, |text| VpnSlug::parse(text).map(|vpn| Subject::Vpn { vpn }))
            }
            (None, None, Some(list), None) => each("ip_address", list, |text| {
                Network::parse(text).map(|network| Subject::IpAddress { network })
            }),
            (None, None, None, Some(logic)) => {
                let category = self.category.unwrap_or(Category::Country);
                Ok(vec![match logic {
                    Logic::Catchall | Logic::Standard => Subject::Catchall { category },
                    Logic::CatchallException => Subject::CatchallException { category },
                }])
            }
            _ => Err(Refusal::field(
                "country_code",
                "expected exactly one of `country_code`, `vpn`, `ip_address` and `logic`",
            )),
        }
    }
}

fn each<E: ToString>(
    field: &str,
    list: &str,
    read: impl Fn(&str) -> Result<Subject, E>,
) -> Result<Vec<Subject>, Refusal> {
    let mut subjects = Vec::new();
    let mut errors = Vec::new();
    for value in list.split(',') {
        match read(value.trim()) {
            Ok(subject) if subjects.contains(&subject) => {}
            Ok(subject) => subjects.push(subject),
            Err(error) => errors.push(FieldError::new(field, error)),
        }
    }
    if subjects.len() > MAX_RULES {
        let found = subjects.len();
        errors.push(FieldError::new(field, format!("expected at most {MAX_RULES} values, found {found}")));
    }
    if errors.is_empty() { Ok(subjects) } else { Err(Refusal::Invalid(errors)) }
}

/// `PATCH /v1/unwanted_access_rules/{id}`: dates and note only. A missing field stays; null or an empty text clears.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RulePatch {
    /// The first day, UTC.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present_date")]
    pub starts_at: Option<Option<Date>>,
    /// The last day, UTC.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present_date")]
    pub expires_at: Option<Option<Date>>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub notes: Option<Option<String>>,
}

/// Tells a field that is null or empty from one that is not there.
#[expect(clippy::option_option, reason = "missing, cleared and set are three things")]
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(Some(text.filter(|text| !text.trim().is_empty())))
}

/// The same for a day.
#[expect(clippy::option_option, reason = "missing, cleared and set are three things")]
fn present_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Date>>, D::Error> {
    let text = present(deserializer)?.flatten();
    text.map(|text| parse_date(&text).map_err(D::Error::custom)).transpose().map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    fn check(json: &str, expected: Result<usize, &[&str]>) {
        let request: RuleRequest = serde_json::from_str(json).expect("it has the right shape");
        let drafts = request.drafts(Level::Account, at("2026-11-24T08:00:00Z"));
        match (drafts, expected) {
            (Ok(drafts), Ok(count)) => assert_eq!(drafts.len(), count, "{json}"),
            (Err(Refusal::Invalid(errors)), Err(fields)) => {
                assert_eq!(
                    errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(),
                    fields,
                    "{json}"
                );
            }
            (drafts, expected) => panic!("{json}: {drafts:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn a_list_makes_one_rule_a_value() {
        check(r#"{"type": "expected", "country_code": "UA"}"#, Ok(1));
        check(r#"{"type": "expected", "country_code": "UA, pl,UA"}"#, Ok(2));
        check(r#"{"type": "expected", "vpn": "NORD_VPN,PROTON_VPN"}"#, Ok(2));
        check(r#"{"type": "expected", "ip_address": "203.0.113.0/24"}"#, Ok(1));
        check(r#"{"type": "unauthorized", "logic": "catchall", "category": "vpn"}"#, Ok(1));
    }

    #[test]
    fn all_or_none() {
        check(
            r#"{"type": "expected", "country_code": "UA,XX,Poland"}"#,
            Err(&["country_code", "country_code"]),
        );
        check(r#"{"type": "expected", "country_code": ""}"#, Err(&["country_code"]));
        check(r#"{"type": "expected", "country_code": "UA", "vpn": "NORD_VPN"}"#, Err(&["country_code"]));
        check(r#"{"type": "expected"}"#, Err(&["country_code"]));
        check(r#"{"country_code": "UA"}"#, Err(&["type"]));
    }

    #[test]
    fn a_patch_tells_missing_from_cleared() {
        let patch: RulePatch = serde_json::from_str(r#"{"starts_at": null, "notes": ""}"#).expect("valid");
        assert_eq!(patch, RulePatch { starts_at: Some(None), expires_at: None, notes: Some(None) });
        let patch: RulePatch = serde_json::from_str(r#"{"expires_at": "2026-12-06"}"#).expect("valid");
        assert_eq!(patch.expires_at, Some("2026-12-06".parse().ok()));
        assert!(serde_json::from_str::<RulePatch>(r#"{"type": "expected"}"#).is_err());
    }
}
