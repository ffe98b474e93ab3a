//! An example of each kind of escalation, for whoever wants to see what a message says before there is one.

use strum::{EnumString, IntoStaticStr, VariantNames};

use super::Reason;
use crate::actor::Party;
use crate::api::show::{Names, resolution_text};
use crate::country::CountryCode;
use crate::escalation::{
    Endpoint, Entity, Escalation, Event, Happening, Head, Identity, Matter, Method, Report, Sighting, Tenant,
};
use crate::field::OptionSpec;
use crate::id::{AccountId, EntityId, EscalationId, IdentityId, ObservationId, OrganizationId};
use crate::kinds::Kind;
use crate::observation::{Incident, IsolatedBy};
use crate::request::{Evidence, Request};
use crate::rule::coverage::Origin;
use crate::severity::Severity;
use crate::time::{Timestamp, hours};
use crate::vpn::VpnSlug;

/// Why somebody is told, as far as a message can be shown before anybody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Sample {
    /// The question came into being.
    Raised,
    /// It presses more than before.
    SeverityRaised,
    /// The response window has passed.
    Overdue,
    /// Still nobody answered.
    Reminder,
    /// Nobody needs to answer any more.
    Resolved,
}

impl Sample {
    /// All of them, in the order in which they happen.
    pub const ALL: [Self; 5] =
        [Self::Raised, Self::SeverityRaised, Self::Overdue, Self::Reminder, Self::Resolved];

    /// Returns the sample for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Raised => "It was raised",
            Self::SeverityRaised => "It presses more than before",
            Self::Overdue => "It became overdue",
            Self::Reminder => "Nobody answered yet",
            Self::Resolved => "It was resolved",
        }
    }

    /// Returns the reason for which somebody is told of `head`, and when that is: `now`, or later where it is not time yet.
    pub fn reason(self, head: &Head, names: Names<'_>, now: Timestamp) -> (Reason, Timestamp) {
        match self {
            Self::Raised => (Reason::Raised, now),
            Self::SeverityRaised => (Reason::SeverityRaised { before: Severity::Low }, now),
            Self::Overdue => (Reason::Overdue, now.max(head.due_at)),
            Self::Reminder => {
                let first = head.due_at + head.severity.pace().remind_every;
                (Reason::Reminder { number: 1 }, now.max(first))
            }
            Self::Resolved => {
                let how = head.resolution().map(|resolution| resolution_text(head, resolution, names));
                (
                    Reason::Resolved { how: how.unwrap_or_else(|| "An account admin answered.".to_owned()) },
                    now,
                )
            }
        }
    }
}

/// The name of the organization in the examples.
pub const ORGANIZATION: &str = "Contoso";

/// Makes an example of `kind` in `account`, raised an hour before `now`; one that is over where `ended` says so. It is
/// nowhere kept.
pub fn example(kind: Kind, account: AccountId, ended: bool, now: Timestamp) -> Option<Escalation> {
    let (id, at) = (EscalationId(0), now - hours(1));
    let event = |what| Event { escalation: Some(id), at, by: Party::System, what };
    let (severity, subtype) = (kind.definition().severity(), subtype(kind));
    let raised = Happening::Raised {
        kind,
        organization: concerns_one(kind).then_some(OrganizationId(0)),
        subject_key: String::new(),
        subtype: subtype.map(str::to_owned),
        severity,
        due_at: severity.due_at(at),
        previous: None,
        matter: matter(kind),
    };
    let added = entity(kind, at).map(|(entity, origin)| {
        let observation = ObservationId("example".to_owned());
        Happening::EntityAdded { entity, sighting: Sighting { observation, observed_at: at, origin } }
    });
    let end = ended.then(|| Happening::resolved(Method::Direct));
    let events: Vec<Event> = [Some(raised), added, end].into_iter().flatten().map(event).collect();
    Escalation::replay(account, id, &events)
}

/// Tells whether the kind is about one organization.
const fn concerns_one(kind: Kind) -> bool {
    match kind {
        Kind::IntegrationReportsUndeliverable | Kind::SystemHealthDefenderDisabled => false,
        Kind::IntegrationTenantInaccessible
        | Kind::HostIsolationOrgWide
        | Kind::LoginUnexpectedCountry
        | Kind::LoginUnexpectedVpn
        | Kind::PotentialThreatFalsePositive
        | Kind::PotentialThreatMoreInformation
        | Kind::ProviderQuestion => true,
    }
}

const fn subtype(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::LoginUnexpectedCountry => Some("NL"),
        Kind::LoginUnexpectedVpn => Some("NORD_VPN"),
        Kind::IntegrationTenantInaccessible => Some("AADSTS65001"),
        Kind::IntegrationReportsUndeliverable
        | Kind::SystemHealthDefenderDisabled
        | Kind::HostIsolationOrgWide
        | Kind::PotentialThreatFalsePositive
        | Kind::PotentialThreatMoreInformation
        | Kind::ProviderQuestion => None,
    }
}

