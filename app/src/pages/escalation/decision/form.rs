//! What is filled in so far, whether it is complete, and the request that it makes. Holds signals, shows nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use beckon_core::api::escalation::{EscalationDetailBody, ResolutionRequest};
use beckon_core::field::{FieldSpec, FieldType};
use leptos::prelude::*;
use serde_json::Value;

use super::plan::{Asks, Chosen, Plan, is_undecided};
use crate::api;
use crate::components::announcer::{Announcer, use_announcer};
use crate::erased::spawn;
use crate::keyboard;
use crate::memo::Memo;
use crate::remote::Remote;
use crate::words::effects::capitalize_first;

/// The control of the note.
pub const NOTE: &str = "note";

/// The form, and where it is sent. Copies are the same form.
#[derive(Clone, Copy)]
pub struct Form {
    pub escalation: Remote<EscalationDetailBody>,
    pub current: Memo<Arc<EscalationDetailBody>>,
    pub asks: Memo<Asks>,
    /// Whether what was left as it is was asked about again.
    pub again: RwSignal<bool>,
    /// The choice for the whole.
    pub choice: RwSignal<String>,
    pub chosen: RwSignal<Chosen>,
    /// What is filled in, by the slug of the field.
    pub values: RwSignal<BTreeMap<String, String>>,
    pub note: RwSignal<String>,
    /// The controls whose mistakes are shown: nobody is told off for what is not yet written.
    pub checked: RwSignal<BTreeSet<String>>,
    pub plan: Memo<Plan>,
    pub busy: RwSignal<bool>,
    pub error: RwSignal<Option<String>>,
    /// Why an answer came too late; stays when the form goes.
    pub conflict: RwSignal<Option<String>>,
    /// Whether the word is asked for that confirms it.
    pub confirming: RwSignal<bool>,
    announcer: Announcer,
}

impl Form {
    pub fn new(
        escalation: Remote<EscalationDetailBody>,
        current: Memo<Arc<EscalationDetailBody>>,
        asks: Memo<Asks>,
        again: RwSignal<bool>,
        conflict: RwSignal<Option<String>>,
    ) -> Self {
        let (choice, chosen) = (RwSignal::new(String::new()), RwSignal::new(Chosen::default()));
        Self {
            escalation,
            current,
            asks,
            again,
            choice,
            chosen,
            values: RwSignal::new(BTreeMap::new()),
            note: RwSignal::new(String::new()),
            checked: RwSignal::new(BTreeSet::new()),
            plan: Memo::new(move |_| Plan::of(&current.read(), asks.get(), &choice.read(), &chosen.read())),
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
            conflict,
            confirming: RwSignal::new(false),
            announcer: use_announcer(),
        }
    }

    /// Chooses for every entity that nobody decided about.
    pub fn choose_for_all(self, slug: String) {
        let undecided = self.current.with_untracked(|one| {
            let items = one.entities.items.iter().filter(|entity| is_undecided(entity));
            items.map(|entity| entity.id.to_string()).collect::<Vec<_>>()
        });
        self.chosen.update(|chosen| {
            chosen.entities.extend(undecided.into_iter().map(|id| (id, slug.clone())));
            chosen.all = slug;
        });
    }

    /// Chooses for one entity.
    pub fn choose_for(self, id: i64, slug: String) {
        self.chosen.update(|chosen| {
            if chosen.all != slug {
                chosen.all.clear();
            }
            chosen.entities.insert(id.to_string(), slug);
        });
    }

    /// Returns what is filled in for `spec`, and subscribes to it. The only option is chosen already.
    pub fn value(self, spec: &FieldSpec) -> String {
        let given = self.values.with(|values| values.get(&spec.slug).cloned());
        given.unwrap_or_else(|| match spec.options.as_slice() {
            [only] if spec.required => only.slug.clone(),
            _ => String::new(),
        })
    }

    /// Returns what is wrong with a field, once that may be said, and subscribes to it.
    pub fn mistake(self, spec: &FieldSpec) -> Option<String> {
        if !self.checked.read().contains(&spec.slug) {
            return None;
        }
        let text = spec.read(&self.value(spec)).err()?;
        Some(format!("{}.", capitalize_first(&text)))
    }

