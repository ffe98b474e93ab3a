//! What is written into a PSA, and how a correlation key is put there and found again.

use beckon_core::text::{cut_graphemes, length, plain};
use url::Url;

use super::http::Http;
use crate::deliver::outcome::{Failed, Failure};

/// Makes a title of at most `most` UTF-16 code units: one line, nothing invisible, never empty.
pub fn title(text: &str, most: usize) -> String {
    let plain = plain(text);
    cut_graphemes(if plain.is_empty() { "Beckon" } else { &plain }, most)
}

/// Makes a text that ends with the key in brackets, where it does not hold it already. The key is never cut.
pub fn text_with_key(text: &str, key: &str, most: usize) -> String {
    let text = text.trim_end();
    if holds_key(text, key) && length(text) <= most {
        return text.to_owned();
    }
    let end = format!("\n\n[{key}]");
    format!("{}{end}", cut_graphemes(text, most.saturating_sub(end.len())))
}

/// Tells whether a text holds a key, and not just one that begins or ends the same: `beckon-1` is not in `beckon-17`.
pub fn holds_key(text: &str, key: &str) -> bool {
    let of_key = |c: char| c.is_ascii_alphanumeric() || c == '-';
    !key.is_empty()
        && text
            .match_indices(key)
            .any(|(at, _)| !text[..at].ends_with(of_key) && !text[at + key.len()..].starts_with(of_key))
}

/// Takes of a whole HTML document what stands in its body; a fragment is taken as it is.
pub fn body_of(html: &str) -> &str {
    let lower = html.to_ascii_lowercase();
    let start = lower.find("<body").and_then(|at| lower[at..].find('>').map(|end| at + end + 1));
    let end = lower.rfind("</body").unwrap_or(html.len());
    start.and_then(|start| html.get(start..end)).unwrap_or(html).trim()
}

/// Reads the PSA's id of something as the number that its API wants.
///
/// # Errors
/// Where it is none.
pub fn number(http: &Http, what: &str, id: &str) -> Result<i64, Failed> {
    id.trim().parse().map_err(|_| {
        let detail = format!("expected a number for {what}, found `{id}`: choose it again");
        http.failed(Failure::Refused, None, &detail)
    })
}

/// Makes a URL from what somebody entered: a whole one, or a host, for which `https://` is meant. Ends with a slash.
pub fn base_url(entered: &str) -> Option<Url> {
    let whole = if entered.contains("://") { entered.to_owned() } else { format!("https://{entered}") };
    let mut url = Url::parse(&whole).ok()?;
    url.host_str()?;
    url.set_query(None);
    url.set_fragment(None);
    let path = format!("{}/", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Some(url)
}

/// Adds a query to a URL, where there is one to add.
pub fn with_query(mut url: Url, query: &[(&str, &str)]) -> Url {
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_whole_or_not_at_all() {
        let check = |text: &str, expected: bool| assert_eq!(holds_key(text, "beckon-1"), expected, "{text}");
        check("[beckon-1]", true);
        check("beckon-1", true);
        check("see beckon-17 and beckon-1.", true);
        check("ébeckon-1é", true);
        check("beckon-17", false);
        check("beckon-1-note", false);
        check("abeckon-1", false);
        check("x-beckon-1", false);
        check("BECKON-1", false);
        assert!(!holds_key("anything", ""));
    }

    #[test]
    fn a_long_text_keeps_its_key() {
        assert_eq!(text_with_key("resolved\n", "k-1", 100), "resolved\n\n[k-1]");
        assert_eq!(text_with_key("resolved k-1", "k-1", 100), "resolved k-1");
        let long = text_with_key(&"👩‍👩‍👧".repeat(100), "k-1", 50);
        assert!(long.ends_with("…\n\n[k-1]") && long.encode_utf16().count() <= 50, "{long}");
        assert!(holds_key(&text_with_key(&format!("{}k-1", " x".repeat(99)), "k-1", 50), "k-1"));
    }

    #[test]
    fn titles_are_one_visible_line() {
        assert_eq!(title("a\u{202e}b\n c", 10), "ab c");
        assert_eq!(title("\u{200b}", 10), "Beckon");
    }

    #[test]
    fn of_a_document_the_body_is_taken() {
        assert_eq!(
            body_of(
                "<!doctype html><html><head><style>p{}</style></head><BODY class=x><p>İ</p></body></html>"
            ),
            "<p>İ</p>"
        );
        assert_eq!(body_of("<p>a</p>"), "<p>a</p>");
    }

    #[test]
    fn addresses_become_urls_that_end_with_a_slash() {
        let check = |entered: &str, expected: &str| {
            assert_eq!(base_url(entered).expect("it is good").as_str(), expected);
        };
        check("na.myconnectwise.net", "https://na.myconnectwise.net/");
        check("http://127.0.0.1:80/x", "http://127.0.0.1/x/");
        check("https://h/a//", "https://h/a/");
    }
}
