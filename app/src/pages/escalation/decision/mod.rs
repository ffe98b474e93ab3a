//! The answer card of every kind but the logins: the question, what to do first, the choices for the whole or for each
//! entity, what goes with them, what they will do, and the button that does it. What there is to choose, the data says.

mod confirm;
mod fields;
mod form;
pub mod plan;

use std::sync::Arc;

use beckon_core::api::escalation::{ChoiceBody, EscalationDetailBody};
use leptos::prelude::*;

use self::confirm::confirm;
use self::fields::Fields;
use self::form::{Form, NOTE};
use self::plan::{Asks, current_step, is_decidable, is_undecided, later_step};
use super::evidence::unlisted;
use super::standing::Standing;
use crate::components::choice_cards::ChoiceCards;
use crate::components::consequences::Consequences;
use crate::components::field::Field;
use crate::components::guidance::Guidance;
use crate::components::segmented::{Segment, Segmented};
use crate::components::things_table::{Control, Row, ThingsTable};
use crate::components::when::When;
use crate::erased::{click, dynamic, view, written};
use crate::keyboard;
use crate::memo::Memo;
use crate::remote::Remote;

/// The card.
#[component]
pub fn DecisionCard(
    /// Takes the escalation that the answer returns.
    escalation: Remote<EscalationDetailBody>,
    /// The escalation as it stands.
    current: Memo<Arc<EscalationDetailBody>>,
    /// What it asks for.
    asks: Memo<Asks>,
    /// Set to ask again about what was left as it is.
    again: RwSignal<bool>,
    /// Takes why an answer came too late; stays when this card goes.
    conflict: RwSignal<Option<String>>,
) -> impl IntoView {
    let form = Form::new(escalation, current, asks, again, conflict);
    let choices = Memo::new(move |_| current.read().choices.clone());
    let one_by_one = current.with_untracked(|one| one.one_by_one);
    keyboard::on_commit(move || form.commit());
    keyboard::on_key(move |key| {
        let index = key.parse::<usize>().unwrap_or(0).wrapping_sub(1);
        let slug = choices.with_untracked(|choices| choices.get(index).map(|choice| choice.slug.clone()));
        let Some(slug) = slug.filter(|_| asks.get_untracked() == Asks::Choice) else { return false };
        if one_by_one {
            keyboard::focus(&format!("all-{slug}"));
            form.choose_for_all(slug);
        } else {
            keyboard::focus(&format!("choice-{}", index + 1));
            form.choice.set(slug);
        }
        true
    });
    let question = Memo::new(move |_| current.read().escalation.question.clone());
    let guidance = Memo::new(move |_| current.read().guidance.clone());
    let choosing = move || match (choices.read().len(), one_by_one) {
        (_, true) => view! { <Each form choices=choices.get()/> },
        (0 | 1, false) => ().into_any(),
        (_, false) => {
            view! { <ChoiceCards question=question.get_untracked() choices=choices.get() value=form.choice/> }
        }
    };
    let may_change = Memo::new(move |_| {
        asks.get() == Asks::Nothing && one_by_one && current.read().entities.items.iter().any(is_decidable)
    });
    view! {
        <section class="answer-card" aria-labelledby="question">
            <h2 class="question" id="question">{question}</h2>
            <Standing current asks/>
            <When is=may_change>
                <button class="link start" type="button" on:click=click(move |_| again.set(true))>
                    "Change what was left as it is"
                </button>
            </When>
            <When is=Signal::derive(move || asks.get() != Asks::Nothing)>
                {dynamic(move || view! { <Guidance steps=guidance.get()/> })}
                <When is=Signal::derive(move || asks.get() == Asks::Choice)>{dynamic(choosing)}</When>
                <Fields form/>
                <Note form/>
                <Consequences
                    lines=Memo::new(move |_| form.plan.read().lines.clone())
                    nothing="Choose, and see here what it does before you do it."
                />
                {dynamic(move || {
                    let error = form.error.get().filter(|_| !form.confirming.get());
                    error.map(|text| view! { <p class="card-error" role="alert">{text}</p> })
                })}
                <Actions form/>
            </When>
            {confirm(form)}
        </section>
    }
}

