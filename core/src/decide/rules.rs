//! What making, changing and deleting access rules does.

use std::collections::BTreeSet;

use crate::actor::Party;
use crate::error::Refusal;
use crate::escalation::{Event, Happening, Method};
use crate::id::{AccountId, EscalationId, IdentityId, RuleId};
use crate::permission::{Action, Permit};
use crate::rule::coverage::{CoverageFacts, Effect, OpenLogins, effect};
use crate::rule::draft::{check_note, check_schedule};
use crate::rule::{AccessRule, Login, RuleDraft, Schedule, Verdict, judge};
use crate::time::Timestamp;

/// What making rules does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RulesMade {
    /// The new rules.
    pub rules: Vec<AccessRule>,
    /// The rules that were there already and say exactly what was asked for.
    pub present: Vec<RuleId>,
    /// The open escalations that they resolve, this one included where it was an answer.
    pub resolved: Vec<EscalationId>,
    /// For the log, in order.
    pub events: Vec<Event>,
}

/// Decides what making `drafts` does at `now`.
///
/// # Errors
/// [`Refusal::Invalid`] with each field that is wrong; then none is made.
pub fn make_rules(
    permit: &Permit,
    drafts: &[RuleDraft],
    facts: &CoverageFacts,
    next_rule: impl FnMut() -> RuleId,
    now: Timestamp,
) -> Result<RulesMade, Refusal> {
    permit.demand(Action::ManageRules, permit.account())?;
    drafts.iter().try_for_each(|draft| draft.check(now))?;
    Ok(Making { by: permit.by(), account: permit.account(), facts, now }.make(drafts, next_rule))
}

/// Tells what making `drafts` would do at `now`, without doing it.
pub fn preview(account: AccountId, drafts: &[RuleDraft], facts: &CoverageFacts, now: Timestamp) -> Effect {
    let proposed: Vec<AccessRule> = drafts.iter().map(|draft| draft.proposed(account, now)).collect();
    effect(&proposed, facts, now)
}

/// What changing a rule does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChanged {
    /// The rule as it is then.
    pub rule: AccessRule,
    /// For the log, in order: the change, and the open escalations that the rules now cover.
    pub events: Vec<Event>,
}

/// Decides what changing the dates and the note of `rule` does: like a new rule, one that begins to count resolves the
/// open escalations whose identities are now all covered.
///
/// # Errors
/// [`Refusal::Invalid`] with each field that is wrong.
pub fn change_rule(
    permit: &Permit,
    rule: &AccessRule,
    schedule: Schedule,
    note: Option<String>,
    mut facts: CoverageFacts,
    now: Timestamp,
) -> Result<RuleChanged, Refusal> {
    permit.demand(Action::ManageRules, rule.account)?;
    let mut errors = Vec::new();
    if schedule != rule.schedule {
        errors.extend(check_schedule(rule.determination, &rule.subject, schedule, now));
    }
    errors.extend(note.as_deref().and_then(|note| check_note("notes", note)));
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    let changed = AccessRule { schedule, note, updated_at: now, ..rule.clone() };
    facts.rules.retain(|other| other.id != rule.id);
    let making = Making { by: permit.by(), account: rule.account, facts: &facts, now };
    let (_, settled) = making.settle(std::slice::from_ref(&changed));
    let event = of_account(permit.by(), now, Happening::RuleChanged { rule: Box::new(changed.clone()) });
    Ok(RuleChanged { rule: changed, events: std::iter::once(event).chain(settled).collect() })
}

/// Decides what deleting `rule` does. Escalations that it resolved stay resolved.
///
/// # Errors
/// [`Refusal::Forbidden`] when the permit is for something else.
pub fn delete_rule(permit: &Permit, rule: &AccessRule, now: Timestamp) -> Result<Event, Refusal> {
    permit.demand(Action::ManageRules, rule.account)?;
    Ok(of_account(permit.by(), now, Happening::RuleDeleted { rule: Box::new(rule.clone()) }))
}

fn of_account(by: &Party, now: Timestamp, what: Happening) -> Event {
    Event { escalation: None, at: now, by: by.clone(), what }
}

/// Who makes rules, where, over what, and when.
pub(super) struct Making<'m> {
    pub(super) by: &'m Party,
    pub(super) account: AccountId,
    pub(super) facts: &'m CoverageFacts,
    pub(super) now: Timestamp,
}

impl Making<'_> {
    /// Makes those of `drafts` that are not there yet, and resolves what all rules together then cover.
    pub(super) fn make(&self, drafts: &[RuleDraft], mut next_rule: impl FnMut() -> RuleId) -> RulesMade {
        let mut made = RulesMade::default();
        for draft in drafts {
            let same = self.facts.rules.iter().find(|rule| draft.is_made_by(rule, self.now));
            match same {
                Some(rule) => made.present.push(rule.id),
                None => made.rules.push(draft.made(next_rule(), self.account, self.by.name(), self.now)),
            }
        }
        let made_events = made
            .rules
            .iter()
            .map(|rule| of_account(self.by, self.now, Happening::RuleMade { rule: Box::new(rule.clone()) }));
        made.events.extend(made_events);
        let (resolved, settled) = self.settle(&made.rules);
        made.events.extend(settled);
        made.resolved = resolved;
        made
    }

    /// Resolves what `rules` and those that are there cover together: which escalations, and the events for the log.
    fn settle(&self, rules: &[AccessRule]) -> (Vec<EscalationId>, Vec<Event>) {
        let Effect { resolves, .. } = effect(rules, self.facts, self.now);
        let open = self.facts.open.iter().filter(|open| resolves.binary_search(&open.escalation).is_ok());
        let events = open.flat_map(|open| self.resolve(open, rules)).collect();
        (resolves, events)
    }

    /// Resolves `open`, and suspects an incident for each rule by which somebody listed should not have been there.
    fn resolve(&self, open: &OpenLogins, rules: &[AccessRule]) -> Vec<Event> {
        let all = || self.facts.rules.iter().chain(rules);
        let mut covering = BTreeSet::new();
        let mut unauthorized: Vec<(RuleId, BTreeSet<IdentityId>)> = Vec::new();
        for identity in &open.identities {
            for origin in &identity.origins {
                let login = Login {
                    organization: open.organization,
                    identity: identity.identity,
                    usage_location: identity.usage_location,
                    country: origin.country,
                    vpn: origin.vpn.as_ref(),
                    address: origin.address,
                };
                match judge(&login, all(), self.now) {
                    Verdict::Expected(rule) => covering.extend(rule),
                    Verdict::Unauthorized(rule) => {
                        covering.insert(rule);
                        match unauthorized.iter_mut().find(|(known, _)| *known == rule) {
                            Some((_, identities)) => {
                                identities.insert(identity.identity);
                            }
                            None => unauthorized.push((rule, BTreeSet::from([identity.identity]))),
                        }
                    }
                    Verdict::Ask => {}
                }
            }
        }
        let event =
            |what| Event { escalation: Some(open.escalation), at: self.now, by: self.by.clone(), what };
        let suspected = unauthorized.into_iter().map(|(rule, identities)| {
            let identities = identities.into_iter().collect();
            event(Happening::IncidentSuspected { identities, rule, observation: None })
        });
        let resolved = event(Happening::Resolved {
            method: Method::Rule,
            rules: covering.into_iter().collect(),
            reason: None,
        });
        suspected.chain([resolved]).collect()
    }
}
