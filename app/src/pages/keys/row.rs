//! One key.

use beckon_core::api::access::KeyBody;
use leptos::prelude::*;

use super::form::is_own;
use super::{COLUMNS, Keys};
use crate::api;
use crate::clock::use_clock;
use crate::components::confirm::Question;
use crate::components::grid::grid_row;
use crate::components::when::When;
use crate::erased::{click, dynamic, view};
use crate::session::use_session;
use crate::state::Signal;
use crate::words::{dates, times};

/// The row.
pub(super) fn row(one: &KeyBody, keys: Keys) -> AnyView {
    let (session, clock) = (use_session(), use_clock());
    let own = {
        let key = one.clone();
        Signal::derive(move || session.me().is_some_and(|me| is_own(&key, &me)))
    };
    let whose = one.user.as_ref().map_or_else(|| "The provider".to_owned(), |user| user.name.clone());
    let (created_at, last_used_at, expires_at) = (one.created_at, one.last_used_at, one.expires_at);
    let used = move || last_used_at.map_or_else(|| "Never".to_owned(), |at| times::ago(at, clock.now()));
    let ends = move || match expires_at {
        None => "Never".into_any(),
        Some(at) if at <= clock.now() => view! { <span class="standing failed">"Ended"</span> },
        Some(at) => dates::moment(at).into_any(),
    };
    let rotating = one.rotating_until.map(|until| {
        view! { <div class="quiet">{format!("The old secret works until {}", dates::moment(until))}</div> }
    });
    let (rotated, ended) = (one.clone(), one.clone());
    let name = format!(": {}", one.name);
    let other = name.clone();
    let cells = vec![
        view! {
            <div class="breakable">{one.name.clone()}</div>
            <div class="quiet code breakable">{one.key.clone()}</div>
            {rotating}
        },
        view! { <span class="breakable">{whose}</span> },
        one.scope.label().into_any(),
        view! {
            <div>{dynamic(used)}</div>
            <div class="quiet">{format!("Made {}", dates::moment(created_at))}</div>
        },
        dynamic(ends).into_any(),
        view! {
            <When is=own>
                <button class="link" type="button" on:click={
                    let rotated = rotated.clone();
                    click(move |_| keys.rotating.set(Some(rotated.clone())))
                }>
                    "New secret"
                    <span class="unseen">{name.clone()}</span>
                </button>
            </When>
            <button class="link" type="button" on:click=click(move |_| ask_to_end(&ended, keys))>
                "End"
                <span class="unseen">{other}</span>
            </button>
        },
    ];
    grid_row(COLUMNS, cells)
}

fn ask_to_end(one: &KeyBody, keys: Keys) {
    let key = one.key.clone();
    let used = match one.last_used_at {
        Some(at) => format!("It was last used {}", times::ago(at, use_clock().now_untracked())),
        None => "It was never used".to_owned(),
    };
    let does = Callback::new(move |()| {
        keys.doing.send(api::keys::end(&key), move |_| {
            keys.asked.set(None);
            keys.remote.refetch();
            Ok("The key is ended".to_owned())
        });
    });
    keys.asked.set(Some(Question {
        title: format!("End “{}”?", one.name),
        lines: vec!["Whatever uses it is refused from its next request on, and for good".to_owned(), used],
        word: None,
        button: "End the key".to_owned(),
        does,
    }));
}
