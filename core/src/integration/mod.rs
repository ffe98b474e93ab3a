//! PSA integrations: which there are, and what an account has to say of its own so that tickets can be made there.

use std::collections::BTreeMap;

pub use company::{Company, Mapped, map_companies};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

use crate::severity::Severity;

pub mod autotask;
pub mod check;
mod company;
mod connectwise;
mod halopsa;
mod missing;

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

    /// Returns the most characters of a ticket's title there. Source: the facts, "PSAs"; `HaloPSA` keeps room for the key
    /// by which a ticket is found again.
    pub const fn longest_title(self) -> usize {
        match self {
            Self::Connectwise => 100,
            Self::Autotask => 255,
            Self::Halopsa => 200,
        }
    }

    /// Returns what an account enters to connect, in the order of the form.
    pub const fn settings(self) -> &'static [Setting] {
        match self {
            Self::Connectwise => connectwise::SETTINGS,
            Self::Autotask => autotask::SETTINGS,
            Self::Halopsa => halopsa::SETTINGS,
        }
    }

    /// Returns what an account chooses among what its PSA offers, in the order of the form: what depends on another
    /// choice stands after it.
    pub const fn slots(self) -> &'static [Slot] {
        match self {
            Self::Connectwise => connectwise::SLOTS,
            Self::Autotask => autotask::SLOTS,
            Self::Halopsa => halopsa::SLOTS,
        }
    }
}

/// Returns the slot whose choice is the priority of a ticket.
pub const fn priority_slot(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "priority_critical",
        Severity::High => "priority_high",
        Severity::Low => "priority_low",
    }
}

/// What a setting must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One line of text.
    Text,
    /// A URL that begins with `https://` or `http://`.
    Url,
    /// A host's name, or such a URL.
    Address,
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
    /// What it must look like.
    pub form: Form,
}

const fn required(slug: &'static str, label: &'static str, help: &'static str) -> Setting {
    Setting { slug, label, help, secret: false, required: true, form: Form::Text }
}

const fn optional(slug: &'static str, label: &'static str, help: &'static str) -> Setting {
    Setting { required: false, ..required(slug, label, help) }
}

const fn secret(slug: &'static str, label: &'static str, help: &'static str) -> Setting {
    Setting { secret: true, ..required(slug, label, help) }
}

impl Setting {
    const fn url(self) -> Self {
        Self { form: Form::Url, ..self }
    }

    const fn address(self) -> Self {
        Self { form: Form::Address, ..self }
    }
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

const fn slot(slug: &'static str, label: &'static str) -> Slot {
    Slot { slug, label, depends_on: None, required: true }
}

impl Slot {
    const fn of(self, slug: &'static str) -> Self {
        Self { depends_on: Some(slug), ..self }
    }
}

/// One thing that can be chosen for a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// The PSA's id.
    pub id: String,
    /// Its name there.
    pub name: String,
}

/// What an account entered (by [`Setting::slug`]), secrets included.
pub type Settings = BTreeMap<String, String>;

/// What an account chose (by [`Slot::slug`]): the PSA's id of each.
pub type Choices = BTreeMap<String, String>;
