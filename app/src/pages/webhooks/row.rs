//! One endpoint: where it is, what it hears of, how it does, and what can be done to it.

use beckon_core::api::notification::QueuedResponse;
use beckon_core::api::webhook::{WebhookBody, WebhookPatch, WebhookResponse};
use beckon_core::id::WebhookId;
use leptos::prelude::*;

use super::{Draft, Endpoints};
use crate::api;
use crate::clock::use_clock;
use crate::components::confirm::Question;
use crate::components::health::health;
use crate::components::when::When;
use crate::erased::{click, dynamic, view};
use crate::routes::Route;
use crate::state::Memo;
use crate::words::dates;
use crate::words::webhooks::event;

/// The endpoint.
pub(super) fn row(id: WebhookId, endpoints: Endpoints) -> AnyView {
    let clock = use_clock();
    let own = Memo::new(move |_| {
        endpoints.remote.get().and_then(|all| all.webhooks.iter().find(|one| one.id == id).cloned())
    });
    let about = move || own.get().map(|one| facts(&one));
    let state = move || own.get().filter(|one| one.enabled).map(|one| health(&one.health, clock.now()));
    let log = format!("{}?webhook_id={id}", Route::Deliveries.path());
    view! {
        <li class="card part">
            {dynamic(about)}
            {dynamic(state)}
            <div class="links">
                <When is=endpoints.may_change>{deeds(id, own, endpoints)}</When>
                <a href=log>"Requests that were sent"</a>
            </div>
        </li>
    }
}

fn facts(one: &WebhookBody) -> AnyView {
    let events: Vec<&str> = one.events.iter().map(|own| event(*own)).collect();
    let events = if events.is_empty() { "Everything".to_owned() } else { events.join(" · ") };
    let off = (!one.enabled).then(|| {
        let why = one.disabled_because.clone().map(|why| format!(": {why}")).unwrap_or_default();
        view! { <p class="card-error">{format!("Switched off{why}. Nothing is sent until it is switched on.")}</p> }
    });
    let rotating = one.rotating_until.map(|until| {
        let until = dates::deadline(until);
        view! { <p class="bar-note">{format!("Until {until} the old secret signs along with the new one.")}</p> }
    });
    view! {
        <h2 class="code strong breakable">{one.url.clone()}</h2>
        <p class="quiet">{events}</p>
        {off}
        {rotating}
    }
}

/// A button for each thing that can be done.
fn deeds(id: WebhookId, own: Memo<Option<WebhookBody>>, endpoints: Endpoints) -> AnyView {
    let name = own.with_untracked(|one| one.as_ref().map(|one| one.url.clone()).unwrap_or_default());
    let button = |label: &'static str, does: fn(WebhookBody, Endpoints)| {
        let act = move |_| {
            if let Some(one) = own.get_untracked() {
                does(one, endpoints);
            }
        };
        view! {
            <button class="link" type="button" on:click=click(act)>
                {label}
                <span class="unseen">{format!(": {name}")}</span>
            </button>
        }
    };
    let enabled = Memo::new(move |_| own.with(|one| one.as_ref().is_some_and(|one| one.enabled)));
    let switch = move |_| {
        let patch = WebhookPatch { enabled: Some(!enabled.get_untracked()), ..WebhookPatch::default() };
        send(endpoints, api::webhooks::change(id, &patch), "Saved");
    };
    let word = move || if enabled.get() { "Switch off" } else { "Switch on" };
    view! {
        {button("Send test", test)}
        {button("Change", |one, endpoints| endpoints.draft.set(Some(Draft::of(&one))))}
        {button("New secret", rotate)}
        <button class="link" type="button" on:click=click(switch)>
            {dynamic(word)} <span class="unseen">{format!(": {name}")}</span>
        </button>
        {button("Delete", delete)}
    }
}

fn test(one: WebhookBody, endpoints: Endpoints) {
    endpoints.doing.send(api::webhooks::test(one.id), move |answer| {
        endpoints.tested.set(answer.read::<QueuedResponse>("")?.deliveries);
        Ok("Queued".to_owned())
    });
}

fn rotate(one: WebhookBody, endpoints: Endpoints) {
    let does = Callback::new(move |()| {
        endpoints.doing.send(api::webhooks::rotate(one.id), move |answer| {
            endpoints.asked.set(None);
            endpoints.remote.refetch();
            endpoints.secret.set(answer.read::<WebhookResponse>("")?.secret);
            Ok("A new secret was made".to_owned())
        });
    });
    endpoints.asked.set(Some(Question {
        title: "Make a new secret?".to_owned(),
        lines: vec![
            "For 24 hours each request carries two signatures: by the old secret and by the new one"
                .to_owned(),
            "Give your system the new secret in that time; after it, the old one does not count any more"
                .to_owned(),
        ],
        word: None,
        button: "Make a new secret".to_owned(),
        does,
    }));
}

fn delete(one: WebhookBody, endpoints: Endpoints) {
    let does = Callback::new(move |()| send(endpoints, api::webhooks::delete(one.id), "Deleted"));
    endpoints.asked.set(Some(Question {
        title: "Delete this endpoint?".to_owned(),
        lines: vec![
            format!("{} hears of nothing any more, and what waits for it is not sent", one.url),
            "Its secret is gone: an endpoint that is added later gets another one".to_owned(),
        ],
        word: None,
        button: "Delete the endpoint".to_owned(),
        does,
    }));
}

fn send(endpoints: Endpoints, change: api::Change, said: &'static str) {
    endpoints.doing.send(change, move |_| {
        endpoints.asked.set(None);
        endpoints.remote.refetch();
        Ok(said.to_owned())
    });
}
