//! How long foreign text may be among our words. What is cut is cut between two graphemes, and shows it.

use crate::text::{cut_graphemes, plain, plain_lines};

/// The longest single value: a name, a label, an error.
pub(super) const MAX_VALUE: usize = 300;

/// The longest sentence or two that hold foreign text.
pub(super) const MAX_SENTENCES: usize = 600;

/// Makes one line of at most `most` out of what somebody else wrote.
pub(super) fn line(text: &str, most: usize) -> String {
    cut_graphemes(&plain(text), most)
}

/// Makes lines of together at most `most` out of what somebody else wrote.
pub(super) fn lines(text: &str, most: usize) -> String {
    cut_graphemes(&plain_lines(text), most)
}

/// Ends a sentence, where nothing ends it yet.
pub(super) fn sentence(text: &str) -> String {
    let ended = text.is_empty() || text.ends_with(['.', '?', '!', '…']) || text.ends_with(".”");
    if ended { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_once() {
        for (text, expected) in
            [("It works", "It works."), ("Does it?", "Does it?"), ("", ""), ("Cut…", "Cut…")]
        {
            assert_eq!(sentence(text), expected);
        }
    }
}
