//! `integration.reports_undeliverable`: an incident report could not be sent to the PSA. It presses as much as the most
//! pressing report that does not go out.

use chrono::TimeDelta;

use super::workflow::{self, stage};
use super::{AnswerPlan, Definition, Next, OrderDraft, Row, choose};
use crate::api::escalation::{ChoiceBody, GuidanceBody, ResolutionRequest, StepBody, StepKind};
use crate::error::Refusal;
use crate::escalation::{Escalation, Head, Matter};
use crate::remedy::RemedyAction;
use crate::severity::Severity;
use crate::text::{count, count_word, plain};
use crate::time::{Timestamp, hours};

/// How long it may take until the reports are observed to go out.
const VERIFY_WITHIN: TimeDelta = hours(1);

/// The choice that gives the PSA up for these reports.
const BY_EMAIL: &str = "send_by_email";

/// See the module.
pub(super) struct IntegrationReportsUndeliverable;

/// Tells whether the standing answer gives the PSA up for these reports.
pub(crate) fn by_email(head: &Head) -> bool {
    head.answer.as_ref().is_some_and(|answer| answer.choice == BY_EMAIL)
}

/// Returns what does not reach the PSA, one of it and many: the provider's reports, or Beckon's own questions.
fn reports(head: &Head) -> (&'static str, &'static str) {
    if head.is_about_own_deliveries() { ("question", "questions") } else { ("incident report", "incident reports") }
}

/// Returns the integration's name for people.
fn integration(head: &Head) -> String {
    let slug = match &head.matter {
        Matter::Integration { slug, .. } => slug.as_str(),
        Matter::Entities | Matter::Incident(_) | Matter::Tenant { .. } | Matter::Request(_) => "",
    };
    match slug.strip_prefix(crate::escalation::OWN_INTEGRATION).unwrap_or(slug) {
        "connectwise" => "ConnectWise PSA".to_owned(),
        "autotask" => "Autotask".to_owned(),
        "halopsa" => "HaloPSA".to_owned(),
        other => plain(other),
    }
}

