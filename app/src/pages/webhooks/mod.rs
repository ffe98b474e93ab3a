//! Webhooks: which endpoints hear of what, how they do, and what can be done to one.

mod form;
mod row;

use beckon_core::api::delivery::DeliveryBody;
use beckon_core::api::webhook::WebhooksResponse;
use beckon_core::permission::Action;
use beckon_core::webhook::MAX_WEBHOOKS;
use leptos::prelude::*;

use self::form::{Draft, editor};
use self::row::row;
use super::deliveries::outcome::outcome;
use super::fetched::fetched;
use crate::api;
use crate::components::confirm::{Confirm, Question};
use crate::components::notice::Notice;
use crate::components::secret::secret;
use crate::components::when::When;
use crate::doing::Doing;
use crate::erased::{click, dynamic, keyed, view};
use crate::live::use_live;
use crate::pages::{heading, who_may_change};
use crate::remote::Remote;
use crate::session::use_session;
use crate::state::{Memo, Signal, State};
use crate::words;

/// What the secret is for.
const ABOUT_SECRET: &str = "Copy it now: it is shown this once. With it your system checks the signature of each request (Standard Webhooks).";

/// The endpoints as they are, and what is being done to them. Copies are the same endpoints.
#[derive(Clone, Copy)]
struct Endpoints {
    remote: Remote<WebhooksResponse>,
    may_change: Signal<bool>,
    /// What is being written; none while the form is closed.
    draft: State<Option<Draft>>,
    /// The secret that was just made.
    secret: State<Option<String>>,
    asked: State<Option<Question>>,
    doing: Doing,
    /// The endpoint that was tried last, and what was queued.
    tested: State<Vec<DeliveryBody>>,
}

/// The page.
#[component]
pub fn WebhooksPage() -> impl IntoView {
    let (live, session) = (use_live(), use_session());
    let endpoints = Endpoints {
        remote: Remote::at(move || {
            live.track();
            api::webhooks::ALL.to_owned()
        }),
        may_change: Signal::derive(move || session.may(Action::Configure)),
        draft: State::new(None),
        secret: State::new(None),
        asked: State::new(None),
        doing: Doing::new(),
        tested: State::new(Vec::new()),
    };
    view! {
        {heading("Webhooks", "Signed requests that tell your own systems what happens")}
        {who_may_change()}
        {fetched(endpoints.remote, "webhooks", move || content(endpoints))}
        <Confirm asked=endpoints.asked on_cancel=Callback::new(move |()| endpoints.asked.set(None)) doing=endpoints.doing/>
        {secret("The endpoint’s secret", ABOUT_SECRET, endpoints.secret)}
        {editor(endpoints)}
    }
}

fn content(endpoints: Endpoints) -> AnyView {
    let ids = Memo::new(move |_| {
        let all = endpoints.remote.get();
        all.iter().flat_map(|all| &all.webhooks).map(|one| one.id).collect::<Vec<_>>()
    });
    let number = Memo::new(move |_| ids.read().len());
    let may_add = Signal::derive(move || endpoints.may_change.get() && number.get() < MAX_WEBHOOKS);
    let add = move || {
        view! {
            <button class="button primary" type="button" on:click=click(move |_| endpoints.draft.set(Some(Draft::default())))>
                "Add an endpoint"
            </button>
        }
    };
    let full = move || format!("{} of {MAX_WEBHOOKS} endpoints", words::grouped(number.get() as u64));
    // Where a dialog is open, it says itself what went wrong.
    let complaint = move || view! { <When is=Signal::derive(move || endpoints.asked.with(Option::is_none))>{endpoints.doing.complaint()}</When> };
    let shown = move || {
        if number.get() == 0 {
            return view! {
                <Notice
                    title="No endpoints yet"
                    text="Beckon can tell your own systems when a question is raised, overdue, answered or closed, when an incident is suspected, and when a remedy is ordered."
                >
                    <When is=may_add>{add()}</When>
                </Notice>
            };
        }
        let list = keyed(move || ids.get(), ToString::to_string, move |id| row(id, endpoints));
        view! {
            {complaint()}
            {outcome(endpoints.tested)}
            <ul class="tiles">{list}</ul>
            <footer class="list-foot">
                <span>{dynamic(full)}</span>
                <div class="steps-nav"><When is=may_add>{add()}</When></div>
            </footer>
        }
    };
    dynamic(shown).into_any()
}
