//! What the types of an observation do not say: lengths, what has to be visible, and the clock.

use super::{
    DefenderFact, Fact, IsolationFact, LoginFact, MAX_AHEAD, MAX_ERROR, MAX_ID, MAX_NAME, Observation,
    ObservedEndpoint, ReportDeliveryFact, TenantAccessFact,
};
use crate::error::{FieldError, check_length};
use crate::escalation::OWN_INTEGRATION;
use crate::text;
use crate::time::Timestamp;

/// Checks what the types do not: lengths, and the clock.
pub(super) fn check(observation: &Observation, now: Timestamp) -> Vec<FieldError> {
    let mut errors = Vec::new();
    errors.extend(check_id("id", &observation.id.0));
    match &observation.fact {
        Fact::Login(LoginFact { identity, .. }) => {
            errors.extend(check_id("identity.id", &identity.id));
            errors.extend(check_name("identity.username", &identity.username));
            errors.extend(identity.name.as_ref().and_then(|name| check_name("identity.name", name)));
        }
        Fact::DefenderStatus(DefenderFact { endpoint, .. }) => errors.extend(check_endpoint(endpoint)),
        Fact::Isolation(IsolationFact { endpoint, incident, isolated, by }) => {
            errors.extend(check_endpoint(endpoint));
            errors.extend(check_id("incident.id", &incident.id));
            errors.extend(check_name("incident.title", &incident.title));
            if *isolated && by.is_none() {
                let text = "expected `provider` or `account_admin`, since the endpoint is isolated, and it is missing";
                errors.push(FieldError::new("by", text));
            }
        }
        Fact::TenantAccess(TenantAccessFact { tenant, error }) => {
            errors.extend(check_id("tenant_id", tenant));
            errors.extend(
                error.as_ref().and_then(|error| check_length("error", error, error.trim(), MAX_ERROR)),
            );
        }
        Fact::ReportDelivery(ReportDeliveryFact { report, integration, error }) => {
            errors.extend(check_id("report.id", &report.id));
            errors.extend(check_name("report.title", &report.title));
            errors.extend(check_id("integration", integration));
            if integration.starts_with(OWN_INTEGRATION) {
                let text = format!(
                    "expected another name: those with `{OWN_INTEGRATION}` are Beckon's own deliveries"
                );
                errors.push(FieldError::new("integration", text));
            }
            errors.extend(
                error.as_ref().and_then(|error| check_length("error", error, error.trim(), MAX_ERROR)),
            );
        }
    }
    if observation.observed_at > now + MAX_AHEAD {
        let ahead =
            format!("expected at most 5 minutes after now ({now}), found {}", observation.observed_at);
        errors.push(FieldError::new("observed_at", ahead));
    }
    errors
}

fn check_endpoint(endpoint: &ObservedEndpoint) -> Vec<FieldError> {
    let os = endpoint.os.as_ref().and_then(|os| check_name("endpoint.os", os));
    let id = check_id("endpoint.id", &endpoint.id);
    id.into_iter().chain(check_name("endpoint.hostname", &endpoint.hostname)).chain(os).collect()
}

/// Ids are compared and repeated as they are: nothing invisible may be in them.
fn check_id(field: &str, id: &str) -> Option<FieldError> {
    check_length(field, id, id.trim(), MAX_ID).or_else(|| {
        id.chars()
            .any(char::is_control)
            .then(|| FieldError::new(field, "expected text without control characters"))
    })
}

/// Names may hold what their owners like; whoever shows one makes it [`text::plain`]. Something has to be left then.
fn check_name(field: &str, name: &str) -> Option<FieldError> {
    check_length(field, name, name.trim(), MAX_NAME).or_else(|| {
        text::plain(name)
            .is_empty()
            .then(|| FieldError::new(field, "expected something that can be seen, found only what cannot"))
    })
}
