//! Where tickets go: a board, a queue, priorities, the company for what is not mapped. What there is to choose, the
//! data says, and the PSA offers what it has.

use beckon_core::api::integration::{IntegrationPatch, OffersResponse, SlotBody, VendorBody};
use beckon_core::id::IntegrationId;
use beckon_core::integration::Choices;
use leptos::prelude::*;

use super::Psa;
use crate::api;
use crate::components::card::Card;
use crate::components::field::Field;
use crate::components::select::select;
use crate::doing::Doing;
use crate::erased::{click, dynamic, effect, view};
use crate::remote::Remote;
use crate::state::{Memo, State};

/// What is chosen so far. Copies are the same form.
#[derive(Clone, Copy)]
struct Form {
    id: IntegrationId,
    choices: State<Choices>,
    /// The slot whose offers are fetched: a PSA takes few requests at once, so they wait for each other.
    turn: State<usize>,
}

impl Form {
    /// Lets the slot behind this one go on.
    fn pass(self, index: usize) {
        if self.turn.get_untracked() <= index {
            self.turn.set(index + 1);
        }
    }
}

/// The card.
pub(super) fn slots(id: IntegrationId, vendor: VendorBody, psa: Psa) -> AnyView {
    let kept = psa.current.with_untracked(|one| one.as_ref().map(|one| one.choices.clone()));
    let choices = State::new(kept.unwrap_or_default());
    let doing = Doing::new();
    let form = Form { id, choices, turn: State::new(0) };
    let all = vendor.slots.clone();
    let field = |(index, one)| slot(form, index, one, all.clone());
    let fields = vendor.slots.into_iter().enumerate().map(field).collect::<Vec<_>>();
    let save = move |_| {
        let patch =
            IntegrationPatch { choices: Some(choices.get_untracked()), ..IntegrationPatch::default() };
        psa.change(doing, &patch, "Saved");
    };
    let saved =
        move || psa.current.with(|one| one.as_ref().is_some_and(|one| one.choices == *choices.read()));
    let deed = move || {
        (!saved()).then(|| {
            view! {
                <div class="actions">
                    <button class="button primary" type="button" disabled=doing.busy on:click=click(save)>
                        "Save where tickets go"
                    </button>
                </div>
            }
        })
    };
    view! {
        <Card id="slots-title" title="Where tickets go">
            {fields}
            {doing.complaint()}
            {dynamic(deed)}
        </Card>
    }
}

fn slot(form: Form, index: usize, one: SlotBody, all: Vec<SlotBody>) -> AnyView {
    let label = if one.required { one.label.clone() } else { format!("{} (if you like)", one.label) };
    let control = format!("slot-{}", one.slug);
    let parent = one.depends_on.clone();
    let before = parent.as_ref().and_then(|slug| all.iter().find(|own| own.slug == *slug)).cloned();
    let chosen = Memo::new(move |_| {
        parent.as_ref().and_then(|slug| form.choices.read().get(slug).cloned()).unwrap_or_default()
    });
    let is_next = Memo::new(move |_| form.turn.get() >= index);
    let content = move || {
        let chosen = chosen.get();
        match &before {
            _ if !is_next.get() => ().into_any(),
            Some(before) if chosen.is_empty() => {
                form.pass(index);
                let text = format!("Choose first: {}", before.label);
                view! { <p class="field-hint">{text}</p> }
            }
            _ => offers(form, index, one.clone(), all.clone()),
        }
    };
    view! { <Field label=label control=control>{dynamic(content)}</Field> }
}

/// What the PSA offers, given what was chosen for the slot before.
fn offers(form: Form, index: usize, one: SlotBody, all: Vec<SlotBody>) -> AnyView {
    let choices = form.choices;
    let slug = one.slug.clone();
    let own = slug.clone();
    let path = untrack(|| api::integrations::offers(form.id, &slug, &choices.read()));
    let remote = Remote::<OffersResponse>::at(move || path.clone());
    effect(move || {
        if remote.get().is_some() || remote.failure().is_some() {
            form.pass(index);
        }
    });
    let on_change = Callback::new(move |value: String| {
        choices.update(|choices| {
            choices.remove(&own);
            if !value.is_empty() {
                choices.insert(own.clone(), value);
            }
            forget(&own, &all, choices);
        });
    });
    let shown = move || {
        let Some(offered) = remote.get() else {
            let failure = remote.failure()?;
            return Some(view! {
                <p class="field-error" role="alert">
                    {failure.text()} " "
                    <button class="link" type="button" on:click=click(move |_| remote.refetch())>"Try again"</button>
                </p>
            });
        };
        let chosen = choices.with_untracked(|choices| choices.get(&slug).cloned()).unwrap_or_default();
        let mut options = vec![(String::new(), "Choose …".to_owned())];
        options.extend(offered.offers.iter().map(|offer| (offer.id.clone(), offer.name.clone())));
        Some(select(format!("slot-{slug}"), options, chosen, on_change))
    };
    dynamic(shown).into_any()
}

/// Forgets what was chosen for the slots that depend on `slug`, and for those that depend on them.
fn forget(slug: &str, all: &[SlotBody], choices: &mut Choices) {
    for one in all.iter().filter(|one| one.depends_on.as_deref() == Some(slug)) {
        choices.remove(&one.slug);
        forget(&one.slug, all, choices);
    }
}
