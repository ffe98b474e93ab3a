//! Failing on purpose: as told, or at random from a seed.

use std::collections::VecDeque;

use crate::call::Kind;

/// A way to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Does the work, and closes the connection without an answer.
    CommitAndDrop,
    /// Closes the connection without having done anything.
    DropBefore,
    /// Does the work twice and answers once, as a proxy that repeats a request does. Over HTTP there is no answering
    /// twice; of a request that makes something this makes two, against which no client can do anything. Chaos therefore
    /// uses it only for what may be repeated.
    Twice,
    /// Answers 429, and asks to be left alone for so many seconds where it says so.
    TooMany(Option<u32>),
    /// Answers 500 in words that say nothing of the request, having done the work or not.
    ServerError {
        /// Whether the work was done.
        committed: bool,
    },
    /// Never answers, having done the work or not.
    Hang {
        /// Whether the work was done.
        committed: bool,
    },
    /// Does the work, and answers with a page that is no answer of the API.
    Garbled,
    /// Does the work, and breaks off in the middle of the answer.
    Truncated,
    /// Forgets all tokens before it looks at the request.
    ExpireToken,
    /// Does the work, but the next search that should find the new ticket does not. The one after it does: the protocol
    /// leaves 30 seconds between two searches, and no index is slower.
    SlowIndex,
}

impl Fault {
    /// Every fault that ends by itself, for chaos.
    pub const PASSING: [Self; 10] = [
        Self::CommitAndDrop,
        Self::DropBefore,
        Self::Twice,
        Self::TooMany(Some(1)),
        Self::ServerError { committed: false },
        Self::ServerError { committed: true },
        Self::Garbled,
        Self::Truncated,
        Self::ExpireToken,
        Self::SlowIndex,
    ];

    /// Tells whether chaos may use it for a request.
    const fn suits(self, kind: Kind) -> bool {
        match self {
            Self::Twice => !matches!(kind, Kind::CreateTicket | Kind::AddNote),
            Self::SlowIndex => matches!(kind, Kind::CreateTicket),
            Self::CommitAndDrop
            | Self::DropBefore
            | Self::TooMany(_)
            | Self::ServerError { .. }
            | Self::Hang { .. }
            | Self::Garbled
            | Self::Truncated
            | Self::ExpireToken => true,
        }
    }
}

/// Failing at random. The same seed and the same requests fail the same way.
#[derive(Clone, Debug)]
pub struct Chaos {
    state: u64,
    percent: u64,
    faults: Vec<Fault>,
    /// How many requests came since tokens were forgotten.
    since_expiry: u32,
}

/// How many requests come at least between two times that chaos forgets all tokens: a token that was just made does
/// not expire at once, and a client is right to give up where it seems to.
const TOKEN_LIFE: u32 = 50;

impl Chaos {
    /// Fails about `percent` of all requests, with any of `faults`.
    pub fn new(seed: u64, percent: u64, faults: &[Fault]) -> Self {
        Self { state: seed, percent, faults: faults.to_vec(), since_expiry: TOKEN_LIFE }
    }

    fn next(&mut self, kind: Kind) -> Option<Fault> {
        self.since_expiry = self.since_expiry.saturating_add(1);
        let fails = self.below(100) < self.percent;
        let too_early = self.since_expiry <= TOKEN_LIFE;
        let faults = self.faults.iter().copied();
        let suitable: Vec<Fault> = faults
            .filter(|fault| fault.suits(kind) && !(too_early && *fault == Fault::ExpireToken))
            .collect();
        let chosen = self.below(suitable.len().max(1) as u64);
        let fault = suitable.get(usize::try_from(chosen).unwrap_or(0)).copied().filter(|_| fails);
        if fault == Some(Fault::ExpireToken) {
            self.since_expiry = 0;
        }
        fault
    }

    /// Returns a number below `limit` (`SplitMix64`).
    fn below(&mut self, limit: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// The faults to come.
#[derive(Default)]
pub(crate) struct Faults {
    told: VecDeque<(Kind, Fault)>,
    pub(crate) chaos: Option<Chaos>,
}

impl Faults {
    pub(crate) fn push(&mut self, kind: Kind, fault: Fault) {
        self.told.push_back((kind, fault));
    }

    pub(crate) fn next(&mut self, kind: Kind) -> Option<Fault> {
        let told = self.told.iter().position(|(of, _)| *of == kind);
        match told.and_then(|at| self.told.remove(at)) {
            Some((_, fault)) => Some(fault),
            None => self.chaos.as_mut().and_then(|chaos| chaos.next(kind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_fails_the_same_way_and_about_as_often_as_said() {
        let run = |seed| {
            let mut chaos = Chaos::new(seed, 30, &Fault::PASSING);
            (0..1_000).map(|_| chaos.next(Kind::CreateTicket)).collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
        let failed: Vec<_> = run(7).into_iter().flatten().collect();
        assert!((250..350).contains(&failed.len()), "{}", failed.len());
        assert!(!failed.contains(&Fault::Twice));
    }

    #[test]
    fn what_was_told_happens_in_order_and_to_its_kind() {
        let mut faults = Faults::default();
        faults.push(Kind::Search, Fault::DropBefore);
        faults.push(Kind::Search, Fault::Garbled);
        assert_eq!(faults.next(Kind::CreateTicket), None);
        assert_eq!(faults.next(Kind::Search), Some(Fault::DropBefore));
        assert_eq!(faults.next(Kind::Search), Some(Fault::Garbled));
        assert_eq!(faults.next(Kind::Search), None);
    }
}
