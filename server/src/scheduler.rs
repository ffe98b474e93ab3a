//! The scheduler: does what is due although nobody asks, again and again. It decides nothing and keeps nothing: what is due
//! stands in the store, so that it comes to pass after a restart too.

use std::time::{Duration, Instant};

use tokio::time::MissedTickBehavior;

use crate::app::App;
use crate::store::StoreError;

/// How long something that is due waits at most.
const EVERY: Duration = Duration::from_secs(1);

/// The parts that are done before a server listens: about a second.
const FIRST_PARTS: usize = 10;

/// How often what is kept no longer is looked for.
const PURGED: Duration = Duration::from_hours(1);

/// The most parts that one round does, so that a round ends even where something never stops being due.
const MOST_PARTS: usize = 1_000;

/// Does all that is due now.
///
/// # Errors
/// [`StoreError`] when the store does not take it; what was done by then stays done.
pub async fn run_due(app: &App) -> Result<(), StoreError> {
    run_parts(app, MOST_PARTS).await
}

/// Does the first of what is due now, for a server that is about to listen: what came due while none ran is there when the first
/// request comes, unless that is very much, which goes on beside the requests.
///
/// # Errors
/// As [`run_due`].
pub async fn run_first(app: &App) -> Result<(), StoreError> {
    run_parts(app, FIRST_PARTS).await
}

async fn run_parts(app: &App, most: usize) -> Result<(), StoreError> {
    for _ in 0..most {
        if !app.store.tick(app.clock.now()).await? {
            break;
        }
    }
    Ok(())
}

/// Turns a demo's clock to where another process of it turned it.
async fn follow_clock(app: &App) {
    if let Ok(ahead) = app.store.clock_offset().await
        && ahead != app.clock.ahead_seconds()
    {
        app.clock.set_ahead(ahead);
    }
}

/// Compares the clock with the one that all go by. A jump is told once, and again when it is over.
async fn steer_clock(app: &App, jumped: &mut bool) {
    let began = app.clock.steady();
    // A database that does not answer is noticed by whoever needs it.
    let Ok(reference) = app.store.time().await else { return };
    let then = began + (app.clock.steady() - began) / 2;
    match app.clock.steer(then, reference) {
        Some(ahead) if !*jumped => {
            tracing::error!(
                seconds = ahead.num_seconds(),
                "the clock jumped, and this server goes on by its own: set the clock right; or, where it is right now, restart"
            );
            *jumped = true;
        }
        None if *jumped => {
            tracing::info!("the clock is right again");
            *jumped = false;
        }
        _ => {}
    }
}

/// Removes, once an hour, what accounts keep no longer; a part at a time, so that what is due does not wait for it.
async fn purge(app: &App, purged: &mut Option<Instant>) {
    if purged.is_some_and(|at| at.elapsed() < PURGED) {
        return;
    }
    match app.store.purge(app.clock.now()).await {
        // There may be more: the next round goes on.
        Ok(true) => {}
        Ok(false) => *purged = Some(Instant::now()),
        Err(error) => {
            tracing::error!(%error, "what is kept no longer cannot be removed; it is tried again in an hour");
            *purged = Some(Instant::now());
        }
    }
}

/// Does what is due until the server drains.
pub async fn run(app: App) {
    let mut round = tokio::time::interval(EVERY);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut turned = app.clock.turned();
    let (mut failing, mut jumped) = (false, false);
    let mut purged = None;
    let drained = app.drain.clone().begun();
    tokio::pin!(drained);
    loop {
        tokio::select! {
            () = &mut drained => return,
            _ = round.tick() => {}
            // The clock is there as long as this is.
            _ = turned.changed() => {}
        }
        steer_clock(&app, &mut jumped).await;
        if app.demo {
            follow_clock(&app).await;
        }
        match run_due(&app).await {
            Ok(()) => {
                app.metrics.all_done();
                purge(&app, &mut purged).await;
                failing = false;
            }
            // Each second the same line would hide the others.
            Err(error) if !failing => {
                tracing::error!(%error, "what is due cannot be done; it is tried again each second");
                failing = true;
            }
            Err(_) => {}
        }
    }
}
