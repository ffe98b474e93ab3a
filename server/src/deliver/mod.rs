//! Deliveries: what is to be told goes out, is tried again, and is never lost.
//!
//! The outbox stands in the store. Workers claim what is due with a lease and a fencing token, carry it out without any
//! transaction, and keep how it ended under that token. Nothing here decides who is told of what: core did.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{SubsecRound as _, Utc};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::app::App;
use crate::deliver::outcome::{Failed, Failure};
use crate::store::outbox::Task;
use crate::store::{Attempt, Claim, Errand, Room, StoreError};

pub mod backoff;
mod mail;
pub mod outcome;
pub mod outlets;
mod rate;
mod ticket;
mod webhook;

use outlets::Outlets;
use rate::Rate;

/// How often the outbox is looked at although nothing was heard of it.
const EVERY: Duration = Duration::from_millis(500);

/// How long a server that stops waits for the attempts that have begun.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many attempts at once, to all destinations together: enough that many destinations that hang leave room.
const MOST_AT_ONCE: usize = 512;

/// How long an attempt may take, longer than the longest of its parts (see `mail::Patience::longest`) and well within
/// [`LEASE`](crate::store::outbox::LEASE).
pub const MOST_TIME: Duration = Duration::from_mins(3);

/// What became of a worker's errand, for whoever counts what is under way.
type Done = String;

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
            Some(done) = dispatcher.next_done() => dispatcher.note(done),
            signal = signals.recv() => {
                // One look serves all that was signaled so far; who lags behind looks too.
                drop(signal);
                while signals.try_recv().is_ok() {}
            }
        }
        dispatcher.dispatch(&app).await;
    }
    // What hangs is broken off: it is in doubt then, as after a power cut, and the next start looks after it.
    let ended = async { while dispatcher.next_done().await.is_some() {} };
    if tokio::time::timeout(PATIENCE, ended).await.is_err() {
        tracing::warn!(
            "attempts are still under way: they are broken off, and repeated after the next start"
        );
    }
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
        match dispatcher.next_done().await {
            Some(done) => dispatcher.note(done),
            None if begun == 0 => return Ok(attempts),
            None => {}
        }
    }
}

/// Knows what is under way.
struct Dispatcher {
    busy: HashMap<String, usize>,
    workers: JoinSet<Done>,
    rate: Rate,
    failing: bool,
}

impl Dispatcher {
    fn new(app: &App) -> Self {
        let rate = Rate::new(app.outlets.mails_per_second());
        Self { busy: HashMap::new(), workers: JoinSet::new(), rate, failing: false }
    }

    /// Waits for the next worker to end; none where none is under way.
    async fn next_done(&mut self) -> Option<Done> {
        match self.workers.join_next().await? {
            Ok(done) => Some(done),
            Err(error) => {
                tracing::error!(%error, "a delivery ended in a panic; its lease runs out, and then it is tried again");
                Some(String::new())
            }
        }
    }

    fn note(&mut self, done: Done) {
        if let Some(number) = self.busy.get_mut(&done) {
            *number -= 1;
            if *number == 0 {
                self.busy.remove(&done);
            }
        }
        if self.workers.is_empty() {
            self.busy.clear();
        }
    }

    async fn dispatch(&mut self, app: &App) {
        match self.claim(app).await {
            Ok(_) => self.failing = false,
            // Each half second the same line would hide the others.
            Err(error) if !self.failing => {
                tracing::error!(%error, "nothing can be delivered; it is tried again twice a second");
                self.failing = true;
            }
            Err(_) => {}
        }
    }

    /// Claims what is due and has room, and sets a worker to each.
    async fn claim(&mut self, app: &App) -> Result<usize, StoreError> {
        let mails = self.rate.allows();
        let total = MOST_AT_ONCE.saturating_sub(self.workers.len());
        let room = Room { busy: self.busy.clone(), total, mails };
        let claims = app.store.claim(room, app.clock.now(), machine_now()).await?;
        let begun = claims.len();
        for claim in claims {
            if claim.destination == crate::store::outbox::EMAIL {
                self.rate.spend();
            }
            *self.busy.entry(claim.destination.clone()).or_default() += 1;
            self.workers.spawn(work(app.clone(), claim));
        }
        Ok(begun)
    }
}

/// The machine's clock, by which leases run: nobody turns it.
fn machine_now() -> beckon_core::time::Timestamp {
    Utc::now().trunc_subsecs(6)
}

/// Carries out one claim and keeps how it ended.
async fn work(app: App, claim: Claim) -> Done {
    let destination = claim.destination.clone();
    if let Err(error) = try_work(&app, claim).await {
        tracing::error!(%error, destination, "how a delivery ended cannot be kept; it is tried again when its lease runs out");
    }
    destination
}

async fn try_work(app: &App, claim: Claim) -> Result<(), StoreError> {
    let errand = match app.store.errand(claim.clone()).await {
        Ok(Some(errand)) => errand,
        Ok(None) => return Ok(()),
        // It would come back again and again, and take the room of others.
        Err(StoreError::Broken(why)) => {
            tracing::error!(delivery = %claim.delivery, why, "a delivery cannot be read, and is given up");
            let why = "What was to be told cannot be read any more".to_owned();
            return app.store.set_aside(claim, why, app.clock.now()).await;
        }
        Err(error) => return Err(error),
    };
    let (at, began) = (app.clock.now(), std::time::Instant::now());
    let done = match tokio::time::timeout(MOST_TIME, carry_out(app, &errand)).await {
        Ok(done) => done?,
        Err(_) => Carried::ended(Ended::Failed(Failed::new(
            Failure::Doubt,
            None,
            "nothing came back in the time that an attempt may take",
        ))),
    };
    let attempt =
        Attempt { at, took: began.elapsed(), ended: done.ended, ticket: done.ticket, jitter: jitter() };
    let held = app.store.finish(claim, attempt, app.clock.now()).await?;
    if !held {
        tracing::warn!(delivery = %errand.claim.delivery, "a worker came back after its lease: what it says was not kept");
    }
    Ok(())
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
