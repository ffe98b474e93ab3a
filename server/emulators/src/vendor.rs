//! Whose API is emulated, and the names of what a client may call.

use std::fmt;
use std::str::FromStr;

/// A maker of PSAs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vendor {
    /// `ConnectWise` PSA.
    Connectwise,
    /// Autotask PSA.
    Autotask,
    /// `HaloPSA`.
    Halopsa,
}

impl Vendor {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Connectwise, Self::Autotask, Self::Halopsa];

    /// The name as options and URLs spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Connectwise => "connectwise",
            Self::Autotask => "autotask",
            Self::Halopsa => "halopsa",
        }
    }

    /// The name as people write it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Connectwise => "ConnectWise PSA",
            Self::Autotask => "Autotask",
            Self::Halopsa => "HaloPSA",
        }
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Vendor {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::ALL.into_iter().find(|vendor| vendor.name() == name).ok_or_else(|| UnknownName(name.into()))
    }
}

/// What a request asks for, whichever vendor it is: the name under which it is counted, and under which a fault waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Call {
    /// Any of the others. Only faults are filed under it.
    Any,
    /// Where the API is: `companyinfo` of `ConnectWise`, `zoneInformation` of Autotask.
    Discover,
    /// A token of `HaloPSA`.
    Token,
    /// What one can choose from: boards, statuses, priorities, types, outcomes, pick lists.
    Lists,
    /// The companies.
    Companies,
    /// A new ticket.
    Create,
    /// A search for tickets.
    Find,
    /// One ticket by its id.
    Read,
    /// A new note.
    Note,
    /// The notes of a ticket.
    Notes,
    /// A change of a ticket, which is how one closes it.
    Close,
    /// Whatever the vendor does not know.
    Other,
}

impl Call {
    /// All there are.
    pub const ALL: [Self; 12] = [
        Self::Any,
        Self::Discover,
        Self::Token,
        Self::Lists,
        Self::Companies,
        Self::Create,
        Self::Find,
        Self::Read,
        Self::Note,
        Self::Notes,
        Self::Close,
        Self::Other,
    ];

    /// The name as JSON spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Discover => "discover",
            Self::Token => "token",
            Self::Lists => "lists",
            Self::Companies => "companies",
            Self::Create => "create",
            Self::Find => "find",
            Self::Read => "read",
            Self::Note => "note",
            Self::Notes => "notes",
            Self::Close => "close",
            Self::Other => "other",
        }
    }
}

impl FromStr for Call {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Self::ALL.into_iter().find(|call| call.name() == name).ok_or_else(|| UnknownName(name.into()))
    }
}

/// No vendor, call or fault is called this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName(pub String);

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown name {:?}", self.0)
    }
}

impl std::error::Error for UnknownName {}