    /// Returns what is wrong with the note, once that may be said, and subscribes to it.
    pub fn note_mistake(self) -> Option<String> {
        let is_said = self.checked.read().contains(NOTE) && self.note.read().trim().is_empty();
        let needed = self.plan.read().needs_note.clone().filter(|_| is_said)?;
        Some(format!("Say why: “{needed}” needs a reason."))
    }

    /// Sends it, or asks for the word first, or says what is missing.
    pub fn commit(self) {
        if self.busy.get_untracked() || self.asks.get_untracked() == Asks::Nothing {
            return;
        }
        let plan = self.plan.get_untracked();
        if !plan.is_chosen {
            self.error.set(Some("Choose an answer first.".to_owned()));
            keyboard::focus("choice-1");
            return;
        }
        if let Some(control) = untrack(|| self.first_mistake(&plan)) {
            keyboard::focus(&control);
            return;
        }
        if plan.confirm.is_some() {
            self.error.set(None);
            self.confirming.set(true);
        } else {
            self.send(None);
        }
    }

    /// Shows every mistake, and returns the control of the first one.
    fn first_mistake(self, plan: &Plan) -> Option<String> {
        self.checked.update(|checked| {
            checked.insert(NOTE.to_owned());
            checked.extend(plan.fields.iter().map(|spec| spec.slug.clone()));
        });
        let wrong = plan.fields.iter().find(|spec| self.mistake(spec).is_some());
        wrong.map(control).or_else(|| self.note_mistake().map(|_| NOTE.to_owned()))
    }

    /// Sends it; with a step, only that step is completed, and what comes later is left to somebody else.
    pub fn send(self, step: Option<String>) {
        let plan = self.plan.get_untracked();
        let (id, revision) = self.current.with_untracked(|one| (one.escalation.id, one.escalation.revision));
        let note = self.note.get_untracked().trim().to_owned();
        // Filled one by one: collecting would bring a sort along.
        let mut fields = BTreeMap::new();
        for spec in plan.fields.iter().filter(|_| step.is_none()) {
            if let Some(value) = untrack(|| spec.read(&self.value(spec))).ok().flatten() {
                fields.insert(spec.slug.clone(), Value::String(value));
            }
        }
        let request = ResolutionRequest {
            fields,
            answer: plan.answer,
            entities: plan.entities,
            note: (!note.is_empty()).then_some(note),
            revision: Some(revision),
            ..ResolutionRequest::default()
        };
        self.busy.set(true);
        self.error.set(None);
        self.conflict.set(None);
        spawn(async move {
            match api::escalations::resolve(id, step.as_deref(), &request).await {
                Ok(after) => {
                    let text = after.escalation.resolution.as_ref().map(|one| one.text.clone());
                    self.announcer.say(text.unwrap_or_else(|| "Your answer is taken".to_owned()));
                    self.empty();
                    self.escalation.set(after);
                    keyboard::focus("main");
                }
                Err(failure) if failure.is(409) => {
                    let _ = self.confirming.try_set(false);
                    let _ = self.conflict.try_set(Some(failure.text()));
                    self.escalation.refetch();
                }
                Err(failure) => drop(self.error.try_set(Some(failure.text()))),
            }
            let _ = self.busy.try_set(false);
        });
    }

    /// Begins anew: what was sent is not to be sent again by mistake.
    fn empty(self) {
        let _ = self.confirming.try_set(false);
        let _ = self.again.try_set(false);
        let _ = self.choice.try_set(String::new());
        let _ = self.chosen.try_set(Chosen::default());
        let _ = self.values.try_set(BTreeMap::new());
        let _ = self.note.try_set(String::new());
        let _ = self.checked.try_set(BTreeSet::new());
    }
}

/// Returns the id of the control that the focus goes to for `spec`.
pub fn control(spec: &FieldSpec) -> String {
    let short = spec.kind == FieldType::Choice && is_short(spec);
    let first =
        spec.options.first().filter(|_| short).map(|first| format!("-{}", first.slug)).unwrap_or_default();
    format!("field-{}{first}", spec.slug)
}

/// Tells whether all options are to be seen at once.
pub fn is_short(spec: &FieldSpec) -> bool {
    spec.options.len() <= 4
}
