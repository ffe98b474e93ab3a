//! One delivery: to whom, about what, where it stands; its attempts, once somebody asks for them.

use beckon_core::api::delivery::{AttemptBody, DeliveryBody, DeliveryResponse, DeliveryStatus};
use beckon_core::permission::Action;
use leptos::prelude::*;

use super::{COLUMNS, List};
use crate::api;
use crate::clock::use_clock;
use crate::components::confirm::Question;
use crate::components::grid::{grid_row, two_lines};
use crate::erased::{click, dynamic, view};
use crate::pages::fetched::fetched;
use crate::remote::Remote;
use crate::routes::Route;
use crate::session::use_session;
use crate::words::{self, dates, deliveries, times};

/// The row, and below it the attempts.
pub(super) fn row(one: &DeliveryBody, list: List) -> AnyView {
    let (id, now) = (one.id, use_clock().now_untracked());
    let channel = deliveries::channel(one.channel);
    let address = one.address.as_ref().filter(|address| **address != one.to);
    let whom = address.map_or_else(|| channel.to_owned(), |address| format!("{channel} · {address}"));
    let about = one.escalation_id.map(|id| {
        view! { <a href=Route::Escalation(id).path()>{format!("Escalation {id}")}</a> }
    });
    let (class, word) = deliveries::standing(one);
    let attempts = words::count(one.attempts.into(), "attempt", "attempts");
    let is_open = move || list.opened.read() == Some(id);
    let toggle = move |_| list.opened.update(|opened| *opened = (*opened != Some(id)).then_some(id));
    let label = move || if is_open() { "Hide attempts" } else { "Attempts" };
    let cells = vec![
        two_lines(one.to.clone(), whom),
        view! { <div>{one.reason_label.clone()}</div> {about} },
        view! {
            <div class=class>{word}</div>
            <div class="quiet breakable">{deliveries::detail(one, now)}</div>
        },
        two_lines(dates::moment(one.created_at), attempts),
        view! {
            <button
                class="link"
                type="button"
                aria-expanded=Signal::derive(move || is_open().to_string())
                on:click=click(toggle)
            >
                {dynamic(label)}
                <span class="unseen">{format!(": {}, {}", one.to, one.reason_label)}</span>
            </button>
            {again(one, list)}
        },
    ];
    view! {
        {grid_row(COLUMNS, cells)}
        {dynamic(move || {
            is_open().then(|| view! { <tr class="below"><td colspan="5">{attempts_of(id)}</td></tr> })
        })}
    }
}

/// What sends it again, for whoever may and once nothing happens to it by itself any more.
fn again(one: &DeliveryBody, list: List) -> Option<AnyView> {
    let may = use_session().may(Action::Configure) && deliveries::is_finished(one);
    let (id, to, status) = (one.id, one.to.clone(), one.status);
    let send = Callback::new(move |()| {
        list.doing.send(api::deliveries::resend(id), move |_| {
            list.asked.set(None);
            list.deliveries.refetch();
            Ok("Queued again".to_owned())
        });
    });
    let ask = move |_| {
        let line = match status {
            DeliveryStatus::Delivered => format!("It arrived. {to} gets the same message a second time"),
            DeliveryStatus::Canceled => format!("Nobody needed it any more. {to} gets it nevertheless"),
            DeliveryStatus::Waiting | DeliveryStatus::Sending | DeliveryStatus::Undelivered => {
                format!("{to} gets it as soon as it can be delivered. It is tried for 3 days")
            }
        };
        list.asked.set(Some(Question {
            title: "Send this message again?".to_owned(),
            lines: vec![line],
            word: None,
            button: "Send it again".to_owned(),
            does: send,
        }));
    };
    may.then(|| {
        view! { <button class="link" type="button" on:click=click(ask)>"Send again"</button> }
    })
}

fn attempts_of(id: beckon_core::id::DeliveryId) -> AnyView {
    let live = crate::live::use_live();
    let detail = Remote::<DeliveryResponse>::at(move || {
        live.track();
        api::deliveries::one(id)
    });
    fetched(detail, "attempts", move || {
        dynamic(move || {
            let detail = detail.get();
            let attempts: Vec<AnyView> =
                detail.iter().flat_map(|one| &one.delivery.attempt_log).map(attempt).collect();
            if attempts.is_empty() {
                view! { <p class="quiet">"It was not tried yet."</p> }
            } else {
                view! { <ol class="attempts">{attempts}</ol> }
            }
        })
        .into_any()
    })
}

fn attempt(one: &AttemptBody) -> AnyView {
    let outcome = match one.outcome.as_str() {
        "delivered" => "Arrived",
        "not_now" => "Not now",
        "doubt" => "Unclear whether it arrived",
        "refused" => "Refused",
        "gone" => "Nobody is there any more",
        _ => "Tried",
    };
    let code = one.code.map(|code| format!(" · {code}"));
    let detail = one.detail.clone();
    view! {
        <li>
            <span class="strong">{outcome}</span>
            <span class="quiet">
                {format!(" · {} · {}", dates::moment(one.at), times::took(one.duration_ms))} {code}
            </span>
            {(!detail.is_empty()).then(|| view! { <p class="quote code">{detail}</p> })}
        </li>
    }
}
