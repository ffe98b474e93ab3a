//! Splits a log into the texts of its records, whatever holds them: JSON lines, one array, pages
//! (`{"value": […]}`, `{"records": […]}`), or several of these one after the other.
//!
//! A record that is too long is named without being kept. The splitter knows brackets and strings, not JSON; whether a
//! piece is JSON is for whoever reads it. After damage it goes on with the next line that begins like a record.

use super::{MAX_RECORD, Piece, Position, Split};

/// The deepest nesting that is followed.
const MAX_DEPTH: usize = 512;

/// What encloses the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    Array,
    /// An object of which one array holds the records.
    Page,
}

/// Where the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Between records.
    Between,
    /// In a record.
    Record,
    /// In what a page says behind its records.
    PageRest,
    /// In something else than an object, inside an array.
    Scalar,
    /// In something else than JSON, until the line ends.
    Noise,
    /// Behind damage, until a line begins like a record.
    Lost,
}

/// See the module.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent facts about the last byte")]
pub struct JsonSplitter {
    max: usize,
    line: u64,
    /// Nothing but blanks stood on this line so far.
    at_line_start: bool,
    /// Each line stands alone: learned from the first record that ended on the line on which it began.
    lines: bool,
    place: Place,
    around: Vec<Around>,
    outermost_line: u64,
    /// The brackets that are open in the record: true for an object.
    open: Vec<bool>,
    in_string: bool,
    escaped: bool,
    /// The last byte of the record that is no blank and stands in no string.
    last: u8,
    /// The key that is being read or was just read at the top of the record, as far as it matters.
    key: Vec<u8>,
    in_key: bool,
    record: Vec<u8>,
    record_line: u64,
    too_long: bool,
}

impl Default for JsonSplitter {
    fn default() -> Self {
        Self::new(MAX_RECORD)
    }
}

impl JsonSplitter {
    /// Makes a splitter that keeps records of at most `max` bytes.
    pub fn new(max: usize) -> Self {
        Self {
            max,
            line: 1,
            at_line_start: true,
            lines: false,
            place: Place::Between,
            around: Vec::new(),
            outermost_line: 1,
            open: Vec::new(),
            in_string: false,
            escaped: false,
            last: 0,
            key: Vec::new(),
            in_key: false,
            record: Vec::new(),
            record_line: 1,
            too_long: false,
        }
    }

    fn newline(&mut self, out: &mut Vec<Piece>) {
        match self.place {
            Place::Record if self.lines || self.in_string => {
                self.broken_record("expected a complete record, found the end of the line", out);
                self.lines |= self.around.is_empty();
                self.place = if self.lines { Place::Between } else { Place::Lost };
            }
            Place::Record => self.keep(b'\n'),
            Place::Scalar | Place::Noise => self.place = Place::Between,
            Place::PageRest => (self.in_string, self.escaped) = (false, false),
            Place::Between | Place::Lost => {}
        }
        if self.lines && !self.around.is_empty() {
            let message = "expected the end of the array, found the end of the line";
            out.push(Piece::Broken { at: self.position(), message: message.to_owned() });
            self.around.clear();
            self.place = Place::Between;
        }
    }

    fn step(&mut self, byte: u8, out: &mut Vec<Piece>) {
        match self.place {
            Place::Between => self.between(byte, out),
            Place::Record => self.record(byte, out),
            Place::PageRest => self.page_rest(byte),
            Place::Scalar => self.scalar(byte),
            Place::Noise => {}
            Place::Lost => {
                if self.at_line_start && matches!(byte, b'{' | b'[' | b']') {
                    self.place = Place::Between;
                    self.between(byte, out);
                }
            }
        }
    }

    fn between(&mut self, byte: u8, out: &mut Vec<Piece>) {
        // Commas between records are as good as blanks; so are byte order marks and record separators (RFC 7464).
        let is_blank = byte.is_ascii_whitespace() || matches!(byte, b',' | 0x1e | 0xef | 0xbb | 0xbf);
        match byte {
            _ if is_blank => {}
            b'{' => self.begin_record(),
            b'[' if self.around.len() < MAX_DEPTH => self.enter(Around::Array),
            b']' if self.around.last() == Some(&Around::Array) => self.leave(),
            _ => {
                let message = "expected a JSON object, found something else".to_owned();
                out.push(Piece::Broken { at: self.position(), message });
                self.place = if self.around.is_empty() { Place::Noise } else { Place::Scalar };
                self.in_string = byte == b'"';
                self.escaped = false;
            }
        }
    }

    fn enter(&mut self, around: Around) {
        if self.around.is_empty() {
            self.outermost_line = self.line;
        }
        self.around.push(around);
    }

    fn leave(&mut self) {
        self.around.pop();
        self.place = Place::Between;
        if self.around.last() == Some(&Around::Page) {
            self.place = Place::PageRest;
            self.open = vec![true];
            (self.in_string, self.escaped) = (false, false);
        }
        self.lines |= self.around.is_empty() && self.outermost_line == self.line;
    }

    fn begin_record(&mut self) {
        self.place = Place::Record;
        self.record.clear();
        self.record_line = self.line;
        self.too_long = false;
        self.open.clear();
        self.open.push(true);
        (self.in_string, self.escaped, self.in_key) = (false, false, false);
        self.key.clear();
        self.last = b'{';
        self.keep(b'{');
    }