fn matter(kind: Kind) -> Matter {
    match kind {
        Kind::IntegrationReportsUndeliverable => {
            Matter::Integration { slug: "connectwise".to_owned(), delivers: false }
        }
        Kind::IntegrationTenantInaccessible => Matter::Tenant { tenant_id: TENANT.to_owned() },
        Kind::HostIsolationOrgWide => {
            Matter::Incident(Incident { id: "example".to_owned(), title: "Ransomware".to_owned() })
        }
        Kind::PotentialThreatFalsePositive => {
            let own = kind.definition().asks().and_then(|asks| asks.own_question);
            request("A tool that looks like malware", own.unwrap_or_default(), &[])
        }
        Kind::PotentialThreatMoreInformation => {
            request("A scheduled task that starts a deleted program", "Where was this program?", &[])
        }
        Kind::ProviderQuestion => request(
            "Backup traffic at night",
            "Is this transfer yours?",
            &[("yes", "Yes, ours"), ("no", "No")],
        ),
        Kind::SystemHealthDefenderDisabled | Kind::LoginUnexpectedCountry | Kind::LoginUnexpectedVpn => {
            Matter::Entities
        }
    }
}

const TENANT: &str = "00000000-0000-0000-0000-000000000000";

fn request(subject: &str, question: &str, choices: &[(&str, &str)]) -> Matter {
    let choices =
        choices.iter().map(|(slug, label)| OptionSpec { slug: (*slug).into(), label: (*label).into() });
    Matter::Request(Box::new(Request {
        subject: subject.to_owned(),
        question: question.to_owned(),
        choices: choices.collect(),
        fields: Vec::new(),
        evidence: vec![Evidence { label: "Seen on".to_owned(), value: "WS-01".to_owned() }],
    }))
}

fn entity(kind: Kind, at: Timestamp) -> Option<(Entity, Option<Origin>)> {
    let id = EntityId(0);
    let endpoint = |isolated_by| {
        Entity::Endpoint(Endpoint {
            id,
            external_id: "example".to_owned(),
            hostname: "WS-01".to_owned(),
            os: Some("Windows 11".to_owned()),
            organization: OrganizationId(0),
            organization_name: ORGANIZATION.to_owned(),
            since: at - hours(3),
            isolated_by,
        })
    };
    let identity = || {
        Entity::Identity(Identity {
            id: IdentityId(0),
            external_id: "example".to_owned(),
            username: "joey@contoso.example".to_owned(),
            name: Some("Joey de Vries".to_owned()),
            usage_location: CountryCode::parse("DE").ok(),
        })
    };
    let origin =
        |vpn| Origin { country: CountryCode::parse("NL").ok(), vpn, address: "203.0.113.9".parse().ok() };
    match kind {
        Kind::IntegrationReportsUndeliverable => {
            let report = Report {
                id,
                external_id: "example".to_owned(),
                title: "Ransomware on WS-01".to_owned(),
                severity: Severity::High,
                organization_name: Some(ORGANIZATION.to_owned()),
                since: at,
                error: "401 Unauthorized".to_owned(),
            };
            Some((Entity::Report(report), None))
        }
        Kind::IntegrationTenantInaccessible => {
            let error = "AADSTS65001: The user or administrator has not consented".to_owned();
            Some((
                Entity::Tenant(Tenant { id, tenant_id: TENANT.to_owned(), since: at, code: 65_001, error }),
                None,
            ))
        }
        Kind::SystemHealthDefenderDisabled => Some((endpoint(None), None)),
        Kind::HostIsolationOrgWide => Some((endpoint(Some(IsolatedBy::Provider)), None)),
        Kind::LoginUnexpectedCountry => Some((identity(), Some(origin(None)))),
        Kind::LoginUnexpectedVpn => Some((identity(), Some(origin(VpnSlug::parse("NORD_VPN").ok())))),
        Kind::PotentialThreatFalsePositive
        | Kind::PotentialThreatMoreInformation
        | Kind::ProviderQuestion => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::{Told, message};

    #[test]
    fn no_sample_says_that_time_is_over_and_left() {
        let now = Timestamp::UNIX_EPOCH;
        let names = Names { account: "Northwind IT", organization: None, base_url: "https://b.example" };
        for kind in Kind::ALL {
            for sample in Sample::ALL {
                let made = example(*kind, AccountId(1), sample == Sample::Resolved, now).expect("an example");
                let (reason, now) = sample.reason(&made.head, names, now);
                let entities = made.entities_by_need();
                let said = message(&Told { head: &made.head, entities: &entities, names, now }, &reason).text;
                let has_time = said.contains("Please answer by");
                assert_eq!(
                    has_time,
                    matches!(sample, Sample::Raised | Sample::SeverityRaised),
                    "{kind}: {said}"
                );
                assert_eq!(said.contains("passed"), sample == Sample::Overdue, "{kind}: {said}");
            }
        }
    }

    #[test]
    fn every_kind_has_an_example_that_says_what_is_asked() {
        let now = Timestamp::UNIX_EPOCH;
        let names = Names {
            account: "Northwind IT",
            organization: Some(ORGANIZATION),
            base_url: "https://b.example",
        };
        for kind in Kind::ALL {
            let made = example(*kind, AccountId(1), false, now).expect("an example");
            let entities = made.entities_by_need();
            let told = Told { head: &made.head, entities: &entities, names, now };
            let said = message(&told, &Reason::Raised);
            let question = kind.definition().question(&made.head);
            assert!(!question.is_empty() && said.text.contains(&question), "{kind}: {}", said.text);
            assert!(example(*kind, AccountId(1), true, now).is_some_and(|over| !over.head.is_open()));
            // What it counts is there: no examples of nothing.
            assert_eq!(made.entities.len(), made.head.entity_count as usize);
        }
    }
}
