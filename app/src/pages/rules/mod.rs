//! The access rules: the list, and what can be done to one. Making them is [`new`].

mod deeds;
mod form;
pub mod new;
mod outlook;
mod query;

use std::collections::BTreeSet;
use std::sync::Arc;

use beckon_core::api::rule::{RuleBody, RulesResponse};
use beckon_core::permission::Action;
use leptos::prelude::*;

use self::deeds::Deeds;
use self::query::{FILTERS, Filter, RulesQuery};
use super::set_title;
use crate::api::{self, Failure};
use crate::clock::use_clock;
use crate::components::filter_menu::FilterMenu;
use crate::components::notice::Notice;
use crate::components::picker::Choice;
use crate::components::rules_table::{Deed, RulesTable};
use crate::components::skeleton::Skeleton;
use crate::components::when::When;
use crate::erased::{click, dynamic, view};
use crate::live::use_live;
use crate::memo::Memo;
use crate::navigation::use_navigation;
use crate::remote::Remote;
use crate::routes::Route;
use crate::session::use_session;
use crate::words;

/// The page.
#[component]
pub fn RulesPage() -> impl IntoView {
    set_title("Access rules");
    let (navigation, live, session) = (use_navigation(), use_live(), use_session());
    let query = Memo::new(move |_| RulesQuery::parse(&navigation.place().query));
    let rules = Remote::new(move || {
        live.track();
        Box::pin(api::rules::list(query.with(RulesQuery::request)))
    });
    let may_manage = Signal::derive(move || session.may(Action::ManageRules));
    let asked = RwSignal::new(None::<(Deed, Arc<RuleBody>)>);
    let shape = Memo::new(move |_| match (rules.get(), rules.failure()) {
        (None, None) => Shape::Loading,
        (None, Some(failure)) => Shape::Failed(failure),
        (Some(answer), _) if answer.unwanted_access_rules.is_empty() => Shape::Empty,
        (Some(_), _) => Shape::Content,
    });
    let content = move || match shape.get() {
        Shape::Loading => view! { <Skeleton rows=6/> },
        Shape::Failed(failure) => view! {
            <Notice title="The rules could not be fetched" text=failure.text() alert=true>
                <button class="button" type="button" on:click=click(move |_| rules.refetch())>"Try again"</button>
            </Notice>
        },
        Shape::Empty => view! { <Empty query/> },
        Shape::Content => {
            let on_deed = Callback::new(move |deed| asked.set(Some(deed)));
            view! { <Content rules query may_manage on_deed/> }
        }
    };
    view! {
        <div class="heading">
            <h1>"Access rules"</h1>
            <p class="heading-line">"Logins that a rule covers ask nobody"</p>
            <When is=may_manage>
                <a class="button primary" href=Route::NewRule.path()>"New rule"</a>
            </When>
        </div>
        <div class="filters">
            {FILTERS.iter().enumerate().map(|(index, filter)| menu(query, index, filter)).collect_view()}
        </div>
        {dynamic(content)}
        <Deeds asked rules/>
    }
}

/// What stands where the list would.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    Loading,
    Failed(Failure),
    Empty,
    Content,
}

fn menu(query: Memo<RulesQuery>, index: usize, filter: &'static Filter) -> AnyView {
    let navigation = use_navigation();
    let choices: Vec<Choice> = filter.values.iter().map(|(slug, label)| Choice::new(*slug, *label)).collect();
    let chosen = Memo::new(move |_| {
        let mut chosen = BTreeSet::new();
        chosen.extend(query.read().filters[index].clone());
        chosen
    });
    let on_change = Callback::new(move |chosen: BTreeSet<String>| {
        let mut next = RulesQuery { page: None, ..query.get_untracked() };
        next.filters[index] = chosen.into_iter().next();
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

#[component]
fn Content(
    rules: Remote<RulesResponse>,
    query: Memo<RulesQuery>,
    may_manage: Signal<bool>,
    on_deed: Callback<(Deed, Arc<RuleBody>)>,
) -> impl IntoView {
    let clock = use_clock();
    let shown = Memo::new(move |_| {
        let answer = rules.get().unwrap_or_default();
        answer.unwanted_access_rules.iter().cloned().map(Arc::new).collect::<Vec<_>>()
    });
    let next = move || {
        let page = rules.get()?.pagination.next_page_token.clone()?;
        Some(RulesQuery { page: Some(page), ..query.get() }.href())
    };
    let first = move || {
        let here = query.get();
        here.page.is_some().then(|| RulesQuery { page: None, ..here }.href())
    };
    let number = move || {
        let answer = rules.get().unwrap_or_default();
        let shown = answer.unwanted_access_rules.len() as u64;
        words::count(answer.pagination.total_count.unwrap_or(shown), "rule", "rules")
    };
    view! {
        <RulesTable rules=shown now=clock.now_untracked() may_manage on_deed/>
        <footer class="list-foot">
            <When is=Signal::derive(move || next().is_none() && first().is_none())>{dynamic(number)}</When>
            <nav class="steps-nav" aria-label="Pages of the list">
                {dynamic(move || first().map(|href| view! { <a class="button small" href=href>"First page"</a> }))}
                {dynamic(move || next().map(|href| view! { <a class="button small" href=href>"Next page"</a> }))}
            </nav>
        </footer>
    }
}

#[component]
fn Empty(query: Memo<RulesQuery>) -> impl IntoView {
    dynamic(move || {
        if query.read().is_filtered() {
            view! {
                <Notice title="Nothing matches" text="No rule fits these filters.">
                    <a class="button" href=Route::Rules.path()>"Clear filters"</a>
                </Notice>
            }
        } else {
            view! {
                <Notice
                    title="No rules yet"
                    text="A rule says that logins from a country, through a VPN or from an address are expected or unauthorized. Answering an escalation makes one."
                />
            }
        }
    })
}
