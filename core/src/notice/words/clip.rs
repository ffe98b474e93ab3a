//! How long foreign text may be among our words. What is cut is cut between two graphemes, and shows it.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::text::{plain, plain_lines};

/// The longest single value: a name, a label, an error.
pub(super) const MAX_VALUE: usize = 300;

/// The longest sentence or two that hold foreign text.
pub(super) const MAX_SENTENCES: usize = 600;

/// Returns how long a text is, in UTF-16 code units. Those who limit lengths count characters or these; there are never
/// fewer of these.
pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Cuts `text` so that it is at most `most` long together with the ellipsis that shows the cut.
pub(super) fn clip(text: &str, most: usize) -> String {
    if length(text) <= most {
        return text.to_owned();
    }
    let mut room = most.saturating_sub(1);
    let mut kept = String::new();
    for grapheme in text.graphemes(true) {
        let Some(left) = room.checked_sub(length(grapheme)) else { break };
        room = left;
        kept.push_str(grapheme);
    }
    format!("{}…", kept.trim_end())
}

/// Makes one line of at most `most` out of what somebody else wrote.
pub(super) fn line(text: &str, most: usize) -> String {
    clip(&plain(text), most)
}

/// Makes lines of together at most `most` out of what somebody else wrote.
pub(super) fn lines(text: &str, most: usize) -> String {
    clip(&plain_lines(text), most)
}

/// Ends a sentence, where nothing ends it yet.
pub(super) fn sentence(text: &str) -> String {
    let ended = text.is_empty() || text.ends_with(['.', '?', '!', '…']) || text.ends_with(".”");
    if ended { text.to_owned() } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, most: usize, expected: &str) {
        assert_eq!(clip(text, most), expected);
        assert!(length(expected) <= most);
    }

    #[test]
    fn a_cut_is_visible_and_splits_no_grapheme() {
        check("Contoso", 7, "Contoso");
        check("Contoso", 6, "Conto…");
        check("Contoso Ltd", 9, "Contoso…");
        check("ab👩‍👩‍👧c", 6, "ab…");
        check("e\u{301}e\u{301}e\u{301}", 4, "e\u{301}…");
        check(&format!("a{}", "\u{301}".repeat(50)), 10, "…");
    }

    #[test]
    fn sentences_end_once() {
        for (text, expected) in
            [("It works", "It works."), ("Does it?", "Does it?"), ("", ""), ("Cut…", "Cut…")]
        {
            assert_eq!(sentence(text), expected);
        }
    }
}
