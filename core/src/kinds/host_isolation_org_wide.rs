//! `host_isolation.org_wide`: the second endpoint of one organization is isolated for the same incident. One answer for
//! each endpoint.

use chrono::TimeDelta;

use super::choose::{self, accepts, orders};
use super::{AnswerPlan, Definition, Row, workflow};
use crate::api::escalation::{ChoiceBody, ResolutionRequest, StepBody};
use crate::error::Refusal;
use crate::escalation::{Escalation, Head, Matter};
use crate::remedy::RemedyAction;
use crate::severity::Severity;
use crate::text::{count, count_word, plain};
use crate::time::{Timestamp, hours};

/// How long a release may take to be observed.
const VERIFY_WITHIN: TimeDelta = hours(4);

/// See the module.
pub(super) struct HostIsolationOrgWide;

fn incident(head: &Head) -> String {
    match &head.matter {
        Matter::Incident(incident) => plain(&incident.title),
        Matter::Entities | Matter::Tenant { .. } | Matter::Integration { .. } | Matter::Request(_) => {
            "an incident".to_owned()
        }
    }
}

impl Definition for HostIsolationOrgWide {
    fn slug(&self) -> &'static str {
        "host_isolation.org_wide"
    }

    fn category(&self) -> &'static str {
        "Host Isolation"
    }

    fn name(&self) -> &'static str {
        "Several endpoints isolated"
    }

    fn row(&self) -> Row {
        Row {
            trigger: "The second endpoint of one organization is isolated for the same incident, by the provider or by an \
                      account admin",
            key: "organization, incident",
            severity: "critical",
            question: "We isolated these endpoints to stop the spread. What should happen to each?",
            answers: "for each endpoint: keep it isolated; release it",
            remedies: "`release_host`",
            resolution: "every endpoint listed is released, belongs to another organization now, or was decided to stay isolated",
        }
    }

    fn severity(&self) -> Severity {
        Severity::Critical
    }

    fn subject(&self, head: &Head) -> String {
        format!("{} isolated: {}", count(head.entity_count.into(), "endpoint", "endpoints"), incident(head))
    }

    fn summary(&self, head: &Head) -> String {
        match head.progress.settled {
            0 => "Cut off from the network to stop the spread".to_owned(),
            settled => format!("{settled} of {} settled", count(head.entity_count.into(), "endpoint", "endpoints")),
        }
    }

    fn about(&self, head: &Head) -> String {
        count(head.entity_count.into(), "endpoint", "endpoints")
    }

    fn what_happened(&self, head: &Head) -> String {
        let endpoints = count_word(head.entity_count.into(), "endpoint", "endpoints");
        let were = if head.entity_count == 1 { "was" } else { "were" };
        format!("{endpoints} {were} cut off from the network because of “{}”.", incident(head))
    }

    fn why(&self, _: &Head) -> String {
        "Nobody can work on an isolated machine, and an attacker may go on from one that is released too early.".to_owned()
    }

    fn question(&self, _: &Head) -> String {
        "We isolated these endpoints to stop the spread. What should happen to each?".to_owned()
    }

    fn choices(&self, _: &Head) -> Vec<ChoiceBody> {
        vec![
            ChoiceBody::new(
                "keep_isolated",
                "Keep isolated",
                "It stays cut off until you release it",
                &["Each one stays cut off from the network, and nobody can work on it"],
            )
            .on_button("Keep {} isolated"),
            ChoiceBody::new(
                "release",
                "Release",
                "It gets back on the network",
                &["We let each one back on the network", "Each one is ticked off when it is observed to be released"],
            )
            .on_button("Release {}")
            .confirmed_by("release"),
        ]
    }

    fn is_answered_one_by_one(&self) -> bool {
        true
    }

    fn steps(&self, head: &Head) -> Vec<StepBody> {
        workflow::one_by_one(head, "See which endpoints are isolated", "Each release is observed")
    }

    fn answer(
        &self,
        escalation: &Escalation,
        request: &ResolutionRequest,
        _: Timestamp,
    ) -> Result<AnswerPlan, Refusal> {
        let offers = [accepts("keep_isolated", false), orders("release", RemedyAction::ReleaseHost)];
        choose::one_by_one(escalation, request, &offers, VERIFY_WITHIN)
    }

    fn recovery(&self, head: &Head) -> String {
        match head.answer {
            Some(_) => "Every endpoint listed is released, or stays isolated as it was decided".to_owned(),
            None => "No endpoint listed is isolated any more".to_owned(),
        }
    }
}
