//! PSA integrations: which there are, and what an account has to say of its own so that tickets can be made there.

mod missing;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

/// A maker of ticketing systems (PSAs) that Beckon can make tickets in.
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
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Vendor {
    /// ConnectWise PSA.
    Connectwise,
    /// Autotask PSA.
    Autotask,
    /// HaloPSA.
    Halopsa,
}

impl Vendor {
    /// Returns the name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connectwise => "ConnectWise PSA",
            Self::Autotask => "Autotask",
            Self::Halopsa => "HaloPSA",
        }
    }
}

/// One thing that an account enters to connect: an address, a name, a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Names it in the settings.
    pub slug: &'static str,
    /// For people.
    pub label: &'static str,
    /// Where to find it, in a sentence.
    pub help: &'static str,
    /// Whether it is a secret: never shown again once it is kept.
    pub secret: bool,
    /// Whether it must be filled in.
    pub required: bool,
}

/// One thing that an account chooses among what its PSA offers: a board, a priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Names it in the choices.
    pub slug: &'static str,
    /// For people.
    pub label: &'static str,
    /// The slot whose choice decides what is offered here: the statuses of a board.
    pub depends_on: Option<&'static str>,
    /// Whether something must be chosen.
    pub required: bool,
}

impl Vendor {
    /// TEMPORARY
    pub fn slots(self) -> &'static [Slot] {
        &[]
    }
    /// TEMPORARY
    pub fn settings(self) -> &'static [Setting] {
        &[]
    }
    /// TEMPORARY
    pub fn check_settings(self, _: &Settings) -> Result<(), Vec<crate::error::FieldError>> {
        Ok(())
    }
}

/// What an account entered (by [`Setting::slug`]), secrets included.
pub type Settings = BTreeMap<String, String>;

/// What an account chose (by [`Slot::slug`]): the PSA's id of each.
pub type Choices = BTreeMap<String, String>;
