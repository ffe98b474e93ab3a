//! The bytes of the log: a file or standard input, plain or gzip, with the progress of reading them.

use std::fs::File;
use std::io::{self, Cursor, IsTerminal, Read};
use std::path::Path;
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use indicatif::{ProgressBar, ProgressStyle};

use super::exit::{Exit, Failure, why};

/// How much is read to tell what a file is.
const HEAD: usize = 64 << 10;

/// A log that is being read.
pub struct Input {
    name: String,
    head: Cursor<Vec<u8>>,
    /// What went wrong while the head was read; it is told when the head is used up.
    error: Option<io::Error>,
    rest: Box<dyn Read + Send>,
    progress: ProgressBar,
}

impl Input {
    /// Opens a log and looks at its beginning.
    ///
    /// # Errors
    /// When it cannot be opened, is empty, or is certainly not JSON.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        if path == Path::new("-") {
            if io::stdin().is_terminal() {
                let message =
                    "expected a log on standard input, found a terminal: name a file, or pipe one in";
                return Err(Failure::new(Exit::Usage, message));
            }
            let style = ProgressStyle::with_template("{spinner} {bytes} read {msg}");
            return Self::new("standard input".to_owned(), io::stdin(), progress(None, style.ok()));
        }
        let name = path.display().to_string();
        let cannot = |error: &io::Error| {
            Failure::new(Exit::NoInput, format!("cannot open {name}: {}: check the path", why(error)))
        };
        let file = File::open(path).map_err(|error| cannot(&error))?;
        let metadata = file.metadata().map_err(|error| cannot(&error))?;
        if metadata.is_dir() {
            return Err(Failure::new(Exit::NoInput, format!("expected a file, found the folder {name}")));
        }
        let style = ProgressStyle::with_template("{wide_bar} {bytes} of {total_bytes} {msg}");
        Self::new(name, file, progress(Some(metadata.len()), style.ok()))
    }

    /// Reads from `bytes`, which people know as `name`.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn new(
        name: String,
        bytes: impl Read + Send + 'static,
        progress: ProgressBar,
    ) -> Result<Self, Failure> {
        let mut bytes = progress.wrap_read(bytes);
        let (magic, error) = read_up_to(&mut bytes, 2);
        let mut rest: Box<dyn Read + Send> = Box::new(Cursor::new(magic.clone()).chain(bytes));
        if magic == [0x1f, 0x8b] {
            rest = Box::new(MultiGzDecoder::new(rest));
        }
        let (head, error) = match error {
            Some(error) => (magic, Some(error)),
            None => read_up_to(&mut rest, HEAD),
        };
        let input = Self { name, head: Cursor::new(head), error, rest, progress };
        input.check_head()?;
        Ok(input)
    }

    /// Returns the name of the log for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the bar that shows how far reading got.
    pub fn progress(&self) -> &ProgressBar {
        &self.progress
    }

    /// Reads the next bytes; none at the end.
    ///
    /// # Errors
    /// When the file is cut off or damaged ([`Exit::Data`]), or cannot be read ([`Exit::ReadError`]).
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Failure> {
        let read = self.head.read(buffer).unwrap_or(0);
        if read > 0 {
            return Ok(read);
        }
        if let Some(error) = self.error.take() {
            return Err(self.failure(&error));
        }
        loop {
            match self.rest.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result.map_err(|error| self.failure(&error)),
            }
        }
    }

    fn failure(&self, error: &io::Error) -> Failure {
        let name = &self.name;
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Failure::new(
                Exit::Data,
                format!(
                    "expected the whole of {name}, found a gzip file that is cut off: get it again and run the import again"
                ),
            ),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Failure::new(
                Exit::Data,
                format!(
                    "expected {name} to be good gzip to its end, found damage: get it again and run the import again"
                ),
            ),
            kind => Failure::new(Exit::ReadError, format!("cannot read {name} any further: {kind}")),
        }
    }

    /// Refuses what is certainly no log in JSON, so that nothing at all is sent for it.
    fn check_head(&self) -> Result<(), Failure> {
        let head = self.head.get_ref();
        let is_whole = head.len() < HEAD && self.error.is_none();
        match what_it_looks_like(head, is_whole) {
            None => Ok(()),
            Some("nothing") => Err(no_records(&self.name)),
            Some(found) => Err(Failure::new(
                Exit::Data,
                format!("expected JSON lines in {}, found {found}: export the log as JSON", self.name),
            )),
        }
    }
}

/// Says that a log holds nothing.
pub(super) fn no_records(name: &str) -> Failure {
    Failure::new(Exit::Data, format!("expected a log in {name}, found nothing: the file holds no records"))
}

/// Says what a file is that is no JSON; none when it may be. `is_whole` when `head` is all there is.
fn what_it_looks_like(head: &[u8], is_whole: bool) -> Option<&'static str> {
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return Some("UTF-16 text (save it as UTF-8)");
    }
    if head.starts_with(b"PK\x03\x04") {
        return Some("a ZIP archive (unpack it first)");
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let lines: Vec<&[u8]> =
        text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()).collect();
    let Some(first) = lines.first() else {
        return is_whole.then_some("nothing");
    };
    // One odd line may be damage; that none of many begins like JSON is no accident.
    let enough = is_whole || lines.len() > 8;
    if !enough || lines.iter().any(|line| matches!(line[0], b'{' | b'[')) {
        return None;
    }
    let separators = first.iter().filter(|byte| matches!(byte, b',' | b';' | b'\t')).count();
    Some(if separators > 0 { "what looks like CSV" } else { "text that is no JSON" })
}

/// Reads until `limit` bytes are there, the end comes, or something goes wrong.
fn read_up_to(reader: &mut impl Read, limit: usize) -> (Vec<u8>, Option<io::Error>) {
    let mut bytes = vec![0; limit];
    let mut length = 0;
    let mut problem = None;
    while length < limit {
        match reader.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                problem = Some(error);
                break;
            }
        }
    }
    bytes.truncate(length);
    (bytes, problem)
}

/// Makes the bar. It hides itself where standard error is no terminal.
fn progress(length: Option<u64>, style: Option<ProgressStyle>) -> ProgressBar {
    let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
    if let Some(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

#[cfg(test)]
mod tests;
