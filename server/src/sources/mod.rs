//! Sources: turn the records of real logs into facts, one record at a time.
//!
//! Everything here is pure and total: a record states a fact, or it is ignored for a reason, or it is malformed and says
//! what was expected. Nothing here reads files or speaks HTTP (see `import`), and nothing looks addresses up.

use serde::Serialize;
use serde_json::Value;
use strum::{Display, EnumIter, IntoEnumIterator, IntoStaticStr};

pub use fact::{Fact, Login, Person, Status};

pub mod address;
pub mod defender_status;
pub mod entra_sign_ins;
pub mod fact;
pub mod m365_audit;
pub mod split;
pub mod when;

use split::format::Format;

/// A log that Beckon can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, IntoStaticStr)]
pub enum Source {
    /// The Microsoft 365 unified audit log.
    #[strum(serialize = "m365-audit")]
    M365Audit,
    /// The Entra sign-in log, from Microsoft Graph, Azure Monitor or an Event Hub.
    #[strum(serialize = "entra-sign-ins")]
    EntraSignIns,
    /// Whether Defender's real-time protection is on, from Microsoft Graph or the Windows event log.
    #[strum(serialize = "defender-status")]
    DefenderStatus,
}

/// What one record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// Something to observe.
    Fact(Fact),
    /// Nothing that Beckon asks about.
    Ignored(Reason),
}

/// What the facts of a log are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Facts {
    /// See [`Login`].
    Logins,
    /// See [`Status`].
    Statuses,
}

/// Why a record states nothing that Beckon could ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Display, EnumIter)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A record of another log.
    #[strum(serialize = "not a record of this log")]
    OtherLog,
    /// Another operation.
    #[strum(serialize = "not a login")]
    NotALogin,
    /// It did not succeed.
    #[strum(serialize = "failed login")]
    Failed,
    /// A service principal, a managed identity or the system.
    #[strum(serialize = "not a person")]
    NotAPerson,
    /// The record does not say who.
    #[strum(serialize = "no person named")]
    NobodyNamed,
    /// The record says neither from where nor from which country.
    #[strum(serialize = "no address and no country")]
    Nowhere,
    /// An address that belongs to no country.
    #[strum(serialize = "private or reserved address, and no country")]
    PrivateAddress,
    /// A public address whose country is not known.
    #[strum(serialize = "country of the address not known")]
    UnknownCountry,
    /// A device that never said whether real-time protection is on.
    #[strum(serialize = "real-time protection not reported")]
    NotReported,
    /// An event about one feature of real-time protection.
    #[strum(serialize = "one feature of real-time protection, not all of it")]
    FeatureOnly,
    /// An event about scanning.
    #[strum(serialize = "scanning, not real-time protection")]
    ScanningOnly,
    /// Another event of Defender.
    #[strum(serialize = "another event of Defender")]
    OtherEvent,
}

impl Facts {
    /// Returns what they are called, in the plural.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl Source {
    /// Reads one record from its text.
    ///
    /// # Errors
    /// What was expected of the record, and what was found.
    pub fn read(self, text: &[u8]) -> Result<Record, String> {
        match self {
            Self::M365Audit => m365_audit::read(text),
            Self::EntraSignIns => entra_sign_ins::read(text),
            Self::DefenderStatus => defender_status::read(text),
        }
    }

    /// Returns the log's name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::M365Audit => "the Microsoft 365 unified audit log",
            Self::EntraSignIns => "the Entra sign-in log",
            Self::DefenderStatus => "the status of Defender",
        }
    }

    /// Returns what its facts are.
    pub const fn facts(self) -> Facts {
        match self {
            Self::M365Audit | Self::EntraSignIns => Facts::Logins,
            Self::DefenderStatus => Facts::Statuses,
        }
    }

    /// Returns the formats that it comes in.
    pub const fn formats(self) -> &'static [Format] {
        match self {
            Self::M365Audit | Self::EntraSignIns => &[Format::Json],
            Self::DefenderStatus => &[Format::Json, Format::Xml, Format::Evtx],
        }
    }

    /// Returns another log that knows this record, which is none of this one: people name the wrong one easily.
    pub fn other(self, text: &[u8]) -> Option<Self> {
        Self::iter()
            .filter(|other| *other != self)
            .find(|other| other.read(text).is_ok_and(|record| record != Record::Ignored(Reason::OtherLog)))
    }
}

/// Says in our words why a text is not the JSON that was expected.
pub(crate) fn not_json(error: &serde_json::Error) -> String {
    let column = error.column();
    match error.classify() {
        serde_json::error::Category::Eof => {
            format!("expected a complete JSON object, found one that ends early, at character {column}")
        }
        _ => format!("expected a JSON object, found something else at character {column}"),
    }
}

/// Returns the text of a field, if it is text and not blank.
pub(crate) fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// Returns a directory object id in lower case; none for what is no such id and for the one that stands for nobody.
pub(crate) fn object_id(text: Option<&str>) -> Option<String> {
    let text = text?;
    let is_guid = text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    let is_somebody = text.bytes().any(|byte| byte != b'0' && byte != b'-');
    (is_guid && is_somebody).then(|| text.to_ascii_lowercase())
}

/// Returns a sign-in name in lower case; none for the words that logs write when they know of nobody.
pub(crate) fn username(text: Option<&str>) -> Option<String> {
    let name = text?.to_lowercase();
    let is_nobody = matches!(name.as_str(), "not available" | "notavailable" | "unknown" | "null" | "n/a");
    let is_zero = name.bytes().all(|byte| byte == b'0' || byte == b'-');
    (!is_nobody && !is_zero).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_id_is_a_guid_of_somebody() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(object_id(Some(text)).as_deref(), expected, "{text}");
        };
        check("9D8001CB-a159-4252-a3a1-c2dc689f322a", Some("9d8001cb-a159-4252-a3a1-c2dc689f322a"));
        check("00000000-0000-0000-0000-000000000000", None);
        check("10033fff80a1b2c3", None);
        check("joey@contoso.example", None);
        check("9d8001cb_a159_4252_a3a1_c2dc689f322a", None);
    }

    #[test]
    fn nobody_has_many_names() {
        for text in ["Not Available", "00000000-0000-0000-0000-000000000000", "Unknown"] {
            assert_eq!(username(Some(text)), None, "{text}");
        }
        assert_eq!(username(Some("GradyA@Contoso.example")).as_deref(), Some("gradya@contoso.example"));
    }

    #[test]
    fn nothing_panics_on_nonsense() {
        for json in
            ["", "{", "[]", "null", "1", "\"x\"", "{}", "{\"Operation\":7}", "\u{0}", "{\"a\":\"\\ud800\"}"]
        {
            for source in Source::iter() {
                let _ = source.read(json.as_bytes());
            }
        }
    }
}
