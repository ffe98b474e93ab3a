//! Splits Windows events in XML into the texts of single events: one `<Events>` document, one `<Event>`, or many one
//! after the other, as `wevtutil qe /f:xml` prints them.
//!
//! An event that is too long is named without being kept. The splitter knows where an `<Event>` begins and ends, not
//! XML; whether a piece is XML is for whoever reads it. After damage it goes on with the next `<Event>`. What stands
//! between events, a document type included, is never part of a piece: so no piece can bring entities along.

use super::{Piece, Position, Split};

/// Where the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In text, or between events.
    Text,
    /// In a tag.
    Tag,
    /// In a comment.
    Comment,
    /// In a CDATA section.
    CData,
}

/// See the module.
#[derive(Debug)]
pub struct XmlSplitter {
    max: usize,
    line: u64,
    place: Place,
    /// The tag that is being read, from its `<`; or the last bytes of a comment or CDATA section.
    tag: Vec<u8>,
    tag_line: u64,
    /// The event that is being read.
    event: Option<Event>,
    /// `<Events>` is open.
    in_document: bool,
    /// Something that is no event was named, and no event has begun since.
    in_noise: bool,
}

#[derive(Debug)]
struct Event {
    line: u64,
    text: Vec<u8>,
    is_too_long: bool,
}

impl XmlSplitter {
    /// Makes a splitter that keeps events of at most `max` bytes.
    pub fn new(max: usize) -> Self {
        Self {
            max,
            line: 1,
            place: Place::Text,
            tag: Vec::new(),
            tag_line: 1,
            event: None,
            in_document: false,
            in_noise: false,
        }
    }

    fn step(&mut self, byte: u8, out: &mut Vec<Piece>) {
        if let Some(event) = &mut self.event {
            event.keep(&[byte], self.max);
        }
        match self.place {
            // No tag holds another one: where one begins, the one before was cut off.
            Place::Text | Place::Tag if byte == b'<' => self.begin_tag(),
            Place::Text => {
                // A byte order mark is as good as a blank.
                if !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf) {
                    self.noise(out);
                }
            }
            Place::Tag => self.tag(byte, out),
            Place::Comment => self.until(b"-->", byte),
            Place::CData => self.until(b"]]>", byte),
        }
    }

    fn begin_tag(&mut self) {
        self.place = Place::Tag;
        self.tag_line = self.line;
        self.tag.clear();
        self.tag.push(b'<');
    }

    fn tag(&mut self, byte: u8, out: &mut Vec<Piece>) {
        if self.tag.len() < self.max {
            self.tag.push(byte);
        }
        match self.tag.as_slice() {
            b"<!--" => self.place = Place::Comment,
            b"<![CDATA[" => self.place = Place::CData,
            _ if byte == b'>' => {
                self.place = Place::Text;
                self.end_tag(out);
            }
            _ => return,
        }
        self.tag.clear();
    }

    fn end_tag(&mut self, out: &mut Vec<Piece>) {
        let tag = std::mem::take(&mut self.tag);
        let name = tag[1..].split(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'>'));
        let name = name.into_iter().next().unwrap_or_default();
        let is_empty = tag.ends_with(b"/>");
        match name.strip_suffix(b"/").unwrap_or(name) {
            b"Event" => {
                self.give_up("expected a complete event, found another one that begins in it", out);
                self.in_noise = false;
                let mut event = Event { line: self.tag_line, text: Vec::new(), is_too_long: false };
                event.keep(&tag, self.max);
                self.event = Some(event);
                if is_empty {
                    self.end_event(out);
                }
            }
            b"/Event" => self.end_event(out),
            b"Events" if !is_empty => {
                self.give_up("expected a complete event, found the beginning of a document", out);
                self.in_document = true;
            }
            b"/Events" => {
                self.give_up("expected a complete event, found the end of the document", out);
                self.in_document = false;
            }
            b"Events" => {}
            name if name.starts_with(b"?") => {}
            _ => self.noise(out),
        }
    }

    fn end_event(&mut self, out: &mut Vec<Piece>) {
        let Some(Event { line, text, is_too_long }) = self.event.take() else {
            return self.noise(out);
        };
        let at = Position::Line(line);
        out.push(if is_too_long {
            let message = format!("expected an event of at most {} bytes, found a longer one", self.max);
            Piece::Broken { at, message }
        } else {
            Piece::Record { at, text }
        });
    }

    /// Gives up the event that is being read, if there is one.
    fn give_up(&mut self, message: &str, out: &mut Vec<Piece>) {
        if let Some(event) = self.event.take() {
            out.push(Piece::Broken { at: Position::Line(event.line), message: message.to_owned() });
        }
    }

    /// Names what is no event, once until an event begins.
    fn noise(&mut self, out: &mut Vec<Piece>) {
        if self.event.is_none() && !self.in_noise {
            self.in_noise = true;
            let message = "expected a Windows event, found something else".to_owned();
            out.push(Piece::Broken { at: self.position(), message });
        }
    }

    /// Skips to the end of a comment or CDATA section.
    fn until(&mut self, end: &[u8], byte: u8) {
        self.tag.push(byte);
        if self.tag.ends_with(end) {
            self.place = Place::Text;
        } else if self.tag.len() >= end.len() {
            self.tag.remove(0);
        }
    }
}

