//! What is chosen so far, what it will do, and what it still needs, in words. Pure: the page has no opinion of its own
//! about any kind, it says what the choices say.

use std::collections::BTreeMap;

use beckon_core::api::escalation::{
    ChoiceBody, EntityBody, EntityStanding, EscalationDetailBody, StepBody, StepKind, StepState,
};
use beckon_core::field::FieldSpec;

use crate::words;
use crate::words::effects::{capitalize_first, lowercase_first};

/// What the page asks an admin for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// A choice, with what goes with it.
    Choice,
    /// Details: somebody chose before.
    Details,
    /// Nothing: what was answered is under way.
    Nothing,
}

impl Asks {
    /// Returns what `one` asks for.
    pub fn of(one: &EscalationDetailBody) -> Self {
        let answered = one.escalation.answer.is_some();
        match current_step(one).map(|step| step.kind) {
            Some(StepKind::Provide) if answered => Self::Details,
            Some(StepKind::Provide | StepKind::Choose) => Self::Choice,
            Some(StepKind::Evidence | StepKind::Act | StepKind::Verify) | None => Self::Nothing,
        }
    }
}

/// Returns the step that everybody waits for.
pub fn current_step(one: &EscalationDetailBody) -> Option<&StepBody> {
    one.escalation.workflow.iter().find(|step| step.state == StepState::Current)
}

/// Returns the step that can be left to somebody else: its details are asked for after the choice.
pub fn later_step(one: &EscalationDetailBody) -> bool {
    let steps = &one.escalation.workflow;
    let later = |step: &StepBody| step.kind == StepKind::Provide && step.state == StepState::Upcoming;
    steps.iter().any(later) && one.fields.iter().any(|spec| spec.required)
}

/// What is chosen where the answer can differ from entity to entity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// The choices for single entities, by id.
    pub entities: BTreeMap<String, String>,
    /// The choice for all of them, while it is one.
    pub all: String,
}

/// What a choice will do, and what it needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What it will do, line by line.
    pub lines: Vec<String>,
    /// What the button says.
    pub button: String,
    /// Whether something is chosen.
    pub is_chosen: bool,
    /// The label of the choice that needs a note, if one does.
    pub needs_note: Option<String>,
    /// What has to be typed to confirm it.
    pub confirm: Option<String>,
    /// What is to be filled in.
    pub fields: Vec<FieldSpec>,
    /// What is decided about single entities.
    pub entities: BTreeMap<String, String>,
    /// The answer for the whole, or for all that are not listed.
    pub answer: Option<String>,
}

/// Tells whether somebody has to decide about `entity`.
pub fn is_undecided(entity: &EntityBody) -> bool {
    standing(entity).is_some_and(|standing| match standing {
        EntityStanding::Waiting | EntityStanding::Failed | EntityStanding::Unheard => true,
        EntityStanding::UnderWay
        | EntityStanding::Recovered
        | EntityStanding::PolicyChanged
        | EntityStanding::Moved
        | EntityStanding::Accepted => false,
    })
}

/// Tells whether somebody may decide about `entity`: what was left as it is can be decided again.
pub fn is_decidable(entity: &EntityBody) -> bool {
    is_undecided(entity) || standing(entity) == Some(EntityStanding::Accepted)
}

fn standing(entity: &EntityBody) -> Option<EntityStanding> {
    entity.details.state.as_ref().map(|state| state.slug)
}

impl Plan {
    /// Foresees what `choice`, or `chosen` for each entity, does to `one`, which asks for `asks`.
    pub fn of(one: &EscalationDetailBody, asks: Asks, choice: &str, chosen: &Chosen) -> Self {
        if asks == Asks::Details {
            return Self::details(one);
        }
        if one.one_by_one { Self::each(one, chosen) } else { Self::whole(one, choice) }
    }

