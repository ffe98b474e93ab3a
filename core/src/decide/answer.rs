//! What an answer does: rules are made, this question is settled, and every other that the rules cover.

use super::rules::{Making, RulesMade};
use crate::actor::Party;
use crate::api::escalation::ResolutionRequest;
use crate::error::Refusal;
use crate::escalation::{Escalation, Event, Happening, Head, Method, State};
use crate::id::{EscalationId, RuleId};
use crate::permission::{Action, Permit};
use crate::rule::coverage::CoverageFacts;
use crate::time::Timestamp;

/// What an answer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// In which way it resolves the escalation.
    pub method: Method,
    /// The rules that are made, and the events for the log, of this escalation and of the others that they resolve.
    pub made: RulesMade,
    /// The others that the rules resolve.
    pub also_resolved: Vec<EscalationId>,
}

/// Decides what the answer `request` to `escalation` does at `now`. `facts` are those of the account that a rule about
/// the same subject could concern; `next_rule` hands out ids.
///
/// # Errors
/// [`Refusal::Conflict`] when it is resolved or somebody joined since the admin looked, and what
/// [`crate::kinds::Definition::answer`] refuses.
pub fn answer(
    permit: &Permit,
    escalation: &Escalation,
    request: &ResolutionRequest,
    facts: &CoverageFacts,
    next_rule: impl FnMut() -> RuleId,
    now: Timestamp,
) -> Result<Answered, Refusal> {
    permit.demand(Action::Answer, escalation.head.account)?;
    check_open(&escalation.head)?;
    check_revision(escalation, request.revision)?;
    let plan = escalation.head.kind.definition().answer(escalation, request, now)?;

    let id = escalation.head.id;
    let by = permit.by();
    let event = |what| Event { escalation: Some(id), at: now, by: by.clone(), what };
    let mut events = vec![event(Happening::Answered {
        choice: plan.choice.to_owned(),
        scope: plan.scope,
        schedule: plan.schedule,
        note: plan.note.clone(),
        revoke_and_disable: plan.revoke_and_disable,
    })];
    if plan.revoke_and_disable {
        let identities = escalation.entities.keys().copied().collect();
        events.push(event(Happening::RemedyOrdered { identities }));
    }
    let mut made = match plan.method {
        Method::Dismiss => {
            events.push(event(Happening::Resolved { method: Method::Dismiss, rules: Vec::new() }));
            RulesMade::default()
        }
        Method::Rule => {
            Making { by, account: escalation.head.account, facts, now }.make(&plan.drafts, next_rule)
        }
    };
    events.append(&mut made.events);
    made.events = events;
    let also_resolved = made.resolved.iter().copied().filter(|other| *other != id).collect();
    Ok(Answered { method: plan.method, made, also_resolved })
}

fn check_open(head: &Head) -> Result<(), Refusal> {
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
