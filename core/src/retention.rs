//! For how long an account keeps what it does not need any more.

use serde::{Deserialize, Serialize};

use crate::error::FieldError;
use crate::time::{Timestamp, days};

/// The fewest days: previews of rules look back as far.
pub const LEAST_DAYS: u32 = 30;

/// The most days, a hundred years.
pub const MOST_DAYS: u32 = 36_500;

/// For how many days an account keeps what; for ever where it is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// Observations, from when they were observed.
    pub observations: Option<u32>,
    /// Escalations, from when they were resolved, with their part of the log.
    pub escalations: Option<u32>,
}

impl Retention {
    /// Returns from when on observations are kept; none where all are.
    pub fn observations_since(&self, now: Timestamp) -> Option<Timestamp> {
        self.observations.map(|count| now - days(count.into()))
    }

    /// Returns from when on resolved escalations are kept; none where all are.
    pub fn escalations_since(&self, now: Timestamp) -> Option<Timestamp> {
        self.escalations.map(|count| now - days(count.into()))
    }

    /// Refuses an observation that is older than what is kept: whether it was here before is not known any more, and to take it in
    /// could ask again what was answered.
    ///
    /// # Errors
    /// On `observed_at`.
    pub fn admit(&self, observed_at: Timestamp, now: Timestamp) -> Result<(), FieldError> {
        match (self.observations, self.observations_since(now)) {
            (Some(count), Some(since)) if observed_at < since => Err(FieldError::new(
                "observed_at",
                format!(
                    "expected one of the last {count} days, which is for how long this account keeps them"
                ),
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        chrono::DateTime::from_timestamp(day * 86_400, 0).expect("a time")
    }

    #[test]
    fn what_is_older_than_what_is_kept_is_refused_and_the_rest_is_not() {
        let kept = Retention { observations: Some(30), escalations: None };
        assert_eq!(kept.admit(at(70), at(100)), Ok(()));
        let refused = kept.admit(at(69), at(100)).expect_err("it is too old");
        assert_eq!(refused.field, "observed_at");
        assert!(refused.message.contains("30 days"), "{}", refused.message);
        assert_eq!(Retention::default().admit(at(0), at(100)), Ok(()));
    }

    #[test]
    fn each_of_both_is_kept_for_as_long_as_it_says() {
        let kept = Retention { observations: None, escalations: Some(90) };
        assert_eq!((kept.observations_since(at(100)), kept.escalations_since(at(100))), (None, Some(at(10))));
    }
}
