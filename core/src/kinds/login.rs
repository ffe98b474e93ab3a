//! What the two login kinds share: their words, their choices, their steps, and what an answer does.

use super::{AnswerPlan, OrderDraft, choose, workflow};
use crate::api::escalation::{ChoiceBody, ResolutionRequest, StepBody, StepKind, StepState};
use crate::country::CountryCode;
use crate::error::{FieldError, Refusal};
use crate::escalation::{Escalation, Head, Method};
use crate::remedy::RemedyAction;
use crate::rule::draft::check_schedule;
use crate::rule::{Determination, Level, RuleDraft, Schedule, Scope, Subject};
use crate::text::{count, count_word};
use crate::time::Timestamp;

pub(super) const CATEGORY: &str = "Login";

/// Why a login is asked about.
pub(super) const WHY: &str = "Whoever has a password looks like its owner until somebody asks the owner.";

/// The choice that makes no rule.
const DISMISS: &str = "dismiss";

pub(super) fn people(head: &Head) -> String {
    count(u64::from(head.entity_count), "person", "people")
}

/// `2 people who live in the Netherlands`, `3 people who live in 2 countries`.
pub(super) fn people_and_residence(head: &Head) -> String {
    let people = people(head);
    let live = if head.entity_count == 1 { "lives" } else { "live" };
    match residence(head) {
        Residence::One(country) => format!("{people} who {live} in {}", country.in_sentence()),
        Residence::None => format!("{people} with no usage location on record"),
        Residence::Several(countries) => format!("{people} who {live} in {countries} countries"),
        Residence::Mixed => format!("{people}, some with no usage location on record"),
    }
}

/// The beginning of the sentence that says what happened: `Two people whose usage location is the Netherlands`.
pub(super) fn subject(head: &Head) -> String {
    let people = count_word(u64::from(head.entity_count), "person", "people");
    match residence(head) {
        Residence::One(country) => format!("{people} whose usage location is {}", country.in_sentence()),
        Residence::None => format!("{people} with no usage location on record"),
        Residence::Several(countries) => format!("{people} who live in {countries} different countries"),
        Residence::Mixed => format!("{people}, some with no usage location on record,"),
    }
}

enum Residence {
    One(CountryCode),
    Several(usize),
    None,
    Mixed,
}

fn residence(head: &Head) -> Residence {
    let unknown = head.residences.contains_key("");
    let mut known = head.residences.keys().filter(|code| !code.is_empty());
    match (known.next(), known.count(), unknown) {
        (Some(code), 0, false) => CountryCode::parse(code).map_or(Residence::None, Residence::One),
        (Some(_), more, false) => Residence::Several(more + 1),
        (Some(_), _, true) => Residence::Mixed,
        (None, ..) => Residence::None,
    }
}

pub(super) fn question(head: &Head) -> String {
    if head.sightings == 1 { "Was this login expected?" } else { "Were these logins expected?" }.to_owned()
}

pub(super) fn choices(expected_hint: &str) -> Vec<ChoiceBody> {
    vec![
        ChoiceBody::new("expected", "Expected", expected_hint, &[]),
        ChoiceBody::new("unauthorized", "Unauthorized", "We act on it at once", &[]),
        ChoiceBody::new(DISMISS, "Dismiss for now", "The next login asks again", &[]),
    ]
}

/// What is done and what is next follow from the log alone.
pub(super) fn steps(head: &Head) -> Vec<StepBody> {
    let answer = head.answer.as_ref();
    let answered = match (answer, head.is_open()) {
        (Some(_), _) => StepState::Done,
        (None, true) => StepState::Current,
        (None, false) => StepState::Skipped,
    };
    let ruled = match head.resolution().map(|resolution| resolution.method) {
        None => StepState::Upcoming,
        Some(Method::Rule) => StepState::Done,
        Some(Method::Dismiss | Method::Direct | Method::Recovered | Method::Withdrawn) => StepState::Skipped,
    };
    let mut steps = vec![
        step("answer", "Say whether it was expected", StepKind::Choose, answered),
        step("rule", "A rule settles the next login like this", StepKind::Act, ruled),
    ];
    if answer.is_some_and(|answer| answer.revoke_and_disable) {
        let (ordered, failed) = (head.progress.ordered, head.progress.failed);
        let title = match ordered {
            0 => format!("Sessions revoked and accounts disabled for {}", people(head)),
            _ => format!("Sessions revoked and accounts disabled for {}: ordered", people(head)),
        };
        let problem = (failed > 0).then(|| workflow::setback_text(head)).flatten();
        let state = if problem.is_some() { StepState::Current } else { StepState::Done };
        steps.push(StepBody { problem, ..step("revoke_and_disable", &title, StepKind::Act, state) });
    }
    if let Some(answer) = answer {
        steps[0].by = Some(answer.by.clone());
        steps[0].at = Some(answer.at);
    }
    steps
}

