//! Adding an endpoint and changing one: where requests go, and what they tell.

use beckon_core::api::webhook::{WebhookBody, WebhookEvent, WebhookPatch, WebhookRequest, WebhookResponse};
use beckon_core::id::WebhookId;
use leptos::prelude::*;

use super::Endpoints;
use crate::api;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::tick::Tick;
use crate::doing::Doing;
use crate::erased::{click, submit, view, written};
use crate::state::{Signal, State};
use crate::words::webhooks::{EVENTS, event};

/// What is filled in.
#[derive(Clone)]
pub(super) struct Draft {
    id: Option<WebhookId>,
    url: String,
    events: Vec<WebhookEvent>,
}

impl Default for Draft {
    fn default() -> Self {
        Self { id: None, url: String::new(), events: EVENTS.to_vec() }
    }
}

impl Draft {
    /// Begins with an endpoint as it is. One for which nothing was chosen hears of everything.
    pub(super) fn of(one: &WebhookBody) -> Self {
        let events = if one.events.is_empty() { EVENTS.to_vec() } else { one.events.clone() };
        Self { id: Some(one.id), url: one.url.clone(), events }
    }
}

/// The dialog; it is open while there is a draft.
pub(super) fn editor(endpoints: Endpoints) -> AnyView {
    let open = Signal::derive(move || endpoints.draft.with(Option::is_some));
    let close = Callback::new(move |()| endpoints.draft.set(None));
    let is_new = move || endpoints.draft.with(|draft| draft.as_ref().is_none_or(|draft| draft.id.is_none()));
    let title = move || if is_new() { "Add an endpoint" } else { "Change the endpoint" }.to_owned();
    view! {
        <Dialog title=Signal::derive(title) open on_close=close>
            {endpoints.draft.get_untracked().map(|draft| form(draft, endpoints))}
        </Dialog>
    }
}

fn form(draft: Draft, endpoints: Endpoints) -> AnyView {
    let Draft { id, url, events } = draft;
    let (url, events, doing) = (State::new(url), State::new(events), Doing::new());
    let send = submit(move || {
        save(id, url.get_untracked().trim().to_owned(), events.get_untracked(), doing, endpoints);
    });
    let tick = |own: WebhookEvent| {
        let ticked = Signal::derive(move || events.read().contains(&own));
        let on_change = Callback::new(move |on: bool| {
            events.update(|events| {
                events.retain(|event| *event != own);
                events.extend(on.then_some(own));
            });
        });
        view! { <li><Tick label=event(own) hint=own.to_string() ticked on_change/></li> }
    };
    view! {
        <form class="dialog-body" on:submit=send>
            <Field label="Address" control="webhook-url">
                <input
                    class="input wide code"
                    id="webhook-url"
                    type="url"
                    required
                    autofocus
                    placeholder="https://hooks.example.com/beckon"
                    prop:value=url.bare()
                    on:input=written(url)
                />
            </Field>
            <fieldset>
                <legend class="field-label">"Tell it when"</legend>
                <ul class="ticks-list">{EVENTS.into_iter().map(tick).collect_view()}</ul>
            </fieldset>
            {doing.complaint()}
            <div class="dialog-actions">
                <button class="button primary" type="submit" disabled=doing.busy>
                    {if id.is_none() { "Add it and show its secret" } else { "Save" }}
                </button>
                <button class="button" type="button" on:click=click(move |_| endpoints.draft.set(None))>"Cancel"</button>
            </div>
        </form>
    }
}

fn save(id: Option<WebhookId>, url: String, events: Vec<WebhookEvent>, doing: Doing, endpoints: Endpoints) {
    let change = match id {
        None => api::webhooks::add(&WebhookRequest { url, events: Some(events) }),
        Some(id) => {
            let patch = WebhookPatch { url: Some(url), events: Some(events), enabled: None };
            api::webhooks::change(id, &patch)
        }
    };
    doing.send(change, move |answer| {
        endpoints.draft.set(None);
        endpoints.remote.refetch();
        endpoints.secret.set(answer.read::<WebhookResponse>("")?.secret);
        Ok("Saved".to_owned())
    });
}
