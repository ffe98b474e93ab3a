//! What new rules will do, computed by core from the facts, and said in words. Pure.

use beckon_core::api::rule::{CoverageResponse, RuleRequest};
use beckon_core::error::Refusal;
use beckon_core::id::AccountId;
use beckon_core::rule::coverage::{Effect, effect};
use beckon_core::rule::{Level, RuleDraft, Subject};
use beckon_core::time::Timestamp;

use crate::words;
use crate::words::effects::{logins, lowercase_first, name_of, period};

/// What the rules of a form will do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// One consequence each.
    pub lines: Vec<String>,
    /// What the button says.
    pub button: String,
    /// Why the rules cannot be made as they are.
    pub error: Option<String>,
}

impl Outlook {
    /// Stands while something is missing.
    pub fn incomplete(error: String) -> Self {
        Self { lines: Vec::new(), button: "Make the rule".to_owned(), error: Some(error) }
    }

    /// Foresees what `request` does for `level`, which people call `whom`.
    pub fn of(
        request: &RuleRequest,
        level: Level,
        whom: &str,
        account: AccountId,
        facts: &CoverageResponse,
        now: Timestamp,
    ) -> Self {
        let drafts = match request.drafts(level, now) {
            Ok(drafts) => drafts,
            Err(refusal) => return Self::incomplete(why(refusal)),
        };
        let known = &facts.coverage.rules;
        let fresh: Vec<&RuleDraft> =
            drafts.iter().filter(|draft| !known.iter().any(|rule| draft.is_made_by(rule, now))).collect();
        let proposed: Vec<_> = fresh.iter().map(|draft| draft.proposed(account, now)).collect();
        let effect = effect(&proposed, &facts.coverage, now);
        let mut lines = vec![makes(&drafts, fresh.len(), whom, now), resolves(&effect, facts)];
        lines.extend(partly(&effect, facts));
        lines.extend(logins(&effect));
        lines.push("Nobody is signed out, nobody is disabled".to_owned());
        let error =
            fresh.is_empty().then(|| "There is nothing to make: the rule is there already.".to_owned());
        Self { lines, button: button(fresh.len(), effect.resolves.len()), error }
    }
}

fn why(refusal: Refusal) -> String {
    match refusal {
        Refusal::Invalid(errors) => {
            let texts: Vec<String> = errors.into_iter().map(|error| error.message).collect();
            texts.join("; ")
        }
        other @ (Refusal::Invisible
        | Refusal::Forbidden(_)
        | Refusal::Conflict(_)
        | Refusal::Unsuitable(..)) => other.to_string(),
    }
}

fn makes(drafts: &[RuleDraft], fresh: usize, whom: &str, now: Timestamp) -> String {
    let Some(first) = drafts.first() else { return String::new() };
    let when = period(first.schedule, now);
    let subjects: Vec<String> =
        drafts.iter().map(|draft| lowercase_first(&draft.subject.sentence())).collect();
    let says = match &first.subject {
        Subject::CatchallException { .. } => {
            format!("the account’s rule for everything else does not count for {whom}")
        }
        Subject::Country { .. }
        | Subject::Vpn { .. }
        | Subject::IpAddress { .. }
        | Subject::Catchall { .. } => {
            format!("{} are {} for {whom}{when}", words::join(&subjects, "and"), first.determination)
        }
    };
    match fresh {
        0 => format!("Make no rule: it is there already that {says}"),
        _ => format!("Make {}: {says}", words::count(fresh as u64, "rule", "rules")),
    }
}

fn resolves(effect: &Effect, facts: &CoverageResponse) -> String {
    let names: Vec<String> = effect.resolves.iter().map(|id| name_of(facts, *id)).collect();
    match names.len() {
        0 => "Resolve no open escalation".to_owned(),
        number => {
            let number = words::count(number as u64, "open escalation", "open escalations");
            format!("Resolve {number}: {}", words::join(&names, "and"))
        }
    }
}

fn partly(effect: &Effect, facts: &CoverageResponse) -> Vec<String> {
    let line = |partly: &beckon_core::rule::coverage::Partly| {
        let (covered, total) = (partly.covered, partly.total);
        format!("{} stays open: {covered} of {total} people are covered", name_of(facts, partly.escalation))
    };
    effect.partly.iter().take(4).map(line).collect()
}

fn button(rules: usize, resolved: usize) -> String {
    let make = match rules {
        0 => return "Make no rule".to_owned(),
        number => format!("Make {}", words::count(number as u64, "rule", "rules")),
    };
    match resolved {
        0 => make,
        number => {
            format!("{make} and resolve {}", words::count(number as u64, "escalation", "escalations"))
        }
    }
}
