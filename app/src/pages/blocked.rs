//! What an organization user gets, wherever it goes: why, and whom to ask.

use beckon_core::api::{Blocked, Named};
use beckon_core::id::AccountId;
use leptos::prelude::*;

use super::set_title;
use crate::api;
use crate::components::mark::Mark;
use crate::erased::{click, dynamic, spawn, view};
use crate::navigation;
use crate::state::State;

/// The one calm page.
#[component]
pub fn BlockedPage(
    /// Who is kept out, and whom to ask.
    blocked: Blocked,
) -> impl IntoView {
    set_title("Escalations are for your account’s team");
    let failed = State::new(None::<String>);
    let sign_out = move |_| {
        spawn(async move {
            match api::session::sign_out().await {
                Ok(()) => navigation::load("/"),
                Err(failure) => failed.try_set(Some(failure.text())),
            }
        });
    };
    let accounts = blocked.accounts.clone();
    let switch = move |id: AccountId| {
        spawn(async move {
            match api::session::switch(id).send().await {
                Ok(_) => navigation::load("/"),
                Err(failure) => failed.try_set(Some(failure.text())),
            }
        });
    };
    let accounts = accounts.into_iter().map(|Named { id, name }| {
        view! {
            <button class="button" type="button" on:click=click(move |_| switch(id))>{format!("Go to {name}")}</button>
        }
    });
    view! {
        <main class="calm">
            <section class="notice">
                {explained(blocked)}
                <div class="links">
                    {accounts.collect_view()}
                    <button class="button" type="button" on:click=sign_out>"Sign in as someone else"</button>
                </div>
                {dynamic(move || failed.get().map(|text| view! { <p class="field-error" role="alert">{text}</p> }))}
            </section>
        </main>
    }
}

/// The same in a panel, where the portal says who somebody is.
pub fn panel_blocked(blocked: Blocked) -> AnyView {
    view! { <section class="notice">{explained(blocked)}</section> }
}

/// Why, and whom to ask.
fn explained(blocked: Blocked) -> AnyView {
    let Blocked { name, account, organization, ask, .. } = blocked;
    let of = organization.map(|name| format!(" of {name}"));
    let anybody = !ask.is_empty();
    let last = ask.len().saturating_sub(1);
    let ask = ask.into_iter().enumerate().map(|(index, name)| {
        let before = match index {
            0 => "",
            _ if index == last => " or ",
            _ => ", ",
        };
        view! {
            {before}
            <strong>{name}</strong>
        }
    });
    view! {
        <Mark/>
        <h1 class="notice-title">"Escalations are for your account’s team"</h1>
        <p class="notice-text">
            "You are signed in as " {name} {of}
            ". Questions about your organization are answered by the people who manage it."
        </p>
        {anybody
            .then(|| {
                view! {
                    <p class="notice-ask">
                        "Ask " {ask.collect_view()} " at " {account} "."
                    </p>
                }
            })}
    }
    .into_any()
}
