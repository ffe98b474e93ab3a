//! Events of the channel `Microsoft-Windows-Windows Defender/Operational`, each as XML.
//!
//! | event | what Windows means | here |
//! |---|---|---|
//! | 5000 | real-time protection was enabled | on |
//! | 5001 | real-time protection was disabled | off |
//! | 5004 | one feature of it was configured: on access, downloads, behaviour, network | ignored |
//! | 5009 to 5012 | scanning for malware or for viruses was enabled or disabled | ignored |
//! | others | detections, scans, updates, settings (5007), … | ignored |
//!
//! A 5004 names a feature and its new setting, and the others go on meanwhile; where the whole goes off, Windows writes
//! a 5001 as well. A 5010 or 5012 is about the antispyware or antivirus scanner. It often comes together with a 5001,
//! which then counts by itself; if it counted, nothing would ever end it, since no 5000 follows where real-time
//! protection had stayed on.

use beckon_core::error::Invalid;
use beckon_core::observation::ObservedEndpoint;
use chrono::SecondsFormat;
use roxmltree::{Document, Node, ParsingOptions};

use crate::sources::{Fact, Reason, Record, Status, when};

/// The channel that the events are from.
const CHANNEL: &str = "Microsoft-Windows-Windows Defender/Operational";

/// The most nodes of one event. Real ones have about a hundred.
const MAX_NODES: u32 = 10_000;

/// Reads one event.
///
/// # Errors
/// What was expected of the event, and what was found.
pub fn read(xml: &[u8]) -> Result<Record, String> {
    // Some tools write the messages of an event in the system's own code page: what is read here mostly is ASCII.
    let xml = String::from_utf8_lossy(xml);
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(&xml, options).map_err(|error| {
        let place = error.pos();
        format!(
            "expected an event in well-formed XML, found an error in line {} of it, character {}",
            place.row, place.col
        )
    })?;
    let event = document.root_element();
    let Some(system) = child(event, "System").filter(|_| event.tag_name().name() == "Event") else {
        return Ok(Record::Ignored(Reason::OtherLog));
    };
    if !text(system, "Channel").is_some_and(|channel| channel.eq_ignore_ascii_case(CHANNEL)) {
        return Ok(Record::Ignored(Reason::OtherLog));
    }
    let is_protected = match number(system, "EventID")? {
        5000 => true,
        5001 => false,
        5004 => return Ok(Record::Ignored(Reason::FeatureOnly)),
        5009..=5012 => return Ok(Record::Ignored(Reason::ScanningOnly)),
        _ => return Ok(Record::Ignored(Reason::OtherEvent)),
    };
    status(system, is_protected).map(|status| Record::Fact(Fact::Status(Box::new(status))))
}

fn status(system: Node<'_, '_>, is_protected: bool) -> Result<Status, String> {
    let at = child(system, "TimeCreated")
        .and_then(|created| created.attribute("SystemTime"))
        .ok_or("expected the event's `TimeCreated` with its `SystemTime`, found none")?;
    let at = when::parse(at).map_err(|message| format!("`SystemTime`: {message}"))?;
    let hostname = text(system, "Computer").ok_or("expected the event's `Computer`, found none")?;
    if hostname.contains(char::REPLACEMENT_CHARACTER) {
        return Err("expected `Computer` in UTF-8, found other bytes: save the events as UTF-8".to_owned());
    }
    let computer = hostname.to_lowercase();
    let record = number(system, "EventRecordID")?;
    // Record numbers begin again on a machine that is set up anew under its old name; the second tells those apart.
    let second = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let status = Status {
        id: format!("{computer}/defender/{record}/{second}"),
        at,
        endpoint: ObservedEndpoint { id: computer, hostname: hostname.to_owned(), os: None },
        is_protected,
    };
    status.check()?;
    Ok(status)
}

/// Returns the child element of this name, in whatever namespace.
fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

/// Returns the text of the child element of this name, if it is not blank.
fn text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    child(node, name)?.text().map(str::trim).filter(|text| !text.is_empty())
}

