//! Who listens to which changes: those of one account, as pages do, or those of all.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use beckon_core::api::ChangeSignal;
use beckon_core::id::AccountId;
use futures_util::stream::{Stream, StreamExt as _};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

use super::Signal;

/// How many changes of an account wait for a slow listener before it has to fetch everything again.
const KEPT_OF_ACCOUNT: usize = 128;

/// How many changes of all accounts wait for who listens to all.
const KEPT_OF_ALL: usize = 4_096;

/// Tells listeners of changes. A change wakes those who listen to its account, and nobody else's page. Copies tell the same listeners.
#[derive(Clone)]
pub(super) struct Signals {
    all: broadcast::Sender<Signal>,
    accounts: Arc<Mutex<HashMap<AccountId, broadcast::Sender<ChangeSignal>>>>,
}

impl Signals {
    pub(super) fn new() -> Self {
        Self { all: broadcast::channel(KEPT_OF_ALL).0, accounts: Arc::default() }
    }

    /// Tells of a change. Nobody listening is fine.
    pub(super) fn send(&self, signal: Signal) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(account) = accounts.get(&signal.account)
            && account.send(signal.change.clone()).is_err()
        {
            accounts.remove(&signal.account);
        }
        drop(accounts);
        drop(self.all.send(signal));
    }

    /// Listens to the changes of one account.
    pub(super) fn of_account(&self, account: AccountId) -> broadcast::Receiver<ChangeSignal> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.entry(account).or_insert_with(|| broadcast::channel(KEPT_OF_ACCOUNT).0).subscribe()
    }

    /// Listens to the changes of all accounts.
    pub(super) fn of_all(&self) -> broadcast::Receiver<Signal> {
        self.all.subscribe()
    }
}

/// Somebody listens to an account.
pub struct Watch {
    changes: broadcast::Receiver<ChangeSignal>,
    /// What other processes change is told as long as this is kept, where there are any.
    others: Option<Box<dyn Any + Send + Sync>>,
}

impl Watch {
    pub(super) fn new(
        changes: broadcast::Receiver<ChangeSignal>,
        others: Option<Box<dyn Any + Send + Sync>>,
    ) -> Self {
        Self { changes, others }
    }

    /// The changes as they come, whichever process makes them. None of a change means that the listener was too slow for some of them
    /// and has to look at everything again.
    pub fn changes(self) -> impl Stream<Item = Option<ChangeSignal>> + Send {
        let Self { changes, others } = self;
        BroadcastStream::new(changes).map(move |change| {
            let _kept = &others;
            change.ok()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(account: i64, seq: i64) -> Signal {
        let change = ChangeSignal { seq, escalation_id: None, event: "raised".to_owned() };
        Signal { account: AccountId(account), change }
    }

    fn watch(signals: &Signals, account: i64) -> impl Stream<Item = Option<ChangeSignal>> {
        Watch::new(signals.of_account(AccountId(account)), None).changes()
    }

    #[tokio::test]
    async fn a_change_is_heard_by_those_who_listen_to_its_account() {
        let signals = Signals::new();
        let (one, other) = (watch(&signals, 1), watch(&signals, 2));
        let mut all = signals.of_all();
        signals.send(signal(1, 7));
        signals.send(signal(2, 3));
        signals.send(signal(3, 5));
        drop(signals.clone());
        let heard: Vec<_> =
            one.take(1).chain(other.take(1)).map(|change| change.map(|of| of.seq)).collect().await;
        assert_eq!(heard, [Some(7), Some(3)]);
        let heard: Vec<i64> = std::iter::from_fn(|| all.try_recv().ok()).map(|of| of.change.seq).collect();
        assert_eq!(heard, [7, 3, 5]);
    }

    #[tokio::test]
    async fn who_is_too_slow_is_told_so() {
        let signals = Signals::new();
        let changes = watch(&signals, 1);
        let many = i64::try_from(KEPT_OF_ACCOUNT).expect("a number") + 1;
        (1..=many).for_each(|seq| signals.send(signal(1, seq)));
        let heard: Vec<_> = changes.take(2).map(|change| change.map(|of| of.seq)).collect().await;
        assert_eq!(heard, [None, Some(2)]);
    }

    #[test]
    fn what_nobody_listens_to_any_more_is_forgotten() {
        let signals = Signals::new();
        drop(signals.of_account(AccountId(1)));
        signals.send(signal(1, 1));
        assert!(signals.accounts.lock().expect("nobody broke off").is_empty());
    }
}
