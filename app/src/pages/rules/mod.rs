//! The access rules: the list, and what can be done to one. Making them is [`new`].

mod deeds;
mod form;
pub mod new;
mod outlook;

use std::sync::Arc;

use beckon_core::api::rule::{RuleBody, RulesResponse};
use beckon_core::permission::Action;
use leptos::prelude::*;

use self::deeds::Deeds;
use super::fetched::fetched;
use super::query::{Filter, Query, menus, nothing_matches};
use super::set_title;
use crate::api;
use crate::clock::use_clock;
use crate::components::notice::Notice;
use crate::components::rules_table::{Deed, RulesTable};
use crate::components::when::When;
use crate::erased::{dynamic, view};
use crate::live::use_live;
use crate::remote::Remote;
use crate::routes::Route;
use crate::session::use_session;
use crate::state::{Memo, Signal, State};
use crate::words;

/// The page.
#[component]
pub fn RulesPage() -> impl IntoView {
    set_title("Access rules");
    let (live, session) = (use_live(), use_session());
    let query = Query::current(Route::Rules, &FILTERS);
    let rules = Remote::<RulesResponse>::at(move || {
        live.track();
        api::rules::list(&query.read().request(PAGE))
    });
    let may_manage = Signal::derive(move || session.may(Action::ManageRules));
    let asked = State::new(None::<(Deed, Arc<RuleBody>)>);
    let content = move || {
        let empty =
            Memo::new(move |_| rules.get().is_none_or(|answer| answer.unwanted_access_rules.is_empty()));
        let on_deed = Callback::new(move |deed| asked.set(Some(deed)));
        let shown = move || {
            if empty.get() {
                view! { <Empty query/> }
            } else {
                view! { <Content rules query may_manage on_deed/> }
            }
        };
        dynamic(shown).into_any()
    };
    view! {
        <div class="heading">
            <h1>"Access rules"</h1>
            <p class="heading-line">"Logins that a rule covers ask nobody"</p>
            <When is=may_manage>
                <a class="button primary" href=Route::NewRule.path()>"New rule"</a>
            </When>
        </div>
        {menus(query, &FILTERS)}
        {fetched(rules, "rules", content)}
        <Deeds asked rules/>
    }
}

/// How many rules one page shows.
const PAGE: u32 = 50;

/// The filters, each with its values by slug and for people.
const FILTERS: [Filter; 4] = [
    Filter {
        name: "status",
        id: "filter-status",
        label: "Status",
        values: &[("active", "Active"), ("scheduled", "Scheduled"), ("expired", "Expired")],
    },
    Filter {
        name: "type",
        id: "filter-type",
        label: "Determination",
        values: &[("expected", "Expected"), ("unauthorized", "Unauthorized")],
    },
    Filter {
        name: "scope",
        id: "filter-scope",
        label: "Applied to",
        values: &[("account", "Whole account"), ("organization", "Organization"), ("identity", "Person")],
    },
    Filter {
        name: "category",
        id: "filter-category",
        label: "About",
        values: &[("country", "Country"), ("vpn", "VPN"), ("ip_address", "IP address")],
    },
];

#[component]
fn Content(
    rules: Remote<RulesResponse>,
    query: Memo<Query>,
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
        Some(query.get().at_page(Some(page)).href())
    };
    let first = move || {
        let here = query.get();
        here.page.is_some().then(|| here.at_page(None).href())
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
fn Empty(query: Memo<Query>) -> impl IntoView {
    dynamic(move || {
        if query.read().is_filtered() {
            nothing_matches("No rule fits these filters.", &Route::Rules)
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