fn number(system: Node<'_, '_>, name: &str) -> Result<u64, String> {
    let found = text(system, name).ok_or_else(|| format!("expected the event's `{name}`, found none"))?;
    found.parse().map_err(|_| format!("`{name}`: {}", Invalid::new("a number", found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An event as `wevtutil` prints it, with its parts changed.
    fn event(id: &str, change: [&str; 2]) -> String {
        let text = format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider \
             Name='Microsoft-Windows-Windows Defender' Guid='{{11cd958a-c507-4ef3-b3f2-5fd9dfbd2c78}}'/>\
             <EventID>{id}</EventID><Version>0</Version><Level>4</Level><Keywords>0x8000000000000000</Keywords>\
             <TimeCreated SystemTime='2026-03-24T12:54:05.1234567Z'/><EventRecordID>4711</EventRecordID><Correlation/>\
             <Execution ProcessID='3184' ThreadID='4012'/><Channel>Microsoft-Windows-Windows Defender/Operational\
             </Channel><Computer>WS-01.contoso.example</Computer><Security UserID='S-1-5-18'/></System><EventData>\
             <Data Name='Product Name'>Microsoft Defender Antivirus</Data></EventData></Event>"
        );
        text.replace(change[0], change[1])
    }

    fn status(xml: &str) -> Status {
        match read(xml.as_bytes()) {
            Ok(Record::Fact(Fact::Status(status))) => *status,
            other => panic!("expected a status, found {other:?}"),
        }
    }

    #[test]
    fn disabled_and_enabled_are_read() {
        let off = status(&event("5001", ["", ""]));
        assert_eq!(off.id, "ws-01.contoso.example/defender/4711/2026-03-24T12:54:05Z");
        assert_eq!(off.at.timestamp_subsec_micros(), 123_456);
        let [id, hostname] = ["ws-01.contoso.example", "WS-01.contoso.example"].map(str::to_owned);
        assert_eq!(off.endpoint, ObservedEndpoint { id, hostname, os: None });
        assert!(!off.is_protected);
        assert!(status(&event("5000", ["", ""])).is_protected);
    }

    #[test]
    fn the_same_event_written_otherwise_is_the_same_observation() {
        let expected = status(&event("5001", ["", ""]));
        for change in [
            ["05.1234567Z", "05.123456700Z"],
            ["05.1234567Z", "05.123456Z"],
            ["<EventID>", "<EventID Qualifiers='0'>"],
            ["<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>", "<Event>"],
            ["<Event ", "<?xml version='1.0' encoding='utf-8'?>\n<Event "],
            ["</Event>", "<RenderingInfo Culture='de-DE'><Message>Schutz</Message></RenderingInfo></Event>"],
        ] {
            assert_eq!(status(&event("5001", change)), expected, "{change:?}");
        }
    }

    #[test]
    fn other_events_are_ignored_with_a_reason() {
        let ignored = |xml: &str, reason| {
            assert_eq!(read(xml.as_bytes()), Ok(Record::Ignored(reason)), "{xml}");
        };
        ignored(&event("5004", ["", ""]), Reason::FeatureOnly);
        for id in ["5009", "5010", "5011", "5012"] {
            ignored(&event(id, ["", ""]), Reason::ScanningOnly);
        }
        for id in ["5007", "1116", "2000", "3002", "50001"] {
            ignored(&event(id, ["", ""]), Reason::OtherEvent);
        }
        ignored(&event("5001", ["Windows Defender/Op", "Sysmon/Op"]), Reason::OtherLog);
        ignored(&event("5001", ["Defender/Operational", "Defender/WHC"]), Reason::OtherLog);
        ignored("<Event/>", Reason::OtherLog);
        ignored("<html><System/></html>", Reason::OtherLog);
    }

    #[test]
    fn a_broken_event_says_what_was_expected() {
        let check = |change: [&str; 2], expected: &str| {
            let message = read(event("5001", change).as_bytes()).expect_err("it is broken");
            assert!(message.contains(expected), "{message}");
        };
        check(["<EventID>5001</EventID>", ""], "`EventID`");
        check(["<EventID>5001", "<EventID>x"], "`EventID`: expected a number, found `x`");
        check(["4711", ""], "`EventRecordID`");
        check(["4711", "-1"], "`EventRecordID`");
        check(["WS-01.contoso.example", " "], "`Computer`");
        check([" SystemTime", " RawTime"], "`SystemTime`");
        check(["2026-03", "soon"], "`SystemTime`: expected a time");
        check(["WS-01", &"x".repeat(200)], "at most 200");
        check(["</System>", ""], "well-formed XML, found an error in line 1");
    }

    #[test]
    fn bytes_that_are_no_utf8_matter_only_where_they_are_read() {
        let with = |from: &str, to: &[u8]| {
            let xml = event("5001", ["", ""]);
            let (before, after) = xml.split_once(from).expect("it is there");
            [before.as_bytes(), to, after.as_bytes()].concat()
        };
        assert!(matches!(read(&with("Antivirus", b"\xfc")), Ok(Record::Fact(_))));
        assert!(read(&with("WS-01", b"WS-\xfc")).expect_err("a wrong name").contains("UTF-8"));
    }

    #[test]
    fn entities_and_floods_are_refused() {
        let bomb = "<!DOCTYPE e [<!ENTITY a '&b;&b;'><!ENTITY b 'x'>]><Event>&a;</Event>";
        assert!(read(bomb.as_bytes()).is_err());
        assert!(read(b"<Event>&a;</Event>").is_err());
        let wide = format!("<Event><System>{}</System></Event>", "<a/>".repeat(20_000));
        assert!(read(wide.as_bytes()).is_err());
        let deep = "<a>".repeat(1_000_000);
        assert!(read(deep.as_bytes()).is_err());
        let deep = format!("{}{}", "<a>".repeat(9_000), "</a>".repeat(9_000));
        assert_eq!(read(deep.as_bytes()), Ok(Record::Ignored(Reason::OtherLog)));
    }
}
