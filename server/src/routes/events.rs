//! `GET /v1/events`: one small signal a change, as server-sent events. The client fetches what it shows.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use beckon_core::api::ChangeSignal;
use beckon_core::id::AccountId;
use beckon_core::permission::Action;
use futures_util::stream::{self, Stream, StreamExt as _};
use tokio_stream::wrappers::WatchStream;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Params;
use crate::store::StoreError;

/// The most changes that a client gets again when it comes back. After more than that it fetches everything.
const MOST_MISSED: usize = 500;

/// How often a comment keeps an idle connection alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How often it is looked whether whoever listens still may: a stream outlives the moment in which it was opened.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Streams the changes of one account.
pub(super) async fn stream(
    State(app): State<App>,
    caller: Caller,
    params: Params,
    parts: Parts,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let account = caller.account(Action::See, params.account()?)?;
    // Listen first, then look at what was missed: nothing falls between the two.
    let watch = app.store.watch(account).await?;
    let last = parts
        .headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|id| id.parse().ok());
    let missed = match last {
        Some(last) => app.store.signals_after(account, last, MOST_MISSED + 1).await?,
        None => Vec::new(),
    };
    let known = missed.last().map_or(last.unwrap_or(0), |signal| signal.seq);
    let missed: Vec<Event> =
        if missed.len() > MOST_MISSED { vec![resync()] } else { missed.iter().map(change).collect() };
    let live = watch.changes().filter_map(move |signal| {
        std::future::ready(match signal {
            Some(signal) => (signal.seq > known).then(|| change(&signal)),
            None => Some(resync()),
        })
    });
    let hello = stream::once(std::future::ready(Event::default().comment("hello")));
    // Whoever turns the demo's clock changes what everybody sees.
    let turned = WatchStream::from_changes(app.clock.turned()).map(|_| resync());
    let changes = stream::select(live, turned);
    let asked = params.account()?;
    let (drain, viewer) = (app.drain.clone(), app.metrics.viewer());
    let end = Box::pin(async move {
        let _open = viewer;
        tokio::select! {
            () = drain.begun() => {}
            () = no_longer(&app, &parts, account, asked) => {}
        }
    });
    let events = hello.chain(stream::iter(missed)).chain(changes).take_until(end);
    Ok(Sse::new(events.map(Ok)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)))
}

/// Waits until whoever listens may not see the account any more: signed out, ended, in another role, looking at another.
async fn no_longer(app: &App, parts: &Parts, account: AccountId, asked: Option<AccountId>) {
    loop {
        tokio::time::sleep(LOOK_AGAIN).await;
        // In a box, so that a stream takes little while it does nothing.
        match Box::pin(Caller::again(parts, app)).await {
            Ok(caller) if caller.account(Action::See, asked).is_ok_and(|seen| seen == account) => {}
            // A database that does not answer says nothing about who may see.
            Err(ApiError::Store(StoreError::Unavailable(_))) => {}
            Ok(_) | Err(_) => return,
        }
    }
}

fn change(signal: &ChangeSignal) -> Event {
    let data = serde_json::to_string(signal).unwrap_or_default();
    Event::default().id(signal.seq.to_string()).event("change").data(data)
}

fn resync() -> Event {
    Event::default().event("resync").data("{}")
}
