//! What becomes of one attempt to deliver something, whatever the channel.

use std::time::Duration;

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
}

/// Cuts `text` to at most `most` bytes, at the end of a character.
pub fn cut(text: &str, most: usize) -> String {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text[..end].to_owned()
}
