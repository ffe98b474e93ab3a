//! How an entity is shown: what is known of it, and where it stands.

use crate::api::escalation::{
    EntityBody, EntityDetails, EntityStanding, EntityStateBody, OriginBody, RemedyStateBody,
};
use crate::escalation::{Entity, EntityState, Settling};
use crate::kinds::Kind;
use crate::remedy::{RemedyAction, RemedyStatus};
use crate::text::plain;
use crate::time::Timestamp;

/// The most addresses that are shown of one entity.
const MAX_SHOWN_ORIGINS: usize = 5;

impl EntityBody {
    /// Shows `state` as an escalation of `kind` lists it.
    pub fn of(kind: Kind, state: &EntityState) -> Self {
        Self {
            id: state.entity.id().0,
            kind: state.entity.type_name().to_owned(),
            details: details(kind, state),
        }
    }
}

fn details(kind: Kind, state: &EntityState) -> EntityDetails {
    let mut details = EntityDetails {
        name: state.entity.name(),
        external_id: state.entity.external_id().to_owned(),
        sightings: state.sightings,
        first_seen_at: state.first_seen_at,
        last_seen_at: state.last_seen_at,
        username: None,
        usage_location: None,
        origins: Vec::new(),
        more_origins: false,
        os: None,
        organization: None,
        isolated_by: None,
        since: None,
        error: None,
        severity: None,
        state: None,
        choice: state.decision.as_ref().map(|decision| decision.choice.clone()),
        decided_by: state.decision.as_ref().map(|decision| decision.by.name().to_owned()),
        remedy: state.remedy.as_ref().map(|remedy| RemedyStateBody {
            action: remedy.action,
            label: remedy.action.label().to_owned(),
            status: remedy.status,
            message: remedy.message.as_deref().map(plain),
            at: remedy.at,
        }),
    };
    match &state.entity {
        Entity::Identity(identity) => {
            details.username = Some(plain(&identity.username));
            details.usage_location = identity.usage_location;
            (details.origins, details.more_origins) = origins(state);
        }
        Entity::Endpoint(endpoint) => {
            details.os = endpoint.os.as_deref().map(plain);
            details.organization = Some(plain(&endpoint.organization_name));
            details.isolated_by = endpoint.isolated_by;
            details.since = Some(endpoint.since);
        }
        Entity::Report(report) => {
            details.organization = report.organization_name.as_deref().map(plain);
            details.severity = Some(report.severity);
            details.since = Some(report.since);
            details.error = Some(plain(&report.error));
        }
        Entity::Tenant(tenant) => {
            details.since = Some(tenant.since);
            details.error = Some(plain(&tenant.error));
        }
    }
    if state.entity.identity().is_none() {
        details.state = Some(standing(kind, state));
    }
    details
}

fn origins(state: &EntityState) -> (Vec<OriginBody>, bool) {
    let mut origins: Vec<OriginBody> = state
        .origins
        .iter()
        .map(|(origin, logins)| OriginBody {
            country: origin.country,
            vpn: origin.vpn.clone(),
            ip_address: origin.address,
            logins: *logins,
        })
        .collect();
    origins.sort_by_key(|origin| std::cmp::Reverse(origin.logins));
    let more = state.more_origins || origins.len() > MAX_SHOWN_ORIGINS;
    origins.truncate(MAX_SHOWN_ORIGINS);
    (origins, more)
}

fn standing(kind: Kind, state: &EntityState) -> EntityStateBody {
    let body = |slug, text: String, at: Option<Timestamp>| EntityStateBody { slug, text, at };
    if let Some(settled) = &state.settled {
        let (slug, text) = match settled.why {
            Settling::Recovered => (EntityStanding::Recovered, recovered(kind, &state.entity)),
            Settling::PolicyChanged => (EntityStanding::PolicyChanged, "No longer enforced"),
            Settling::Moved => (EntityStanding::Moved, "Belongs to another organization now"),
            Settling::Accepted => (EntityStanding::Accepted, accepted(kind)),
        };
        return body(slug, text.to_owned(), Some(settled.at));
    }
    if let Some(remedy) = state.remedy.as_ref().filter(|remedy| remedy.status == RemedyStatus::Failed) {
        let message = remedy.message.as_deref().map(plain).unwrap_or_default();
        let text = format!("“{}” failed: {message}", remedy.action.label());
        return body(EntityStanding::Failed, text, Some(remedy.at));
    }
    match (&state.decision, &state.remedy) {
        (Some(decision), _) if decision.unheard => {
            body(EntityStanding::Unheard, "Nothing was heard of it in time".to_owned(), None)
        }
        (Some(_), Some(remedy)) => {
            let text = match remedy.status {
                RemedyStatus::Ordered => format!("{}: ordered", remedy.action.label()),
                RemedyStatus::Succeeded | RemedyStatus::Failed => awaited(remedy.action).to_owned(),
            };
            body(EntityStanding::UnderWay, text, Some(remedy.at))
        }
        (Some(decision), None) => body(EntityStanding::UnderWay, "Under way".to_owned(), Some(decision.at)),
        (None, _) => body(EntityStanding::Waiting, troubled(kind, &state.entity).to_owned(), None),
    }
}

fn troubled(kind: Kind, entity: &Entity) -> &'static str {
    match entity {
        Entity::Endpoint(_) if kind == Kind::HostIsolationOrgWide => "Isolated",
        Entity::Endpoint(_) => "Off",
        Entity::Report(_) => "Not delivered",
        Entity::Tenant(_) => "Cannot be read",
        Entity::Identity(_) => "Asked about",
    }
}

fn recovered(kind: Kind, entity: &Entity) -> &'static str {
    match entity {
        Entity::Endpoint(_) if kind == Kind::HostIsolationOrgWide => "Released",
        Entity::Endpoint(_) => "Protected again",
        Entity::Report(_) => "Gone out",
        Entity::Tenant(_) => "Can be read again",
        Entity::Identity(_) => "Settled",
    }
}

fn accepted(kind: Kind) -> &'static str {
    if kind == Kind::HostIsolationOrgWide { "Stays isolated" } else { "Excluded" }
}

/// What is waited for once a remedy was carried out.
fn awaited(action: RemedyAction) -> &'static str {
    match action {
        RemedyAction::TurnOnProtection => "Turned on: waiting for its report",
        RemedyAction::SetPolicyToAudit => "Set to Audit: waiting for its report",
        RemedyAction::ReleaseHost => "Released: waiting for it to be observed",
        RemedyAction::RevokeAndDisable
        | RemedyAction::TestConnection
        | RemedyAction::SendReports
        | RemedyAction::SendReportsByEmail
        | RemedyAction::VerifyAccess
        | RemedyAction::AllowListApplication
        | RemedyAction::TreatAsMalicious => "Carried out",
    }
}
