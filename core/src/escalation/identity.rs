//! A managed identity, as an escalation knows it.

use serde::{Deserialize, Serialize};

use crate::country::CountryCode;
use crate::id::IdentityId;

/// A managed identity, as an escalation knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Which one.
    pub id: IdentityId,
    /// The detector's id for it.
    pub external_id: String,
    /// The name it signs in with.
    pub username: String,
    /// The person's name, where the detector knows it.
    pub name: Option<String>,
    /// Where the person lives, if that is on record.
    pub usage_location: Option<CountryCode>,
}

impl Identity {
    /// Returns what people call it: the name, or else the username.
    pub fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.username)
    }

    /// Returns the code under which [`super::Head::residences`] counts it.
    pub fn residence(&self) -> String {
        self.usage_location.map(|country| country.to_string()).unwrap_or_default()
    }
}
