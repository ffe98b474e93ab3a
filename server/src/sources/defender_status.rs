//! Whether Microsoft Defender's real-time protection is on: `windowsProtectionState` of Microsoft Graph, and the events
//! of Windows' own log, as XML.
//!
//! Only what says so outright counts, since a wrong *off* asks a customer about nothing, and a wrong *on* ends a
//! question that still stands. What `deviceState` and the many other events say is ignored for a reason: see
//! [`graph`] and [`events`].

use super::Record;

pub mod events;
pub mod graph;

/// Reads one record: a JSON object of Graph, or an event in XML.
///
/// # Errors
/// What was expected of the record, and what was found.
pub fn read(text: &[u8]) -> Result<Record, String> {
    if text.trim_ascii_start().starts_with(b"<") { events::read(text) } else { graph::read(text) }
}
