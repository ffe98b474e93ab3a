//! `provider.question`: what support would have phoned about. The choices are given, and fields may be.

use super::workflow::{self, stage};
use super::{AnswerPlan, Asks, Definition, Row, choose, request};
use crate::api::escalation::{ChoiceBody, ResolutionRequest, StepBody, StepKind};
use crate::error::Refusal;
use crate::escalation::{Escalation, Head, Method};
use crate::field::FieldSpec;
use crate::severity::Severity;
use crate::text::{count, plain};
use crate::time::Timestamp;

/// See the module.
pub(super) struct ProviderQuestion;

/// Tells whether the choice was made and fields are still to be filled in.
fn wants_fields(head: &Head) -> bool {
    let filled = |spec: &FieldSpec| head.answer.as_ref().is_some_and(|answer| answer.fields.contains_key(&spec.slug));
    head.request().is_some_and(|request| request.fields.iter().any(|spec| spec.required && !filled(spec)))
}

impl Definition for ProviderQuestion {
    fn slug(&self) -> &'static str {
        "provider.question"
    }

    fn category(&self) -> &'static str {
        "Question"
    }

    fn name(&self) -> &'static str {
        "Question from the provider"
    }

    fn row(&self) -> Row {
        Row {
            trigger: "Support would have phoned, and asks here instead",
            key: "the request",
            severity: "as raised",
            question: "as raised, with the choices given",
            answers: "one of the choices, with a note; the fields, where some are asked for",
            remedies: "none",
            resolution: "the operator withdraws it",
        }
    }

    fn severity(&self) -> Severity {
        Severity::Low
    }

    fn asks(&self) -> Option<Asks> {
        Some(Asks { own_question: None, choices: true, fields: true })
    }

    fn subject(&self, head: &Head) -> String {
        request::subject(head)
    }

    fn summary(&self, head: &Head) -> String {
        request::question(head)
    }

    fn about(&self, head: &Head) -> String {
        let choices = head.request().map_or(0, |request| request.choices.len()) as u64;
        count(choices, "choice", "choices")
    }

    fn what_happened(&self, head: &Head) -> String {
        // While it is open, the question itself stands below.
        if head.is_open() {
            return "Your provider has a question that only you can answer.".to_owned();
        }
        format!("Your provider asked: “{}”", request::question(head))
    }

    fn question(&self, head: &Head) -> String {
        request::question(head)
    }

    fn choices(&self, head: &Head) -> Vec<ChoiceBody> {
        let choices = head.request().map(|request| request.choices.as_slice()).unwrap_or_default();
        choices
            .iter()
            .map(|choice| {
                let label = plain(&choice.label);
                let told = format!("Your provider is told: {label}");
                ChoiceBody::new(&choice.slug, &label, "", &[&told, "This resolves at once"])
                    .on_button(&format!("Answer “{label}”"))
            })
            .collect()
    }

    fn fields(&self, head: &Head) -> Vec<FieldSpec> {
        head.request().map(|request| request.fields.clone()).unwrap_or_default()
    }

    fn steps(&self, head: &Head) -> Vec<StepBody> {
        let chosen = stage("answer", StepKind::Choose, "Choose an answer", head.answer.is_some()).chosen(head);
        let provided = head.answer.is_some() && !wants_fields(head);
        let provide = (!self.fields(head).is_empty())
            .then(|| stage("provide", StepKind::Provide, "Give the details", provided).answered(head));
        let evidence = stage("evidence", StepKind::Evidence, "See what we know", true);
        workflow::steps(head, [evidence, chosen].into_iter().chain(provide))
    }

    fn answer(
        &self,
        escalation: &Escalation,
        request: &ResolutionRequest,
        _: Timestamp,
    ) -> Result<AnswerPlan, Refusal> {
        choose::refuse_login_fields(request, false)?;
        let head = &escalation.head;
        let mut errors = Vec::new();
        choose::refuse_entities(request, &mut errors);
        let chosen = head.answer.as_ref().map(|answer| answer.choice.clone());
        let request = ResolutionRequest { answer: request.answer.clone().or(chosen), ..request.clone() };
        let choices = head.request().map(|request| request.choices.as_slice()).unwrap_or_default();
        let slugs: Vec<&str> = choices.iter().map(|choice| choice.slug.as_str()).collect();
        let choice = choose::choice(&request, &slugs, &mut errors)?;
        // Choosing and filling in are two steps: whoever completes the first alone leaves the second to somebody else.
        let specs = self.fields(head);
        let later = request.step.as_deref() == Some("answer") && specs.iter().any(|spec| spec.required);
        let fields =
            if later { std::collections::BTreeMap::new() } else { choose::fields(&request, &specs, &mut errors) };
        let note = choose::note(&request, &mut errors);
        if !errors.is_empty() {
            return Err(Refusal::Invalid(errors));
        }
        let method = (!later).then_some(Method::Direct);
        Ok(AnswerPlan { choice, note, fields, method, ..AnswerPlan::default() })
    }
}
