//! Deliveries: what is to be told goes out, is tried again, and is never lost.
//!
//! The outbox stands in the store. Workers claim what is due with a lease and a fencing token, carry it out without any
//! transaction, and keep how it ended under that token. Nothing here decides who is told of what: core did.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::app::App;
use crate::deliver::outcome::{Failed, Failure};
use crate::store::outbox::{RENEWED, Task};
use crate::store::{Attempt, Claim, Errand, Room, StoreError};

pub mod backoff;
mod mail;
pub mod outcome;
pub mod outlets;
mod ticket;
mod webhook;

use outlets::Outlets;

/// How often the outbox is looked at although nothing was heard of it.
const EVERY: Duration = Duration::from_millis(500);

/// How long a server that stops waits for the attempts that have begun.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many attempts at once, to all destinations together: enough that many destinations that hang leave room.
const MOST_AT_ONCE: usize = 512;

/// How long an attempt may take, longer than the longest of its parts (see `mail::Patience::longest`) and well within
/// [`LEASE`](crate::store::outbox::LEASE).
pub const MOST_TIME: Duration = Duration::from_mins(3);

/// Delivers what is due until the server drains, and then ends what has begun, as far as that does not take long.
pub async fn run(app: App) {
    let mut round = tokio::time::interval(EVERY);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut dispatcher = Dispatcher::new(&app);
    let mut signals = app.store.signals();
    let drained = app.drain.clone().begun();
    tokio::pin!(drained);
    loop {
        tokio::select! {
            () = &mut drained => break,
            _ = round.tick() => {}
            Some(()) = dispatcher.next_done() => {}
            signal = signals.recv() => {
                // One look serves all that was signaled so far; who lags behind looks too.
                drop(signal);
                while signals.try_recv().is_ok() {}
            }
        }
        dispatcher.dispatch(&app).await;
    }
    dispatcher.end(&app).await;
}

/// Delivers all that is due now and waits until it ended: for tests and tools that own the clock. Returns how many attempts
/// were made.
///
/// # Errors
/// [`StoreError`] when the store does not work.
pub async fn run_due(app: &App) -> Result<usize, StoreError> {
    let mut dispatcher = Dispatcher::new(app);
    let mut attempts = 0;
    loop {
        let begun = dispatcher.claim(app).await?;
        attempts += begun;
        if dispatcher.next_done().await.is_none() && begun == 0 {
            return Ok(attempts);
        }
    }
}

/// Knows what is under way.
struct Dispatcher {
    /// What each worker holds.
    held: HashMap<tokio::task::Id, Claim>,
    workers: JoinSet<()>,
    failing: bool,
    renewed: Instant,
    node: i64,
    /// Whether a claim may have been kept although nothing was heard of it.
    unsure: bool,
}

impl Dispatcher {
    fn new(app: &App) -> Self {
        Self {
            held: HashMap::new(),
            workers: JoinSet::new(),
            failing: false,
            renewed: Instant::now(),
            node: app.node,
            unsure: false,
        }
    }

    /// Waits for the next worker to end; none where none is under way.
    async fn next_done(&mut self) -> Option<()> {
        let id = match self.workers.join_next_with_id().await? {
            Ok((id, ())) => id,
            Err(error) => {
                tracing::error!(%error, "a delivery ended in a panic; its lease runs out, and then it is tried again");
                error.id()
            }
        };
        self.held.remove(&id);
        Some(())
    }

    async fn dispatch(&mut self, app: &App) {
        let done = match self.renew(app).await {
            Ok(()) => self.claim(app).await.map(drop),
            Err(error) => Err(error),
        };
        match done {
            Ok(()) => self.failing = false,
            // Each half second the same line would hide the others.
            Err(error) if !self.failing => {
                tracing::error!(%error, "nothing can be delivered; it is tried again twice a second");
                self.failing = true;
            }
            Err(_) => {}
        }
    }

    /// Lets what is under way hold on, where that is necessary by now.
    async fn renew(&mut self, app: &App) -> Result<(), StoreError> {
        if self.renewed.elapsed() < RENEWED {
            return Ok(());
        }
        self.renewed = Instant::now();
        if self.held.is_empty() {
            return Ok(());
        }
        app.store.renew(self.held.values().cloned().collect(), app.clock.steady()).await
    }

    /// Claims what is due and has room, and sets a worker to each.
    async fn claim(&mut self, app: &App) -> Result<usize, StoreError> {
        let total = MOST_AT_ONCE.saturating_sub(self.workers.len());
        let mut busy = HashMap::new();
        for claim in self.held.values() {
            *busy.entry(claim.destination.clone()).or_default() += 1;
        }
        let known = self.unsure.then(|| self.held.values().map(|claim| claim.token).collect());
        let mails_per_second = app.outlets.mails_per_second();
        let room = Room { busy, total, mails_per_second, node: self.node, known };
        let claims = app.store.claim(room, app.clock.now(), app.clock.steady()).await;
        self.unsure = claims.is_err();
        let claims = claims?;
        let begun = claims.len();
        for claim in claims {
            let worker = self.workers.spawn(work(app.clone(), claim.clone()));
            self.held.insert(worker.id(), claim);
        }
        Ok(begun)
    }

