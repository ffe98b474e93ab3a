//! Rules that nobody made yet: from an answer or from the rules page, checked and expanded.

use chrono::Datelike;

use super::{AccessRule, Category, Determination, Level, Schedule, Subject};
use crate::error::{FieldError, Refusal};
use crate::id::{AccountId, RuleId};
use crate::time::Timestamp;

/// The longest note, in characters.
pub const MAX_NOTE: usize = 2_000;

/// A rule before it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleDraft {
    /// For whom.
    pub level: Level,
    /// About what.
    pub subject: Subject,
    /// What it decides.
    pub determination: Determination,
    /// When it counts.
    pub schedule: Schedule,
    /// Why.
    pub note: Option<String>,
}

impl RuleDraft {
    /// Returns the rule that this draft becomes when `created_by` makes it at `now`.
    pub fn made(&self, id: RuleId, account: AccountId, created_by: &str, now: Timestamp) -> AccessRule {
        AccessRule {
            id,
            account,
            level: self.level,
            subject: self.subject.clone(),
            determination: self.determination,
            schedule: self.schedule,
            note: self.note.clone(),
            created_by: created_by.to_owned(),
            created_at: now,
            updated_at: now,
        }
    }

    /// Returns the rule as a preview judges it.
    pub fn proposed(&self, account: AccountId, now: Timestamp) -> AccessRule {
        self.made(RuleId::PROPOSED, account, "", now)
    }

    /// Checks what a rule may be: dates only on expected rules and in order, catch-alls only where they make sense.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with each field that is wrong.
    pub fn check(&self, now: Timestamp) -> Result<(), Refusal> {
        let mut errors = check_schedule(self.determination, &self.subject, self.schedule, now);
        errors.extend(check_catchall(self));
        errors.extend(self.note.as_deref().and_then(|note| check_note("notes", note)));
        if errors.is_empty() { Ok(()) } else { Err(Refusal::Invalid(errors)) }
    }

    /// Tells whether `rule` already says exactly this and still counts or will.
    pub fn is_made_by(&self, rule: &AccessRule, now: Timestamp) -> bool {
        rule.level == self.level
            && rule.subject == self.subject
            && rule.determination == self.determination
            && rule.schedule == self.schedule
            && rule.status(now) != super::RuleStatus::Expired
    }
}

/// Checks the length of a note.
pub(crate) fn check_note(field: &str, note: &str) -> Option<FieldError> {
    let length = note.chars().count();
    (length > MAX_NOTE)
        .then(|| FieldError::new(field, format!("expected at most {MAX_NOTE} characters, found {length}")))
}

/// Checks a schedule against what it belongs to. Also used when the dates of a rule change.
pub fn check_schedule(
    determination: Determination,
    subject: &Subject,
    schedule: Schedule,
    now: Timestamp,
) -> Vec<FieldError> {
    let Schedule { starts_at, expires_at } = schedule;
    let mut errors = Vec::new();
    let dated = [("starts_at", starts_at), ("expires_at", expires_at)];
    for (field, date) in dated.into_iter().filter_map(|(field, date)| date.map(|date| (field, date))) {
        if determination == Determination::Unauthorized {
            errors.push(FieldError::new(
                field,
                "only expected rules have dates: leave it out, or expect the login",
            ));
        } else if matches!(subject, Subject::CatchallException { .. }) {
            errors.push(FieldError::new(field, "an exception to a catch-all has no dates: leave it out"));
        } else if !(1970..=9999).contains(&date.year()) {
            errors.push(FieldError::new(field, "expected a year from 1970 to 9999"));
        }
    }
    if let (Some(first), Some(last)) = (starts_at, expires_at)
        && last < first
    {
        errors.push(FieldError::new("expires_at", format!("expected {first} or later, found {last}")));
    }
    if expires_at.is_some_and(|last| last < now.date_naive()) && errors.is_empty() {
        let today = now.date_naive();
        errors.push(FieldError::new(
            "expires_at",
            format!("expected today ({today}) or later: this rule is over"),
        ));
    }
    errors
}

