//! `system_health.defender_disabled`: the managed antivirus is set to Enforce, and Defender's real-time protection has been
//! off for more than two hours. One question for the account, one answer for each endpoint.

use chrono::TimeDelta;

use super::choose::{self, accepts, orders};
use super::{AnswerPlan, Definition, Row, workflow};
use crate::api::escalation::{ChoiceBody, ResolutionRequest, StepBody};
use crate::error::Refusal;
use crate::escalation::{Escalation, Head};
use crate::remedy::RemedyAction;
use crate::severity::Severity;
use crate::text::{count, count_word};
use crate::time::{Timestamp, hours};

/// How long protection may be off before somebody is asked. Source: the design, "The catalogue".
pub(crate) const TOLERATED: TimeDelta = hours(2);

/// How long an endpoint may take to report that its protection is on: some are switched off overnight.
const VERIFY_WITHIN: TimeDelta = hours(24);

/// See the module.
pub(super) struct SystemHealthDefenderDisabled;

fn off(head: &Head) -> u32 {
    head.entity_count - head.progress.settled
}

impl Definition for SystemHealthDefenderDisabled {
    fn slug(&self) -> &'static str {
        "system_health.defender_disabled"
    }

    fn category(&self) -> &'static str {
        "System Health"
    }

    fn name(&self) -> &'static str {
        "Defender disabled"
    }

    fn row(&self) -> Row {
        Row {
            trigger: "The managed antivirus is set to Enforce and Defender's real-time protection has been off for more \
                      than 2 h, without a report in between that it is on or that the policy is another",
            key: "account",
            severity: "high",
            question: "Real-time protection is off on these endpoints. Turn it on, or tell us why not",
            answers: "for each endpoint: turn it on; set the policy to Audit; exclude it, with a reason (not asked about again until its protection has been on)",
            remedies: "`turn_on_protection`; `set_policy_to_audit`",
            resolution: "every endpoint listed reports that it is on, is no longer enforced, or was excluded",
        }
    }

    fn severity(&self) -> Severity {
        Severity::High
    }

    fn subject(&self, head: &Head) -> String {
        let number = if head.is_open() { off(head).max(1) } else { head.entity_count };
        format!("Defender real-time protection off on {}", count(number.into(), "endpoint", "endpoints"))
    }

    fn summary(&self, head: &Head) -> String {
        match head.progress.settled {
            0 => "Managed antivirus is set to Enforce".to_owned(),
            settled => format!("{settled} of {} settled", count(head.entity_count.into(), "endpoint", "endpoints")),
        }
    }

    fn about(&self, head: &Head) -> String {
        count(head.entity_count.into(), "endpoint", "endpoints")
    }

    fn what_happened(&self, head: &Head) -> String {
        let endpoints = count_word(head.entity_count.into(), "endpoint", "endpoints");
        let (report, their) = if head.entity_count == 1 { ("reports", "its") } else { ("report", "their") };
        format!(
            "{endpoints} {report} that real-time protection has been off for more than 2 hours, although {their} policy is \
             Enforce."
        )
    }

    fn why(&self, _: &Head) -> String {
        "While it is off, Defender stops nothing that starts on these machines.".to_owned()
    }

    fn question(&self, head: &Head) -> String {
        let these = if head.entity_count == 1 { "this endpoint" } else { "these endpoints" };
        format!("Real-time protection is off on {these}. Turn it on, or tell us why not")
    }

    fn choices(&self, _: &Head) -> Vec<ChoiceBody> {
        vec![
            ChoiceBody::new(
                "turn_on",
                "Turn it on",
                "We switch real-time protection on",
                &["We turn real-time protection on", "Each one is ticked off when it reports that it is on"],
            )
            .on_button("Turn protection on for {}"),
            ChoiceBody::new(
                "set_to_audit",
                "Set to Audit",
                "Defender is no longer enforced here",
                &["We set the policy to Audit", "Nobody is asked about Defender there while it is on Audit"],
            )
            .on_button("Set {} to Audit"),
            ChoiceBody::new(
                "exclude",
                "Exclude, with a reason",
                "Another product protects it, or it is being retired",
                &["Each one stays unprotected by Defender", "Nobody is asked about it again until its protection has been on"],
            )
            .on_button("Exclude {}")
            .with_note()
            .confirmed_by("exclude"),
        ]
    }

    fn is_answered_one_by_one(&self) -> bool {
        true
    }

    fn steps(&self, head: &Head) -> Vec<StepBody> {
        workflow::one_by_one(head, "See which endpoints are unprotected", "Each endpoint reports that it is on")
    }

    fn answer(
        &self,
        escalation: &Escalation,
        request: &ResolutionRequest,
        _: Timestamp,
    ) -> Result<AnswerPlan, Refusal> {
        let offers = [
            orders("turn_on", RemedyAction::TurnOnProtection),
            orders("set_to_audit", RemedyAction::SetPolicyToAudit),
            accepts("exclude", true),
        ];
        choose::one_by_one(escalation, request, &offers, VERIFY_WITHIN)
    }

    fn recovery(&self, head: &Head) -> String {
        let excluded = if head.answer.is_some() { ", or was excluded" } else { "" };
        format!("Every endpoint listed reports that real-time protection is on, or is no longer enforced{excluded}")
    }
}
