//! `potential_threat.more_information`: a remedy needs facts that only the customer has, such as where a file lies.

use super::workflow::{self, stage};
use super::{AnswerPlan, Asks, Definition, Row, choose, request};
use crate::api::escalation::{ChoiceBody, ResolutionRequest, StepBody, StepKind};
use crate::error::Refusal;
use crate::escalation::{Escalation, Head, Method};
use crate::field::FieldSpec;
use crate::severity::Severity;
use crate::text::{count, count_word};
use crate::time::Timestamp;

/// The one answer: the values.
const PROVIDED: &str = "provided";

/// See the module.
pub(super) struct PotentialThreatMoreInformation;

fn wanted(head: &Head) -> u64 {
    head.request().map_or(0, |request| request.fields.len()) as u64
}

impl Definition for PotentialThreatMoreInformation {
    fn slug(&self) -> &'static str {
        "potential_threat.more_information"
    }

    fn category(&self) -> &'static str {
        "Potential Threat"
    }

    fn name(&self) -> &'static str {
        "More information needed"
    }

    fn row(&self) -> Row {
        Row {
            trigger: "A remedy needs facts that only the customer has, and the SOC asks",
            key: "the request",
            severity: "as raised",
            question: "as raised, with typed fields",
            answers: "the values, each checked against its type",
            remedies: "none",
            resolution: "the operator withdraws it",
        }
    }

    fn severity(&self) -> Severity {
        Severity::High
    }

    fn asks(&self) -> Option<Asks> {
        Some(Asks { own_question: None, choices: false, fields: true })
    }

    fn subject(&self, head: &Head) -> String {
        request::subject(head)
    }

    fn summary(&self, head: &Head) -> String {
        format!("{} wanted", count(wanted(head), "detail", "details"))
    }

    fn about(&self, head: &Head) -> String {
        count(wanted(head), "detail", "details")
    }

    fn what_happened(&self, head: &Head) -> String {
        if !head.is_open() {
            return format!("We worked on “{}”, and asked: “{}”", request::subject(head), request::question(head));
        }
        let details = count_word(wanted(head), "detail", "details");
        let is = if wanted(head) == 1 { "is" } else { "are" };
        format!("We work on “{}”. {details} {is} missing that only you can give.", request::subject(head))
    }

    fn why(&self, _: &Head) -> String {
        "Without them the threat cannot be removed.".to_owned()
    }

    fn question(&self, head: &Head) -> String {
        request::question(head)
    }

    fn choices(&self, head: &Head) -> Vec<ChoiceBody> {
        let consequences = ["We are given what you fill in, and go on with the threat", "This resolves at once"];
        let choice =
            ChoiceBody::new(PROVIDED, "Give the details", "We go on as soon as we have them", &consequences);
        vec![choice.on_button(&format!("Send {}", count(wanted(head), "detail", "details")))]
    }

    fn fields(&self, head: &Head) -> Vec<FieldSpec> {
        head.request().map(|request| request.fields.clone()).unwrap_or_default()
    }

    fn steps(&self, head: &Head) -> Vec<StepBody> {
        workflow::steps(
            head,
            [
                stage("evidence", StepKind::Evidence, "See what we know", true),
                stage("provide", StepKind::Provide, "Give the details", head.answer.is_some()).answered(head),
            ],
        )
    }

    fn answer(
        &self,
        escalation: &Escalation,
        request: &ResolutionRequest,
        _: Timestamp,
    ) -> Result<AnswerPlan, Refusal> {
        choose::refuse_login_fields(request, false)?;
        let mut errors = Vec::new();
        choose::refuse_entities(request, &mut errors);
        // There is one answer, so that nobody has to name it.
        let answer = Some(request.answer.clone().unwrap_or_else(|| PROVIDED.to_owned()));
        let request = ResolutionRequest { answer, ..request.clone() };
        let choice = choose::choice(&request, &[PROVIDED], &mut errors)?;
        let fields = choose::fields(&request, &self.fields(&escalation.head), &mut errors);
        let note = choose::note(&request, &mut errors);
        if !errors.is_empty() {
            return Err(Refusal::Invalid(errors));
        }
        Ok(AnswerPlan { choice, fields, note, method: Some(Method::Direct), ..AnswerPlan::default() })
    }
}
