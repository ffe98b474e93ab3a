//! What must be known to judge a thing: which keys to load by, and what is loaded.

use crate::escalation::{EntityState, Head};
use crate::id::EscalationId;
use crate::watch::{Condition, Reading, Streak, Watched};

/// What must be loaded beside the thing itself, by its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchKeys {
    /// The subject key of the escalation that the newest reading would raise or join.
    pub own: String,
    /// The subject keys of the others that may list the thing.
    pub listed: Vec<String>,
    /// Whether the other things with the same topic in the same organization count.
    pub needs_peers: bool,
}

impl WatchKeys {
    /// Names what the judgement of `watched` needs.
    pub fn of(watched: &Watched, streak: &Streak, condition: &Condition) -> Self {
        let own = streak.latest.subject_key(&watched.thing, watched.place.as_ref().map(|place| place.id));
        let listed = condition.listed.iter().filter(|key| **key != own).cloned().collect();
        let needs_peers = matches!(streak.latest, Reading::Isolation { .. });
        Self { own, listed, needs_peers }
    }
}

/// What was loaded to judge a thing.
#[derive(Clone, Copy, Debug)]
pub struct WatchFacts<'f> {
    /// The thing.
    pub watched: &'f Watched,
    /// All that was observed of it, this observation included.
    pub streak: &'f Streak,
    /// What is remembered of it.
    pub condition: &'f Condition,
    /// The open escalation with the key [`WatchKeys::own`].
    pub open: Option<OpenMatter<'f>>,
    /// The open escalations with the keys [`WatchKeys::listed`].
    pub listed: &'f [OpenMatter<'f>],
    /// The others that are in the same trouble.
    pub peers: &'f [Peer],
    /// The latest ended escalation with the key [`WatchKeys::own`].
    pub previous: Option<EscalationId>,
    /// The id that a new escalation gets.
    pub next_id: EscalationId,
}

impl<'f> WatchFacts<'f> {
    /// The open escalations that may list it.
    pub(super) fn matters(&self) -> impl Iterator<Item = OpenMatter<'f>> {
        self.open.into_iter().chain(self.listed.iter().copied())
    }

    /// Tells whether the trouble that is remembered goes on: nothing was well since it began.
    pub(super) fn goes_on(&self) -> bool {
        matches!((self.streak.since, self.condition.since), (Some(now), Some(before)) if now <= before)
    }

    /// Tells whether an open escalation asks about that very trouble.
    pub(super) fn is_asked_about(&self) -> bool {
        self.goes_on() && self.matters().any(|matter| matter.waits_for_it())
    }
}

/// An open escalation, as far as a thing that it may list needs it.
#[derive(Clone, Copy, Debug)]
pub struct OpenMatter<'f> {
    /// The escalation without its entities.
    pub head: &'f Head,
    /// The thing as it lists it, if it does.
    pub entity: Option<&'f EntityState>,
}

impl OpenMatter<'_> {
    /// Tells whether something is left to do about the thing there.
    pub(super) fn waits_for_it(&self) -> bool {
        self.entity.is_some_and(|entity| entity.settled.is_none())
    }

    /// Tells whether something is left to do about the thing there, or will be once an admin decides again.
    pub(super) fn may_wait_for_it(&self) -> bool {
        self.entity.is_some_and(EntityState::is_decidable)
    }
}

/// Another thing in the same trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The thing.
    pub watched: Watched,
    /// All that was observed of it.
    pub streak: Streak,
    /// Whether an answer accepts its trouble as it is.
    pub accepted: bool,
}
