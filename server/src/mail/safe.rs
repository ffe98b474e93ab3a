//! What must hold of every message and header before it goes anywhere. lettre 0.11.23 doubles the dot only after CRLF,
//! so a message with a bare LF or CR could end early and smuggle commands into the dialogue.

use beckon_core::text::{cut_graphemes, plain};

/// The longest line that SMTP takes, without its CRLF (RFC 5321, 4.5.3.1.6).
const MAX_LINE: usize = 998;

/// The longest id of a message that fits into a line of its own.
const MAX_ID: usize = 250;

/// Checks that every line of a message ends with CRLF, is short enough, and none begins with a dot.
///
/// # Errors
/// What is wrong.
pub(super) fn check_lines(message: &[u8]) -> Result<(), String> {
    let mut rest = message;
    while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        if !rest[end..].starts_with(b"\r\n") {
            return Err("expected lines that end with CRLF, found a bare CR or LF".to_owned());
        }
        check_line(&rest[..end])?;
        rest = &rest[end + 2..];
    }
    check_line(rest)
}

fn check_line(line: &[u8]) -> Result<(), String> {
    if line.len() > MAX_LINE {
        return Err(format!("expected lines of at most {MAX_LINE} bytes, found one of {}", line.len()));
    }
    if line.starts_with(b".") || line.contains(&0) {
        return Err("expected base64, found a line that begins with a dot or has a NUL".to_owned());
    }
    Ok(())
}

/// Checks that `id` is one such as `<delivery-17@beckon.example>`.
///
/// # Errors
/// What is wrong.
pub(super) fn check_id(id: &str) -> Result<(), String> {
    let inner = id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or_default();
    let is_atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let is_domain = |c: char| is_atom(c) || "[]:".contains(c);
    let fits = id.len() <= MAX_ID
        && inner.split_once('@').is_some_and(|(left, right)| {
            !left.is_empty() && !right.is_empty() && left.chars().all(is_atom) && right.chars().all(is_domain)
        });
    if fits {
        Ok(())
    } else {
        Err("expected a message id such as <delivery-17@beckon.example>, found another".to_owned())
    }
}

/// Makes `text` one plain line of at most `most` UTF-16 code units. What looks like an encoded word (`=?utf-8?q?…?=`) is taken
/// apart: mail programs would show what it stands for, which nobody made plain.
pub(super) fn line(text: &str, most: usize) -> String {
    cut_graphemes(&plain(text).replace("=?", "= ?"), most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_whole_lines_only() {
        let check = |message: &str, good: bool| assert_eq!(check_lines(message.as_bytes()).is_ok(), good);
        check("A: b\r\n\r\nYQ==\r\n", true);
        check("", true);
        check("A: b\r\n\r\na\n.\n", false);
        check("a\r.\r", false);
        check("a\r\n.\r\nb", false);
        check("a\0b", false);
        check(&"a".repeat(998), true);
        check(&"a".repeat(999), false);
    }

    #[test]
    fn an_id_is_one_word() {
        let check = |id: &str, good: bool| assert_eq!(check_id(id).is_ok(), good, "{id}");
        check("<delivery-17@beckon.example>", true);
        check("<escalation-17@[127.0.0.1]>", true);
        check("<delivery-17@beckon.example>\r\nBcc: <a@b.example>", false);
        check("<a b@c>", false);
        check("<a@b> <c@d>", false);
        check("delivery-17@beckon.example", false);
        check("<@b>", false);
        check(&format!("<{}@b>", "a".repeat(300)), false);
    }

    #[test]
    fn a_line_is_plain_and_short_and_no_encoded_word() {
        let check = |text: &str, most: usize, expected: &str| assert_eq!(line(text, most), expected);
        check("short", 10, "short");
        check("aaaaaaaaaaaaaaaa", 5, "aaaa…");
        check("a\r\nBcc: b", 20, "a Bcc: b");
        check("=?utf-8?q?a?=", 20, "= ?utf-8?q?a?=");
    }
}
