//! The words in which somebody is told of an escalation: one title, and a message as plain text and as HTML.
//!
//! A message is put together once, as a `letter::Letter` of plain pieces, and rendered twice from that; so both say
//! the same. Whatever others wrote is made fit to stand among our words where it enters the letter (`clip`), and is
//! escaped where it enters HTML (`html`). Who is told, by which channel, and when is not decided here.

use super::{Message, Reason};
use crate::api::show::Names;
use crate::escalation::{EntityState, Head};
use crate::time::Timestamp;

mod clip;
mod compose;
mod door;
mod facts;
mod html;
mod letter;
mod note;
mod style;
mod text;
mod title;
mod trial;
mod when;

pub use door::{Door, DoorReason, message as door_message};
pub use title::{MAX_TITLE, title, title_within};

/// The most entities that a message names: with more of them, the question is out of sight on a phone.
pub const MAX_NAMED: usize = 5;

/// The longest plain text, in UTF-16 code units: what the strictest of the PSAs takes as a description.
pub const MAX_TEXT: usize = 8_000;

/// What somebody is told of.
#[derive(Clone, Copy, Debug)]
pub struct Told<'t> {
    /// The escalation as it stands now.
    pub head: &'t Head,
    /// Its entities, or those that need somebody first where there are many. A message names [`MAX_NAMED`] of them, and
    /// takes the organizations in the title from all that are here.
    pub entities: &'t [EntityState],
    /// The names that the head does not know.
    pub names: Names<'t>,
    /// The moment from which the time to the deadline is counted.
    pub now: Timestamp,
}

/// Says what happened, what is asked and until when, as it stands for `reason`.
pub fn message(told: &Told<'_>, reason: &Reason) -> Message {
    let mut letter = compose::letter(told, reason);
    letter.fit(MAX_TEXT);
    Message { text: text::render(&letter), html: html::render(&letter), title: letter.title }
}

/// Says the same in short, for a note in a ticket that has the message already: one line, and a text.
pub fn note(told: &Told<'_>, reason: &Reason) -> (String, String) {
    note::note(told, reason)
}

/// Says that messages for an account arrive: what "send test" sends to the address `to`.
pub fn test_message(names: Names<'_>, to: &str, now: Timestamp) -> Message {
    trial::message(names, to, now)
}