    fn keep(&mut self, byte: u8) {
        if self.record.len() >= self.max {
            self.too_long = true;
            self.record = Vec::new();
        }
        if !self.too_long {
            self.record.push(byte);
        }
    }

    fn record(&mut self, byte: u8, out: &mut Vec<Piece>) {
        if !self.in_string && byte == b'{' && !self.may_open() {
            return self.unclosed_record(byte, out);
        }
        self.keep(byte);
        if self.in_string {
            self.string(byte);
            return;
        }
        match byte {
            b'"' => {
                self.in_string = true;
                // Only a key of the record itself can make it a page.
                self.in_key = self.open.len() == 1 && matches!(self.last, b'{' | b',');
                if self.in_key {
                    self.key.clear();
                }
            }
            b'{' | b'[' if self.open.len() >= MAX_DEPTH => {
                self.broken_record("expected a record, found brackets nested too deeply", out);
            }
            b'[' if self.is_page() => {
                self.record.clear();
                let line = self.record_line;
                self.enter(Around::Page);
                self.outermost_line = self.outermost_line.min(line);
                self.enter(Around::Array);
                self.place = Place::Between;
            }
            b'{' | b'[' => self.open.push(byte == b'{'),
            b'}' | b']' if self.open.last() != Some(&(byte == b'}')) => {
                self.broken_record("expected a record, found brackets that do not match", out);
            }
            b'}' | b']' => {
                self.open.pop();
                if self.open.is_empty() {
                    self.end_record(out);
                }
            }
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            self.last = byte;
        }
    }

    /// Follows a string, and remembers it if it is a key that matters.
    fn string(&mut self, byte: u8) {
        if self.escaped {
            self.escaped = false;
        } else if byte == b'\\' {
            self.escaped = true;
        } else if byte == b'"' {
            self.in_string = false;
            self.last = b'"';
            return;
        }
        if self.in_key && self.key.len() <= b"records".len() {
            self.key.push(byte);
        }
    }

    /// Tells whether an object may begin here.
    fn may_open(&self) -> bool {
        matches!(self.last, b'[' | b':') || (self.last == b',' && self.open.last() == Some(&false))
    }

    /// Tells whether the array that begins here holds the records of a page.
    fn is_page(&self) -> bool {
        self.open.len() == 1
            && self.last == b':'
            && self.around.len() < MAX_DEPTH
            && matches!(self.key.as_slice(), b"value" | b"records")
    }

    /// Gives up a record in which another object begins where none can: most likely it was never closed.
    fn unclosed_record(&mut self, byte: u8, out: &mut Vec<Piece>) {
        self.broken_record("expected a complete record, found another one that begins in it", out);
        if self.at_line_start {
            self.lines |= self.around.is_empty();
            self.place = Place::Between;
            self.between(byte, out);
        }
    }

    fn broken_record(&mut self, message: &str, out: &mut Vec<Piece>) {
        let message = if self.too_long { self.too_long_message() } else { message.to_owned() };
        out.push(Piece::Broken { at: Position::Line(self.record_line), message });
        self.record = Vec::new();
        (self.in_string, self.escaped) = (false, false);
        self.place = if self.around.is_empty() { Place::Noise } else { Place::Lost };
    }

    fn end_record(&mut self, out: &mut Vec<Piece>) {
        self.place = Place::Between;
        let at = Position::Line(self.record_line);
        if self.too_long {
            out.push(Piece::Broken { at, message: self.too_long_message() });
        } else {
            out.push(Piece::Record { at, text: std::mem::take(&mut self.record) });
        }
        self.lines |= self.around.is_empty() && self.record_line == self.line;
    }

    fn too_long_message(&self) -> String {
        format!("expected a record of at most {} bytes, found a longer one", self.max)
    }

    fn page_rest(&mut self, byte: u8) {
        if self.in_string {
            self.string(byte);
            return;
        }
        match byte {
            b'"' => (self.in_string, self.in_key) = (true, false),
            b'{' | b'[' if self.open.len() < MAX_DEPTH => self.open.push(byte == b'{'),
            b'}' | b']' => {
                self.open.pop();
                if self.open.is_empty() {
                    self.leave();
                }
            }
            _ => {}
        }
    }

    fn scalar(&mut self, byte: u8) {
        if self.in_string {
            self.in_key = false;
            self.string(byte);
        } else if byte == b'"' {
            self.in_string = true;
        } else if byte == b',' {
            self.place = Place::Between;
        } else if byte == b']' {
            self.leave();
        }
    }
}

impl Split for JsonSplitter {
    fn push(&mut self, bytes: &[u8], out: &mut Vec<Piece>) {
        for &byte in bytes {
            if byte == b'\n' {
                self.newline(out);
                self.line += 1;
                self.at_line_start = true;
                continue;
            }
            self.step(byte, out);
            self.at_line_start &= byte.is_ascii_whitespace();
        }
    }

    fn finish(&mut self, out: &mut Vec<Piece>) {
        if self.place == Place::Record {
            self.broken_record("expected a complete record, found the end of the file", out);
        } else if !self.around.is_empty() {
            let message = "expected the end of the array, found the end of the file";
            out.push(Piece::Broken { at: self.position(), message: message.to_owned() });
        }
        self.place = Place::Between;
        self.around.clear();
    }

    fn position(&self) -> Position {
        Position::Line(self.line)
    }
}

#[cfg(test)]
mod tests;
