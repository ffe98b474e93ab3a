//! The bytes of the log: a file or standard input, plain or gzip, UTF-8 or UTF-16, with the progress of reading them.

use std::fs::File;
use std::io::{self, Cursor, IsTerminal, Read};
use std::path::Path;
use std::time::Duration;

use encoding_rs_io::DecodeReaderBytes;
use flate2::read::MultiGzDecoder;
use indicatif::{ProgressBar, ProgressStyle};
use strum::IntoEnumIterator;

use super::exit::{Exit, Failure, why};
use crate::sources::Source;
use crate::sources::split::format::{Format, Found, recognize};

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
    format: Format,
}

impl Input {
    /// Opens a log and looks at its beginning.
    ///
    /// # Errors
    /// When it cannot be opened, is empty, or is certainly in no format that `source` comes in.
    pub fn open(path: &Path, source: Source) -> Result<Self, Failure> {
        if path == Path::new("-") {
            if io::stdin().is_terminal() {
                let message =
                    "expected a log on standard input, found a terminal: name a file, or pipe one in";
                return Err(Failure::new(Exit::Usage, message));
            }
            let style = ProgressStyle::with_template("{spinner} {bytes} read {msg}");
            return Self::new("standard input".to_owned(), io::stdin(), progress(None, style.ok()), source);
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
        Self::new(name, file, progress(Some(metadata.len()), style.ok()), source)
    }

    /// Reads from `bytes`, which people know as `name`.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn new(
        name: String,
        bytes: impl Read + Send + 'static,
        progress: ProgressBar,
        source: Source,
    ) -> Result<Self, Failure> {
        let mut bytes = progress.wrap_read(bytes);
        let (magic, error) = read_up_to(&mut bytes, 2);
        let mut rest: Box<dyn Read + Send> = Box::new(Cursor::new(magic.clone()).chain(bytes));
        if magic == [0x1f, 0x8b] {
            rest = Box::new(MultiGzDecoder::new(rest));
        }
        let (mut head, mut error) = match error {
            Some(error) => (magic, Some(error)),
            None => read_up_to(&mut rest, HEAD),
        };
        if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
            // PowerShell writes UTF-16, and nobody should have to know that.
            rest = match error {
                Some(_) => Box::new(Cursor::new(head)),
                None => Box::new(Cursor::new(head).chain(rest)),
            };
            rest = Box::new(DecodeReaderBytes::new(rest));
            let decoded = read_up_to(&mut rest, HEAD);
            (head, error) = (decoded.0, error.or(decoded.1));
        }
        let is_whole = head.len() < HEAD && error.is_none();
        let format = accept(recognize(&head, is_whole), source, &name)?;
        Ok(Self { name, head: Cursor::new(head), error, rest, progress, format })
    }

    /// Returns the format of the log.
    pub fn format(&self) -> Format {
        self.format
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
}

/// Says that a log holds nothing.
pub(super) fn no_records(name: &str) -> Failure {
    Failure::new(Exit::Data, format!("expected a log in {name}, found nothing: the file holds no records"))
}

/// Refuses what is certainly no log of this source, so that nothing at all is sent for it.
fn accept(found: Found, source: Source, name: &str) -> Result<Format, Failure> {
    let formats = source.formats();
    let found = match found {
        Found::Format(format) if formats.contains(&format) => return Ok(format),
        Found::Nothing => return Err(no_records(name)),
        Found::Format(format) => match Source::iter().find(|other| other.formats().contains(&format)) {
            Some(other) => format!("{format}: is it one for `beckon import {other}`?"),
            None => format.to_string(),
        },
        Found::Something(what) if formats == [Format::Json] => format!("{what}: export the log as JSON"),
        Found::Something(what) => format!("{what}: export the log as JSON or XML"),
    };
    let expected: Vec<String> = formats.iter().map(ToString::to_string).collect();
    let message = format!("expected {} in {name}, found {found}", expected.join(", or "));
    Err(Failure::new(Exit::Data, message))
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
