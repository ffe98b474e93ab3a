//! The table of escalations with its sortable head, and the steps from page to page below it.

use std::sync::Arc;

use beckon_core::api::escalation::{EscalationBody, EscalationsResponse};
use beckon_core::permission::Action;
use leptos::prelude::*;

use super::memory::use_list_memory;
use super::query::{ListQuery, PAGE, SortField, Tab};
use super::row::{EscalationRow, Look};
use super::traces::Traces;
use crate::components::flow_indicator::FlowIndicator;
use crate::erased::{dynamic, keyed, view};
use crate::live::use_live;
use crate::memo::Memo;
use crate::session::use_session;
use crate::words;

/// The table.
#[component]
pub fn EscalationList(
    /// What is shown, and when it was asked for.
    #[prop(into)]
    answer: Signal<Arc<EscalationsResponse>>,
    /// What the address says.
    query: Memo<ListQuery>,
) -> impl IntoView {
    let session = use_session();
    let may_answer = Signal::derive(move || session.may(Action::Answer));
    let traces = Traces::new();
    // What was shown before, and what the address said then.
    let known = StoredValue::new((String::new(), Arc::<EscalationsResponse>::default()));
    let rows = move || {
        let answer = answer.get();
        let asked = query.with_untracked(ListQuery::request);
        let (before, seen) = known.get_value();
        let again = before == asked;
        if !again {
            traces.clear();
        } else if !Arc::ptr_eq(&seen, &answer) {
            traces.follow(&seen, &answer);
        }
        known.set_value((asked, answer.clone()));
        let with_look = |(is_trace, one): (bool, EscalationBody)| {
            let look = match (is_trace, seen.escalations.iter().any(|other| other.id == one.id)) {
                (true, _) => Look::Leaving,
                (false, false) if again => Look::Fresh,
                (false, _) => Look::Plain,
            };
            (look, one)
        };
        traces.among(&answer).into_iter().map(with_look).collect::<Vec<_>>()
    };
    let last = Memo::new(move |_| if query.read().tab == Tab::Resolved { "Answer" } else { "State" });
    view! {
        <div class="table-frame">
            <table class="table escalations">
                <caption class="unseen">"Escalations"</caption>
                <thead>
                    <tr>
                        <Column query field=SortField::Severity label="Severity"/>
                        <th scope="col">"What happened"</th>
                        <th scope="col">"Organization"</th>
                        <th scope="col">"About"</th>
                        <Column query field=SortField::Due label="Time to answer"/>
                        <th scope="col">{last}</th>
                    </tr>
                </thead>
                <tbody>
                    {keyed(
                        rows,
                        |(_, one)| format!("{} {} {}", one.id, one.revision, one.overdue),
                        move |(look, escalation)| view! { <EscalationRow escalation look may_answer/> },
                    )}
                </tbody>
            </table>
        </div>
        <Footer answer query/>
    }
}

/// A head that sorts by its column; again, the other way round.
#[component]
fn Column(query: Memo<ListQuery>, field: SortField, label: &'static str) -> impl IntoView {
    let sorted = move || {
        let (own, descending) = query.read().sorting();
        (own == field).then_some(descending)
    };
    let order = Signal::derive(move || {
        sorted().map(|descending| if descending { "descending" } else { "ascending" })
    });
    let href = Signal::derive(move || {
        let descending = sorted().map_or(field != SortField::Due, |descending| !descending);
        ListQuery { sort: Some((field, descending)), page: None, ..query.get() }.href()
    });
    view! {
        <th scope="col" aria-sort=order>
            <a class="sort" href=href>
                {label}
                <span aria-hidden="true">
                    {dynamic(move || match sorted() {
                        None => "",
                        Some(true) => " ↓",
                        Some(false) => " ↑",
                    })}
                </span>
            </a>
        </th>
    }
}

#[component]
fn Footer(#[prop(into)] answer: Signal<Arc<EscalationsResponse>>, query: Memo<ListQuery>) -> impl IntoView {
    let live = use_live();
    let memory = use_list_memory();
    let from = move || query.read().page.as_ref().map_or(0, |(_, from)| *from);
    let range = move || {
        let answer = answer.get();
        let shown = answer.escalations.len() as u64;
        let total = answer.pagination.total_count.unwrap_or(from() + shown).max(from() + shown);
        if total == shown {
            words::count(total, "escalation", "escalations")
        } else {
            let (first, last) = (words::grouped(from() + 1), words::grouped(from() + shown));
            let cut = if total >= 10_000 { "more than " } else { "" };
            format!("{first}–{last} of {cut}{}", words::grouped(total))
        }
    };
    let next = move || {
        let token = answer.get().pagination.next_page_token.clone()?;
        let here = query.get();
        let href = ListQuery { page: Some((token, from() + PAGE as u64)), ..here.clone() }.href();
        memory.follows(href.clone(), here.href());
        Some(href)
    };
    let before = move || {
        let here = query.get();
        let (_, from) = here.page.as_ref()?;
        let known = memory.before(&here.href());
        let first = known.is_none() && *from > PAGE as u64;
        let href = known.unwrap_or_else(|| ListQuery { page: None, ..here.clone() }.href());
        Some((href, if first { "First page" } else { "Previous page" }))
    };
    view! {
        <footer class="list-foot">
            <span>{dynamic(range)}</span>
            <FlowIndicator flow=Signal::derive(move || live.flow())/>
            <nav class="steps-nav" aria-label="Pages of the list">
                {dynamic(move || before().map(|(href, label)| view! { <a class="button small" href=href>{label}</a> }))}
                {dynamic(move || next().map(|href| view! { <a class="button small" href=href>"Next page"</a> }))}
            </nav>
        </footer>
    }
}
