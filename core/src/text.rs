//! Small pieces of sentences.

use unicode_segmentation::UnicodeSegmentation as _;

/// Returns `1 person`, `2 people`.
pub fn count(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// Returns `One person`, `Two people`, `14 people`: a number as a sentence begins with it.
pub fn count_word(n: u64, one: &str, many: &str) -> String {
    const WORDS: [&str; 10] = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
    let word = usize::try_from(n).ok().and_then(|n| WORDS.get(n));
    let number = word.map_or_else(|| n.to_string(), |word| (*word).to_owned());
    format!("{number} {}", if n == 1 { one } else { many })
}

/// Begins a sentence small, so that it can stand within another.
pub fn lowercase_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

/// Joins names as a sentence does: `Ada, Bo and Cem`.
pub fn join(names: &[impl AsRef<str>], word: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} {word} {}", first.join(", "), last.as_ref())
        }
    }
}

/// Makes a name or title of somebody else's fit to stand among our words: one line, and nothing that is invisible or
/// turns the direction of the text around it.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() {
            if !plain.is_empty() && !plain.ends_with(' ') {
                plain.push(' ');
            }
        } else if !c.is_control() && !is_invisible(c) {
            plain.push(c);
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// Does the same as [`plain`] to each line of a longer text, and keeps the lines.
pub fn plain_lines(text: &str) -> String {
    text.lines().map(plain).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Returns how long a text is, in UTF-16 code units. Those who limit lengths count characters or these; there are never
/// fewer of these.
pub fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Makes text fit to stand in HTML, between tags and in quoted attributes. New lines are shown as such.
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' => escaped.push_str("<br>"),
            '\r' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Cuts a text that is longer than `most`, so that it ends with an ellipsis and no character that a reader sees as one
/// is torn. Lengths are counted in UTF-16 code units, as the systems that limit them do: never less than in characters.
pub fn cut_graphemes(text: &str, most: usize) -> String {
    if length(text) <= most {
        return text.to_owned();
    }
    let Some(room) = most.checked_sub(1) else {
        return String::new();
    };
    let mut left = room;
    let kept: String = text
        .graphemes(true)
        .take_while(|grapheme| {
            let rest = left.checked_sub(length(grapheme));
            left = rest.unwrap_or(left);
            rest.is_some()
        })
        .collect();
    format!("{}…", kept.trim_end())
}

/// Tells whether a character directs the text around it, or has no width. Joiners stay: scripts and emoji need them.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Tells whether a text can be an address for mails: one `@` with something on both sides, and nothing that would begin another.
pub fn is_address(text: &str) -> bool {
    let text = text.trim();
    let parts: Vec<&str> = text.split('@').collect();
    let sound = parts.len() == 2 && parts.iter().all(|part| !part.is_empty());
    sound && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c))
}

/// Returns an address as addresses are compared: people write the same one in capitals and small letters.
pub fn login(address: &str) -> String {
    address.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_two_sides_and_name_one_person() {
        for good in ["priya@northwind.example", " a@b ", "bücher@example"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["", "priya", "@b", "a@", "a@b@c", "a b@c", "a@b,c@d", "<a@b>", "a@b\u{0}"] {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn numbers_and_names_read_like_sentences() {
        assert_eq!(count(1, "person", "people"), "1 person");
        assert_eq!(count(2, "person", "people"), "2 people");
        assert_eq!(count_word(2, "person", "people"), "Two people");
        assert_eq!(count_word(14, "person", "people"), "14 people");
        assert_eq!(join(&["Priya", "Tom", "Ada"], "or"), "Priya, Tom or Ada");
        assert_eq!(join(&["Priya"], "or"), "Priya");
    }

    #[test]
    fn html_holds_text_as_text() {
        let escaped = escape_html("<a href='x'>&\r\n\"b\"");
        assert_eq!(escaped, "&lt;a href=&#39;x&#39;&gt;&amp;<br>&quot;b&quot;");
    }

    #[test]
    fn what_is_too_long_is_cut_between_what_readers_see_as_characters() {
        let check = |text: &str, most, expected: &str| {
            let cut = cut_graphemes(text, most);
            assert_eq!(cut, expected, "{text:?} to {most}");
            assert!(cut.encode_utf16().count() <= most);
        };
        check("Contoso", 7, "Contoso");
        check("Contoso", 6, "Conto…");
        check("Con toso", 5, "Con…");
        check("Cafe\u{301}s", 5, "Caf…");
        check("Cafe\u{301}s", 6, "Cafe\u{301}s");
        check("a👩‍👩‍👧b", 8, "a…");
        check("🇳🇱🇳🇱", 5, "🇳🇱…");
        check("abc", 1, "…");
        check("abc", 0, "");
        check("", 0, "");
    }

    #[test]
    fn names_of_others_stay_one_visible_line() {
        let check = |text: &str, expected: &str| assert_eq!(plain(text), expected, "{text:?}");
        check("WS-01", "WS-01");
        check("invoice\u{202e}fdp.exe", "invoicefdp.exe");
        check(" a\r\n\tb\u{0}\u{200b} ", "a b");
        check("<b>=1+1</b>", "<b>=1+1</b>");
        check("می‌خواهم", "می‌خواهم");
        check("\u{2066}\u{feff}", "");
    }
}
