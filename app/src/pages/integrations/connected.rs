//! The PSA that is connected: whether tickets are made, how it does, and pausing and disconnecting it.

use beckon_core::api::integration::{IntegrationBody, IntegrationPatch};
use beckon_core::id::IntegrationId;
use leptos::prelude::*;

use super::Psa;
use super::companies::companies;
use super::connection::connection;
use super::slots::slots;
use crate::api;
use crate::clock::use_clock;
use crate::components::card::Card;
use crate::components::confirm::Question;
use crate::components::health::{health, trouble};
use crate::components::when::When;
use crate::erased::{click, dynamic, view};
use crate::routes::Route;

/// Everything about it.
pub(super) fn connected(id: IntegrationId, psa: Psa) -> AnyView {
    let Some(vendor) = psa.vendor() else { return ().into_any() };
    let clock = use_clock();
    let (name, offered) = (vendor.name.clone(), vendor.clone());
    let state = move || psa.current.get().map(|one| state(&one));
    let trouble = move || psa.current.get().and_then(|one| trouble(&one.health, clock.now()));
    let does = move || {
        let one = psa.current.get().filter(|one| one.health.failing_since.is_none());
        one.map(|one| health(&one.health, clock.now()))
    };
    let log = format!("{}?channel=psa", Route::Deliveries.path());
    view! {
        <div class="columns">
            <div class="column">
                {dynamic(trouble)}
                {dynamic(state)}
                // What the PSA offers is read with the account's keys, so only for those who may use it.
                <When is=psa.may_change>{slots(id, offered.clone(), psa)} {companies(id, psa)}</When>
                {connection(id, vendor, psa)}
            </div>
            <aside class="rail" aria-label="How it does">
                <Card id="psa-title" title=name>
                    {dynamic(does)}
                    <a class="start" href=log>"Tickets that were sent"</a>
                    <When is=psa.may_change>
                        <div class="actions">
                            {dynamic(move || psa.current.get().map(|one| pause(&one, psa)))}
                            <button class="button small" type="button" on:click=click(move |_| disconnect(psa))>
                                "Disconnect"
                            </button>
                        </div>
                    </When>
                </Card>
            </aside>
        </div>
    }
}

/// Whether tickets are made, and what is missing until they are.
fn state(one: &IntegrationBody) -> AnyView {
    if one.paused {
        let text = format!(
            "{} is paused. No ticket is made or changed: what would go there goes by email.",
            one.name
        );
        return view! { <p class="bar-note">{text}</p> };
    }
    match &one.missing {
        Some(missing) if !one.ready => view! {
            <p class="card-error">
                <strong>"No ticket is made yet. "</strong>
                {missing.clone()}
            </p>
        },
        _ => {
            let text = format!("Tickets are made in {}", one.name);
            view! { <p class="standing recovered">{text}</p> }
        }
    }
}

fn pause(one: &IntegrationBody, psa: Psa) -> AnyView {
    let (paused, name) = (one.paused, one.name.clone());
    let does = Callback::new(move |()| {
        let patch = IntegrationPatch { paused: Some(!paused), ..IntegrationPatch::default() };
        psa.change(psa.doing, &patch, if paused { "Resumed" } else { "Paused" });
    });
    let ask = move |_| {
        let (title, line, button) = if paused {
            ("Resume", "New questions become tickets there again, from now on", "Resume it")
        } else {
            (
                "Pause",
                "No ticket is made or changed there until you resume it. What would go there goes by email",
                "Pause it",
            )
        };
        psa.asked.set(Some(Question {
            title: format!("{title} {name}?"),
            lines: vec![line.to_owned()],
            word: None,
            button: button.to_owned(),
            does,
        }));
    };
    let word = if paused { "Resume" } else { "Pause" };
    view! { <button class="button small" type="button" on:click=click(ask)>{word}</button> }
}

fn disconnect(psa: Psa) {
    let Some(one) = psa.current.get_untracked() else { return };
    let does = Callback::new(move |()| {
        psa.doing.send(api::integrations::disconnect(one.id), move |_| {
            psa.asked.set(None);
            psa.remote.refetch();
            Ok("Disconnected".to_owned())
        });
    });
    psa.asked.set(Some(Question {
        title: format!("Disconnect {}?", one.name),
        lines: vec![
            "Tickets that are open there stay open: Beckon does not note or close anything in them any more"
                .to_owned(),
            "From now on, questions about logins go by email".to_owned(),
            "What was entered and chosen here is forgotten, the secrets first".to_owned(),
        ],
        word: Some("disconnect".to_owned()),
        button: format!("Disconnect {}", one.name),
        does,
    }));
}
