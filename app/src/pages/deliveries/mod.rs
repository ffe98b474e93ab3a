//! Deliveries: who was told what, by which channel, and whether it arrived; and sending one again.

pub mod outcome;
mod row;

use std::sync::Arc;

use beckon_core::api::delivery::DeliveryBody;
use beckon_core::id::DeliveryId;
use leptos::prelude::*;

use self::row::row;
use super::fetched::fetched;
use super::query::{Filter, Query, menus, narrowed, nothing_matches, show_more};
use crate::api;
use crate::components::confirm::{Confirm, Question};
use crate::components::grid::grid;
use crate::components::notice::Notice;
use crate::doing::Doing;
use crate::erased::{dynamic, keyed, view};
use crate::live::use_live;
use crate::pages::heading;
use crate::remote::Remote;
use crate::routes::Route;
use crate::state::{Memo, Signal, State};

/// How many deliveries are shown at first, and how many more each time.
const PAGE: u32 = 50;

/// The columns of the table.
const COLUMNS: &[&str] = &["To", "About", "State", "Queued", ""];

/// The filters. The last two come with links from escalations and endpoints.
const FILTERS: [Filter; 4] = [
    Filter {
        name: "status",
        id: "filter-status",
        label: "State",
        values: &[
            ("waiting", "Waiting"),
            ("sending", "On its way"),
            ("delivered", "Delivered"),
            ("undelivered", "Not delivered"),
            ("canceled", "Not needed any more"),
        ],
    },
    Filter {
        name: "channel",
        id: "filter-channel",
        label: "Channel",
        values: &[("email", "Email"), ("psa", "PSA"), ("webhook", "Webhook")],
    },
    Filter { name: "escalation_id", id: "escalation", label: "escalation", values: &[] },
    Filter { name: "webhook_id", id: "webhook", label: "webhook", values: &[] },
];

/// The list as it is now. Copies are the same list.
#[derive(Clone, Copy)]
struct List {
    deliveries: Remote<(Vec<DeliveryBody>, bool)>,
    opened: State<Option<DeliveryId>>,
    asked: State<Option<Question>>,
    doing: Doing,
}

/// The page.
#[component]
pub fn DeliveriesPage() -> impl IntoView {
    let live = use_live();
    let query = Query::current(Route::Deliveries, &FILTERS);
    let pages = State::new(1);
    let deliveries = Remote::new(move || {
        live.track();
        Box::pin(api::deliveries::list(query.read().request(PAGE), pages.get()))
    });
    let list = List { deliveries, opened: State::new(None), asked: State::new(None), doing: Doing::new() };
    view! {
        {heading("Deliveries", "Who was told, and whether it arrived")}
        {menus(query, &FILTERS)}
        {dynamic(move || narrowed(&query.read(), &Route::Deliveries))}
        {fetched(deliveries, "deliveries", move || content(list, query, pages))}
        <Confirm asked=list.asked on_cancel=Callback::new(move |()| list.asked.set(None)) doing=list.doing/>
    }
}

fn content(list: List, query: Memo<Query>, pages: State<u32>) -> AnyView {
    let shown = Memo::new(move |_| {
        list.deliveries.get().map(|all| all.0.iter().cloned().map(Arc::new).collect::<Vec<_>>())
    });
    let more = Signal::derive(move || list.deliveries.get().is_some_and(|all| all.1));
    let table = move || {
        let rows = keyed(
            move || shown.get().unwrap_or_default(),
            |one| format!("{} {} {} {:?}", one.id, one.status, one.attempts, one.next_attempt_at),
            move |one| row(&one, list),
        );
        view! {
            {grid("deliveries", "Deliveries", COLUMNS, vec![rows])}
            <footer class="list-foot">{show_more(more, pages)}</footer>
        }
    };
    let none = Memo::new(move |_| shown.read().as_ref().as_ref().is_none_or(Vec::is_empty));
    dynamic(move || if none.get() { empty(query.read().is_filtered()) } else { table() }).into_any()
}

fn empty(filtered: bool) -> AnyView {
    if filtered {
        nothing_matches("No delivery fits these filters.", &Route::Deliveries)
    } else {
        view! {
            <Notice
                title="Nobody was told anything yet"
                text="Each message that leaves Beckon is listed here, with every attempt to deliver it."
            />
        }
    }
}
