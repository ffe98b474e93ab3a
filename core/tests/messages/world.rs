//! One escalation of each kind, as it stands three hours after it was raised, and every reason to tell of it.

use beckon_core::actor::Party;
use beckon_core::api::show::Names;
use beckon_core::country::CountryCode;
use beckon_core::escalation::{
    Endpoint, Entity, EntityState, Escalation, Event, Happening, Identity, Matter, Report, Settling,
    Sighting, Tenant,
};
use beckon_core::field::{FieldSpec, FieldType, OptionSpec};
use beckon_core::id::{AccountId, EntityId, EscalationId, IdentityId, ObservationId, OrganizationId, UserId};
use beckon_core::kinds::Kind;
use beckon_core::notice::Reason;
use beckon_core::notice::words::Told;
use beckon_core::observation::{Incident, IsolatedBy};
use beckon_core::request::{Evidence, Request};
use beckon_core::rule::coverage::Origin;
use beckon_core::severity::Severity;
use beckon_core::time::{Timestamp, hours};
use beckon_core::vpn::VpnSlug;

/// An escalation with what a message needs beside it.
pub(crate) struct Sample {
    pub(crate) escalation: Escalation,
    pub(crate) entities: Vec<EntityState>,
    account: String,
    organization: Option<String>,
    pub(crate) now: Timestamp,
}

/// Says each thing that others write: as it mostly is, or as somebody hostile would write all of it.
#[derive(Clone, Copy)]
pub(crate) struct Foreign<'f>(pub(crate) Option<&'f str>);

impl Foreign<'_> {
    fn says(self, usual: &str) -> String {
        self.0.unwrap_or(usual).to_owned()
    }
}

pub(crate) fn raised_at() -> Timestamp {
    "2026-11-24T08:00:00Z".parse().expect("a literal")
}

impl Sample {
    pub(crate) fn told(&self) -> Told<'_> {
        let names = Names {
            account: &self.account,
            organization: self.organization.as_deref(),
            base_url: "https://beckon.example",
        };
        Told { head: &self.escalation.head, entities: &self.entities, names, now: self.now }
    }

    /// The same at the moment at which `reason` is told.
    pub(crate) fn when(mut self, reason: &Reason) -> Self {
        let due_at = self.escalation.head.due_at;
        match reason {
            Reason::Overdue => self.now = due_at,
            Reason::Reminder { number } => {
                self.now = due_at
                    + self.escalation.head.severity.pace().remind_every
                        * i32::try_from(*number).expect("few");
            }
            Reason::SeverityRaised { .. } => {
                let raised = Happening::SeverityRaised {
                    severity: Severity::Critical,
                    due_at: Severity::Critical.due_at_when_raised(due_at, self.now),
                };
                self.escalation.apply(&event(raised));
            }
            Reason::Raised | Reason::Answered { .. } | Reason::Setback { .. } | Reason::Resolved { .. } => {}
        }
        self
    }
}

pub(crate) fn reasons(foreign: Foreign<'_>) -> Vec<(&'static str, Reason)> {
    vec![
        ("raised", Reason::Raised),
        ("severity_raised", Reason::SeverityRaised { before: Severity::Low }),
        ("overdue", Reason::Overdue),
        ("reminder", Reason::Reminder { number: 2 }),
        (
            "answered",
            Reason::Answered { by: foreign.says("Priya Raman"), answer: foreign.says("It is repaired") },
        ),
        (
            "setback",
            Reason::Setback { what: foreign.says("The test of the connection failed: 401 Unauthorized") },
        ),
        (
            "resolved",
            Reason::Resolved { how: foreign.says("It resolved by itself. Every report has gone out.") },
        ),
    ]
}

/// An escalation of `kind` with `more` entities than those that have a name of their own.
pub(crate) fn sample(kind: Kind, foreign: Foreign<'_>, more: i64) -> Sample {
    let whole = matches!(
        kind,
        Kind::IntegrationReportsUndeliverable | Kind::SystemHealthDefenderDisabled | Kind::ProviderQuestion
    );
    let severity = kind.definition().severity();
    let raised = Happening::Raised {
        kind,
        organization: (!whole).then_some(OrganizationId(2)),
        subject_key: String::new(),
        subtype: subtype(kind).map(str::to_owned),
        severity,
        due_at: severity.due_at(raised_at()),
        previous: None,
        matter: matter(kind, foreign),
    };
    let added = entities(kind, foreign, more).into_iter().map(|(entity, origin, ago)| {
        let sighting = Sighting {
            observation: ObservationId(entity.id().to_string()),
            observed_at: raised_at() - hours(ago),
            origin,
        };
        Happening::EntityAdded { entity, sighting }
    });
    let events: Vec<Event> = [raised].into_iter().chain(added).chain(again(kind)).map(event).collect();
    let escalation =
        Escalation::replay(AccountId(1), EscalationId(1042), &events).expect("it begins with its raising");
    Sample {
        entities: escalation.entities.values().cloned().collect(),
        escalation,
        account: foreign.says("Northwind IT"),
        organization: (!whole).then(|| foreign.says("Contoso")),
        now: raised_at() + hours(1),
    }
}