/// The choice for each entity, and above it the choice for all that nobody decided about.
#[component]
fn Each(form: Form, choices: Vec<ChoiceBody>) -> impl IntoView {
    let current = form.current;
    let segments: Vec<Segment> =
        choices.into_iter().map(|choice| Segment::new(&choice.slug, choice.label)).collect();
    let all = segments.clone();
    let undecided = Memo::new(move |_| {
        let current = current.read();
        current.entities.items.iter().filter(|entity| is_undecided(entity)).count()
    });
    let control: Control = Arc::new(move |row: Row| {
        let segments = segments.clone();
        // What was left as it is can be decided again, if somebody wants that.
        let again = RwSignal::new(false);
        let decided = Memo::new(move |_| {
            let row = row.read();
            let entity = (*row).as_ref().filter(|entity| is_decidable(entity))?;
            Some((entity.id, entity.details.name.clone(), is_undecided(entity)))
        });
        let shown = move || {
            let (id, name, undecided) = decided.get()?;
            if !undecided && !again.get() {
                let first = format!("entity-{id}-{}", segments.first().map_or("", |first| &first.value));
                let change = move |_| {
                    let first = first.clone();
                    again.set(true);
                    request_animation_frame(move || keyboard::focus(&first));
                };
                return Some(view! {
                    <button
                        class="link"
                        type="button"
                        aria-label=format!("Change: {name}")
                        on:click=click(change)
                    >
                        "Change"
                    </button>
                });
            }
            let key = id.to_string();
            let value =
                move || form.chosen.with(|chosen| chosen.entities.get(&key).cloned().unwrap_or_default());
            Some(view! {
                <Segmented
                    name=format!("entity-{id}")
                    label=format!("Decision about {name}")
                    segments=segments.clone()
                    value=Signal::derive(value)
                    set=(move |slug| form.choose_for(id, slug)).into_signal_setter()
                />
            })
        };
        dynamic(shown).into_any()
    });
    view! {
        <When is=Signal::derive(move || undecided.get() > 1)>
            <div class="apply">
                <span class="field-label" aria-hidden="true">
                    {dynamic(move || format!("Apply to all {}", undecided.get()))}
                </span>
                <Segmented
                    name="all"
                    label="Apply to all"
                    segments=all.clone()
                    value=Signal::derive(move || form.chosen.read().all.clone())
                    set=(move |slug| form.choose_for_all(slug)).into_signal_setter()
                />
            </div>
        </When>
        <ThingsTable
            things=Signal::derive(move || current.read().entities.items.clone())
            more=unlisted(current)
            mixed=current.with_untracked(|one| one.escalation.organizations.is_empty())
            control=Some(control)
        />
    }
}

#[component]
fn Note(form: Form) -> impl IntoView {
    let needed = Memo::new(move |_| form.plan.read().needs_note.is_some());
    let hint =
        Signal::derive(
            move || if needed.get() { "Why? This is required" } else { "Why? Others will read it here" },
        );
    let mistake = Signal::derive(move || form.note_mistake());
    view! {
        <Field label="Note" control=NOTE error=mistake>
            <input
                class="input wide"
                id=NOTE
                type="text"
                maxlength="2000"
                placeholder=hint
                aria-required=Signal::derive(move || needed.get().then_some("true"))
                aria-describedby="note-error"
                aria-invalid=Signal::derive(move || mistake.with(Option::is_some).then_some("true"))
                prop:value=form.note
                on:input=written(form.note)
            />
        </Field>
    }
}

#[component]
fn Actions(form: Form) -> impl IntoView {
    let leaves = Memo::new(move |_| {
        form.asks.get() == Asks::Choice && form.plan.read().is_chosen && later_step(&form.current.read())
    });
    let leave = move |_| {
        let step = form.current.with_untracked(|one| current_step(one).map(|step| step.slug.clone()));
        if !form.busy.get_untracked() {
            form.send(step);
        }
    };
    view! {
        <div class="actions">
            <button class="button primary" type="button" disabled=form.busy on:click=click(move |_| form.commit())>
                {dynamic(move || form.plan.read().button.clone())}
            </button>
            <When is=leaves>
                <button class="button" type="button" disabled=form.busy on:click=click(leave)>
                    "Leave the details to somebody else"
                </button>
            </When>
            <span class="shortcut" aria-hidden="true">
                <kbd>"Ctrl"</kbd>
                <kbd>"↵"</kbd>
            </span>
        </div>
    }
}
