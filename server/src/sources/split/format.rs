//! The formats of logs, told by their content: names of files say little, and standard input has none.

use strum::Display;

use super::evtx::EvtxSplitter;
use super::json::JsonSplitter;
use super::xml::XmlSplitter;
use super::{MAX_RECORD, Split};

/// A format of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display)]
pub enum Format {
    /// JSON: lines, an array, or pages.
    #[strum(serialize = "JSON lines")]
    Json,
    /// Windows events as XML.
    #[strum(serialize = "XML of Windows events")]
    Xml,
    /// A Windows event log file.
    #[strum(serialize = "a Windows event log (EVTX)")]
    Evtx,
}

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A log, as far as its beginning tells.
    Format(Format),
    /// Nothing but blanks.
    Nothing,
    /// Certainly no log.
    Something(&'static str),
}

impl Format {
    /// Makes the splitter for this format.
    pub fn splitter(self) -> Box<dyn Split + Send> {
        match self {
            Self::Json => Box::new(JsonSplitter::default()),
            Self::Xml => Box::new(XmlSplitter::new(MAX_RECORD)),
            Self::Evtx => Box::new(EvtxSplitter::default()),
        }
    }
}

/// Tells what a file is from its beginning, in UTF-8 where it is text. `is_whole` when `head` is all there is.
pub fn recognize(head: &[u8], is_whole: bool) -> Found {
    if head.starts_with(super::evtx::MAGIC) {
        return Found::Format(Format::Evtx);
    }
    if head.starts_with(b"PK\x03\x04") {
        return Found::Something("a ZIP archive (unpack it first)");
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let lines: Vec<&[u8]> =
        text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()).collect();
    let Some(first) = lines.first() else {
        return if is_whole { Found::Nothing } else { Found::Format(Format::Json) };
    };
    if first.starts_with(b"<") {
        return Found::Format(Format::Xml);
    }
    // One odd line may be damage; that none of many begins like JSON is no accident.
    let enough = is_whole || lines.len() > 8;
    if !enough || lines.iter().any(|line| matches!(line[0], b'{' | b'[')) {
        return Found::Format(Format::Json);
    }
    let separators = first.iter().filter(|byte| matches!(byte, b',' | b';' | b'\t')).count();
    Found::Something(if separators > 0 { "what looks like CSV" } else { "text that is no JSON" })
}
