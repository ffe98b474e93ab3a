//! Embeds: which panels the account shows in portals, and what can be done to one.

mod code;
pub mod edit;
mod form;
mod preview;

use beckon_core::api::embed::{EmbedBody, EmbedsResponse};
use beckon_core::embed::MOST;
use beckon_core::permission::Action;
use leptos::prelude::*;

use super::fetched::fetched;
use crate::api;
use crate::clock::use_clock;
use crate::components::confirm::{Confirm, Question};
use crate::components::notice::Notice;
use crate::components::when::When;
use crate::doing::Doing;
use crate::erased::{click, dynamic, keyed, view};
use crate::live::use_live;
use crate::pages::{heading, who_may_change};
use crate::remote::Remote;
use crate::routes::Route;
use crate::session::use_session;
use crate::state::{Memo, Signal, State};
use crate::words::{self, times};

/// The embeds as they are, and what is being done to them. Copies are the same embeds.
#[derive(Clone, Copy)]
struct Embeds {
    remote: Remote<EmbedsResponse>,
    may_change: Signal<bool>,
    asked: State<Option<Question>>,
    doing: Doing,
}

/// The page.
#[component]
pub fn EmbedsPage() -> impl IntoView {
    let (live, session) = (use_live(), use_session());
    let embeds = Embeds {
        remote: Remote::at(move || {
            live.track();
            api::embeds::ALL.to_owned()
        }),
        may_change: Signal::derive(move || session.may(Action::Configure)),
        asked: State::new(None),
        doing: Doing::new(),
    };
    view! {
        {heading("Embeds", "Questions inside a portal of your own, or a partner’s")}
        {who_may_change()}
        {fetched(embeds.remote, "embeds", move || content(embeds))}
        <Confirm asked=embeds.asked on_cancel=Callback::new(move |()| embeds.asked.set(None)) doing=embeds.doing/>
    }
}

fn content(embeds: Embeds) -> AnyView {
    let number = Memo::new(move |_| embeds.remote.get().map_or(0, |all| all.embeds.len()));
    let may_add = Signal::derive(move || embeds.may_change.get() && number.get() < MOST);
    let add = move || {
        view! { <a class="button primary" href=Route::NewEmbed.path()>"Add an embed"</a> }
    };
    let shown = move || {
        if number.get() == 0 {
            return view! {
                <Notice
                    title="No embeds yet"
                    text="People who work in another portal all day can see and answer questions there. You choose on which pages, for whom, and up to which severity."
                >
                    <When is=may_add>{add()}</When>
                </Notice>
            };
        }
        let list = keyed(
            move || embeds.remote.get().map(|all| all.embeds.clone()).unwrap_or_default(),
            |one| format!("{one:?}"),
            move |one| row(&one, embeds),
        );
        let full = move || format!("{} of {MOST} embeds", words::grouped(number.get() as u64));
        view! {
            <ul class="tiles">{list}</ul>
            <footer class="list-foot">
                <span>{dynamic(full)}</span>
                <div class="steps-nav"><When is=may_add>{add()}</When></div>
            </footer>
        }
    };
    dynamic(shown).into_any()
}

fn row(one: &EmbedBody, embeds: Embeds) -> AnyView {
    let clock = use_clock();
    let last = one.last_launched_at;
    let launched = move || match last {
        Some(at) => format!("Last opened {}", times::ago(at, clock.now())),
        None => "Never opened".to_owned(),
    };
    let (deleted, path) = (one.clone(), Route::Embed(one.public_id.clone()).path());
    let name = format!(": {}", one.name);
    let title = {
        let (path, name) = (path.clone(), one.name.clone());
        move || {
            if embeds.may_change.get() {
                view! { <a href=path.clone()>{name.clone()}</a> }.into_any()
            } else {
                name.clone().into_any()
            }
        }
    };
    view! {
        <li class="card part">
            <h2 class="card-title">
                {dynamic(title)}
            </h2>
            <p>{form::what(one)}</p>
            <p class="code quiet breakable">{one.origins.join(" · ")}</p>
            <p class="quiet">{dynamic(launched)}</p>
            <When is=embeds.may_change>
                <div class="links">
                    <a href=path.clone()>
                        "Change, preview, code"
                        <span class="unseen">{name.clone()}</span>
                    </a>
                    <button class="link" type="button" on:click={
                        let deleted = deleted.clone();
                        click(move |_| ask_to_delete(&deleted, embeds))
                    }>
                        "Delete"
                        <span class="unseen">{name.clone()}</span>
                    </button>
                </div>
            </When>
        </li>
    }
}

fn ask_to_delete(one: &EmbedBody, embeds: Embeds) {
    let id = one.public_id.clone();
    let does = Callback::new(move |()| {
        embeds.doing.send(api::embeds::delete(&id), move |_| {
            embeds.asked.set(None);
            embeds.remote.refetch();
            Ok("Deleted".to_owned())
        });
    });
    embeds.asked.set(Some(Question {
        title: format!("Delete “{}”?", one.name),
        lines: vec![
            "Panels of it that are open end at once, and no page can open another".to_owned(),
            "An embed that is added later has another address: the portal has to be changed then".to_owned(),
        ],
        word: None,
        button: "Delete the embed".to_owned(),
        does,
    }));
}
