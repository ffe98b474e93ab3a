//! What an answer will do, computed by core from the facts, and said in words. Pure.

use beckon_core::api::escalation::EscalationDetailBody;
use beckon_core::api::rule::CoverageResponse;
use beckon_core::id::{AccountId, EscalationId, IdentityId, OrganizationId};
use beckon_core::rule::coverage::{Effect, effect};
use beckon_core::rule::draft::check_schedule;
use beckon_core::rule::{AccessRule, Determination, Level, RuleDraft, Schedule, Scope, Subject};
use beckon_core::time::Timestamp;

use crate::words;
use crate::words::effects::{capitalize_first, logins, lowercase_first, name_of, period};

/// An answer to a login, as far as it is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    Undecided,
    /// No rule.
    Dismiss,
    /// Rules.
    Determined {
        /// Expected or unauthorized.
        determination: Determination,
        /// For whom.
        scope: Scope,
        /// When the rules count.
        schedule: Schedule,
        /// Whether to sign the people out and disable them; none while that is not chosen.
        revoke: Option<bool>,
    },
}

/// Someone whom the escalation lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: IdentityId,
    /// The name.
    pub name: String,
}

/// Everything that an outlook is computed from.
pub struct Basis<'a> {
    /// The question.
    pub escalation: &'a EscalationDetailBody,
    /// What its logins are about.
    pub subject: &'a Subject,
    /// The people that it lists.
    pub people: &'a [Person],
    /// The facts.
    pub facts: &'a CoverageResponse,
    /// Whose rules they will be.
    pub account: AccountId,
    /// The account's name.
    pub account_name: &'a str,
    /// When.
    pub now: Timestamp,
}

/// What an answer will do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// One consequence each.
    pub lines: Vec<String>,
    /// What the button says.
    pub button: String,
    /// Why the dates cannot be.
    pub dates: Option<String>,
}

impl Basis<'_> {
    /// Foresees `answer`.
    pub fn outlook(&self, answer: &Answer) -> Outlook {
        match answer {
            Answer::Undecided => Outlook { button: "Choose an answer".to_owned(), ..Outlook::default() },
            Answer::Dismiss => self.dismissed(),
            Answer::Determined { determination, scope, schedule, revoke } => {
                self.determined(*determination, *scope, *schedule, *revoke)
            }
        }
    }

    fn dismissed(&self) -> Outlook {
        let next = lowercase_first(&self.subject.sentence().replacen("Logins", "login", 1));
        let lines = vec![
            "Make no rule".to_owned(),
            "Resolve this escalation for now".to_owned(),
            format!("The next {next} asks again"),
            "Nobody is signed out, nobody is disabled".to_owned(),
        ];
        Outlook { lines, button: "Dismiss for now".to_owned(), dates: None }
    }

    fn determined(
        &self,
        determination: Determination,
        scope: Scope,
        schedule: Schedule,
        revoke: Option<bool>,
    ) -> Outlook {
        let rules = self.rules(determination, scope, schedule);
        let effect = effect(&rules, &self.facts.coverage, self.now);
        let mut lines = vec![self.makes(rules.len(), determination, scope, schedule), self.resolves(&effect)];
        lines.extend(logins(&effect));
        lines.push(self.signs_out(determination, revoke));
        if determination == Determination::Unauthorized {
            lines.push("We are told at once and act on it".to_owned());
        }
        let dates = check_schedule(determination, self.subject, schedule, self.now);
        Outlook {
            lines,
            button: self.button(rules.len(), revoke),
            dates: dates.into_iter().next().map(|error| error.message),
        }
    }

    /// Returns the rules that would be made: none that is there already.
    fn rules(&self, determination: Determination, scope: Scope, schedule: Schedule) -> Vec<AccessRule> {
        self.levels(scope)
            .into_iter()
            .map(|level| RuleDraft {
                level,
                subject: self.subject.clone(),
                determination,
                schedule,
                note: None,
            })
            .filter(|draft| !self.facts.coverage.rules.iter().any(|rule| draft.is_made_by(rule, self.now)))
            .map(|draft| draft.proposed(self.account, self.now))
            .collect()
    }

    fn levels(&self, scope: Scope) -> Vec<Level> {
        let organization = self.organization();
        match (scope, organization) {
            (Scope::Account, _) => vec![Level::Account],
            (_, None) => Vec::new(),
            (Scope::Organization, Some((organization, _))) => vec![Level::Organization { organization }],
            (Scope::Identity, Some((organization, _))) => self
                .people
                .iter()
                .map(|person| Level::Identity { identity: person.id, organization })
                .collect(),
        }
    }

    fn organization(&self) -> Option<(OrganizationId, &str)> {
        let first = self.escalation.escalation.organizations.first()?;
        Some((first.id, &first.name))
    }

    fn makes(&self, rules: usize, determination: Determination, scope: Scope, schedule: Schedule) -> String {
        let what = match self.subject {
            Subject::Country { country } => capitalize_first(&country.in_sentence()),
            Subject::Vpn { vpn } => vpn.name().to_owned(),
            Subject::IpAddress { .. } | Subject::Catchall { .. } | Subject::CatchallException { .. } => {
                self.subject.sentence()
            }
        };
        let whom = match scope {
            Scope::Account => format!("everybody in {}", self.account_name),
            Scope::Organization => {
                format!("everybody in {}", self.organization().map_or("the organization", |(_, name)| name))
            }
            Scope::Identity => words::join(&self.names(), "and"),
        };
        let when = period(schedule, self.now);
        let says = format!("{what} is {determination} for {whom}{when}");
        match rules {
            0 => format!("Make no rule: it is there already that {}", lowercase_the(&says)),
            _ => format!("Make {}: {says}", words::count(rules as u64, "rule", "rules")),
        }
    }

    fn resolves(&self, effect: &Effect) -> String {
        let own = self.escalation.escalation.id;
        let others: Vec<&EscalationId> = effect.resolves.iter().filter(|id| **id != own).collect();
        if others.is_empty() {
            return "Resolve this escalation; no other open one is covered".to_owned();
        }
        let names: Vec<String> = others.iter().map(|id| name_of(self.facts, **id)).collect();
        let number = words::count(others.len() as u64, "other", "others");
        format!("Resolve this escalation and {number}: {}", words::join(&names, "and"))
    }

    fn signs_out(&self, determination: Determination, revoke: Option<bool>) -> String {
        match (determination, revoke) {
            (Determination::Expected, _) | (_, Some(false)) => {
                "Nobody is signed out, nobody is disabled".to_owned()
            }
            (_, Some(true)) => {
                let are = if self.people.len() == 1 { "is" } else { "are" };
                format!("{} {are} signed out everywhere and disabled", words::join(&self.names(), "and"))
            }
            (_, None) => "Their accounts: not chosen yet".to_owned(),
        }
    }

    fn button(&self, rules: usize, revoke: Option<bool>) -> String {
        let mut deeds = Vec::new();
        if rules > 0 {
            deeds.push(format!("make {}", words::count(rules as u64, "rule", "rules")));
        }
        if revoke == Some(true) {
            let people = words::count(self.people.len() as u64, "person", "people");
            deeds.push(format!("disable {people}"));
        }
        deeds.push("resolve".to_owned());
        capitalize_first(&words::join(&deeds, "and"))
    }

    fn names(&self) -> Vec<&str> {
        self.people.iter().map(|person| person.name.as_str()).collect()
    }
}

fn lowercase_the(text: &str) -> String {
    text.strip_prefix("The ").map_or_else(|| text.to_owned(), |rest| format!("the {rest}"))
}