fn check_catchall(draft: &RuleDraft) -> Vec<FieldError> {
    let mut errors = Vec::new();
    match &draft.subject {
        Subject::Country { .. } | Subject::Vpn { .. } | Subject::IpAddress { .. } => {}
        Subject::Catchall { category } => {
            check_category(*category, &mut errors);
            if draft.determination != Determination::Unauthorized {
                errors.push(FieldError::new("type", "a catch-all is unauthorized: expected `unauthorized`"));
            }
            if matches!(draft.level, Level::Identity { .. }) {
                errors
                    .push(FieldError::new("identity_id", "a catch-all is for an account or an organization"));
            }
        }
        Subject::CatchallException { category } => {
            check_category(*category, &mut errors);
            if draft.determination != Determination::Expected {
                errors.push(FieldError::new(
                    "type",
                    "an exception to a catch-all is expected: expected `expected`",
                ));
            }
            if !matches!(draft.level, Level::Organization { .. }) {
                errors.push(FieldError::new(
                    "organization_id",
                    "an exception is for an organization: name one",
                ));
            }
        }
    }
    errors
}

fn check_category(category: Category, errors: &mut Vec<FieldError>) {
    if category == Category::IpAddress {
        errors.push(FieldError::new("category", "expected `country` or `vpn`, found `ip_address`"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{IdentityId, OrganizationId};
    use crate::testing::{at, country};

    fn draft() -> RuleDraft {
        RuleDraft {
            level: Level::Account,
            subject: Subject::Country { country: country("UA") },
            determination: Determination::Expected,
            schedule: Schedule::default(),
            note: None,
        }
    }

    fn check(draft: &RuleDraft, expected_fields: &[&str]) {
        let fields: Vec<String> = match draft.check(at("2026-11-24T08:00:00Z")) {
            Ok(()) => Vec::new(),
            Err(Refusal::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(fields, expected_fields, "{draft:?}");
    }

    fn dated(starts_at: &str, expires_at: &str) -> Schedule {
        Schedule { starts_at: starts_at.parse().ok(), expires_at: expires_at.parse().ok() }
    }

    #[test]
    fn dates_are_for_expected_rules_and_in_order() {
        check(&RuleDraft { schedule: dated("2026-11-24", "2026-12-06"), ..draft() }, &[]);
        check(&RuleDraft { schedule: dated("", "2026-11-24"), ..draft() }, &[]);
        check(&RuleDraft { schedule: dated("2026-12-06", "2026-12-05"), ..draft() }, &["expires_at"]);
        check(&RuleDraft { schedule: dated("", "2026-11-23"), ..draft() }, &["expires_at"]);
        let unauthorized = RuleDraft { determination: Determination::Unauthorized, ..draft() };
        check(&RuleDraft { schedule: dated("", "2026-12-06"), ..unauthorized }, &["expires_at"]);
    }

    #[test]
    fn catchalls_are_unauthorized_and_their_exceptions_belong_to_an_organization() {
        let catchall = Subject::Catchall { category: Category::Country };
        let identity = Level::Identity { identity: IdentityId(1), organization: OrganizationId(2) };
        let unauthorized = RuleDraft { determination: Determination::Unauthorized, ..draft() };
        check(&RuleDraft { subject: catchall.clone(), ..unauthorized.clone() }, &[]);
        check(&RuleDraft { subject: catchall.clone(), level: identity, ..draft() }, &["type", "identity_id"]);
        let exception = Subject::CatchallException { category: Category::IpAddress };
        check(&RuleDraft { subject: exception, ..unauthorized }, &["category", "type", "organization_id"]);
    }

    #[test]
    fn a_long_note_is_refused() {
        check(&RuleDraft { note: Some("ä".repeat(MAX_NOTE)), ..draft() }, &[]);
        check(&RuleDraft { note: Some("ä".repeat(MAX_NOTE + 1)), ..draft() }, &["notes"]);
    }
}
