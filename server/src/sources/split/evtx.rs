//! Splits a Windows event log file (EVTX) into single events, each as XML: a file header, then chunks of 64 KiB that
//! stand alone. So one chunk is kept, and a file may be of any size.
//!
//! The crate `evtx` reads chunks and limits what one record may become (16 MiB, 2^18 nodes); nothing of the format is
//! read here but where chunks begin. A log that has wrapped around has its oldest chunk in the middle: pieces come in
//! the order of the file.

use std::sync::Arc;

use evtx::err::EvtxError;
use evtx::{EvtxChunkData, ParserSettings};

use super::{MAX_RECORD, Piece, Position, Split};

/// What a file begins with.
pub const MAGIC: &[u8] = b"ElfFile\0";

/// The length of the file header, in bytes.
const HEADER: usize = 4 << 10;

/// The length of a chunk, in bytes.
const CHUNK: usize = 64 << 10;

/// See the module.
#[derive(Debug, Default)]
pub struct EvtxSplitter {
    /// The bytes of the file header, or of the chunk that is being read.
    bytes: Vec<u8>,
    /// The chunk that is being read; 0 is the file header.
    chunk: u64,
}

impl EvtxSplitter {
    /// Takes a whole chunk.
    fn chunk(&mut self, out: &mut Vec<Piece>) {
        let bytes = std::mem::take(&mut self.bytes);
        // Windows makes files longer than they have to be.
        if bytes.iter().all(|byte| *byte == 0) {
            return;
        }
        let settings = Arc::new(ParserSettings::new().indent(false));
        let broken = |message: &str| Piece::Broken { at: self.position(), message: message.to_owned() };
        // A log that was copied while Windows wrote to it has wrong checksums and good records.
        let Ok(mut data) = EvtxChunkData::new(bytes, false) else {
            return out.push(broken("expected a chunk of events, found other bytes"));
        };
        let Ok(mut chunk) = data.parse(settings) else {
            return out.push(broken("expected a whole chunk of events, found a damaged one"));
        };
        for record in chunk.iter() {
            let rendered =
                record.and_then(|record| Ok((record.event_record_id, record.into_xml_bytes()?.data)));
            out.push(match rendered {
                Ok((id, text)) if text.len() <= MAX_RECORD => {
                    Piece::Record { at: Position::Record(id), text }
                }
                Ok((id, _)) => {
                    let message =
                        format!("expected an event of at most {MAX_RECORD} bytes, found a longer one");
                    Piece::Broken { at: Position::Record(id), message }
                }
                Err(EvtxError::FailedToParseRecord { record_id, .. }) => {
                    let message = "expected a whole event, found a damaged one".to_owned();
                    Piece::Broken { at: Position::Record(record_id), message }
                }
                Err(_) => broken("expected an event, found other bytes"),
            });
        }
    }
}

impl Split for EvtxSplitter {
    fn push(&mut self, mut bytes: &[u8], out: &mut Vec<Piece>) {
        while !bytes.is_empty() {
            let whole = if self.chunk == 0 { HEADER } else { CHUNK };
            let (taken, rest) = bytes.split_at(bytes.len().min(whole - self.bytes.len()));
            self.bytes.extend_from_slice(taken);
            bytes = rest;
            if self.bytes.len() == whole {
                if self.chunk > 0 {
                    self.chunk(out);
                }
                self.bytes.clear();
                self.chunk += 1;
            }
        }
    }

    fn finish(&mut self, out: &mut Vec<Piece>) {
        if self.chunk == 0 || self.bytes.iter().any(|byte| *byte != 0) {
            let message = "expected a whole chunk of events, found the end of the file".to_owned();
            out.push(Piece::Broken { at: self.position(), message });
        }
        self.bytes.clear();
    }

    fn position(&self) -> Position {
        Position::Chunk(self.chunk.max(1))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(bytes: &[u8], step: usize) -> Vec<Piece> {
        let mut splitter = EvtxSplitter::default();
        let mut pieces = Vec::new();
        for chunk in bytes.chunks(step) {
            splitter.push(chunk, &mut pieces);
        }
        splitter.finish(&mut pieces);
        pieces
    }

    /// Makes a file of a header and these chunks, each padded to its length.
    fn file(chunks: &[&[u8]]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.resize(HEADER, 0);
        for (index, chunk) in chunks.iter().enumerate() {
            bytes.extend_from_slice(chunk);
            bytes.resize(HEADER + (index + 1) * CHUNK, 0);
        }
        bytes
    }

    fn check(bytes: &[u8], expected: &[(u64, &str)]) {
        for step in [999, CHUNK, 1 << 20] {
            let pieces = split(bytes, step);
            assert_eq!(pieces.len(), expected.len(), "{pieces:?}");
            for (piece, (number, words)) in pieces.iter().zip(expected) {
                let Piece::Broken { at: Position::Chunk(chunk), message } = piece else {
                    panic!("expected a broken chunk, found {piece:?}");
                };
                assert_eq!(chunk, number);
                assert!(message.contains(words), "{message}");
            }
        }
    }

    #[test]
    fn chunks_that_are_none_are_named_and_empty_ones_are_not() {
        check(&file(&[]), &[]);
        check(&file(&[b"", b""]), &[]);
        check(&file(&[b"ElfChnk\0", b"", b"noise"]), &[(3, "found other bytes")]);
        check(&file(&[b"", b"x"])[..HEADER + CHUNK + 10], &[(2, "found the end of the file")]);
        check(&file(&[])[..100], &[(1, "found the end of the file")]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// No bytes in a chunk make it panic.
        #[test]
        fn any_bytes(noise in proptest::collection::vec(any::<u8>(), 0..4_096), keep in 0_usize..600) {
            let mut chunk = b"ElfChnk\0".to_vec();
            chunk.resize(keep.max(8), 1);
            chunk.extend(noise);
            split(&file(&[&chunk]), CHUNK);
        }
    }
}
