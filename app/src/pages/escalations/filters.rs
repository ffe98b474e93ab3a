//! The tabs, the filters and the search field of the list. All of them only change the address.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use beckon_core::api::Named;
use beckon_core::id::OrganizationId;
use beckon_core::kinds::Kind;
use beckon_core::severity::Severity;
use leptos::html;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

use super::query::{ListQuery, Tab};
use crate::components::filter_menu::FilterMenu;
use crate::components::picker::Choice;
use crate::erased::{change, dynamic, effect, view};
use crate::keyboard;
use crate::memo::Memo;
use crate::navigation::use_navigation;
use crate::session::use_session;
use crate::words;

/// How long typing pauses before the list follows.
const PAUSE: Duration = Duration::from_millis(200);

/// The whole bar.
#[component]
pub fn Filters(
    /// What the address says.
    query: Memo<ListQuery>,
    /// The organizations of the account, by name.
    #[prop(into)]
    organizations: Signal<Option<Arc<Vec<Named<OrganizationId>>>>>,
) -> impl IntoView {
    let severities: Vec<Choice> = [Severity::Critical, Severity::High, Severity::Low]
        .map(|severity| Choice::new(&severity, severity.label()))
        .to_vec();
    let kind = |kind: &Kind| {
        let (group, name) = kind.label();
        Choice { group, ..Choice::new(kind.slug(), name) }
    };
    let kinds: Vec<Choice> = Kind::ALL.iter().map(kind).collect();
    let all = Memo::new(move |_| {
        let organizations = organizations.get();
        let organizations = organizations.iter().flat_map(|all| all.iter());
        organizations.map(|one| Choice::new(&one.id, one.name.clone())).collect::<Vec<_>>()
    });
    view! {
        <div class="filters">
            <Tabs query/>
            <FilterMenu
                id="filter-severity"
                label="Severity"
                choices=Signal::stored(severities)
                chosen=Memo::new(move |_| query.read().severity.clone())
                on_change=narrow(query, |query, chosen| query.severity = chosen)
            />
            <FilterMenu
                id="filter-kind"
                label="Kind"
                choices=Signal::stored(kinds)
                chosen=Memo::new(move |_| query.read().kind.clone())
                on_change=narrow(query, |query, chosen| query.kind = chosen)
            />
            <FilterMenu
                id="filter-organization"
                label="Organization"
                choices=all
                chosen=Memo::new(move |_| query.read().organization.clone())
                on_change=narrow(query, |query, chosen| query.organization = chosen)
            />
            <Search query/>
        </div>
    }
}

/// Makes what takes a menu's choice into the address.
fn narrow(query: Memo<ListQuery>, set: fn(&mut ListQuery, BTreeSet<String>)) -> Callback<BTreeSet<String>> {
    let navigation = use_navigation();
    Callback::new(move |chosen| {
        let mut next = ListQuery { page: None, ..query.get_untracked() };
        set(&mut next, chosen);
        navigation.push(&next.href());
    })
}

#[component]
fn Tabs(query: Memo<ListQuery>) -> impl IntoView {
    let session = use_session();
    let number = move |tab| {
        let counts = session.account()?.counts;
        match tab {
            Tab::Open => Some(counts.open),
            Tab::Overdue => Some(counts.overdue),
            Tab::Resolved => Some(counts.resolved),
            Tab::All => Some(counts.open + counts.resolved),
        }
    };
    let tab = move |tab: Tab| {
        let href = Signal::derive(move || ListQuery { tab, page: None, sort: None, ..query.get() }.href());
        let late =
            Signal::derive(move || tab == Tab::Overdue && number(tab).is_some_and(|number| number > 0));
        view! {
            <a class="tab" class:late=late href=href aria-current=Signal::derive(move || (query.read().tab == tab).then_some("true"))>
                {tab.label()}
                " "
                <span class="tab-count">{dynamic(move || number(tab).map(words::grouped))}</span>
            </a>
        }
    };
    view! {
        <nav class="tabs" aria-label="State">
            {Tab::EVERY.into_iter().map(tab).collect_view()}
        </nav>
    }
}

#[component]
fn Search(query: Memo<ListQuery>) -> impl IntoView {
    let navigation = use_navigation();
    let pause = StoredValue::new(None::<TimeoutHandle>);
    let follow = move |text: String| {
        if let Some(waiting) = pause.get_value() {
            waiting.clear();
        }
        let next = move || {
            let now = query.try_read_untracked().map(|query| (*query).clone()).unwrap_or_default();
            navigation.replace(&ListQuery { search: text, page: None, ..now }.href());
        };
        pause.set_value(set_timeout_with_handle(next, PAUSE).ok());
    };
    on_cleanup(move || {
        if let Some(waiting) = pause.try_get_value().flatten() {
            waiting.clear();
        }
    });
    keyboard::on_key(move |key| {
        if key == "/" {
            keyboard::focus("search");
        }
        key == "/"
    });
    let field = NodeRef::<html::Input>::new();
    effect(move || {
        let searched = query.with(|query| query.search.clone());
        // Not while the field says the same but for a space that somebody is about to type on from.
        if let Some(field) = field.get().filter(|field| field.value().trim() != searched) {
            field.set_value(&searched);
        }
    });
    view! {
        <div class="search">
            <input
                class="input"
                id="search"
                type="search"
                placeholder="Search"
                aria-label="Search"
                autocomplete="off"
                node_ref=field
                on:input=change(move |event| follow(event_target_value(&event).trim().to_owned()))
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        event.prevent_default();
                        keyboard::focus("main");
                    }
                }
            />
            <kbd aria-hidden="true">"/"</kbd>
        </div>
    }
}
