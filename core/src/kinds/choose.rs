//! What the kinds that are answered by a choice share: reading the answer, strictly, for all at once or one by one.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use super::{AnswerPlan, OrderDraft, workflow};
use crate::api::escalation::ResolutionRequest;
use crate::error::{FieldError, Refusal};
use crate::escalation::{EntityChoice, EntityState, Escalation, Head};
use crate::field::FieldSpec;
use crate::id::EntityId;
use crate::remedy::RemedyAction;
use crate::rule::draft::check_note;
use crate::text::join;

/// One choice, and what it does.
pub(super) struct Offer {
    pub(super) slug: &'static str,
    /// What it orders.
    pub(super) remedy: Option<RemedyAction>,
    /// Whether nothing is left to do about an entity then.
    pub(super) settles: bool,
    /// Whether it needs a reason.
    pub(super) needs_note: bool,
}

/// A choice that orders a remedy.
pub(super) const fn orders(slug: &'static str, remedy: RemedyAction) -> Offer {
    Offer { slug, remedy: Some(remedy), settles: false, needs_note: false }
}

/// A choice that leaves an entity as it is.
pub(super) const fn accepts(slug: &'static str, needs_note: bool) -> Offer {
    Offer { slug, remedy: None, settles: true, needs_note }
}

/// Refuses what this kind is not answered by, field by field.
pub(super) fn refuse(given: &[(&str, bool)], why: &str) -> Result<(), Refusal> {
    let errors: Vec<FieldError> = given
        .iter()
        .filter(|(_, given)| *given)
        .map(|(field, _)| FieldError::new(*field, "this kind is not answered by it: leave it out"))
        .collect();
    if errors.is_empty() { Ok(()) } else { Err(Refusal::Unsuitable(why.to_owned(), errors)) }
}

/// Refuses the fields with which logins are answered.
pub(super) fn refuse_login_fields(request: &ResolutionRequest, scope: bool) -> Result<(), Refusal> {
    let given = [
        ("determination", request.determination.is_some()),
        ("scope", request.scope.is_some() && !scope),
        ("start_date", request.start_date.is_some()),
        ("expiration_date", request.expiration_date.is_some()),
        ("revoke_and_disable_identities", request.revoke_and_disable_identities.is_some()),
    ];
    refuse(
        &given,
        "this kind is answered by `answer`, the slug of one of its choices; see its `choices` and `fields`",
    )
}

/// Reads the note.
pub(super) fn note(request: &ResolutionRequest, errors: &mut Vec<FieldError>) -> Option<String> {
    let note = request.note.as_deref().map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned);
    errors.extend(note.as_deref().and_then(|note| check_note("note", note)));
    note
}

/// Reads the choice of an answer to the whole.
pub(super) fn choice(
    request: &ResolutionRequest,
    slugs: &[&str],
    errors: &mut Vec<FieldError>,
) -> Result<String, Refusal> {
    let Some(answer) = request.answer.as_deref() else {
        let text = format!("expected {}, and it is missing", quoted(slugs));
        let why = "this kind is not resolved without an answer";
        return Err(Refusal::Unsuitable(why.to_owned(), vec![FieldError::new("answer", text)]));
    };
    errors.extend(check_choice("answer", answer, slugs));
    Ok(answer.to_owned())
}

fn check_choice(field: &str, answer: &str, slugs: &[&str]) -> Option<FieldError> {
    let shown = || crate::text::plain(answer).chars().take(60).collect::<String>();
    let error = || FieldError::new(field, format!("expected {}, found `{}`", quoted(slugs), shown()));
    (!slugs.contains(&answer)).then(error)
}

fn quoted(slugs: &[&str]) -> String {
    join(&slugs.iter().map(|slug| format!("`{slug}`")).collect::<Vec<_>>(), "or")
}

/// Reads the typed fields.
pub(super) fn fields(
    request: &ResolutionRequest,
    specs: &[FieldSpec],
    errors: &mut Vec<FieldError>,
) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for spec in specs {
        let name = format!("fields.{}", spec.slug);
        let read = match request.fields.get(&spec.slug) {
            None | Some(serde_json::Value::Null) => spec.read(""),
            Some(serde_json::Value::String(text)) => spec.read(text),
            Some(_) => Err("expected text".to_owned()),
        };
        match read {
            Ok(value) => values.extend(value.map(|value| (spec.slug.clone(), value))),
            Err(text) => errors.push(FieldError::new(name, text)),
        }
    }
    for slug in request.fields.keys().filter(|slug| !specs.iter().any(|spec| spec.slug == **slug)) {
        errors.push(FieldError::new(format!("fields.{slug}"), "unknown field: leave it out"));
    }
    values
}