/// What happened since: the first of the people logged in again, and the second endpoint is protected again.
fn again(kind: Kind) -> Vec<Happening> {
    let sighted = |address: [u8; 4]| Happening::Sighted {
        entity: EntityId(1),
        sighting: Sighting {
            observation: ObservationId("again".to_owned()),
            observed_at: raised_at(),
            origin: Some(Origin {
                country: CountryCode::parse("UA").ok(),
                vpn: None,
                address: Some(address.into()),
            }),
        },
        changed: None,
    };
    match kind {
        Kind::LoginUnexpectedCountry => vec![sighted([203, 0, 113, 7]), sighted([203, 0, 113, 99])],
        Kind::SystemHealthDefenderDisabled => vec![Happening::EntityRecovered {
            entity: EntityId(2),
            why: Settling::Recovered,
            observation: ObservationId("recovered".to_owned()),
            observed_at: raised_at(),
        }],
        _ => Vec::new(),
    }
}

pub(crate) fn event(what: Happening) -> Event {
    let by = Party::User { id: UserId(1), name: "Priya Raman".to_owned() };
    Event { escalation: Some(EscalationId(1042)), at: raised_at(), by, what }
}

fn subtype(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::IntegrationTenantInaccessible => Some("AADSTS65001"),
        Kind::LoginUnexpectedCountry => Some("UA"),
        Kind::LoginUnexpectedVpn => Some("NORD_VPN"),
        Kind::IntegrationReportsUndeliverable
        | Kind::SystemHealthDefenderDisabled
        | Kind::HostIsolationOrgWide
        | Kind::PotentialThreatFalsePositive
        | Kind::PotentialThreatMoreInformation
        | Kind::ProviderQuestion => None,
    }
}

fn matter(kind: Kind, foreign: Foreign<'_>) -> Matter {
    match kind {
        Kind::IntegrationReportsUndeliverable => {
            Matter::Integration { slug: foreign.says("connectwise"), delivers: false }
        }
        Kind::IntegrationTenantInaccessible => {
            Matter::Tenant { tenant_id: foreign.says("8a4f1c1e-9d3b-4a60-8a0f-2f7d5c1b9e42") }
        }
        Kind::HostIsolationOrgWide => {
            Matter::Incident(Incident { id: "i1".to_owned(), title: foreign.says("Akira ransomware") })
        }
        Kind::SystemHealthDefenderDisabled | Kind::LoginUnexpectedCountry | Kind::LoginUnexpectedVpn => {
            Matter::Entities
        }
        Kind::PotentialThreatFalsePositive
        | Kind::PotentialThreatMoreInformation
        | Kind::ProviderQuestion => Matter::Request(Box::new(request(kind, foreign))),
    }
}