    /// What a choice that was made before still needs.
    fn details(one: &EscalationDetailBody) -> Self {
        let before = one.escalation.answer.as_ref().map_or("", |answer| answer.choice.as_str());
        let fields = fields(one, None);
        Self {
            lines: find(one, before).map(|choice| choice.consequences.clone()).unwrap_or_default(),
            button: format!("Send {}", words::count(fields.len() as u64, "detail", "details")),
            is_chosen: true,
            fields,
            ..Self::default()
        }
    }

    fn whole(one: &EscalationDetailBody, choice: &str) -> Self {
        let only = one.choices.first().filter(|_| one.choices.len() == 1);
        let Some(choice) = only.or_else(|| find(one, choice)) else {
            return Self {
                button: "Choose an answer".to_owned(),
                fields: fields(one, None),
                ..Self::default()
            };
        };
        Self {
            lines: choice.consequences.clone(),
            button: choice.button.clone(),
            is_chosen: true,
            needs_note: choice.note_required.then(|| choice.label.clone()),
            confirm: choice.confirm.clone(),
            fields: fields(one, Some(choice)),
            entities: BTreeMap::new(),
            answer: Some(choice.slug.clone()),
        }
    }

    fn each(one: &EscalationDetailBody, chosen: &Chosen) -> Self {
        let mut plan = Self::default();
        let mut deeds = Vec::new();
        let mut confirm: Vec<&str> = Vec::new();
        let items = &one.entities.items;
        let unlisted = one.entities.total_count.saturating_sub(items.len() as u64);
        for choice in &one.choices {
            let of = |entity: &&EntityBody| {
                is_decidable(entity) && chosen.entities.get(&entity.id.to_string()) == Some(&choice.slug)
            };
            let of: Vec<&EntityBody> = items.iter().filter(of).collect();
            let mut names: Vec<String> = of.iter().map(|entity| isolated(&entity.details.name)).collect();
            if unlisted > 0 && chosen.all == choice.slug {
                plan.answer = Some(choice.slug.clone());
                names.push(words::count(unlisted, "that is not listed", "that are not listed"));
            }
            if names.is_empty() {
                continue;
            }
            plan.entities.extend(of.iter().map(|entity| (entity.id.to_string(), choice.slug.clone())));
            let number = of.len() as u64 + if plan.answer.is_some() { unlisted } else { 0 };
            deeds.push(lowercase_first(&choice.button.replace("{}", &words::grouped(number))));
            plan.lines.push(format!("{}:", choice.button.replace("{}", &words::join(&names, "and"))));
            plan.lines.extend(choice.consequences.iter().cloned());
            if choice.note_required {
                plan.needs_note = Some(choice.label.clone());
            }
            confirm.extend(choice.confirm.as_deref());
        }
        plan.is_chosen = !deeds.is_empty();
        if !plan.is_chosen {
            return Self { button: "Choose what happens to each".to_owned(), ..Self::default() };
        }
        let is_left = |entity: &&EntityBody| {
            is_undecided(entity) && !plan.entities.contains_key(&entity.id.to_string())
        };
        let left = items.iter().filter(is_left).count() as u64;
        if left > 0 {
            let number = words::grouped(left);
            plan.lines.push(format!("Leave {number} undecided, for you or another admin"));
        }
        plan.button = capitalize_first(&deeds.join(", "));
        plan.confirm = (!confirm.is_empty()).then(|| confirm.join(" "));
        plan
    }
}

fn find<'e>(one: &'e EscalationDetailBody, slug: &str) -> Option<&'e ChoiceBody> {
    one.choices.iter().find(|choice| choice.slug == slug)
}

/// Returns the fields that go with every choice, and those of `choice`.
fn fields(one: &EscalationDetailBody, choice: Option<&ChoiceBody>) -> Vec<FieldSpec> {
    let is_own = |spec: &&FieldSpec| match choice {
        Some(choice) if choice.fields.contains(&spec.slug) => true,
        _ => !one.choices.iter().any(|choice| choice.fields.contains(&spec.slug)),
    };
    one.fields.iter().filter(is_own).cloned().collect()
}

/// Keeps the direction of a name to itself.
fn isolated(name: &str) -> String {
    format!("\u{2068}{name}\u{2069}")
}
