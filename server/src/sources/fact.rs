//! Facts: what a record that matters says, as far as the record itself tells. Who sends one adds what the operator
//! knows.

use std::net::IpAddr;

use beckon_core::country::CountryCode;
use beckon_core::observation::{MAX_ID, MAX_NAME, ObservedEndpoint};
use beckon_core::time::Timestamp;
use beckon_core::vpn::VpnSlug;

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A person logged in successfully.
    Login(Box<Login>),
    /// An endpoint said whether its Defender protects it.
    Status(Box<Status>),
}

/// A successful login.
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

/// What an endpoint said of its Defender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Made of the endpoint and what tells its records apart, so that the same record by another route is the same
    /// observation.
    pub id: String,
    /// When the endpoint said so.
    pub at: Timestamp,
    /// Which endpoint.
    pub endpoint: ObservedEndpoint,
    /// Whether real-time protection is on.
    pub is_protected: bool,
}

impl Fact {
    /// Returns the observation's id.
    pub fn id(&self) -> &str {
        match self {
            Self::Login(login) => &login.id,
            Self::Status(status) => &status.id,
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
        check_lengths(&[
            ("id", Some(&self.id), MAX_ID),
            ("person's id", self.person.object_id.as_deref(), MAX_ID),
            ("person's username", Some(&self.person.username), MAX_ID),
            ("person's name", self.person.name.as_deref(), MAX_NAME),
        ])
    }
}

impl Status {
    /// Checks what [`Login::check`] does.
    ///
    /// # Errors
    /// The field that is too long.
    pub fn check(&self) -> Result<(), String> {
        check_lengths(&[
            ("id", Some(&self.id), MAX_ID),
            ("endpoint's id", Some(&self.endpoint.id), MAX_ID),
            ("endpoint's hostname", Some(&self.endpoint.hostname), MAX_NAME),
            ("endpoint's system", self.endpoint.os.as_deref(), MAX_NAME),
        ])
    }
}

fn check_lengths(texts: &[(&str, Option<&str>, usize)]) -> Result<(), String> {
    for (field, text, max) in texts {
        let length = text.map_or(0, |text| text.chars().count());
        if length > *max {
            return Err(format!("expected the {field} in at most {max} characters, found {length}"));
        }
    }
    Ok(())
}
