//! Messages to send, ways to send them, and what must hold of each that arrived.

use std::path::Path;
use std::time::Duration;

use beckon_core::notice::Message;
use beckon_server::mail::settings::{Login, Security, SmtpSettings};
use beckon_server::mail::{Mail, MailSettings, Patience, Transport};
use mail_parser::{MessageParser, MimeHeaders as _, PartType};

pub(crate) const HOST: &str = "beckon.example";

/// A message with `number` in its ids and all of `text` in each field.
pub(crate) fn mail(number: usize, text: &str) -> Mail {
    Mail {
        to_name: text.to_owned(),
        to_address: "ada@contoso.example".to_owned(),
        message: Message { title: text.to_owned(), text: text.to_owned(), html: text.to_owned() },
        message_id: format!("<delivery-{number}@{HOST}>"),
        thread_id: format!("<escalation-1@{HOST}>"),
        date: "2026-11-24T08:00:00Z".parse().expect("a literal"),
    }
}

/// Settings for a server on this machine.
pub(crate) fn settings(port: u16, security: Security, login: Option<(&str, &str)>) -> MailSettings {
    let host = "127.0.0.1".to_owned();
    let login = login.map(|(username, password)| Login {
        username: username.to_owned(),
        password: password.parse().expect("any text"),
    });
    MailSettings {
        smtp: Some(SmtpSettings { host, port, security, login, ca: None }),
        from: "Beckon <beckon@soc.example>".parse().expect("a literal"),
        rate: 50.try_into().expect("not zero"),
    }
}

/// A way to a receiver that may take its time.
pub(crate) fn transport(settings: &MailSettings) -> Transport {
    within(settings, Duration::from_mins(1))
}

/// A way to a receiver that never answers some things.
pub(crate) fn within(settings: &MailSettings, patience: Duration) -> Transport {
    let patience = Patience { connect: patience, command: patience, content: patience };
    Transport::with_patience(settings, Path::new("/nowhere"), patience).expect("settings")
}

/// What line ends become on their way.
pub(crate) fn canonical(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Checks that what arrived is one well-formed message, the one that was sent.
pub(crate) fn check_arrived(raw: &[u8], sent: &Mail) {
    let about = String::from_utf8_lossy(raw);
    let message = MessageParser::default().parse(raw).expect("a message");
    assert_eq!(message.message_id(), Some(sent.message_id.trim_matches(['<', '>'])), "{about}");
    assert_eq!(message.references().as_text(), Some(sent.thread_id.trim_matches(['<', '>'])), "{about}");
    assert_eq!(message.in_reply_to().as_text(), Some(sent.thread_id.trim_matches(['<', '>'])));
    assert_eq!(message.header("Auto-Submitted").and_then(|value| value.as_text()), Some("auto-generated"));
    assert_eq!(message.header("X-Auto-Response-Suppress").and_then(|value| value.as_text()), Some("All"));
    assert_eq!(message.date().map(mail_parser::DateTime::to_timestamp), Some(sent.date.timestamp()));
    for once in ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"] {
        let count =
            message.headers().iter().filter(|header| header.name().eq_ignore_ascii_case(once)).count();
        assert_eq!(count, 1, "{once} in {about}");
    }
    for never in ["Bcc", "Cc", "X-Injected", "Reply-To"] {
        assert!(message.header(never).is_none(), "{never} in {about}");
    }
    let to: Vec<_> = message.to().expect("to").iter().collect();
    assert_eq!(to.len(), 1, "{about}");
    assert_eq!(to[0].address(), Some(sent.to_address.as_str()));
    check_cut(to[0].name().unwrap_or_default(), &sent.to_name, 200);
    check_cut(message.subject().unwrap_or_default(), &sent.message.title, 250);
    assert_eq!(message.parts.len(), 3, "{about}");
    for part in &message.parts[1..] {
        let encoding = part.content_transfer_encoding();
        assert_eq!(encoding, Some("base64"), "{about}");
        match &part.body {
            PartType::Text(text) => assert_eq!(canonical(text), canonical(&sent.message.text)),
            PartType::Html(html) => assert_eq!(canonical(html), canonical(&sent.message.html)),
            other => panic!("expected text and HTML, found {other:?}"),
        }
    }
}

/// Checks that a line is what was sent, made plain and without what looks like an encoded word, or its beginning.
fn check_cut(found: &str, sent: &str, most: usize) {
    let plain = beckon_core::text::plain(sent).replace("=?", "= ?");
    match found.strip_suffix('…') {
        Some(beginning) if plain.chars().count() > most => {
            assert!(plain.starts_with(beginning) && found.chars().count() <= most, "{found}");
        }
        Some(_) | None => assert_eq!(found, plain),
    }
}
