//! Sources: turn the records of real logs into logins, one record at a time.
//!
//! Everything here is pure and total: a record is a login, or it is ignored for a reason, or it is malformed and says
//! what was expected. Nothing here reads files or speaks HTTP (see `import`), and nothing looks addresses up.

use std::net::IpAddr;

use beckon_core::country::CountryCode;
use beckon_core::observation::{MAX_ID, MAX_NAME};
use beckon_core::time::Timestamp;
use beckon_core::vpn::VpnSlug;
use serde::Serialize;
use serde_json::Value;
use strum::{Display, EnumIter, IntoStaticStr};

pub mod address;
pub mod entra_sign_ins;
pub mod m365_audit;
pub mod splitter;
pub mod when;

/// A log that Beckon can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Display, EnumIter, IntoStaticStr)]
pub enum Source {
    /// The Microsoft 365 unified audit log.
    #[strum(serialize = "m365-audit")]
    M365Audit,
    /// The Entra sign-in log, from Microsoft Graph, Azure Monitor or an Event Hub.
    #[strum(serialize = "entra-sign-ins")]
    EntraSignIns,
}

/// What one record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A person logged in successfully.
    Login(Box<Login>),
    /// Nothing that Beckon asks about.
    Ignored(Reason),
}

/// A successful login, as far as the record itself tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The record's id, which becomes the observation's: the same record by another route is the same observation.
    pub id: String,
    /// When it happened.
    pub at: Timestamp,
    /// Who logged in.
    pub person: Person,
    /// The country that the record names.
    pub country: Option<CountryCode>,
    /// The VPN that the record names.
    pub vpn: Option<VpnSlug>,
    /// The address that the login came from.
    pub address: Option<IpAddr>,
    /// The number of the autonomous system that the address belongs to, where the record names it.
    pub system: Option<u32>,
}

/// A person, as a record names one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The directory's object id in lower case, where the record has it.
    pub object_id: Option<String>,
    /// The name that the person signs in with, in lower case: directories compare it without regard to case, and the
    /// same log writes it both ways.
    pub username: String,
    /// The person's name.
    pub name: Option<String>,
}

/// Why a record is no login that Beckon could ask about.
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
}

impl Source {
    /// Reads one record from its JSON text.
    ///
    /// # Errors
    /// What was expected of the record, and what was found.
    pub fn read(self, json: &[u8]) -> Result<Record, String> {
        match self {
            Self::M365Audit => m365_audit::read(json),
            Self::EntraSignIns => entra_sign_ins::read(json),
        }
    }

    /// Returns the log's name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::M365Audit => "the Microsoft 365 unified audit log",
            Self::EntraSignIns => "the Entra sign-in log",
        }
    }

    /// Returns the other one, which people mistake this one for.
    pub const fn other(self) -> Self {
        match self {
            Self::M365Audit => Self::EntraSignIns,
            Self::EntraSignIns => Self::M365Audit,
        }
    }
}

impl Login {
    /// Checks what the server would refuse whatever else the observation says, so that the line can be named early and
    /// a batch stays small.
    ///
    /// # Errors
    /// The field that is too long.
    pub fn check(&self) -> Result<(), String> {
        let texts = [
            ("id", Some(&self.id), MAX_ID),
            ("person's id", self.person.object_id.as_ref(), MAX_ID),
            ("person's username", Some(&self.person.username), MAX_ID),
            ("person's name", self.person.name.as_ref(), MAX_NAME),
        ];
        for (field, text, max) in texts {
            let length = text.map_or(0, |text| text.chars().count());
            if length > max {
                return Err(format!("expected the {field} in at most {max} characters, found {length}"));
            }
        }
        Ok(())
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
            for source in [Source::M365Audit, Source::EntraSignIns] {
                let _ = source.read(json.as_bytes());
            }
        }
    }
}
