//! Chooses among many: a search field over a short list of checkboxes or radios.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::when::When;
use crate::erased::{change, dynamic, keyed, view, written};
use crate::memo::Memo;
use crate::words::lower;

/// The most options that are shown at once; searching finds the others.
const SHOWN: usize = 40;

/// The number of options from which on there is a search field.
const SEARCHABLE: usize = 9;

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Names it for the page.
    pub value: String,
    /// Names it for people.
    pub label: String,
    /// Stands beside the label.
    pub hint: String,
    /// Stands above it and those that follow with the same; nothing where there are no groups.
    pub group: &'static str,
}

impl Choice {
    /// A choice without a hint.
    pub fn new(value: &(impl ToString + ?Sized), label: impl Into<String>) -> Self {
        Self { value: value.to_string(), label: label.into(), hint: String::new(), group: "" }
    }

    fn matches(&self, needle: &str) -> bool {
        [self.label.as_str(), &self.hint, self.group].iter().any(|text| lower(text).contains(needle))
    }
}

/// The field and the list. What is chosen stands first.
#[component]
pub fn Picker(
    /// Names the group in the document.
    name: &'static str,
    /// Names it for people.
    label: &'static str,
    /// All there is to choose from.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// What is chosen, by value.
    #[prop(into)]
    chosen: Signal<BTreeSet<String>>,
    /// Takes what is chosen from now on.
    on_change: Callback<BTreeSet<String>>,
    /// Whether several can be chosen.
    #[prop(optional)]
    multiple: bool,
) -> impl IntoView {
    let needle = RwSignal::new(String::new());
    // What was chosen when the list was made stands first, and does not jump while somebody ticks.
    let first = chosen.get_untracked();
    let found = Memo::new(move |_| {
        let needle = lower(needle.read().trim());
        let choices = choices.read();
        let found = choices.iter().filter(|choice| choice.matches(&needle)).cloned();
        // What is grouped stays where it is, and only the first of a group says so.
        let (mut found, rest): (Vec<_>, Vec<_>) =
            found.partition(|choice| !choice.group.is_empty() || first.contains(&choice.value));
        found.extend(rest);
        let mut last = "";
        for choice in &mut found {
            choice.group = if choice.group == last { "" } else { choice.group };
            last = if choice.group.is_empty() { last } else { choice.group };
        }
        found
    });
    let toggle = move |value: &str| {
        let mut next = if multiple { chosen.get_untracked() } else { BTreeSet::new() };
        if !next.remove(value) {
            next.insert(value.to_owned());
        }
        on_change.run(next);
    };
    let searchable = move || choices.with(Vec::len) >= SEARCHABLE;
    let hidden = move || found.with(Vec::len).saturating_sub(SHOWN);
    let kind = if multiple { "checkbox" } else { "radio" };
    view! {
        <div class="picker">
            <When is=Signal::derive(searchable)>
                <input
                    class="input"
                    type="search"
                    placeholder="Search"
                    aria-label=format!("Search: {label}")
                    prop:value=needle
                    on:input=written(needle)
                />
            </When>
            <fieldset class="picker-list">
                <legend class="unseen">{label}</legend>
                {keyed(
                    move || found.get().into_iter().take(SHOWN).collect(),
                    |choice| format!("{} {}", choice.group, choice.value),
                    move |choice| {
                        let (own, changed) = (choice.value.clone(), choice.value.clone());
                        let group = choice.group;
                        view! {
                            {(!group.is_empty()).then(|| view! { <p class="picker-group">{group}</p> })}
                            <label class="picker-option">
                                <input
                                    type=kind
                                    name=name
                                    prop:checked=Signal::derive(move || chosen.with(|chosen| chosen.contains(&own)))
                                    on:change=change(move |_| toggle(&changed))
                                />
                                <span>{choice.label}</span>
                                {(!choice.hint.is_empty())
                                    .then(|| view! { <span class="picker-hint">{choice.hint}</span> })}
                            </label>
                        }
                    },
                )}
            </fieldset>
            <When is=Signal::derive(move || hidden() > 0)>
                <p class="picker-more">
                    {dynamic(move || format!("{} more: search to find them", hidden()))}
                </p>
            </When>
            <When is=Signal::derive(move || found.with(Vec::is_empty) && !choices.with(Vec::is_empty))>
                <p class="picker-more">"Nothing matches."</p>
            </When>
        </div>
    }
}