    /// Ends what has begun. What hangs is broken off and given back, so that another server does it.
    async fn end(mut self, app: &App) {
        let ended = async { while self.next_done().await.is_some() {} };
        if tokio::time::timeout(PATIENCE, ended).await.is_ok() {
            return;
        }
        tracing::warn!("attempts are still under way: they are broken off, and repeated");
        self.workers.shutdown().await;
        let held = self.held.into_values().collect();
        if let Err(error) = app.store.release(held, app.clock.now()).await {
            tracing::warn!(%error, "what was broken off cannot be given back; it is repeated when its lease has run out");
        }
    }
}

/// Carries out one claim and keeps how it ended. While the database does not work, it waits for it.
async fn work(app: App, claim: Claim) {
    let mut patience = Patience::default();
    let attempt = loop {
        match attempt(&app, &claim).await {
            Ok(Some(attempt)) => break attempt,
            Ok(None) => return,
            Err(error) if patience.has_ended() || !matches!(error, StoreError::Unavailable(_)) => {
                tracing::error!(%error, destination = claim.destination, "a delivery cannot be carried out; it is tried again when its lease runs out");
                return;
            }
            Err(_) => patience.wait().await,
        }
    };
    let mut patience = Patience::default();
    loop {
        match app.store.finish(claim.clone(), attempt.clone(), app.clock.now()).await {
            Ok(true) => return,
            Ok(false) => {
                tracing::warn!(delivery = %claim.delivery, "a worker came back after its lease: what it says was not kept");
                return;
            }
            Err(error) if patience.has_ended() || !matches!(error, StoreError::Unavailable(_)) => {
                tracing::error!(%error, destination = claim.destination, "how a delivery ended cannot be kept; it is tried again when its lease runs out");
                return;
            }
            Err(_) => patience.wait().await,
        }
    }
}

/// Waits for the database, longer each time, and not for ever.
struct Patience {
    began: Instant,
    next: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { began: Instant::now(), next: Duration::from_millis(100) }
    }
}

impl Patience {
    fn has_ended(&self) -> bool {
        self.began.elapsed() > MOST_TIME
    }

    async fn wait(&mut self) {
        tokio::time::sleep(self.next).await;
        self.next = (2 * self.next).min(Duration::from_secs(2));
    }
}

/// Carries out one claim; none where there is nothing to keep.
async fn attempt(app: &App, claim: &Claim) -> Result<Option<Attempt>, StoreError> {
    let errand = match app.store.errand(claim.clone()).await {
        Ok(Some(errand)) => errand,
        Ok(None) => return Ok(None),
        // It would come back again and again, and take the room of others.
        Err(StoreError::Broken(why)) => {
            tracing::error!(delivery = %claim.delivery, why, "a delivery cannot be read, and is given up");
            let why = "What was to be told cannot be read any more".to_owned();
            return app.store.set_aside(claim.clone(), why, app.clock.now()).await.map(|()| None);
        }
        Err(error) => return Err(error),
    };
    let (at, began) = (app.clock.now(), Instant::now());
    let done = match tokio::time::timeout(MOST_TIME, carry_out(app, &errand)).await {
        Ok(done) => done?,
        Err(_) => Carried::ended(Ended::Failed(Failed::new(
            Failure::Doubt,
            None,
            "nothing came back in the time that an attempt may take",
        ))),
    };
    let took = began.elapsed();
    app.metrics.attempted(errand.task.channel(), &done.ended);
    Ok(Some(Attempt { at, took, ended: done.ended, ticket: done.ticket, jitter: jitter() }))
}

pub(crate) use crate::store::outbox::{Ended, TicketNews};

/// How an errand ended, and what it learned of the ticket.
struct Carried {
    ended: Ended,
    ticket: Option<TicketNews>,
}

impl Carried {
    const fn ended(ended: Ended) -> Self {
        Self { ended, ticket: None }
    }

    fn needless(why: &str) -> Self {
        Self::ended(Ended::Needless(why.to_owned()))
    }

    fn of(result: Result<String, Failed>) -> Self {
        Self::ended(match result {
            Ok(address) => Ended::Delivered { address: Some(address).filter(|address| !address.is_empty()) },
            Err(failed) => Ended::Failed(failed),
        })
    }
}

async fn carry_out(app: &App, errand: &Errand) -> Result<Carried, StoreError> {
    let outlets: &Arc<dyn Outlets> = &app.outlets;
    match &errand.task {
        Task::Mail { reason, .. } => Ok(mail::tell(app, errand, reason).await),
        Task::MailTest { .. } => Ok(mail::test(app, errand).await),
        Task::Door { name, email, reason, sealed, until, .. } => {
            Ok(mail::let_in(app, errand, (name, email), reason, (sealed, *until)).await)
        }
        Task::Ticket { reason, .. } => ticket::tell(app, errand, reason).await,
        Task::TestConnection { .. } => {
            let Some(integration) = &errand.integration else {
                return Ok(Carried::ended(Ended::Failed(Failed::new(
                    Failure::Refused,
                    None,
                    "No ticketing system is connected any more",
                ))));
            };
            let tested = match outlets.psa(integration).await {
                Ok(psa) => psa.test().await,
                Err(failed) => Err(failed),
            };
            Ok(Carried::of(tested.map(|()| String::new())))
        }
        Task::SendReports { .. } | Task::SendReportsByEmail { .. } => Ok(Carried::of(Ok(String::new()))),
        Task::Webhook { body, .. } => Ok(webhook::tell(app, errand, body).await),
    }
}

/// A random number from 0 to 1. It spreads attempts and nothing else, so where the system gives none, one half does.
fn jitter() -> f64 {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).map_or(0.5, |()| f64::from(u32::from_be_bytes(bytes)) / f64::from(u32::MAX))
}
