//! What an answer does: rules are made, this question is settled, and every other that the rules cover.

use super::rules::{Making, RulesMade};
use crate::actor::Party;
use crate::api::escalation::{ResolutionRequest, StepKind, StepState};
use crate::error::Refusal;
use crate::escalation::{Escalation, Event, Happening, Head, Method, State};
use crate::id::{EntityId, EscalationId, RemedyId, RuleId};
use crate::kinds::{AnswerPlan, OrderDraft};
use crate::permission::Permit;
use crate::remedy::Order;
use crate::rule::coverage::CoverageFacts;
use crate::text::join;
use crate::time::Timestamp;

/// What an answer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// In which way it resolves the escalation; none where it has to have its effect first.
    pub method: Option<Method>,
    /// The rules that are made, and the events for the log, of this escalation and of the others that they resolve.
    pub made: RulesMade,
    /// The others that the rules resolve.
    pub also_resolved: Vec<EscalationId>,
    /// The entities whose trouble is accepted as it is: nobody is asked about it again until it ends.
    pub accepted: Vec<EntityId>,
}

/// Hands out the ids of what an answer makes.
pub trait Ids {
    /// Returns the id of the next rule.
    fn rule(&mut self) -> RuleId;
    /// Returns the id of the next remedy.
    fn remedy(&mut self) -> RemedyId;
}

/// Decides what the answer `request` to `escalation` does at `now`. `facts` are those of the account that a rule about
/// the same subject could concern.
///
/// # Errors
/// [`Refusal::Conflict`] when it is resolved or somebody joined since the admin looked, and what
/// [`crate::kinds::Definition::answer`] refuses.
pub fn answer(
    permit: &Permit,
    escalation: &Escalation,
    request: &ResolutionRequest,
    facts: &CoverageFacts,
    ids: &mut impl Ids,
    now: Timestamp,
) -> Result<Answered, Refusal> {
    permit.demand_answer(escalation.head.account, escalation.head.severity)?;
    check_open(&escalation.head)?;
    check_revision(escalation, request.revision)?;
    check_step(&escalation.head, request.step.as_deref())?;
    let mut plan = escalation.head.kind.definition().answer(escalation, request, now)?;
    // Each remedy is ordered at most once: the one that is under way will do.
    plan.orders.retain(|draft| draft.entity.is_some() || !escalation.head.is_under_way(draft.action));

    let id = escalation.head.id;
    let by = permit.by();
    let event = |what| Event { escalation: Some(id), at: now, by: by.clone(), what };
    let mut events = vec![event(answered(&plan, now))];
    if !plan.orders.is_empty() {
        events.push(event(ordered(&plan.orders, ids)));
    }
    let accepted = plan.entities.iter().filter(|choice| choice.settles).map(|choice| choice.entity).collect();
    let method = plan.method.or_else(|| settles(escalation, &events).then_some(Method::Direct));
    let mut made = RulesMade::default();
    match method {
        Some(Method::Rule) => {
            let making = Making { by, account: escalation.head.account, facts, now };
            made = making.make(&plan.drafts, || ids.rule());
        }
        Some(method) => events.push(event(Happening::resolved(method))),
        None => {}
    }
    events.append(&mut made.events);
    made.events = events;
    let also_resolved = made.resolved.iter().copied().filter(|other| *other != id).collect();
    Ok(Answered { method, made, also_resolved, accepted })
}

fn answered(plan: &AnswerPlan, now: Timestamp) -> Happening {
    Happening::Answered {
        choice: plan.choice.clone(),
        scope: plan.scope,
        schedule: plan.schedule,
        note: plan.note.clone(),
        revoke_and_disable: plan.revoke_and_disable,
        fields: plan.fields.clone(),
        entities: plan.entities.clone(),
        verify_until: plan.verify_within.map(|within| now + within),
    }
}

