//! The form of new rules: what is filled in, and the request that it makes. Holds signals, shows nothing.

use std::collections::BTreeSet;

use beckon_core::api::rule::{RuleRequest, Whom};
use beckon_core::id::{IdentityId, OrganizationId};
use beckon_core::rule::{Category, Determination, Level, Logic, Scope};
use leptos::prelude::*;

use crate::words::dates;

/// What rules are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Countries.
    Country,
    /// VPN services.
    Vpn,
    /// Addresses and ranges.
    IpAddress,
    /// Everything that nothing expects.
    Catchall,
    /// An organization's way out of the account's catch-all.
    Exception,
}

impl About {
    /// Every one, in the order shown.
    pub const EVERY: [Self; 5] = [Self::Country, Self::Vpn, Self::IpAddress, Self::Catchall, Self::Exception];

    /// Returns it for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Country => "Country",
            Self::Vpn => "VPN",
            Self::IpAddress => "IP address",
            Self::Catchall => "Everything else",
            Self::Exception => "Exception",
        }
    }

    /// Returns what it means, as a sentence.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Country => {
                "Logins from these countries. The usage location of a person is expected without a rule."
            }
            Self::Vpn => "Logins through these VPN services, wherever they come out.",
            Self::IpAddress => "Logins from these addresses or ranges, such as the address of an office.",
            Self::Catchall => {
                "Logins that nothing expects are unauthorized: nobody is asked about them any more."
            }
            Self::Exception => {
                "One organization is asked as usual, although the account has a rule for everything else."
            }
        }
    }
}

/// The form. Copies are the same form.
#[derive(Clone, Copy)]
pub struct RuleForm {
    /// The label of what the rules are about.
    pub about: RwSignal<String>,
    /// Country codes.
    pub countries: RwSignal<BTreeSet<String>>,
    /// VPN slugs.
    pub vpns: RwSignal<BTreeSet<String>>,
    /// Addresses and ranges, separated by commas.
    pub addresses: RwSignal<String>,
    /// The category of a catch-all or an exception.
    pub category: RwSignal<String>,
    /// Expected or unauthorized.
    pub determination: RwSignal<String>,
    /// For whom.
    pub scope: RwSignal<String>,
    /// The organization.
    pub organization: RwSignal<BTreeSet<String>>,
    /// The identity.
    pub identity: RwSignal<BTreeSet<String>>,
    /// The first day.
    pub from: RwSignal<String>,
    /// The last day.
    pub until: RwSignal<String>,
    /// Why.
    pub note: RwSignal<String>,
}

impl RuleForm {
    /// An empty form.
    pub fn new() -> Self {
        let text = |text: &str| RwSignal::new(text.to_owned());
        let set = || RwSignal::new(BTreeSet::new());
        Self {
            about: text(About::Country.label()),
            countries: set(),
            vpns: set(),
            addresses: text(""),
            category: text("country"),
            determination: text("expected"),
            scope: text("account"),
            organization: set(),
            identity: set(),
            from: text(""),
            until: text(""),
            note: text(""),
        }
    }

    /// Returns what the rules are about.
    pub fn about(self) -> About {
        let label = self.about.read();
        About::EVERY.into_iter().find(|about| about.label() == *label).unwrap_or(About::Country)
    }

    /// Returns what the rules decide; a catch-all and its exception leave no choice.
    pub fn determination(self) -> Determination {
        match self.about() {
            About::Catchall => Determination::Unauthorized,
            About::Exception => Determination::Expected,
            About::Country | About::Vpn | About::IpAddress => {
                self.determination.read().parse().unwrap_or(Determination::Expected)
            }
        }
    }

    /// Returns whom the rules are for, as far as what they are about leaves a choice.
    pub fn scope(self) -> Scope {
        let scope = self.scope.read().parse().unwrap_or(Scope::Account);
        match (self.about(), scope) {
            (About::Exception, _) | (About::Catchall, Scope::Identity) => Scope::Organization,
            (_, scope) => scope,
        }
    }

    /// Tells whether the rules may have dates.
    pub fn is_dated(self) -> bool {
        self.determination() == Determination::Expected && self.about() != About::Exception
    }

    /// Returns the chosen organization.
    pub fn organization(self) -> Option<OrganizationId> {
        self.organization.read().first().and_then(|id| id.parse().ok())
    }

    fn identity(self) -> Option<IdentityId> {
        self.identity.read().first().and_then(|id| id.parse().ok())
    }

    /// Returns the request that the form makes, and the level of its rules.
    ///
    /// # Errors
    /// What is missing, as a sentence.
    pub fn request(self) -> Result<(RuleRequest, Level), String> {
        let mut request = self.subjects()?;
        let level = self.level()?;
        let date = |text: RwSignal<String>| dates::read(&text.read()).filter(|_| self.is_dated());
        let note = self.note.read().trim().to_owned();
        request.determination = Some(self.determination());
        request.starts_at = date(self.from);
        request.expires_at = date(self.until);
        request.notes = (!note.is_empty()).then_some(note);
        match whom(level) {
            Whom::Account => {}
            Whom::Organization(id) => request.organization_id = Some(id),
            Whom::Identity(id) => request.identity_id = Some(id),
        }
        Ok((request, level))
    }

    fn subjects(self) -> Result<RuleRequest, String> {
        let mut request = RuleRequest::default();
        let list = |set: RwSignal<BTreeSet<String>>| set.read().iter().cloned().collect::<Vec<_>>().join(",");
        let (field, value, missing) = match self.about() {
            About::Country => (&mut request.country_code, list(self.countries), "Choose a country."),
            About::Vpn => (&mut request.vpn, list(self.vpns), "Choose a VPN."),
            About::IpAddress => {
                let text = self.addresses.read().trim().trim_matches(',').to_owned();
                (&mut request.ip_address, text, "Enter an address or a range.")
            }
            about @ (About::Catchall | About::Exception) => {
                let exception = about == About::Exception;
                request.logic = Some(if exception { Logic::CatchallException } else { Logic::Catchall });
                request.category = Some(self.category.read().parse().unwrap_or(Category::Country));
                return Ok(request);
            }
        };
        if value.is_empty() {
            return Err(missing.to_owned());
        }
        *field = Some(value);
        Ok(request)
    }

    fn level(self) -> Result<Level, String> {
        let organization = || self.organization().ok_or_else(|| "Choose an organization.".to_owned());
        match self.scope() {
            Scope::Account => Ok(Level::Account),
            Scope::Organization => Ok(Level::Organization { organization: organization()? }),
            Scope::Identity => {
                let organization = organization()?;
                let identity = self.identity().ok_or_else(|| "Choose a person.".to_owned())?;
                Ok(Level::Identity { identity, organization })
            }
        }
    }
}

fn whom(level: Level) -> Whom {
    match level {
        Level::Account => Whom::Account,
        Level::Organization { organization } => Whom::Organization(organization),
        Level::Identity { identity, .. } => Whom::Identity(identity),
    }
}
