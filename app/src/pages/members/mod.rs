//! Members: who is in the account and what each may do; inviting, changing and removing.

mod form;
mod removal;
mod row;

use beckon_core::api::people::MembershipBody;
use beckon_core::permission::Action;
use leptos::prelude::*;

use self::form::{Draft, editor};
use self::row::row;
use super::fetched::fetched;
use super::query::show_more;
use crate::api;
use crate::components::confirm::{Confirm, Question};
use crate::components::grid::grid;
use crate::components::when::When;
use crate::doing::Doing;
use crate::erased::{click, dynamic, keyed, view};
use crate::live::use_live;
use crate::pages::{heading, who_may_change};
use crate::remote::Remote;
use crate::session::use_session;
use crate::state::{Memo, Signal, State};
use crate::words;

/// How many members are shown at first, and how many more each time.
const PAGE: u32 = 100;

const COLUMNS: &[&str] = &["Name", "Role", "Last here", ""];

/// The members as they are, and what is being done with them. Copies are the same members.
#[derive(Clone, Copy)]
struct Members {
    remote: Remote<(Vec<MembershipBody>, bool)>,
    may_change: Signal<bool>,
    /// Who is being invited or changed; nobody while the form is closed.
    draft: State<Option<Draft>>,
    asked: State<Option<Question>>,
    doing: Doing,
}

/// The page.
#[component]
pub fn MembersPage() -> impl IntoView {
    let (live, session) = (use_live(), use_session());
    let pages = State::new(1);
    let members = Members {
        remote: Remote::new(move || {
            live.track();
            Box::pin(api::members::list(PAGE, pages.get()))
        }),
        may_change: Signal::derive(move || session.may(Action::Configure)),
        draft: State::new(None),
        asked: State::new(None),
        doing: Doing::new(),
    };
    view! {
        {heading("Members", "Who can sign in to this account, and what each of them may do")}
        {who_may_change()}
        {fetched(members.remote, "members", move || content(members, pages))}
        <Confirm asked=members.asked on_cancel=Callback::new(move |()| members.asked.set(None)) doing=members.doing/>
        {editor(members)}
    }
}

fn content(members: Members, pages: State<u32>) -> AnyView {
    let more = Signal::derive(move || members.remote.get().is_some_and(|all| all.1));
    let number = Memo::new(move |_| members.remote.get().map_or(0, |all| all.0.len()));
    let rows = keyed(
        move || members.remote.get().map(|all| all.0.clone()).unwrap_or_default(),
        |one| format!("{} {} {} {} {:?}", one.id, one.name, one.role, one.second_factor, one.last_sign_in_at),
        move |one| row(&one, members),
    );
    let count = move || {
        let number = words::count(number.get() as u64, "member", "members");
        if more.get() { format!("The first {number}") } else { number }
    };
    // Where a dialog is open, it says itself what went wrong.
    let no_dialog = Signal::derive(move || members.asked.with(Option::is_none));
    view! {
        <When is=no_dialog>{members.doing.complaint()}</When>
        {grid("members", "Members", COLUMNS, vec![rows])}
        <footer class="list-foot">
            <span>{dynamic(count)}</span>
            {show_more(more, pages)}
            <div class="steps-nav">
                <When is=members.may_change>
                    <button
                        class="button primary"
                        type="button"
                        on:click=click(move |_| members.draft.set(Some(Draft::default())))
                    >
                        "Invite somebody"
                    </button>
                </When>
            </div>
        </footer>
    }
    .into_any()
}
