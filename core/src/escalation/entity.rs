//! The entities of login escalations: identities, with where they logged in from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Sighting;
use crate::country::CountryCode;
use crate::id::IdentityId;
use crate::rule::coverage::{OpenIdentity, Origin};
use crate::time::Timestamp;

/// The most origins that are kept for one identity of one escalation. Whoever changes address with each login must not
/// make the escalation grow without end.
pub const MAX_ORIGINS: usize = 50;

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

/// An identity of an escalation, with its logins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityEntity {
    /// Who.
    pub identity: Identity,
    /// Where the logins came from, and how many from there.
    #[serde(with = "origins")]
    pub origins: BTreeMap<Origin, u64>,
    /// Whether there were more origins than are kept.
    pub more_origins: bool,
    /// How many logins there were.
    pub logins: u64,
    /// The earliest, by the detector's clock.
    pub first_seen_at: Timestamp,
    /// The latest, by the detector's clock.
    pub last_seen_at: Timestamp,
}

impl IdentityEntity {
    /// Makes an entity of its first sighting.
    pub fn new(identity: Identity, sighting: &Sighting) -> Self {
        Self {
            identity,
            origins: BTreeMap::from([(sighting.origin.clone(), 1)]),
            more_origins: false,
            logins: 1,
            first_seen_at: sighting.observed_at,
            last_seen_at: sighting.observed_at,
        }
    }

    /// Counts another sighting, whatever the order in which they arrive.
    pub fn sighted(&mut self, sighting: &Sighting, changed: Option<&Identity>) {
        if let Some(identity) = changed {
            self.identity = identity.clone();
        }
        if self.origins.len() < MAX_ORIGINS || self.origins.contains_key(&sighting.origin) {
            *self.origins.entry(sighting.origin.clone()).or_default() += 1;
        } else {
            self.more_origins = true;
        }
        self.logins += 1;
        self.first_seen_at = self.first_seen_at.min(sighting.observed_at);
        self.last_seen_at = self.last_seen_at.max(sighting.observed_at);
    }

    /// Returns what access rules need to know of it.
    pub fn open_identity(&self) -> OpenIdentity {
        OpenIdentity {
            identity: self.identity.id,
            usage_location: self.identity.usage_location,
            origins: self.origins.keys().cloned().collect(),
            more_origins: self.more_origins,
        }
    }
}

/// JSON has no maps with compound keys: a list of pairs.
mod origins {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Origin;

    pub(super) fn serialize<S: Serializer>(map: &BTreeMap<Origin, u64>, to: S) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<Origin, u64>, D::Error> {
        Vec::<(Origin, u64)>::deserialize(from).map(|pairs| pairs.into_iter().collect())
    }
}
