//! What a list shows, as the address holds it and as the API is asked for it. Both use the API's names.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::api::encode;
use crate::components::filter_menu::FilterMenu;
use crate::components::notice::Notice;
use crate::components::picker::Choice;
use crate::components::when::When;
use crate::erased::{click, view};
use crate::navigation::use_navigation;
use crate::routes::Route;
use crate::state::{Memo, Signal, State};

/// One filter.
#[derive(Debug)]
pub struct Filter {
    /// Its name in the address and for the API.
    pub name: &'static str,
    /// The id of its menu.
    pub id: &'static str,
    /// For people.
    pub label: &'static str,
    /// What can be chosen, one at a time; empty where links alone choose it.
    pub values: &'static [(&'static str, &'static str)],
}

/// Everything that the address says about a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The page of the list.
    route: Route,
    /// Its filters.
    filters: &'static [Filter],
    /// The value of each.
    values: Vec<Option<String>>,
    /// Where the page begins.
    pub page: Option<String>,
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Filter {}

impl Query {
    /// Reads the query of the address. What it does not understand counts as not there.
    pub fn current(route: Route, filters: &'static [Filter]) -> Memo<Self> {
        let navigation = use_navigation();
        Memo::new(move |_| Self::parse(route.clone(), filters, &navigation.place().query))
    }

    fn parse(route: Route, filters: &'static [Filter], query: &str) -> Self {
        let Ok(params) = web_sys::UrlSearchParams::new_with_str(query) else {
            return Self { route, filters, values: vec![None; filters.len()], page: None };
        };
        let value = |filter: &Filter| {
            let known = |value: &String| {
                filter.values.is_empty() || filter.values.iter().any(|(slug, _)| slug == value)
            };
            params.get(filter.name).filter(known)
        };
        Self { route, filters, values: filters.iter().map(value).collect(), page: params.get("page_token") }
    }

    /// Tells whether anything narrows the list.
    pub fn is_filtered(&self) -> bool {
        self.values.iter().any(Option::is_some)
    }

    /// Returns the value of one filter.
    pub fn value(&self, index: usize) -> Option<&String> {
        self.values.get(index)?.as_ref()
    }

    /// Returns the same list where another page of it begins.
    pub fn at_page(self, page: Option<String>) -> Self {
        Self { page, ..self }
    }

    /// Returns the address of the list with this query.
    pub fn href(&self) -> String {
        let parts = self.parts();
        let path = self.route.path();
        if parts.is_empty() { path } else { format!("{path}?{}", parts.join("&")) }
    }

    /// Returns what the API is asked, for pages of `limit`.
    pub fn request(&self, limit: u32) -> String {
        let mut parts = self.parts();
        parts.push(format!("limit={limit}"));
        parts.join("&")
    }

    fn parts(&self) -> Vec<String> {
        let filters = self.filters.iter().zip(&self.values);
        let filters = filters.filter_map(|(filter, value)| Some((filter.name, value.as_ref()?)));
        let page = self.page.iter().map(|token| ("page_token", token));
        filters.chain(page).map(|(name, value)| format!("{name}={}", encode(value))).collect()
    }
}

/// Says what a link narrowed a list to, since no menu does; `whole` is where all of it is.
pub fn narrowed(query: &Query, whole: &Route) -> Option<AnyView> {
    let mut chosen = query.filters.iter().zip(&query.values);
    let (word, id) = chosen.find_map(|(filter, value)| {
        let id = value.clone().filter(|_| filter.values.is_empty())?;
        Some((filter.label, id))
    })?;
    Some(view! {
        <p class="bar-note">
            {format!("Only those of {word} {id}. ")} <a href=whole.path()>"Show all"</a>
        </p>
    })
}

/// Says that no row is left; `whole` is where all of them are.
pub fn nothing_matches(text: &'static str, whole: &Route) -> AnyView {
    let href = whole.path();
    view! {
        <Notice title="Nothing matches" text>
            <a class="button" href=href.clone()>"Clear filters"</a>
        </Notice>
    }
}

/// Shows more of a list, where there is more.
pub fn show_more(more: Signal<bool>, pages: State<u32>) -> AnyView {
    let next = move || {
        view! {
            <button class="button small" type="button" on:click=click(move |_| pages.update(|pages| *pages += 1))>
                "Show more"
            </button>
        }
    };
    view! { <When is=more>{next()}</When> }
}

/// The menus of the filters. They only change the address.
pub fn menus(query: Memo<Query>, filters: &'static [Filter]) -> AnyView {
    let shown = filters.iter().enumerate().filter(|(_, filter)| !filter.values.is_empty());
    view! {
        <div class="filters">{shown.map(|(index, filter)| menu(query, index, filter)).collect_view()}</div>
    }
}

fn menu(query: Memo<Query>, index: usize, filter: &'static Filter) -> AnyView {
    let navigation = use_navigation();
    let choices: Vec<Choice> = filter.values.iter().map(|(slug, label)| Choice::new(*slug, *label)).collect();
    let chosen = Memo::new(move |_| {
        let mut chosen = BTreeSet::new();
        chosen.extend(query.read().value(index).cloned());
        chosen
    });
    let on_change = Callback::new(move |chosen: BTreeSet<String>| {
        let mut next = Query { page: None, ..query.get_untracked() };
        next.values[index] = chosen.into_iter().next();
        navigation.push(&next.href());
    });
    view! {
        <FilterMenu
            id=filter.id
            label=filter.label
            choices=Signal::stored(choices)
            chosen
            on_change
            single=true
        />
    }
}
