//! From what is to be told to a message that any mail server takes: text and HTML, base64 throughout.

use std::time::{Duration, SystemTime};

use beckon_core::notice::Message;
use beckon_core::time::Timestamp;
use lettre::address::Address;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};

use super::safe;
use crate::deliver::outcome::{Failed, Failure};

/// The most of a person's name, in characters.
pub const MAX_NAME: usize = 200;

/// The most of a subject, in characters.
pub const MAX_SUBJECT: usize = 250;

/// The longest address that SMTP takes, in bytes (RFC 5321, 4.5.3.1.3).
const MAX_ADDRESS: usize = 254;

/// What stands between the parts. No line of base64 begins with it, so it may be the same in every message; an attempt
/// that is repeated then repeats the bytes.
const BOUNDARY: &str = "=_beckon_alternative";

/// One message to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The person's name; may be empty.
    pub to_name: String,
    /// The person's address.
    pub to_address: String,
    /// What to tell.
    pub message: Message,
    /// What identifies the message, the same at each attempt: `<delivery-17@beckon.example>`.
    pub message_id: String,
    /// What identifies the conversation: the id of its first message. A mail program shows all with the same one together.
    pub thread_id: String,
    /// When it was written: the same at each attempt.
    pub date: Timestamp,
}

/// Composes the message that goes out.
///
/// # Errors
/// [`Failure::Refused`] where the address or an id is not one: such a message never goes out.
pub fn compose(mail: &Mail, from: &Mailbox) -> Result<lettre::Message, Failed> {
    let refused = |detail: &str| Failed::new(Failure::Refused, None, detail);
    let to = address(&mail.to_address).map_err(|detail| refused(&detail))?;
    for id in [&mail.message_id, &mail.thread_id] {
        safe::check_id(id).map_err(|detail| refused(&detail))?;
    }
    let name = safe::line(&mail.to_name, MAX_NAME);
    let mut builder = lettre::Message::builder()
        .from(from.clone())
        .to(Mailbox::new(Some(name).filter(|name| !name.is_empty()), to))
        .subject(safe::line(&mail.message.title, MAX_SUBJECT))
        .date(system_time(mail.date))
        .raw_header(header("Message-ID", &mail.message_id))
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("X-Auto-Response-Suppress", "All"));
    if mail.thread_id != mail.message_id {
        builder = builder
            .raw_header(header("In-Reply-To", &mail.thread_id))
            .raw_header(header("References", &mail.thread_id));
    }
    let parts = MultiPart::alternative()
        .boundary(BOUNDARY)
        .singlepart(part(ContentType::TEXT_PLAIN, &mail.message.text))
        .singlepart(part(ContentType::TEXT_HTML, &mail.message.html));
    let message = builder
        .multipart(parts)
        .map_err(|error| refused(&format!("the message cannot be composed: {error}")))?;
    safe::check_lines(&message.formatted()).map_err(|detail| refused(&detail))?;
    Ok(message)
}

/// Reads an address. A domain with letters beyond ASCII becomes what DNS knows it by.
///
/// # Errors
/// What is wrong with it.
pub(super) fn address(text: &str) -> Result<Address, String> {
    let expected = "expected an email address such as ada@contoso.example, found";
    if text.chars().any(char::is_control) {
        return Err(format!("{expected} one with control characters"));
    }
    let (user, domain) = text.trim().rsplit_once('@').ok_or_else(|| format!("{expected} no @ in it"))?;
    let domain = if domain.is_ascii() {
        domain.to_owned()
    } else {
        url::Host::parse(domain).map_err(|_| format!("{expected} a domain that is none"))?.to_string()
    };
    if user.len() + 1 + domain.len() > MAX_ADDRESS {
        return Err(format!("{expected} one of more than {MAX_ADDRESS} bytes"));
    }
    Address::new(user, domain).map_err(|error| format!("{expected} another: {error}"))
}

/// Makes a header of what is ASCII and short, as it is.
fn header(name: &'static str, value: &str) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str(name);
    HeaderValue::dangerous_new_pre_encoded(name, value.to_owned(), value.to_owned())
}

fn part(kind: ContentType, text: &str) -> SinglePart {
    // Canonical line ends; lettre makes CRLF of them before it encodes.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let body = Body::new_with_encoding(text, ContentTransferEncoding::Base64)
        .unwrap_or_else(|bytes| Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::Base64));
    SinglePart::builder().header(kind).body(body)
}

/// Converts a moment; one before 1970 is 1970.
fn system_time(at: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(at.timestamp()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        Mail {
            to_name: "Ada".to_owned(),
            to_address: "ada@contoso.example".to_owned(),
            message: Message {
                title: "Beckon High Escalation | Isolated (Contoso)".to_owned(),
                text: "Hello\n.\nworld".to_owned(),
                html: "<p>Hello</p>".to_owned(),
            },
            message_id: "<delivery-2@beckon.example>".to_owned(),
            thread_id: "<delivery-1@beckon.example>".to_owned(),
            date: "2026-11-24T08:00:00Z".parse().expect("a literal"),
        }
    }

    fn from() -> Mailbox {
        "Beckon <beckon@soc.example>".parse().expect("a literal")
    }

    #[test]
    fn a_message_reads_as_it_should() {
        let made = compose(&mail(), &from()).expect("composed").formatted();
        insta::assert_snapshot!(String::from_utf8(made).expect("text").replace("\r\n", "\n"));
    }

    #[test]
    fn a_repeated_message_is_the_same_to_the_byte() {
        let made = || compose(&mail(), &from()).expect("composed").formatted();
        assert_eq!(made(), made());
    }

    #[test]
    fn the_first_of_a_conversation_answers_nothing() {
        let first = Mail { thread_id: mail().message_id, ..mail() };
        let made = String::from_utf8(compose(&first, &from()).expect("composed").formatted()).expect("text");
        assert!(!made.contains("References") && !made.contains("In-Reply-To"), "{made}");
    }

    #[test]
    fn what_is_no_address_never_goes_out() {
        let check = |to_address: &str| {
            let failed = compose(&Mail { to_address: to_address.to_owned(), ..mail() }, &from());
            let failed = failed.expect_err(to_address);
            assert_eq!(failed.failure, Failure::Refused, "{to_address}");
            assert!(failed.detail.contains("expected an email address"), "{failed}");
        };
        check("");
        check("ada");
        check("ada@");
        check("ada@contoso.example\r\nRCPT TO:<eve@evil.example>");
        check("ada@contoso.example\n");
        check("ada@contoso.example>\u{0}");
        check("ada@contoso.example, eve@evil.example");
        check("ada@contoso.example> NOTIFY=NEVER <x@y.example");
        check(&format!("{}@contoso.example", "a".repeat(10_000)));
        check(&format!("a@{}.example", "a".repeat(10_000)));
    }

    #[test]
    fn a_domain_in_another_script_is_known_by_its_ascii_name() {
        assert_eq!(
            address("ada@bücher.example").expect("an address").to_string(),
            "ada@xn--bcher-kva.example"
        );
    }
}
