//! What other processes changed: for the accounts that somebody watches here, the log is looked at again and again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use beckon_core::id::AccountId;

use super::Postgres;
use crate::store::Signal;
use crate::store::signals::Signals;
use crate::store::tables::log;
use crate::store::tables::reach::Reach;

/// How often: well within the 250 ms in which a change is to show in another browser (DESIGN §5), and half a second at the most.
const EVERY: Duration = Duration::from_millis(100);

/// The most changes of one account that are told one by one; a watcher who missed more fetches everything anyway.
const MOST: usize = 500;

/// Who watches what, and how far each log was told.
#[derive(Default)]
pub(super) struct Watched(Mutex<HashMap<AccountId, Log>>);

/// A log that somebody watches.
struct Log {
    watchers: usize,
    /// The number of the last event that was told.
    told: i64,
}

/// Somebody watches an account as long as this is kept.
pub(in crate::store) struct Watch {
    watched: Arc<Watched>,
    account: AccountId,
}

impl Watched {
    fn held(&self) -> MutexGuard<'_, HashMap<AccountId, Log>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches an account whose log goes to `seq` now.
    pub(super) fn watch(self: &Arc<Self>, account: AccountId, seq: i64) -> Watch {
        self.held().entry(account).or_insert(Log { watchers: 0, told: seq }).watchers += 1;
        Watch { watched: Arc::clone(self), account }
    }

    /// Notes what this process itself told.
    pub(super) fn told(&self, signal: &Signal) {
        if let Some(log) = self.held().get_mut(&signal.account) {
            log.told = log.told.max(signal.change.seq);
        }
    }

    fn accounts(&self) -> Vec<AccountId> {
        self.held().keys().copied().collect()
    }

    /// Returns from where on an account is to be told, where its log has grown to `seq`.
    fn grown(&self, account: AccountId, seq: i64) -> Option<i64> {
        self.held().get(&account).map(|log| log.told).filter(|told| *told < seq)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut watched = self.watched.held();
        if let Some(log) = watched.get_mut(&self.account) {
            log.watchers -= 1;
            if log.watchers == 0 {
                watched.remove(&self.account);
            }
        }
    }
}

/// Looks until nobody has the database any more.
pub(super) async fn run(postgres: Postgres, watched: Weak<Watched>, signals: Signals) {
    let mut round = tokio::time::interval(EVERY);
    round.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        round.tick().await;
        let Some(watched) = watched.upgrade() else { return };
        let accounts = watched.accounts();
        if accounts.is_empty() {
            continue;
        }
        // A database that does not answer is looked at again soon; whoever needs it otherwise says so.
        if let Err(error) = look(&postgres, &watched, &signals, accounts).await {
            tracing::debug!(%error, "what other processes changed cannot be seen");
        }
    }
}

async fn look(
    postgres: &Postgres,
    watched: &Watched,
    signals: &Signals,
    accounts: Vec<AccountId>,
) -> crate::store::Result<()> {
    let heads =
        postgres.read(Reach::Installation, move |connection| log::heads(connection, &accounts)).await?;
    for (account, seq) in heads {
        let Some(told) = watched.grown(account, seq) else { continue };
        let read = move |connection: &_| log::signals_after(connection, account, told, MOST);
        for change in postgres.read(Reach::Account(account), read).await? {
            let signal = Signal { account, change };
            watched.told(&signal);
            signals.send(signal);
        }
    }
    Ok(())
}