/// Gives remedies their numbers.
pub(super) fn ordered(drafts: &[OrderDraft], ids: &mut impl Ids) -> Happening {
    let orders = drafts.iter().map(|draft| Order {
        id: ids.remedy(),
        action: draft.action,
        entity: draft.entity,
        parameters: draft.parameters.clone(),
    });
    Happening::RemedyOrdered { orders: orders.collect(), identities: Vec::new() }
}

/// Tells whether nothing is left to do about any entity once `events` have happened.
fn settles(escalation: &Escalation, events: &[Event]) -> bool {
    if !escalation.head.kind.definition().is_answered_one_by_one() {
        return false;
    }
    let mut after = escalation.clone();
    for event in events {
        after.apply(event);
    }
    after.head.progress.settled == after.head.entity_count
}

/// Checks that a step is one that an admin completes, and that it is its turn.
fn check_step(head: &Head, step: Option<&str>) -> Result<(), Refusal> {
    let Some(slug) = step else { return Ok(()) };
    let steps = head.kind.definition().steps(head);
    let Some(step) = steps.iter().find(|step| step.slug == slug) else {
        let known: Vec<String> = steps.iter().map(|step| format!("`{}`", step.slug)).collect();
        return Err(Refusal::field("step", format!("expected {}", join(&known, "or"))));
    };
    match (step.kind, step.state) {
        (StepKind::Choose | StepKind::Provide, StepState::Current) => Ok(()),
        (StepKind::Choose | StepKind::Provide, StepState::Upcoming) => {
            Err(Refusal::Conflict(format!("“{}” comes later: complete the step before it first", step.title)))
        }
        (StepKind::Choose | StepKind::Provide, StepState::Done | StepState::Skipped) => {
            let by = step.by.as_ref().map_or("somebody", |by| by.name());
            Err(Refusal::Conflict(format!(
                "“{}” was completed by {by} already: nothing was changed",
                step.title
            )))
        }
        (StepKind::Evidence | StepKind::Act | StepKind::Verify, _) => Err(Refusal::Conflict(format!(
            "“{}” is not completed by an answer: it is done when it is carried out or observed",
            step.title
        ))),
    }
}

pub(super) fn check_open(head: &Head) -> Result<(), Refusal> {
    let State::Resolved(resolution) = &head.state else { return Ok(()) };
    let who = resolution.by.name();
    let when = resolution.at.format("%e %B %Y at %H:%M UTC");
    let what = match (&head.answer, resolution.method, &resolution.by) {
        (_, Method::Dismiss, _) => format!("{who} already dismissed this"),
        (Some(answer), Method::Rule, _) => {
            format!("{} already answered this ({})", answer.by.name(), answer.choice)
        }
        (None, Method::Rule, Party::User { .. } | Party::Operator { .. }) => {
            format!("a rule that {who} made already settles this")
        }
        (None, Method::Rule, Party::System) => "a rule already settles this".to_owned(),
        (Some(answer), Method::Direct, _) => format!("{} already answered this", answer.by.name()),
        (None, Method::Direct, _) => format!("{who} already resolved this"),
        (_, Method::Recovered, _) => match &resolution.reason {
            Some(reason) => {
                format!("this has just resolved by itself ({})", crate::text::lowercase_first(reason))
            }
            None => "this has just resolved by itself".to_owned(),
        },
        (_, Method::Withdrawn, _) => format!("{who} took this back"),
    };
    Err(Refusal::Conflict(format!(
        "{what}, on {}: nothing was changed by your answer",
        when.to_string().trim()
    )))
}

fn check_revision(escalation: &Escalation, seen: Option<u64>) -> Result<(), Refusal> {
    let head = &escalation.head;
    match seen {
        Some(seen) if seen < head.joined_revision => Err(Refusal::Conflict(format!(
            "somebody joined since you looked, so this is about {} now: look again, then answer",
            head.kind.definition().about(head)
        ))),
        _ => Ok(()),
    }
}
