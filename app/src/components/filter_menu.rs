//! A filter behind a button: a native popover with checkboxes.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::when::When;
use crate::erased::{click, dynamic, view};

use super::picker::{Choice, Picker};

/// The button and its menu.
#[component]
pub fn FilterMenu(
    /// Names the menu in the document.
    id: &'static str,
    /// For people.
    label: &'static str,
    /// What can be chosen.
    #[prop(into)]
    choices: Signal<Vec<Choice>>,
    /// What is chosen, by value.
    #[prop(into)]
    chosen: Signal<BTreeSet<String>>,
    /// Takes what is chosen from now on.
    on_change: Callback<BTreeSet<String>>,
    /// Whether only one can be chosen.
    #[prop(optional)]
    single: bool,
) -> impl IntoView {
    let number = move || chosen.with(BTreeSet::len);
    let summary = move || if number() == 0 { label.to_owned() } else { format!("{label}: {}", number()) };
    view! {
        <button class="filter" type="button" popovertarget=id class:on=Signal::derive(move || number() > 0)>
            {dynamic(summary)}
            <svg class="chevron" viewBox="0 0 16 16" aria-hidden="true"><path d="m4.500 6.500 3.500 3.500 3.500-3.500"></path></svg>
        </button>
        <div class="menu" id=id popover="auto" role="dialog" aria-label=label>
            <Picker name=id label=label choices chosen on_change multiple=!single/>
            <When is=Signal::derive(move || number() > 0)>
                <button class="menu-clear" type="button" on:click=click(move |_| on_change.run(BTreeSet::new()))>
                    "Clear"
                </button>
            </When>
        </div>
    }
}
