//! Activity: what was done in the account and by whom, newest first.

use beckon_core::api::activity::ActivityBody;
use leptos::prelude::*;

use super::fetched::fetched;
use super::query::{Filter, Query, menus, narrowed, nothing_matches, show_more};
use crate::api;
use crate::components::grid::{grid, grid_row};
use crate::components::notice::Notice;
use crate::erased::{dynamic, keyed, view};
use crate::live::use_live;
use crate::pages::heading;
use crate::remote::Remote;
use crate::routes::Route;
use crate::state::{Memo, Signal, State};
use crate::words::dates;

/// How many events are shown at first, and how many more each time.
const PAGE: u32 = 50;

const COLUMNS: &[&str] = &["What", "Who", "When", "About"];

/// The filters. The last two come with links.
const FILTERS: [Filter; 3] = [
    Filter {
        name: "event",
        id: "filter-event",
        label: "What",
        values: &[
            ("configured", "Settings, members and keys"),
            ("rule_made", "Rules that were made"),
            ("rule_changed", "Rules that were changed"),
            ("rule_deleted", "Rules that were deleted"),
            ("answered", "Answers"),
            ("commented", "Comments"),
            ("raised", "Questions that were raised"),
            ("resolved", "Questions that were resolved"),
            ("withdrawn", "Questions that were withdrawn"),
            ("became_overdue", "Questions that became overdue"),
            ("reminded", "Reminders"),
            ("remedy_ordered", "Remedies that were ordered"),
        ],
    },
    Filter { name: "user_id", id: "person", label: "person", values: &[] },
    Filter { name: "escalation_id", id: "escalation", label: "escalation", values: &[] },
];

/// The page.
#[component]
pub fn ActivityPage() -> impl IntoView {
    let live = use_live();
    let query = Query::current(Route::Activity, &FILTERS);
    let pages = State::new(1);
    let events = Remote::new(move || {
        live.track();
        Box::pin(api::activity::list(query.read().request(PAGE), pages.get()))
    });
    view! {
        {heading("Activity", "What was done in this account, and by whom. Nothing in it can be changed afterwards")}
        {menus(query, &FILTERS)}
        {dynamic(move || narrowed(&query.read(), &Route::Activity))}
        {fetched(events, "activity", move || content(events, query, pages))}
    }
}

fn content(events: Remote<(Vec<ActivityBody>, bool)>, query: Memo<Query>, pages: State<u32>) -> AnyView {
    let more = Signal::derive(move || events.get().is_some_and(|all| all.1));
    let table = move || {
        let rows = keyed(
            move || events.get().map(|all| all.0.clone()).unwrap_or_default(),
            |one| one.entry.seq.to_string(),
            |one| row(&one),
        );
        view! {
            {grid("activity", "Activity", COLUMNS, vec![rows])}
            <footer class="list-foot">{show_more(more, pages)}</footer>
        }
    };
    let none = Memo::new(move |_| events.get().is_none_or(|all| all.0.is_empty()));
    dynamic(move || if none.get() { empty(query.read().is_filtered()) } else { table() }).into_any()
}

fn row(one: &ActivityBody) -> AnyView {
    let entry = &one.entry;
    let about = one.escalation_id.map(|id| {
        view! { <a href=Route::Escalation(id).path()>{format!("Escalation {id}")}</a> }
    });
    let cells = vec![
        view! {
            <div class="breakable">{entry.text.clone()}</div>
            {entry.note.clone().map(|note| view! { <div class="quote">{note}</div> })}
        },
        view! { <span class="breakable">{entry.by.name().to_owned()}</span> },
        dates::moment(entry.at).into_any(),
        about.unwrap_or_else(|| view! { <span class="quiet">"The account"</span> }),
    ];
    grid_row(COLUMNS, cells)
}

fn empty(filtered: bool) -> AnyView {
    if filtered {
        nothing_matches("Nothing that was done fits these filters.", &Route::Activity)
    } else {
        view! {
            <Notice
                title="Nothing was done yet"
                text="Questions, answers, rules, settings, members and keys leave a line here whenever something is done with them."
            />
        }
    }
}
