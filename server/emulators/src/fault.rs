//! What goes wrong on the way to a vendor and back: faults that wait for a call, and faults by chance.

use std::collections::VecDeque;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::random::Random;
use crate::vendor::{Call, UnknownName, Vendor};

/// What goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The work is done; then the connection is closed without an answer.
    CommitAndDrop,
    /// The connection is closed without an answer, and nothing is done.
    DropBefore,
    /// 429, with how many seconds to wait.
    TooMany(u32),
    /// 500 with a page where a vendor's error would be.
    ServerError {
        /// Whether the work is done all the same.
        commit: bool,
    },
    /// Nothing is done and nothing is answered for as long as the client waits.
    Hang,
    /// All tokens of `HaloPSA` end, and then the request is looked at.
    ExpireToken,
    /// The ticket that is made is not found by that many searches that should find it.
    SlowIndex(u32),
    /// The work is done twice. Only for notes.
    Twice,
}

/// A kind of fault, as JSON names it, for faults by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// [`Fault::CommitAndDrop`].
    CommitAndDrop,
    /// [`Fault::DropBefore`].
    DropBefore,
    /// [`Fault::TooMany`], for one second.
    TooMany,
    /// [`Fault::ServerError`] that did nothing.
    ServerError,
    /// [`Fault::ServerError`] that did the work.
    ServerErrorCommit,
    /// [`Fault::Hang`].
    Hang,
    /// [`Fault::ExpireToken`].
    ExpireToken,
    /// [`Fault::SlowIndex`], for one search.
    SlowIndex,
    /// [`Fault::Twice`].
    Twice,
}

impl Kind {
    /// All there are.
    pub const ALL: [Self; 9] = [
        Self::CommitAndDrop,
        Self::DropBefore,
        Self::TooMany,
        Self::ServerError,
        Self::ServerErrorCommit,
        Self::Hang,
        Self::ExpireToken,
        Self::SlowIndex,
        Self::Twice,
    ];

    /// The name as JSON spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CommitAndDrop => "commit_and_drop",
            Self::DropBefore => "drop_before",
            Self::TooMany => "too_many",
            Self::ServerError => "server_error",
            Self::ServerErrorCommit => "server_error_commit",
            Self::Hang => "hang",
            Self::ExpireToken => "expire_token",
            Self::SlowIndex => "slow_index",
            Self::Twice => "twice",
        }
    }

    /// The fault, with how many seconds or searches it lasts where it lasts.
    pub const fn fault(self, count: u32) -> Fault {
        match self {
            Self::CommitAndDrop => Fault::CommitAndDrop,
            Self::DropBefore => Fault::DropBefore,
            Self::TooMany => Fault::TooMany(count),
            Self::ServerError => Fault::ServerError { commit: false },
            Self::ServerErrorCommit => Fault::ServerError { commit: true },
            Self::Hang => Fault::Hang,
            Self::ExpireToken => Fault::ExpireToken,
            Self::SlowIndex => Fault::SlowIndex(count),
            Self::Twice => Fault::Twice,
        }
    }

    /// Whether it can befall such a call at all.
    fn befalls(self, vendor: Vendor, call: Call) -> bool {
        match self {
            Self::ExpireToken => vendor == Vendor::Halopsa && call != Call::Token,
            Self::SlowIndex => call == Call::Create,
            Self::Twice => call == Call::Note,
            _ => true,
        }
    }
}

impl FromStr for Kind {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| UnknownName(name.into()))
    }
}

/// The faults of one emulator. A clone is the same faults, so that a test can keep one and program it on the way.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    waiting: VecDeque<(Call, Fault)>,
    chance: Option<Chance>,
    struck: Vec<(Call, Fault)>,
}

#[derive(Debug)]
struct Chance {
    random: Random,
    rate: f64,
    kinds: Vec<Kind>,
}

impl Faults {
    /// Nothing goes wrong.
    pub fn none() -> Self {
        Self::default()
    }

    /// Lets a fault wait for the next such call, behind those that wait already. [`Call::Any`] waits for the next call
    /// of the vendor's API, whatever it is.
    pub fn push(&self, call: Call, fault: Fault) -> &Self {
        self.lock().waiting.push_back((call, fault));
        self
    }

    /// From now on, that share of the calls goes wrong, in one of these ways, or in any if none is named. The same
    /// seed gives the same faults for the same calls.
    pub fn random(&self, seed: u64, rate: f64, kinds: &[Kind]) -> &Self {
        let kinds = if kinds.is_empty() { Kind::ALL.to_vec() } else { kinds.to_vec() };
        self.lock().chance = Some(Chance { random: Random::new(seed), rate, kinds });
        self
    }

    /// From now on nothing goes wrong.
    pub fn clear(&self) {
        let mut inner = self.lock();
        inner.waiting.clear();
        inner.chance = None;
    }

    /// How many faults wait for their call.
    pub fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// What went wrong so far, oldest first.
    pub fn struck(&self) -> Vec<(Call, Fault)> {
        self.lock().struck.clone()
    }

    /// What is to go wrong with this call: what waits for it, or else what chance says.
    pub(crate) fn take(&self, vendor: Vendor, call: Call) -> Option<Fault> {
        let mut inner = self.lock();
        let waits = inner.waiting.iter().position(|(name, _)| *name == call || *name == Call::Any);
        let fault = match waits.and_then(|at| inner.waiting.remove(at)) {
            Some((_, fault)) => Some(fault),
            None => inner.chance.as_mut().and_then(|chance| chance.draw(vendor, call)),
        }?;
        inner.struck.push((call, fault));
        Some(fault)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Chance {
    fn draw(&mut self, vendor: Vendor, call: Call) -> Option<Fault> {
        if !self.random.chance(self.rate) {
            return None;
        }
        let fitting: Vec<Kind> =
            self.kinds.iter().copied().filter(|kind| kind.befalls(vendor, call)).collect();
        self.random.pick(&fitting).map(|kind| kind.fault(1))
    }
}