impl Definition for IntegrationReportsUndeliverable {
    fn slug(&self) -> &'static str {
        "integration.reports_undeliverable"
    }

    fn category(&self) -> &'static str {
        "Integration"
    }

    fn name(&self) -> &'static str {
        "Incident reports undeliverable"
    }

    fn row(&self) -> Row {
        Row {
            trigger: "An incident report could not be sent to the PSA",
            key: "account, integration",
            severity: "that of the failed report; the highest if several",
            question: "Incident reports are not reaching your PSA. Can you repair the connection?",
            answers: "it is repaired; send by email instead",
            remedies: "repaired: `test_connection`, then `send_reports`; by email: `send_reports_by_email`",
            resolution: "the integration delivers again, or email was chosen instead, and every failed report has gone out",
        }
    }

    fn severity(&self) -> Severity {
        Severity::High
    }

    fn subject(&self, head: &Head) -> String {
        let (one, many) = reports(head);
        format!("{} not delivered to {}", count(head.entity_count.into(), one, many), integration(head))
    }

    fn summary(&self, head: &Head) -> String {
        match head.progress.settled {
            0 => format!("{} refuses our tickets", integration(head)),
            gone => format!("{gone} of {} gone out", self.about(head)),
        }
    }

    fn about(&self, head: &Head) -> String {
        let (one, many) = if head.is_about_own_deliveries() { reports(head) } else { ("report", "reports") };
        count(head.entity_count.into(), one, many)
    }

    fn what_happened(&self, head: &Head) -> String {
        let (one, many) = reports(head);
        format!("{} could not be sent to {}.", count_word(head.entity_count.into(), one, many), integration(head))
    }

    fn why(&self, head: &Head) -> String {
        let what = if head.is_about_own_deliveries() { "questions" } else { "incidents" };
        format!("Whoever works from the PSA does not see these {what}.")
    }

    fn question(&self, head: &Head) -> String {
        let what = if head.is_about_own_deliveries() { "Questions" } else { "Incident reports" };
        format!("{what} are not reaching your PSA. Can you repair the connection?")
    }

    fn choices(&self, head: &Head) -> Vec<ChoiceBody> {
        let test = format!("We test the connection to {}", integration(head));
        let own = head.is_about_own_deliveries();
        let (again, all_by_email, by_email) = if own {
            (
                "If it works, we send every failed question again",
                "Questions go out by email instead of the PSA from now on",
                "We send every failed question by email",
            )
        } else {
            (
                "If it works, we send every failed report again",
                "Incident reports go out by email instead of the PSA from now on",
                "We send every failed report by email",
            )
        };
        vec![
            ChoiceBody::new(
                "repaired",
                "It is repaired",
                if own { "We test it, and send the questions again" } else { "We test it, and send the reports again" },
                &[
                    &test,
                    again,
                    "This resolves when all of them have gone out",
                ],
            )
            .on_button("Say that it is repaired"),
            ChoiceBody::new(
                BY_EMAIL,
                "Send by email instead",
                "To the account's admins, from now on",
                &[
                    all_by_email,
                    by_email,
                    "This resolves when all of them have gone out",
                ],
            ),
        ]
    }

    fn guidance(&self, escalation: &Escalation) -> Vec<GuidanceBody> {
        let name = integration(&escalation.head);
        vec![
            GuidanceBody::text("Look at what the PSA answered, in the list above."),
            GuidanceBody::text(&format!(
                "In {name}, check that the API member or integration user is active and its keys have not expired, and \
                 that the board, the queue or the ticket type still exists."
            )),
            GuidanceBody::text(if escalation.head.is_about_own_deliveries() {
                "Enter new keys on the page Integrations if they changed."
            } else {
                "Enter new keys in your provider's portal if they changed."
            }),
        ]
    }

    fn steps(&self, head: &Head) -> Vec<StepBody> {
        let settled = !head.is_open() && head.progress.settled == head.entity_count;
        let by_email = by_email(head);
        let (tested, sent) = if by_email {
            (None, workflow::carried_out(head, RemedyAction::SendReportsByEmail))
        } else {
            let tested = workflow::carried_out(head, RemedyAction::TestConnection);
            (Some(tested), workflow::carried_out(head, RemedyAction::SendReports))
        };
        let answered = settled || workflow::stands(head);
        let how = if by_email { "We send the reports by email" } else { "We send the reports again" };
        let test = tested.map(|tested| stage("test", StepKind::Act, "We test the connection", settled || tested));
        let stages = [
            Some(stage("evidence", StepKind::Evidence, "See what the PSA answers", true)),
            Some(stage("repair", StepKind::Choose, "Repair the connection", answered).answered(head)),
            test,
            Some(stage("send", StepKind::Act, how, settled || sent)),
            Some(stage("verify", StepKind::Verify, "Every failed report has gone out", settled)),
        ];
        workflow::steps(head, stages.into_iter().flatten())
    }

    fn answer(
        &self,
        escalation: &Escalation,
        request: &ResolutionRequest,
        _: Timestamp,
    ) -> Result<AnswerPlan, Refusal> {
        let plan = choose::plain_choice(escalation, request, &["repaired", BY_EMAIL])?;
        let action = if plan.choice == BY_EMAIL {
            RemedyAction::SendReportsByEmail
        } else {
            RemedyAction::TestConnection
        };
        Ok(AnswerPlan { orders: vec![OrderDraft::whole(action)], verify_within: Some(VERIFY_WITHIN), ..plan })
    }

    fn after(&self, head: &Head, action: RemedyAction) -> Next {
        let all_out = head.progress.settled == head.entity_count;
        if action == RemedyAction::TestConnection && !by_email(head) {
            Next::Order(RemedyAction::SendReports)
        } else if action == RemedyAction::SendReportsByEmail && by_email(head) && all_out {
            // They had gone out in another way before the answer: there is nothing to be observed any more.
            Next::Resolve
        } else {
            Next::Wait
        }
    }

    fn recovery(&self, head: &Head) -> String {
        if by_email(head) {
            return "Every failed report has gone out by email".to_owned();
        }
        format!("Every failed report has gone out, and {} delivers again", integration(head))
    }
}
