//! Splitting a log into the texts of its records, one module a format. Knows nothing of what a record says.

use std::fmt::{self, Display, Formatter};

use serde::Serialize;

pub mod evtx;
pub mod format;
pub mod json;
pub mod xml;

/// The longest record that is kept, in bytes.
pub const MAX_RECORD: usize = 4 << 20;

/// A part of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The text of one record.
    Record {
        /// Where it begins.
        at: Position,
        /// One JSON object, or one XML element.
        text: Vec<u8>,
    },
    /// Something that is no record.
    Broken {
        /// Where it begins.
        at: Position,
        /// What was expected and what was found.
        message: String,
    },
}

/// Where something stands in a log, as somebody who looks for it would count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// The line of a text; the first is 1.
    Line(u64),
    /// The record of a Windows event log by its number, which Windows assigned.
    Record(u64),
    /// The chunk of a Windows event log file; the first is 1.
    Chunk(u64),
}

impl Display for Position {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(number) => write!(f, "line {number}"),
            Self::Record(number) => write!(f, "record {number}"),
            Self::Chunk(number) => write!(f, "chunk {number}"),
        }
    }
}

/// Splits a log into pieces. Bytes go in as they come, pieces come out, and never more than one record or chunk is
/// kept: so a file may be of any size.
pub trait Split {
    /// Takes the next bytes and hands out the pieces that they complete.
    fn push(&mut self, bytes: &[u8], out: &mut Vec<Piece>);

    /// Says that nothing follows, and hands out what that leaves incomplete.
    fn finish(&mut self, out: &mut Vec<Piece>);

    /// Returns how far it got.
    fn position(&self) -> Position;
}