fn request(kind: Kind, foreign: Foreign<'_>) -> Request {
    let option = |slug: &str, label: &str| OptionSpec { slug: slug.to_owned(), label: foreign.says(label) };
    let field = |slug: &str, label: &str, kind, required| {
        let options = match kind {
            FieldType::Choice => vec![option("a", "Before 8 May"), option("b", "After it")],
            _ => Vec::new(),
        };
        FieldSpec { slug: slug.to_owned(), label: foreign.says(label), kind, required, options }
    };
    let evidence =
        |label: &str, value: &str| Evidence { label: foreign.says(label), value: foreign.says(value) };
    match kind {
        Kind::PotentialThreatFalsePositive => Request {
            subject: foreign.says("rmm-agent.exe"),
            question: foreign.says("May we allow-list this application?"),
            choices: Vec::new(),
            fields: Vec::new(),
            evidence: vec![
                evidence("Path", r"C:\Program Files\Contoso\rmm-agent.exe"),
                evidence("SHA-256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
                evidence("Seen on", "WS-014\nWS-022\nSRV-FILES01"),
            ],
        },
        Kind::PotentialThreatMoreInformation => Request {
            subject: foreign.says("Cobalt Strike beacon on SRV-FILES01"),
            question: foreign.says("Where does the scheduled task find its script?"),
            choices: Vec::new(),
            fields: vec![
                field("path", "Path of the script", FieldType::WindowsPath, true),
                field("hash", "Its hash", FieldType::Sha256, false),
                field("when", "When was it made?", FieldType::Choice, true),
            ],
            evidence: vec![evidence("Scheduled task", r"\Contoso\NightlySync")],
        },
        _ => Request {
            subject: foreign.says("Backup traffic at night"),
            question: foreign.says("Is the nightly transfer of 40 GB to 203.0.113.9 yours?"),
            choices: vec![option("yes", "Yes, it is ours"), option("no", "No, we know nothing of it")],
            fields: vec![field("why", "What is it for?", FieldType::Text, false)],
            evidence: vec![evidence("Volume", "40 GB a night"), evidence("Since", "19 November 2026")],
        },
    }
}

/// The entities, with where they logged in from and how many hours before the raising they were last seen.
fn entities(kind: Kind, foreign: Foreign<'_>, more: i64) -> Vec<(Entity, Option<Origin>, i64)> {
    let own: &[&str] = match kind {
        Kind::LoginUnexpectedCountry | Kind::LoginUnexpectedVpn => &["A. Thulile", "Joey van Dijk"],
        Kind::SystemHealthDefenderDisabled | Kind::HostIsolationOrgWide => {
            &["WS-014", "WS-022", "SRV-FILES01"]
        }
        Kind::IntegrationReportsUndeliverable => {
            &["Akira ransomware on SRV-FILES01", "Credential theft on WS-014"]
        }
        Kind::IntegrationTenantInaccessible => &["8a4f1c1e-9d3b-4a60-8a0f-2f7d5c1b9e42"],
        Kind::PotentialThreatFalsePositive
        | Kind::PotentialThreatMoreInformation
        | Kind::ProviderQuestion => return Vec::new(),
    };
    let others = (1..=more).map(|n| format!("Another {n}"));
    let names = own.iter().map(|name| (*name).to_owned()).chain(others);
    (1..).zip(names).map(|(id, name)| entity(kind, foreign, id, &name)).collect()
}

fn entity(kind: Kind, foreign: Foreign<'_>, id: i64, name: &str) -> (Entity, Option<Origin>, i64) {
    let since = raised_at() - hours(id + 2);
    let country = |code: &str| CountryCode::parse(code).ok();
    let organization = foreign
        .says(["Contoso", "Fabrikam", "Adatum", "Woodgrove"][usize::try_from(id - 1).expect("small") % 4]);
    let entity = match kind {
        Kind::LoginUnexpectedCountry | Kind::LoginUnexpectedVpn => Entity::Identity(Identity {
            id: IdentityId(id),
            external_id: id.to_string(),
            username: foreign.says(&format!("person{id}@contoso.example")),
            name: Some(foreign.says(name)),
            usage_location: (id != 2).then(|| country("NL")).flatten(),
        }),
        Kind::SystemHealthDefenderDisabled | Kind::HostIsolationOrgWide => Entity::Endpoint(Endpoint {
            id: EntityId(id),
            external_id: id.to_string(),
            hostname: foreign.says(name),
            os: Some(foreign.says("Windows 11 Pro")),
            organization: OrganizationId(id),
            organization_name: if kind == Kind::HostIsolationOrgWide {
                foreign.says("Contoso")
            } else {
                organization
            },
            since,
            isolated_by: match kind {
                Kind::HostIsolationOrgWide if id == 3 => Some(IsolatedBy::AccountAdmin),
                Kind::HostIsolationOrgWide => Some(IsolatedBy::Provider),
                _ => None,
            },
        }),
        Kind::IntegrationTenantInaccessible => Entity::Tenant(Tenant {
            id: EntityId(id),
            tenant_id: foreign.says(name),
            since,
            code: 65_001,
            error: foreign
                .says("AADSTS65001: The user or administrator has not consented to use the application"),
        }),
        _ => Entity::Report(Report {
            id: EntityId(id),
            external_id: id.to_string(),
            title: foreign.says(name),
            severity: Severity::High,
            organization_name: Some(organization),
            since,
            error: foreign.says("401 Unauthorized: the member is inactive"),
        }),
    };
    let address = format!("203.0.113.{}", id + 6).parse().ok();
    let origin = match kind {
        Kind::LoginUnexpectedCountry => Some(Origin { country: country("UA"), vpn: None, address }),
        Kind::LoginUnexpectedVpn => {
            Some(Origin { country: country("SE"), vpn: VpnSlug::parse("NORD_VPN").ok(), address })
        }
        _ => None,
    };
    (entity, origin, id)
}