/// Refuses entities, where the answer is one for the whole.
pub(super) fn refuse_entities(request: &ResolutionRequest, errors: &mut Vec<FieldError>) {
    if !request.entities.is_empty() {
        errors.push(FieldError::new("entities", "one answer is for the whole here: leave it out"));
    }
}

/// Reads an answer to the whole that is a choice and a note and nothing else, while nothing that was answered before is
/// under way.
pub(super) fn plain_choice(
    escalation: &Escalation,
    request: &ResolutionRequest,
    slugs: &[&str],
) -> Result<AnswerPlan, Refusal> {
    refuse_login_fields(request, false)?;
    let mut errors = Vec::new();
    fields(request, &[], &mut errors);
    refuse_entities(request, &mut errors);
    let choice = choice(request, slugs, &mut errors)?;
    let note = note(request, &mut errors);
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    check_waits(&escalation.head)?;
    Ok(AnswerPlan { choice, note, ..AnswerPlan::default() })
}

/// Refuses a second answer while the first one has its effect.
pub(super) fn check_waits(head: &Head) -> Result<(), Refusal> {
    match &head.answer {
        Some(answer) if workflow::stands(head) => Err(Refusal::Conflict(format!(
            "{} already answered this, and what follows is under way: nothing was changed by your answer",
            answer.by.name()
        ))),
        _ => Ok(()),
    }
}

/// Decides what an answer does that can differ from entity to entity: `answer` is for all that nobody decided about,
/// `entities` for single ones. What has recovered meanwhile needs no decision any more.
pub(super) fn one_by_one(
    escalation: &Escalation,
    request: &ResolutionRequest,
    offers: &[Offer],
    verify_within: TimeDelta,
) -> Result<AnswerPlan, Refusal> {
    refuse_login_fields(request, false)?;
    let slugs: Vec<&str> = offers.iter().map(|offer| offer.slug).collect();
    let mut errors = Vec::new();
    fields(request, &[], &mut errors);
    let note = note(request, &mut errors);
    let for_all = if request.entities.is_empty() || request.answer.is_some() {
        Some(choice(request, &slugs, &mut errors)?)
    } else {
        None
    };
    let named = named(escalation, request, &slugs, &mut errors);
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    let mut plan = AnswerPlan { choice: for_all.clone().unwrap_or_default(), note, ..AnswerPlan::default() };
    for (id, state) in &escalation.entities {
        let own = named.get(id);
        let wanted = own.or(for_all.as_ref().filter(|_| state.is_undecided()));
        let offer = wanted.and_then(|slug| offers.iter().find(|offer| offer.slug == slug.as_str()));
        let Some(offer) = offer.filter(|_| state.is_decidable()) else { continue };
        if offer.needs_note && plan.note.is_none() {
            return Err(Refusal::field(
                "note",
                format!("required with `{}`, and missing: say why", offer.slug),
            ));
        }
        decide(&mut plan, *id, state, offer)?;
    }
    if plan.entities.is_empty() {
        return Err(Refusal::Conflict(
            "nothing is left to decide here: each of them recovered or was decided about already".to_owned(),
        ));
    }
    if plan.entities.iter().any(|entity| !entity.settles) {
        plan.verify_within = Some(verify_within);
    }
    Ok(plan)
}

fn decide(plan: &mut AnswerPlan, id: EntityId, state: &EntityState, offer: &Offer) -> Result<(), Refusal> {
    let ordered = state.remedy.as_ref().filter(|_| state.is_ordered()).map(|remedy| remedy.action);
    match (ordered, offer.remedy) {
        (Some(ordered), wanted) if wanted != Some(ordered) => {
            return Err(Refusal::Conflict(format!(
                "“{}” is under way for {}: wait for its outcome, then decide again",
                ordered.label(),
                state.entity.name()
            )));
        }
        (None, Some(action)) => plan.orders.push(OrderDraft::of(action, id)),
        // Each remedy is ordered at most once: the one that is under way will do.
        (Some(_), _) | (None, None) => {}
    }
    plan.entities.push(EntityChoice { entity: id, choice: offer.slug.to_owned(), settles: offer.settles });
    Ok(())
}

fn named(
    escalation: &Escalation,
    request: &ResolutionRequest,
    slugs: &[&str],
    errors: &mut Vec<FieldError>,
) -> BTreeMap<EntityId, String> {
    let mut named = BTreeMap::new();
    for (key, slug) in &request.entities {
        let field = format!("entities.{key}");
        let id = key.parse().map(EntityId).ok().filter(|id| escalation.entities.contains_key(id));
        errors.extend(check_choice(&field, slug, slugs));
        match id {
            Some(id) => drop(named.insert(id, slug.clone())),
            None => {
                errors
                    .push(FieldError::new(field, "expected the id of an entity that this escalation lists"));
            }
        }
    }
    named
}
