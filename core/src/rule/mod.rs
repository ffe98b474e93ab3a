//! Access rules: standing determinations for logins, how they are judged together, and what a new one would do.
//!
//! A rule knows no escalation; [`coverage`] brings the two together.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::country::CountryCode;
use crate::id::{AccountId, IdentityId, OrganizationId, RuleId};
use crate::network::Network;
use crate::time::{Date, Timestamp};
use crate::vpn::VpnSlug;

pub mod coverage;
pub mod draft;
pub mod judge;

pub use draft::RuleDraft;
pub use judge::{Login, Verdict, judge};

/// What was decided for a login.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Determination {
    /// It was the person; nobody is asked.
    Expected,
    /// It was not; the provider acts on it.
    Unauthorized,
}

/// Whom a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "scope", rename_all = "snake_case")]
pub enum Level {
    /// Everybody in the account.
    Account,
    /// Everybody in one organization.
    Organization {
        /// Which one.
        organization: OrganizationId,
    },
    /// One identity.
    Identity {
        /// Which one.
        identity: IdentityId,
        /// The organization it belongs to.
        organization: OrganizationId,
    },
}

impl Level {
    /// Returns the level without whom it names.
    pub const fn scope(self) -> Scope {
        match self {
            Self::Account => Scope::Account,
            Self::Organization { .. } => Scope::Organization,
            Self::Identity { .. } => Scope::Identity,
        }
    }

    /// Tells whether a rule of this level is for `identity` of `organization`.
    pub fn includes(self, organization: OrganizationId, identity: IdentityId) -> bool {
        match self {
            Self::Account => true,
            Self::Organization { organization: own } => own == organization,
            Self::Identity { identity: own, .. } => own == identity,
        }
    }
}

/// A level by name. Ordered from the least to the most specific: the most specific wins.
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
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Scope {
    /// Everybody in the account.
    Account,
    /// Everybody in one organization.
    Organization,
    /// One identity.
    Identity,
}

/// The kind of attribute that a rule is about.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Category {
    /// The country of the address.
    Country,
    /// The VPN service.
    Vpn,
    /// The address itself.
    IpAddress,
}

/// What a rule is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "subject", rename_all = "snake_case")]
pub enum Subject {
    /// Logins from one country.
    Country {
        /// Which one.
        country: CountryCode,
    },
    /// Logins through one VPN.
    Vpn {
        /// Which one.
        vpn: VpnSlug,
    },
    /// Logins from an address or range.
    IpAddress {
        /// Which one.
        network: Network,
    },
    /// Everything of a category that is not expected. Always unauthorized, for an account or an organization.
    Catchall {
        /// Country or VPN.
        category: Category,
    },
    /// Opts an organization out of the account's catch-all.
    CatchallException {
        /// Country or VPN.
        category: Category,
    },
}

impl Subject {
    /// Returns the kind of attribute.
    pub const fn category(&self) -> Category {
        match self {
            Self::Country { .. } => Category::Country,
            Self::Vpn { .. } => Category::Vpn,
            Self::IpAddress { .. } => Category::IpAddress,
            Self::Catchall { category } | Self::CatchallException { category } => *category,
        }
    }

    /// Returns how it matches, as the compatible API names it.
    pub const fn logic(&self) -> Logic {
        match self {
            Self::Country { .. } | Self::Vpn { .. } | Self::IpAddress { .. } => Logic::Standard,
            Self::Catchall { .. } => Logic::Catchall,
            Self::CatchallException { .. } => Logic::CatchallException,
        }
    }

    /// Returns it for people, as the beginning of a sentence about logins: `Logins from Ukraine`.
    pub fn sentence(&self) -> String {
        match self {
            Self::Country { country } => format!("Logins from {}", country.in_sentence()),
            Self::Vpn { vpn } => format!("Logins through {}", vpn.name()),
            Self::IpAddress { network } => format!("Logins from {network}"),
            Self::Catchall { category: Category::Vpn } => "Logins through any other VPN".to_owned(),
            Self::Catchall { .. } => "Logins from any other country".to_owned(),
            Self::CatchallException { category: Category::Vpn } => "No catch-all for VPNs".to_owned(),
            Self::CatchallException { .. } => "No catch-all for countries".to_owned(),
        }
    }
}

/// How a rule matches.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Logic {
    /// A value of a category.
    Standard,
    /// All values of a category that are not expected.
    Catchall,
    /// Opts an organization out of a catch-all.
    CatchallException,
}

/// When a rule counts. Both days are UTC and inclusive; a missing one is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Schedule {
    /// The first day.
    pub starts_at: Option<Date>,
    /// The last day.
    pub expires_at: Option<Date>,
}

/// Whether a rule counts now.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RuleStatus {
    /// It counts.
    Active,
    /// Its first day is still to come.
    Scheduled,
    /// Its last day is over.
    Expired,
}

impl Schedule {
    /// Tells whether it is running at `now`.
    pub fn status(self, now: Timestamp) -> RuleStatus {
        let today = now.date_naive();
        if self.expires_at.is_some_and(|last| last < today) {
            RuleStatus::Expired
        } else if self.starts_at.is_some_and(|first| first > today) {
            RuleStatus::Scheduled
        } else {
            RuleStatus::Active
        }
    }
}

/// A standing determination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRule {
    /// Which one.
    pub id: RuleId,
    /// Whose.
    pub account: AccountId,
    /// For whom.
    pub level: Level,
    /// About what.
    pub subject: Subject,
    /// What it decides.
    pub determination: Determination,
    /// When it counts.
    pub schedule: Schedule,
    /// Why, in the words of whoever made it.
    pub note: Option<String>,
    /// Who made it, by name.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl AccessRule {
    /// Tells whether it counts at `now`.
    pub fn status(&self, now: Timestamp) -> RuleStatus {
        self.schedule.status(now)
    }
}
