//! What the servers of one database tell each other of their clients, so that asking another one helps nobody: each second, who
//! asked often here is added to what they asked of all, and what they asked elsewhere counts here too.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::MissedTickBehavior;

use super::Rates;
use crate::app::App;
use crate::store::{Asked, Digest, StoreError};

/// How often.
const EVERY: Duration = Duration::from_secs(1);

/// How often a client has to ask before others hear of it.
const OFTEN: u64 = 20;

/// How many clients are remembered. Beyond that all are forgotten.
const MOST: usize = 50_000;

/// Somebody who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Client {
    Credential([u8; 32]),
    Network(IpAddr),
}

impl Client {
    fn digest(self) -> Digest {
        Digest::of(format!("{self:?}").as_bytes())
    }
}

/// What a client asked here.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    /// How often since the others heard of it.
    new: u64,
    /// How often it had asked of all servers then.
    total: Option<u64>,
}

/// What clients asked here.
#[derive(Debug, Default)]
pub(super) struct Shared(Mutex<HashMap<Client, Told>>);

impl Shared {
    fn held(&self) -> MutexGuard<'_, HashMap<Client, Told>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that a client asked.
    pub(super) fn note(&self, client: Client) {
        let mut told = self.held();
        if told.len() >= MOST {
            told.clear();
        }
        told.entry(client).or_default().new += 1;
    }

    /// Returns who asked often, and how often since the last time.
    fn take(&self) -> Vec<(Client, u64)> {
        let mut told = self.held();
        let often = told.iter_mut().filter(|(_, told)| told.new >= OFTEN);
        often.map(|(client, told)| (*client, std::mem::take(&mut told.new))).collect()
    }

    /// Takes in what a client has asked of all by now, `here` of it here since the last time, and returns what of that is new
    /// and was asked elsewhere.
    fn elsewhere(&self, client: Client, here: u64, total: u64) -> u64 {
        let mut held = self.held();
        let told = held.entry(client).or_default();
        let before = told.total.replace(total);
        // Whoever was forgotten meanwhile begins anew.
        let before = before.filter(|before| before + here <= total);
        before.map_or(0, |before| total - before - here)
    }
}

impl Rates {
    /// Tells the others what clients asked here, and counts what they asked elsewhere.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not work; the others do not hear of it then.
    pub async fn share(&self, app: &App) -> Result<(), StoreError> {
        let Some(shared) = &self.shared else { return Ok(()) };
        let often = shared.take();
        if often.is_empty() {
            return Ok(());
        }
        let asked = often.iter().map(|(client, number)| Asked { client: client.digest(), number: *number });
        let totals = app.store.share_requests(asked.collect(), app.clock.now()).await?;
        for ((client, here), total) in often.into_iter().zip(totals) {
            self.charge(client, shared.elsewhere(client, here, total));
        }
        Ok(())
    }

    /// Counts requests that others answered. Beyond what a client may have saved up there is nothing to take.
    fn charge(&self, client: Client, number: u64) {
        for _ in 0..number {
            let counted = match (client, &self.credentials, &self.addresses) {
                (Client::Credential(credential), Some(limit), _) => limit.count(&credential),
                (Client::Network(network), _, Some(limit)) => limit.count(&network),
                _ => return,
            };
            if counted.is_err() {
                return;
            }
        }
    }
}

/// Shares until the server drains.
pub async fn run(app: App) {
    let mut round = tokio::time::interval(EVERY);
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let drained = app.drain.clone().begun();
    tokio::pin!(drained);
    loop {
        tokio::select! {
            () = &mut drained => return,
            _ = round.tick() => {}
        }
        // Meanwhile each counts for itself; whoever needs the database otherwise says so.
        if let Err(error) = app.rates.share(&app).await {
            tracing::debug!(%error, "what clients asked cannot be shared");
        }
    }
}
