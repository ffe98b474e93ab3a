//! The list of escalations: what waits, who answered what. The address holds every filter, the sorting and the page.

mod filters;
mod list;
pub mod memory;
mod query;
mod row;
mod traces;

use leptos::prelude::*;

use self::filters::Filters;
use self::list::EscalationList;
use self::memory::use_list_memory;
use self::query::{ListQuery, Tab};
use super::set_title;
use crate::api::{self, Failure};
use crate::clock::use_clock;
use crate::components::notice::Notice;
use crate::components::skeleton::Skeleton;
use crate::erased::{click, dynamic, effect, view};
use crate::keyboard;
use crate::live::use_live;
use crate::memo::Memo;
use crate::navigation::use_navigation;
use crate::remote::Remote;
use crate::session::use_session;
use crate::words::{self, times};

/// The page.
#[component]
pub fn EscalationsPage() -> impl IntoView {
    set_title("Escalations");
    let (navigation, live, memory) = (use_navigation(), use_live(), use_list_memory());
    let query = Memo::new(move |_| ListQuery::parse(&navigation.place().query));
    let remembered = memory.recall(&query.with_untracked(ListQuery::request));
    let list = Remote::starting_with(remembered, move || {
        live.track();
        let request = query.with(ListQuery::request);
        Box::pin(api::escalations::list(request))
    });
    let organizations = Remote::new(|| Box::pin(api::people::organizations()));
    effect(move || {
        if let Some(answer) = list.get() {
            memory.keep(&query.with_untracked(ListQuery::request), &answer);
        }
    });
    keyboard::on_key(move |key| {
        match key {
            "j" => keyboard::focus_next(".row-link", 1),
            "k" => keyboard::focus_next(".row-link", -1),
            _ => return false,
        }
        true
    });
    let shape = Memo::new(move |_| match (list.get(), list.failure()) {
        (None, None) => Shape::Loading,
        (None, Some(failure)) => Shape::Failed(failure),
        (Some(answer), _) if answer.escalations.is_empty() => Shape::Empty,
        (Some(_), _) => Shape::Content,
    });
    let content = move || match shape.get() {
        Shape::Loading => view! { <Skeleton rows=7/> },
        Shape::Failed(failure) => view! {
            <Notice title="The list could not be fetched" text=failure.text() alert=true>
                <button class="button" type="button" on:click=click(move |_| list.refetch())>"Try again"</button>
            </Notice>
        },
        Shape::Empty => view! { <Empty query/> },
        Shape::Content => {
            let answer = Signal::derive(move || list.get().unwrap_or_default());
            view! { <EscalationList answer query/> }
        }
    };
    let stale = move || list.failure().filter(|_| list.get_untracked().is_some());
    view! {
        <Heading/>
        <Filters query organizations=Signal::derive(move || organizations.get())/>
        <div role="status">
            {dynamic(move || {
                stale()
                    .map(|failure| {
                        view! {
                            <p class="bar-note">
                                {failure.text()} " "
                                <button class="link" type="button" on:click=click(move |_| list.refetch())>
                                    "Try again"
                                </button>
                            </p>
                        }
                    })
            })}
        </div>
        {dynamic(content)}
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

#[component]
fn Heading() -> impl IntoView {
    let session = use_session();
    // Those whose answer is under way are open too, but wait for nobody.
    let open = move || match session.account()?.counts.open {
        0 => Some("Nothing waits".to_owned()),
        open => Some(format!("{} open", words::grouped(open))),
    };
    let overdue =
        move || session.account().map(|account| account.counts.overdue).filter(|number| *number > 0);
    view! {
        <div class="heading">
            <h1>"Escalations"</h1>
            <p class="heading-line">
                {dynamic(open)}
                {dynamic(move || {
                    overdue()
                        .map(|number| {
                            view! {
                                " · "
                                <strong class="late">{words::grouped(number)} " overdue"</strong>
                            }
                        })
                })}
            </p>
        </div>
    }
}

/// Nothing there, or nothing that the filters leave.
#[component]
fn Empty(query: Memo<ListQuery>) -> impl IntoView {
    let (session, clock) = (use_session(), use_clock());
    dynamic(move || {
        let now = query.get();
        if now.is_filtered() {
            let href = ListQuery { tab: now.tab, ..ListQuery::default() }.href();
            return view! {
                <Notice title="Nothing matches" text="No escalation fits these filters.">
                    <a class="button" href=href>"Clear filters"</a>
                </Notice>
            };
        }
        let last = session.account().and_then(|account| account.last_answered_at);
        let text = match (now.tab, last) {
            (Tab::Resolved, _) => "Nobody has answered anything yet.".to_owned(),
            (_, Some(at)) => {
                format!("The last question was answered {}.", times::ago(at, clock.now_untracked()))
            }
            (_, None) => {
                "When we need a decision from you, it appears here, and the account admins get a message."
                    .to_owned()
            }
        };
        let title = match now.tab {
            Tab::Open => "Nothing waits for you",
            Tab::Overdue => "Nothing is overdue",
            Tab::Resolved | Tab::All => "Nothing here yet",
        };
        view! { <Notice title text/> }
    })
}