impl Event {
    fn keep(&mut self, bytes: &[u8], max: usize) {
        if self.text.len() + bytes.len() > max {
            self.is_too_long = true;
            self.text = Vec::new();
        }
        if !self.is_too_long {
            self.text.extend_from_slice(bytes);
        }
    }
}

impl Split for XmlSplitter {
    fn push(&mut self, bytes: &[u8], out: &mut Vec<Piece>) {
        for &byte in bytes {
            self.step(byte, out);
            self.line += u64::from(byte == b'\n');
        }
    }

    fn finish(&mut self, out: &mut Vec<Piece>) {
        let missing = if self.event.is_some() {
            self.give_up("expected a complete event, found the end of the file", out);
            None
        } else if self.place != Place::Text {
            Some("expected a complete tag, found the end of the file")
        } else {
            self.in_document.then_some("expected `</Events>`, found the end of the file")
        };
        let message = missing.map(str::to_owned);
        out.extend(message.map(|message| Piece::Broken { at: self.position(), message }));
    }

    fn position(&self) -> Position {
        Position::Line(self.line)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Splits `text` and writes each piece as its line and text, or as its line and `!`.
    fn split(text: &str, step: usize) -> Vec<String> {
        let mut splitter = XmlSplitter::new(64);
        let mut pieces = Vec::new();
        for chunk in text.as_bytes().chunks(step) {
            splitter.push(chunk, &mut pieces);
        }
        splitter.finish(&mut pieces);
        let shown = |piece| match piece {
            Piece::Record { at: Position::Line(line), text } => {
                format!("{line} {}", String::from_utf8_lossy(&text))
            }
            Piece::Broken { at: Position::Line(line), .. } => format!("{line} !"),
            other => panic!("expected a line, found {other:?}"),
        };
        pieces.into_iter().map(shown).collect()
    }

    fn check(text: &str, expected: &[&str]) {
        for step in [1, 7, 4_096] {
            assert_eq!(split(text, step), expected, "{text:?}");
        }
    }

    #[test]
    fn documents_single_events_and_rows_of_events() {
        check("<Event>1</Event>", &["1 <Event>1</Event>"]);
        check(
            "<Event a='b'>1</Event><Event>2</Event>\n",
            &["1 <Event a='b'>1</Event>", "1 <Event>2</Event>"],
        );
        check(
            "\u{feff}<?xml version=\"1.0\"?>\r\n<!-- <Event> -->\r\n<Events>\r\n<Event\r\n>1</Event >\r\n</Events>\r\n",
            &["4 <Event\r\n>1</Event >"],
        );
        check("<Events><Event/></Events>", &["1 <Event/>"]);
        check("<Events/>", &[]);
        check("<Event><EventID>1</EventID></Event>", &["1 <Event><EventID>1</EventID></Event>"]);
        check("<Event><![CDATA[</Event>]]>]]></Event>", &["1 <Event><![CDATA[</Event>]]>]]></Event>"]);
        check("<Event><!--</Event>--></Event>", &["1 <Event><!--</Event>--></Event>"]);
        check("", &[]);
    }

    #[test]
    fn damage_costs_as_little_as_possible() {
        check(
            "<Event>1</Event>\n<Event>2\n<Event>3</Event>",
            &["1 <Event>1</Event>", "2 !", "3 <Event>3</Event>"],
        );
        check("<Event><Comp\n<Event>2</Event>", &["1 !", "2 <Event>2</Event>"]);
        check("x\n<a>y</a>\n<Event>1</Event>\n</Event>z", &["1 !", "3 <Event>1</Event>", "4 !"]);
        check("<Event>1</Event><Event>2", &["1 <Event>1</Event>", "1 !"]);
        check("<Events><Event>1</Event>\n", &["1 <Event>1</Event>", "2 !"]);
        check("<Events><Event>1</Events><Event>2</Event>", &["1 !", "1 <Event>2</Event>"]);
        check("<Event>1</Event><Ev", &["1 <Event>1</Event>", "1 !"]);
        let long = "x".repeat(10_000);
        check(&format!("<Event>{long}</Event>\n<Event>2</Event>"), &["1 !", "2 <Event>2</Event>"]);
        check(&format!("<Event {long}>1</Event>\n<Event>2</Event>"), &["1 !", "2 <Event>2</Event>"]);
        check(&format!("<{long}>\n<Event>2</Event>"), &["1 !", "2 <Event>2</Event>"]);
    }

    #[test]
    fn what_a_document_declares_is_in_no_piece() {
        let text = "<!DOCTYPE x [<!ENTITY a \"b\">]>\n<Event>&a;</Event>";
        check(text, &["1 !", "2 <Event>&a;</Event>"]);
    }

    proptest! {
        /// No bytes make it panic, or depend on how they are cut into chunks.
        #[test]
        fn any_bytes(text in "(<Event>|</Event>|<!--|-->|<!\\[CDATA\\[|\\]\\]>|[<>/! x\n]){0,40}", step in 1_usize..9) {
            prop_assert_eq!(split(&text, step), split(&text, 4_096));
        }
    }
}
