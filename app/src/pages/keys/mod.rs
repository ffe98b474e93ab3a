//! API keys: which there are, who uses them, and making, rotating and ending one.

mod form;
mod row;

use beckon_core::api::access::{KeyBody, KeysResponse};
use beckon_core::key::MOST;
use beckon_core::permission::Action;
use leptos::prelude::*;

use self::form::{maker, rotator};
use self::row::row;
use super::fetched::fetched;
use crate::api;
use crate::components::confirm::{Confirm, Question};
use crate::components::grid::grid;
use crate::components::notice::Notice;
use crate::components::secret::secret;
use crate::components::when::When;
use crate::doing::Doing;
use crate::erased::{click, dynamic, keyed, view};
use crate::pages::heading;
use crate::remote::Remote;
use crate::session::use_session;
use crate::state::{Memo, Signal, State};
use crate::words;

const COLUMNS: &[&str] = &["Key", "Whose", "Allows", "Used", "Ends", ""];

const ABOUT_SECRET: &str = "Copy it now: it is shown this once. Both parts together are what HTTP Basic takes, as in curl -u key:secret. Keep it where nobody else reads it.";

/// The keys as they are, and what is being done to them. Copies are the same keys.
#[derive(Clone, Copy)]
struct Keys {
    remote: Remote<KeysResponse>,
    /// Whether one is being made.
    making: State<bool>,
    /// The one that is being rotated.
    rotating: State<Option<KeyBody>>,
    /// What was just made.
    secret: State<Option<String>>,
    asked: State<Option<Question>>,
    doing: Doing,
}

/// The page.
#[component]
pub fn KeysPage() -> impl IntoView {
    let session = use_session();
    let known = Memo::new(move |_| session.me().map(|_| session.may(Action::ManageKeys)));
    let shown = move || match known.get() {
        None => view! { <p class="quiet" role="status">"Loading…"</p> },
        Some(true) => keys(),
        Some(false) => {
            view! {
                <Notice
                    title="Keys are for account admins"
                    text="Whoever has a key acts as its owner. Ask an account admin if a script of yours needs one."
                />
            }
        }
    };
    view! {
        {heading("API keys", "For scripts and systems that use Beckon’s API on somebody’s behalf")}
        {dynamic(shown)}
    }
}

fn keys() -> AnyView {
    let keys = Keys {
        remote: Remote::at(|| api::keys::ALL.to_owned()),
        making: State::new(false),
        rotating: State::new(None),
        secret: State::new(None),
        asked: State::new(None),
        doing: Doing::new(),
    };
    view! {
        {fetched(keys.remote, "keys", move || content(keys))}
        <Confirm asked=keys.asked on_cancel=Callback::new(move |()| keys.asked.set(None)) doing=keys.doing/>
        {maker(keys)}
        {rotator(keys)}
        {secret("The key and its secret", ABOUT_SECRET, keys.secret)}
    }
}

fn content(keys: Keys) -> AnyView {
    let number = Memo::new(move |_| keys.remote.get().map_or(0, |all| all.keys.len()));
    let make = move || {
        view! {
            <button class="button primary" type="button" on:click=click(move |_| keys.making.set(true))>
                "Make a key"
            </button>
        }
    };
    let table = move || {
        let rows = keyed(
            move || keys.remote.get().map(|all| all.keys.clone()).unwrap_or_default(),
            |one| format!("{} {:?} {:?}", one.key, one.last_used_at, one.rotating_until),
            move |one| row(&one, keys),
        );
        let own = use_session().me().map_or(0, |me| {
            let all = keys.remote.get();
            let mine = |one: &&KeyBody| form::is_own(one, &me);
            all.iter().flat_map(|all| &all.keys).filter(mine).count()
        });
        let full = format!("{} of {MOST} keys are yours", words::grouped(own as u64));
        view! {
            {grid("api-keys", "API keys", COLUMNS, vec![rows])}
            <footer class="list-foot">
                <span>{full}</span>
                <div class="steps-nav"><When is=Signal::stored(own < MOST)>{make()}</When></div>
            </footer>
        }
    };
    dynamic(move || {
        if number.get() == 0 {
            view! {
                <Notice
                    title="No keys yet"
                    text="A key lets a script read questions and answer them as you, without your password. It can end by itself, and you can end it at any time."
                >
                    {make()}
                </Notice>
            }
        } else {
            table()
        }
    })
    .into_any()
}
