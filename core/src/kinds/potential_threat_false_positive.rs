//! `potential_threat.false_positive`: the SOC suspects a false positive, and asks before it allow-lists anything.

use std::collections::BTreeMap;

use serde_json::Value;

use super::workflow::{self, stage};
use super::{AnswerPlan, Asks, Definition, Next, OrderDraft, Row, choose, request};
use crate::api::escalation::{ChoiceBody, ResolutionRequest, StepBody, StepKind};
use crate::error::Refusal;
use crate::escalation::{Escalation, Head};
use crate::field::{FieldSpec, FieldType, OptionSpec};
use crate::remedy::{RemedyAction, RemedyStatus};
use crate::rule::Scope;
use crate::severity::Severity;
use crate::time::Timestamp;

const QUESTION: &str = "May we allow-list this application?";
const ALLOW: &str = "allow_list";
const MALICIOUS: &str = "malicious";

/// See the module.
pub(super) struct PotentialThreatFalsePositive;

impl Definition for PotentialThreatFalsePositive {
    fn slug(&self) -> &'static str {
        "potential_threat.false_positive"
    }

    fn category(&self) -> &'static str {
        "Potential Threat"
    }

    fn name(&self) -> &'static str {
        "Suspected false positive"
    }

    fn row(&self) -> Row {
        Row {
            trigger: "The SOC suspects a false positive, and asks",
            key: "the request",
            severity: "as raised",
            question: QUESTION,
            answers: "allow-list it, for the organization or the account; treat it as malicious",
            remedies: "`allow_list_application`; `treat_as_malicious`",
            resolution: "the operator withdraws it (after an answer: when the remedy is carried out)",
        }
    }

    fn severity(&self) -> Severity {
        Severity::High
    }

    fn asks(&self) -> Option<Asks> {
        Some(Asks { own_question: Some(QUESTION), choices: false, fields: false })
    }

    fn subject(&self, head: &Head) -> String {
        request::subject(head)
    }

    fn summary(&self, _: &Head) -> String {
        "We think this is harmless, and ask before we let it through".to_owned()
    }

    fn about(&self, _: &Head) -> String {
        "1 application".to_owned()
    }

    fn what_happened(&self, head: &Head) -> String {
        format!("Our analysts looked at “{}” and think that it may be harmless.", request::subject(head))
    }

    fn why(&self, _: &Head) -> String {
        "What is allow-listed runs without being looked at again; what is malicious is removed everywhere.".to_owned()
    }

    fn question(&self, head: &Head) -> String {
        request::question(head)
    }

    fn choices(&self, _: &Head) -> Vec<ChoiceBody> {
        vec![
            ChoiceBody::new(
                ALLOW,
                "Allow-list it",
                "It is ours, and harmless",
                &["We allow-list the application for whom you choose", "It runs there without being looked at again"],
            )
            .with_fields(&["scope"])
            .confirmed_by("allow"),
            ChoiceBody::new(
                MALICIOUS,
                "Treat it as malicious",
                "Nobody here knows it",
                &["We stop and remove the application", "We look for it on every endpoint"],
            )
            .confirmed_by("remove"),
        ]
    }

    fn fields(&self, head: &Head) -> Vec<FieldSpec> {
        let option = |slug: &str, label: &str| OptionSpec { slug: slug.to_owned(), label: label.to_owned() };
        let organization = head.organization.map(|_| option("organization", "This organization"));
        let options = organization.into_iter().chain([option("account", "Whole account")]).collect();
        vec![FieldSpec {
            slug: "scope".to_owned(),
            label: "For".to_owned(),
            kind: FieldType::Choice,
            required: true,
            options,
        }]
    }

    fn steps(&self, head: &Head) -> Vec<StepBody> {
        let done = !head.is_open() && head.answer.is_some();
        let carried = head.remedies.last().is_some_and(|remedy| remedy.status == RemedyStatus::Succeeded);
        workflow::steps(
            head,
            [
                stage("evidence", StepKind::Evidence, "See what we know of it", true),
                stage("answer", StepKind::Choose, "Say whether it is yours", done || workflow::stands(head))
                    .answered(head),
                stage("remedy", StepKind::Act, "We carry it out", done && carried),
            ],
        )
    }

    fn answer(
        &self,
        escalation: &Escalation,
        request: &ResolutionRequest,
        _: Timestamp,
    ) -> Result<AnswerPlan, Refusal> {
        choose::refuse_login_fields(request, true)?;
        let mut errors = Vec::new();
        choose::refuse_entities(request, &mut errors);
        let choice = choose::choice(request, &[ALLOW, MALICIOUS], &mut errors)?;
        let allow = choice == ALLOW;
        // The compatible API has a field for the scope, and a form has its fields: either will do.
        let mut request = request.clone();
        if let Some(scope) = request.scope.take() {
            request.fields.entry("scope".to_owned()).or_insert_with(|| Value::String(scope.to_string()));
        }
        let specs = self.fields(&escalation.head);
        let specs: Vec<FieldSpec> = specs.into_iter().filter(|_| allow).collect();
        let fields = choose::fields(&request, &specs, &mut errors);
        let note = choose::note(&request, &mut errors);
        if !errors.is_empty() {
            return Err(Refusal::Invalid(errors));
        }
        choose::check_waits(&escalation.head)?;
        let action = if allow { RemedyAction::AllowListApplication } else { RemedyAction::TreatAsMalicious };
        let parameters: BTreeMap<String, String> = fields.clone();
        Ok(AnswerPlan {
            choice,
            scope: fields.get("scope").and_then(|scope| scope.parse::<Scope>().ok()),
            note,
            fields,
            orders: vec![OrderDraft { parameters, ..OrderDraft::whole(action) }],
            ..AnswerPlan::default()
        })
    }

    fn after(&self, _: &Head, _: RemedyAction) -> Next {
        Next::Resolve
    }
}
