//! What becomes of messages that were just queued, kept up to date.

use beckon_core::api::delivery::{DeliveryBody, DeliveryResponse};
use leptos::prelude::*;

use crate::api;
use crate::clock::use_clock;
use crate::erased::{dynamic, view};
use crate::live::use_live;
use crate::remote::Remote;
use crate::words::deliveries;

/// The messages, one line each; nothing before any was queued.
pub fn outcome(queued: RwSignal<Vec<DeliveryBody>>) -> AnyView {
    let lines = move || {
        let lines = queued.get().into_iter().map(line).collect::<Vec<_>>();
        (!lines.is_empty()).then(|| view! { <ul class="outcome" aria-label="Test messages">{lines}</ul> })
    };
    view! { <div role="status">{dynamic(lines)}</div> }
}

fn line(first: DeliveryBody) -> AnyView {
    let (live, clock) = (use_live(), use_clock());
    let id = first.id;
    let remote = Remote::<DeliveryResponse>::at(move || {
        live.track();
        api::deliveries::one(id)
    });
    let state = move || {
        let latest = remote.get();
        let one = latest.as_ref().map_or(&first, |latest| &latest.delivery.delivery);
        let (class, word) = deliveries::standing(one);
        let detail = deliveries::detail(one, clock.now());
        view! {
            <div class=class>{one.to.clone()} ": " {word}</div>
            <div class="quiet breakable">{detail}</div>
        }
    };
    view! { <li>{dynamic(state)}</li> }
}
