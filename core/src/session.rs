//! How long a person stays signed in, and how long a proof of who it is counts.

use chrono::TimeDelta;

use crate::time::{Timestamp, days, hours, minutes};

/// How long a session may rest before it ends.
pub const IDLE: TimeDelta = hours(12);

/// How long a session lasts, however much it is used.
pub const LONGEST: TimeDelta = days(7);

/// How long a proof of who somebody is counts for what is sensitive: members, keys, secrets, one's own sign-in.
pub const FRESH: TimeDelta = minutes(10);

/// How long a sign-in link works that somebody asked for.
pub const RECOVERY_LINK: TimeDelta = hours(1);

/// How long the link of an invitation works.
pub const INVITATION: TimeDelta = days(7);

/// How often it is noted that a session or a key is in use.
pub const NOTED_EVERY: TimeDelta = minutes(1);

/// Tells whether a proof from `authenticated_at` still counts.
pub fn is_fresh(authenticated_at: Timestamp, now: Timestamp) -> bool {
    now - authenticated_at < FRESH
}
