//! How often signing in may be tried. Whoever guesses is slowed down; whoever is guessed at is not locked out: a browser
//! that signed in before counts for itself, and a link by email always works.
//!
//! Counts live in the database: all servers count together, and a restart forgets nothing.

use std::net::{IpAddr, Ipv6Addr};

use beckon_core::id::UserId;

use crate::app::App;
use crate::error::ApiError;
use crate::store::{Digest, Tried};

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

    /// What it is kept as.
    fn digest(self) -> Digest {
        Digest::of(format!("{self:?}").as_bytes())
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

/// Counts a try for each of `subjects` before it is made; a success takes it back. Where one has been tried too often, nothing
/// is counted.
///
/// # Errors
/// [`ApiError::TooMany`] with the seconds until it may be tried again, and when the store does not work.
pub async fn count(app: &App, subjects: &[Subject]) -> Result<(), ApiError> {
    match app.store.count_tries(tried(subjects), app.clock.now()).await? {
        Some(wait) => Err(ApiError::TooMany(wait)),
        None => Ok(()),
    }
}

/// Takes back what [`count`] counted, since it was no failure.
///
/// # Errors
/// When the store does not work.
pub async fn succeeded(app: &App, subjects: &[Subject]) -> Result<(), ApiError> {
    Ok(app.store.uncount_tries(tried(subjects)).await?)
}

fn tried(subjects: &[Subject]) -> Vec<Tried> {
    subjects.iter().map(|subject| Tried { subject: subject.digest(), most: subject.most() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_in_a_network_count_as_one_where_one_customer_has_it_all() {
        let subject = |text: &str| Subject::address(text.parse().expect("an address"));
        assert_eq!(subject("2001:db8:1:2::1"), subject("2001:db8:1:2:ffff::9"));
        assert_ne!(subject("2001:db8:1:2::1"), subject("2001:db8:1:3::1"));
        assert_ne!(subject("192.0.2.1"), subject("192.0.2.2"));
        assert_eq!(subject("::ffff:192.0.2.1"), subject("192.0.2.1"));
    }

    #[test]
    fn what_is_counted_for_one_thing_is_not_counted_for_another() {
        let address: IpAddr = "192.0.2.1".parse().expect("an address");
        let subjects = [
            Subject::address(address),
            Subject::links_from(address),
            Subject::flows_from(address),
            Subject::codes_from(address),
            Subject::login("priya@northwind.example"),
            Subject::links("priya@northwind.example"),
            Subject::device(UserId(1), "known"),
            Subject::device(UserId(2), "known"),
            Subject::device(UserId(1), "other"),
        ];
        let digests: std::collections::HashSet<[u8; 32]> =
            subjects.iter().map(|one| one.digest().0).collect();
        assert_eq!(digests.len(), subjects.len());
    }
}
