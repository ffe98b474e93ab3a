//! How often signing in may be tried. Whoever guesses is slowed down; whoever is guessed at is not locked out: a browser
//! that signed in before counts for itself, and a link by email always works.
//!
//! Counts live in memory: a restart forgets them, and with several nodes each counts its own.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use beckon_core::id::UserId;
use beckon_core::time::{Timestamp, minutes};
use chrono::TimeDelta;

use crate::store::Digest;

/// For how long a failure counts.
const WINDOW: TimeDelta = minutes(15);

/// How many are remembered. Beyond that those whose window is over make room, and then the oldest.
const MOST: usize = 50_000;

/// For what failures are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An address; a whole /64 of IPv6, since that is what one customer of a provider has.
    Address(IpAddr),
    /// An account's login, tried from browsers that never signed in.
    Login([u8; 32]),
    /// A person, from one browser that signed in before.
    Device(UserId, [u8; 32]),
    /// Links that were asked for, for a login.
    Links([u8; 32]),
    /// Links that were asked for, from an address.
    LinksFrom(IpAddr),
    /// Sign-ins that left for a provider, from an address.
    FlowsFrom(IpAddr),
    /// Launch codes of panels that did not work, from an address.
    CodesFrom(IpAddr),
}

impl Subject {
    /// Makes the subject of an address.
    pub fn address(address: IpAddr) -> Self {
        Self::Address(network(address))
    }

    /// Makes the subject of links that are asked for from an address.
    pub fn links_from(address: IpAddr) -> Self {
        Self::LinksFrom(network(address))
    }

    /// Makes the subject of sign-ins that leave for a provider, from an address.
    pub fn flows_from(address: IpAddr) -> Self {
        Self::FlowsFrom(network(address))
    }

    /// Makes the subject of launch codes from an address.
    pub fn codes_from(address: IpAddr) -> Self {
        Self::CodesFrom(network(address))
    }

    /// Makes the subject of a login.
    pub fn login(login: &str) -> Self {
        Self::Login(Digest::of(login.as_bytes()).0)
    }

    /// Makes the subject of links for a login.
    pub fn links(login: &str) -> Self {
        Self::Links(Digest::of(login.as_bytes()).0)
    }

    /// Makes the subject of a person's known browser.
    pub fn device(user: UserId, device: &str) -> Self {
        Self::Device(user, Digest::of(device.as_bytes()).0)
    }

    /// Returns how many times it may fail in a window.
    const fn most(self) -> u32 {
        match self {
            Self::Address(_) | Self::CodesFrom(_) => 50,
            Self::Login(_) | Self::Device(..) => 10,
            Self::Links(_) => 3,
            Self::LinksFrom(_) => 20,
            // A whole office signs in from one address in the morning.
            Self::FlowsFrom(_) => 300,
        }
    }
}

/// Returns what one customer of a provider has: an address, or a whole /64 of IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Count {
    since: Timestamp,
    failures: u32,
}

/// The failures of the last while.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<Subject, Count>>);

impl Throttle {
    /// Counts a try for each of `subjects` before it is made; a success takes it back. Where one has been tried too often,
    /// nothing is counted.
    ///
    /// # Errors
    /// The seconds until it may be tried again.
    pub fn count(&self, subjects: &[Subject], now: Timestamp) -> Result<(), u64> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = subjects.iter().filter_map(|subject| wait(*subject, counts.get(subject)?, now)).max();
        if let Some(wait) = wait {
            return Err(wait);
        }
        for subject in subjects {
            make_room(&mut counts, now);
            let count = counts.entry(*subject).or_insert(Count { since: now, failures: 0 });
            if now - count.since >= WINDOW {
                *count = Count { since: now, failures: 0 };
            }
            count.failures += 1;
        }
        Ok(())
    }

    /// Takes back what [`Self::count`] counted, since it was no failure.
    pub fn succeeded(&self, subjects: &[Subject]) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for subject in subjects {
            if let Some(count) = counts.get_mut(subject) {
                count.failures = count.failures.saturating_sub(1);
            }
        }
    }
}

fn wait(subject: Subject, count: &Count, now: Timestamp) -> Option<u64> {
    let left = count.since + WINDOW - now;
    let over = count.failures >= subject.most() && left > TimeDelta::zero();
    over.then(|| u64::try_from(left.num_seconds()).unwrap_or(0) + 1)
}

fn make_room<K: Copy + Eq + Hash>(counts: &mut HashMap<K, Count>, now: Timestamp) {
    if counts.len() < MOST {
        return;
    }
    counts.retain(|_, count| now - count.since < WINDOW);
    if counts.len() >= MOST
        && let Some(oldest) = counts.iter().min_by_key(|(_, count)| count.since).map(|(key, _)| *key)
    {
        counts.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        chrono::DateTime::from_timestamp(minute * 60, 0).expect("a time")
    }

    #[test]
    fn too_many_failures_wait_for_the_end_of_their_window() {
        let throttle = Throttle::default();
        let login = Subject::login("priya@northwind.example");
        for _ in 0..10 {
            assert_eq!(throttle.count(&[login], at(0)), Ok(()));
        }
        assert_eq!(throttle.count(&[login], at(5)), Err(601));
        assert_eq!(throttle.count(&[Subject::device(UserId(1), "known")], at(5)), Ok(()));
        assert_eq!(throttle.count(&[login], at(15)), Ok(()));
    }

    #[test]
    fn a_success_is_no_failure() {
        let throttle = Throttle::default();
        let login = Subject::login("priya@northwind.example");
        for _ in 0..100 {
            assert_eq!(throttle.count(&[login], at(0)), Ok(()));
            throttle.succeeded(&[login]);
        }
    }

    #[test]
    fn neighbours_in_a_network_count_as_one_where_one_customer_has_it_all() {
        let subject = |text: &str| Subject::address(text.parse().expect("an address"));
        assert_eq!(subject("2001:db8:1:2::1"), subject("2001:db8:1:2:ffff::9"));
        assert_ne!(subject("2001:db8:1:2::1"), subject("2001:db8:1:3::1"));
        assert_ne!(subject("192.0.2.1"), subject("192.0.2.2"));
        assert_eq!(subject("::ffff:192.0.2.1"), subject("192.0.2.1"));
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let throttle = Throttle::default();
        for n in 0..u32::try_from(MOST).expect("small") + 10 {
            assert_eq!(throttle.count(&[Subject::login(&n.to_string())], at(0)), Ok(()));
        }
        assert!(throttle.0.lock().expect("nobody panicked").len() <= MOST);
    }
}