fn step(slug: &str, title: &str, kind: StepKind, state: StepState) -> StepBody {
    StepBody {
        slug: slug.to_owned(),
        title: title.to_owned(),
        kind,
        state,
        by: None,
        at: None,
        problem: None,
    }
}

/// Decides what an answer to a question about logins with `subject` does.
pub(super) fn answer(
    escalation: &Escalation,
    subject: &Subject,
    request: &ResolutionRequest,
    now: Timestamp,
) -> Result<AnswerPlan, Refusal> {
    check_foreign(request)?;
    let mut errors = Vec::new();
    let note = choose::note(request, &mut errors);
    let schedule = Schedule { starts_at: request.start_date, expires_at: request.expiration_date };
    let revoke = request.revoke_and_disable_identities == Some(true);
    let (determination, scope) = match (request.determination, request.scope) {
        (Some(determination), Some(scope)) => (determination, scope),
        (None, None) => return dismiss(errors, schedule, revoke, note),
        (Some(_), None) => {
            errors.push(missing(
                "scope",
                "`account`, `organization` or `identity`, since there is a determination",
            ));
            return Err(Refusal::Invalid(errors));
        }
        (None, Some(_)) => {
            errors.push(missing("determination", "`expected` or `unauthorized`, since there is a scope"));
            return Err(Refusal::Invalid(errors));
        }
    };
    errors.extend(check_dates(determination, subject, schedule, now));
    if revoke && determination == Determination::Expected {
        errors.push(FieldError::new(
            "revoke_and_disable_identities",
            "nobody is disabled for an expected login: leave it out, or answer `unauthorized`",
        ));
    }
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    let draft =
        |level| RuleDraft { level, subject: subject.clone(), determination, schedule, note: note.clone() };
    let identities = escalation.entities.keys().filter(|_| revoke);
    Ok(AnswerPlan {
        choice: determination.to_string(),
        scope: Some(scope),
        schedule,
        revoke_and_disable: revoke,
        drafts: levels(escalation, scope)?.into_iter().map(draft).collect(),
        orders: identities.map(|id| OrderDraft::of(RemedyAction::RevokeAndDisable, *id)).collect(),
        note,
        method: Some(Method::Rule),
        ..AnswerPlan::default()
    })
}

fn dismiss(
    mut errors: Vec<FieldError>,
    schedule: Schedule,
    revoke: bool,
    note: Option<String>,
) -> Result<AnswerPlan, Refusal> {
    let alone =
        "goes with a determination, and there is none: leave it out, or say `expected` or `unauthorized`";
    let given = [
        ("start_date", schedule.starts_at.is_some()),
        ("expiration_date", schedule.expires_at.is_some()),
        ("revoke_and_disable_identities", revoke),
    ];
    errors.extend(
        given.into_iter().filter(|(_, given)| *given).map(|(field, _)| FieldError::new(field, alone)),
    );
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    Ok(AnswerPlan {
        choice: DISMISS.to_owned(),
        note,
        method: Some(Method::Dismiss),
        ..AnswerPlan::default()
    })
}

fn levels(escalation: &Escalation, scope: Scope) -> Result<Vec<Level>, Refusal> {
    let organization = escalation.head.organization.ok_or_else(|| {
        Refusal::Unsuitable("this escalation belongs to no organization".to_owned(), Vec::new())
    })?;
    Ok(match scope {
        Scope::Account => vec![Level::Account],
        Scope::Organization => vec![Level::Organization { organization }],
        Scope::Identity => escalation
            .entities
            .values()
            .filter_map(|state| state.entity.identity())
            .map(|identity| Level::Identity { identity: identity.id, organization })
            .collect(),
    })
}

/// The same dates as a rule's, under the names that the answer gives them; and the rule must count now, or it would
/// not answer these logins.
fn check_dates(
    determination: Determination,
    subject: &Subject,
    schedule: Schedule,
    now: Timestamp,
) -> Vec<FieldError> {
    let mut errors = check_schedule(determination, subject, schedule, now);
    for error in &mut errors {
        match error.field.as_str() {
            "starts_at" => "start_date".clone_into(&mut error.field),
            "expires_at" => "expiration_date".clone_into(&mut error.field),
            _ => {}
        }
    }
    let today = now.date_naive();
    if errors.is_empty() && schedule.starts_at.is_some_and(|first| first > today) {
        let text = format!(
            "expected today ({today}) or earlier: a rule that starts later does not cover these logins"
        );
        errors.push(FieldError::new("start_date", text));
    }
    errors
}

fn check_foreign(request: &ResolutionRequest) -> Result<(), Refusal> {
    let given = [
        ("answer", request.answer.is_some()),
        ("fields", !request.fields.is_empty()),
        ("entities", !request.entities.is_empty()),
    ];
    let why = "a question about logins is answered by `determination` and `scope`, or dismissed with neither";
    choose::refuse(&given, why)
}

fn missing(field: &str, expected: &str) -> FieldError {
    FieldError::new(field, format!("expected {expected}, and it is missing"))
}
