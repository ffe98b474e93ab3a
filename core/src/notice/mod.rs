//! Notices: why somebody is told of an escalation, who that is, by which channel and in which words.

pub mod example;
mod route;
mod settings;
mod why;

pub use route::{Route, RouteFacts, falls_back, hears, recipients, route, route_kind};
pub use settings::{NoticeSettings, NoticeSettingsChange};
pub use why::reasons;
pub use words::{
    Door, DoorReason, MAX_TITLE, Told, door_message, message, note, test_message, title, title_within,
};

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr};

use crate::severity::Severity;

pub mod words;

/// Why somebody is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(tag = "reason", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Reason {
    /// The question came into being.
    Raised,
    /// It presses more than before.
    SeverityRaised {
        /// How much it pressed before.
        before: Severity,
    },
    /// The response window has passed.
    Overdue,
    /// Still nobody answered.
    Reminder {
        /// The how manieth reminder this is, from 1.
        number: u32,
    },
    /// Somebody answered, and the answer has to have its effect first. For tickets only.
    Answered {
        /// Who.
        by: String,
        /// What, in the words of the choice: `It is repaired`.
        answer: String,
    },
    /// What was answered did not have its effect. For tickets only.
    Setback {
        /// What happened, in a sentence.
        what: String,
    },
    /// Nobody needs to answer any more.
    Resolved {
        /// How, in a sentence or two.
        how: String,
    },
}

impl Reason {
    /// Returns the reason for people: `Reminder 2`.
    pub fn label(&self) -> String {
        match self {
            Self::Raised => "New question".to_owned(),
            Self::SeverityRaised { .. } => "Severity raised".to_owned(),
            Self::Overdue => "Overdue".to_owned(),
            Self::Reminder { number } => format!("Reminder {number}"),
            Self::Answered { .. } => "Answered".to_owned(),
            Self::Setback { .. } => "Open again".to_owned(),
            Self::Resolved { .. } => "Resolved".to_owned(),
        }
    }

    /// Tells whether only tickets are told of it: whoever reads mails has nothing to do.
    pub const fn is_for_tickets_only(&self) -> bool {
        match self {
            Self::Answered { .. } | Self::Setback { .. } => true,
            Self::Raised
            | Self::SeverityRaised { .. }
            | Self::Overdue
            | Self::Reminder { .. }
            | Self::Resolved { .. } => false,
        }
    }
}

/// The way on which somebody is told.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Channel {
    /// A mail to a person.
    Email,
    /// A ticket in the account's PSA.
    Psa,
    /// A signed request to an address of the account's or the operator's.
    Webhook,
}

/// What somebody is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// One line; the same on every channel: `Beckon High Escalation | Logins from Ukraine (Contoso)`.
    pub title: String,
    /// The whole message as plain text.
    pub text: String,
    /// The whole message as an HTML document for mail programs.
    pub html: String,
}
