//! What becomes of one attempt to deliver something, whatever the channel.

use std::time::Duration;

use beckon_core::notice::Channel;

/// The most of an answer that is kept, in bytes.
pub const MAX_DETAIL: usize = 1_024;

/// Why an attempt did not succeed: what that means for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It certainly was not taken, and may be later: nobody listens, too many requests, a passing error.
    NotNow {
        /// How long the far end asks to be left alone.
        after: Option<Duration>,
    },
    /// Whether it was taken is not known: the time ran out, the connection broke, the answer was lost.
    Doubt,
    /// It is refused, and will be again: wrong credentials, an unknown address, a field that is wrong.
    Refused,
    /// The destination is gone and wants nothing any more.
    Gone,
}

/// An attempt that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Failed {
    /// What it means.
    pub failure: Failure,
    /// The far end's code, where it gave one: an HTTP status, an SMTP reply code.
    pub code: Option<u16>,
    /// What the far end said or what happened, for people: at most [`MAX_DETAIL`] bytes, without secrets.
    pub detail: String,
}

impl Failed {
    /// Makes one; what is too long is cut, and what is invisible left out.
    pub fn new(failure: Failure, code: Option<u16>, detail: &str) -> Self {
        Self { failure, code, detail: cut(&beckon_core::text::plain_lines(detail), MAX_DETAIL) }
    }

    /// Tells whether trying again is of no use.
    pub const fn is_final(&self) -> bool {
        matches!(self.failure, Failure::Refused | Failure::Gone)
    }

    /// Returns how long the far end asks to be left alone.
    pub const fn after(&self) -> Option<Duration> {
        match self.failure {
            Failure::NotNow { after } => after,
            Failure::Doubt | Failure::Refused | Failure::Gone => None,
        }
    }

    /// Returns what it says of the destination, beside the one message.
    pub fn standing(&self, channel: Channel) -> Standing {
        let is_own = match self.failure {
            Failure::Doubt => return Standing::Unknown,
            Failure::Gone => return Standing::Fails,
            Failure::Refused => channel == Channel::Psa && matches!(self.code, Some(401 | 403)),
            Failure::NotNow { .. } => match channel {
                // What a mail server says of one recipient is no fault of its own; anything else concerns every mail.
                Channel::Email => !matches!(self.code, Some(450..=452)),
                Channel::Psa | Channel::Webhook => matches!(self.code, None | Some(429 | 502..=504)),
            },
        };
        let is_limit = self.code == Some(429) || (self.code.is_none() && self.after().is_some());
        match channel {
            // Each message of an endpoint has a schedule of its own.
            Channel::Webhook if is_own && !is_limit => Standing::Fails,
            Channel::Webhook => Standing::Unknown,
            // Who refuses this one message, in so many words, is there for the others.
            Channel::Email | Channel::Psa if !is_own && self.code.is_some() => Standing::Answers,
            Channel::Email | Channel::Psa if !is_own => Standing::Unknown,
            Channel::Email | Channel::Psa if self.is_final() => Standing::Fails,
            Channel::Email | Channel::Psa if is_limit => Standing::Limited,
            Channel::Email | Channel::Psa => Standing::Down,
        }
    }
}

/// How a destination stands after an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is there: the fault is that of one message, and the others go on.
    Answers,
    /// Nothing was learned.
    Unknown,
    /// It asks for time, or its limits are kept to: everything for it waits, but it does not fail.
    Limited,
    /// It fails, and whether the next message fares better has to be seen.
    Fails,
    /// It fails, and everything for it waits.
    Down,
}

impl Standing {
    /// Tells whether everything for the destination waits.
    pub const fn holds_back(self) -> bool {
        matches!(self, Self::Limited | Self::Down)
    }

    /// Tells whether it counts as failing.
    pub const fn is_failing(self) -> bool {
        matches!(self, Self::Fails | Self::Down)
    }
}

/// Cuts `text` to at most `most` bytes, at the end of a character.
pub fn cut(text: &str, most: usize) -> String {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(channel: Channel, failure: Failure, code: impl Into<Option<u16>>) -> Standing {
        Failed::new(failure, code.into(), "").standing(channel)
    }

    #[test]
    fn a_fault_of_one_message_holds_no_other_back() {
        let not_now = Failure::NotNow { after: None };
        for channel in [Channel::Email, Channel::Psa] {
            assert_eq!(standing(channel, Failure::Refused, 400), Standing::Answers);
            assert_eq!(standing(channel, Failure::Refused, None), Standing::Unknown);
            assert_eq!(standing(channel, Failure::Doubt, 504), Standing::Unknown);
            assert_eq!(standing(channel, not_now, None), Standing::Down);
        }
        assert_eq!(standing(Channel::Email, not_now, 450), Standing::Answers);
        assert_eq!(standing(Channel::Email, not_now, 421), Standing::Down);
        assert_eq!(standing(Channel::Psa, not_now, 500), Standing::Answers);
        assert_eq!(standing(Channel::Psa, not_now, 503), Standing::Down);
        assert_eq!(standing(Channel::Psa, Failure::Refused, 401), Standing::Fails);
    }

    #[test]
    fn whoever_asks_for_time_does_not_fail() {
        let asked = Failure::NotNow { after: Some(Duration::from_secs(30)) };
        assert_eq!(standing(Channel::Psa, asked, 429), Standing::Limited);
        assert_eq!(standing(Channel::Psa, asked, None), Standing::Limited);
        assert_eq!(standing(Channel::Psa, asked, 503), Standing::Down);
        assert!(Standing::Limited.holds_back() && !Standing::Limited.is_failing());
    }

    #[test]
    fn an_endpoint_never_holds_back_its_other_messages() {
        let not_now = Failure::NotNow { after: None };
        assert_eq!(standing(Channel::Webhook, not_now, None), Standing::Fails);
        assert_eq!(standing(Channel::Webhook, not_now, 500), Standing::Unknown);
        assert_eq!(standing(Channel::Webhook, not_now, 429), Standing::Unknown);
        assert_eq!(standing(Channel::Webhook, Failure::Refused, 404), Standing::Unknown);
        assert_eq!(standing(Channel::Webhook, Failure::Gone, 410), Standing::Fails);
    }
}
