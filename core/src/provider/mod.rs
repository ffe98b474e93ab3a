//! Sign-in providers (OpenID Connect): how one is set up, and who gets in by it as what. Knows nothing of tokens and
//! requests: what a provider says of a person comes here once it has been verified.
//!
//! A provider of an account is set up by its admins, and they say what it says. So it decides about that account alone: what
//! begins by it is confined to the account, and it lets nobody in anywhere else. One of the whole installation is the
//! operator's.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr};

use crate::actor::Role;
use crate::error::{FieldError, Refusal, check_length};
use crate::id::{AccountId, OrganizationId};

mod admit;
mod claims;
mod path;

pub use admit::{Admission, Known, Linked, Seat, SeatChange, Whom, admit};
pub use claims::{Claims, values_at};
pub use path::{HOME, return_path};

/// The most providers of an account, and of the installation.
pub const MAX_PROVIDERS: usize = 5;

/// The most rules, scopes and domains of a provider, each.
const MAX_LIST: usize = 100;

/// The longest of the texts that somebody enters, in characters.
const MAX_TEXT: usize = 500;

/// How long a sign-in may take, from leaving for the provider to coming back.
pub const PATIENCE: chrono::TimeDelta = crate::time::minutes(10);

/// What is entered for a provider, but for its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// For people: `Contoso sign-in`.
    pub name: String,
    /// Its address, under which `/.well-known/openid-configuration` is.
    pub issuer: String,
    /// How it knows Beckon.
    pub client_id: String,
    /// What is asked for beside `openid`.
    #[serde(default = "Settings::usual_scopes")]
    pub scopes: Vec<String>,
    /// The claim that says what a person is: `groups`, or a path such as `realm_access.roles`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_claim: Option<String>,
    /// What the values of that claim grant; the first that fits counts, in each account. Where there are any, the provider
    /// decides about roles: they follow it at each sign-in.
    #[serde(default)]
    pub roles: Vec<RoleRule>,
    /// What is granted where no rule fits; nothing where there is none, and then nobody else gets in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_grant: Option<Grant>,
    /// Whether somebody who is granted something becomes a member by signing in.
    #[serde(default)]
    pub just_in_time: bool,
    /// The domains of the addresses for which the provider speaks.
    pub email_domains: Vec<String>,
    /// Whether the provider has to say that it verified an address. Some never do; then it is taken at its word.
    #[serde(default = "yes")]
    pub require_verified_email: bool,
}

fn yes() -> bool {
    true
}

/// What a value grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleRule {
    /// The value, exactly.
    pub value: String,
    /// What it grants.
    pub grant: Grant,
}

/// A place for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// As what.
    pub role: GrantedRole,
    /// Where; left out in the provider of an account, since there is but one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// The organization of an organization user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_id: Option<OrganizationId>,
}

/// As what somebody gets in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum GrantedRole {
    /// One of the provider's own people; only by a provider of the whole installation.
    Operator,
    /// See [`Role`].
    AccountAdmin,
    /// See [`Role`].
    AccountUser,
    /// See [`Role`].
    OrganizationUser,
}

impl GrantedRole {
    /// Returns the role of a member; none for an operator.
    pub const fn member(self) -> Option<Role> {
        match self {
            Self::Operator => None,
            Self::AccountAdmin => Some(Role::AccountAdmin),
            Self::AccountUser => Some(Role::AccountUser),
            Self::OrganizationUser => Some(Role::OrganizationUser),
        }
    }
}

impl Settings {
    /// Returns what is asked for where nobody says otherwise.
    pub fn usual_scopes() -> Vec<String> {
        ["email", "profile"].map(str::to_owned).to_vec()
    }

    /// Checks what was entered, for the provider of `account`, or of the whole installation. Whether the issuer may be
    /// reached is for who reaches it, and whether organizations are there for who keeps them.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with each field that is wrong.
    pub fn check(&self, account: Option<AccountId>) -> Result<(), Refusal> {
        let texts = [("name", &self.name), ("issuer", &self.issuer), ("client_id", &self.client_id)];
        let texts =
            texts.into_iter().filter_map(|(field, text)| check_text(&format!("settings.{field}"), text));
        let errors: Vec<FieldError> = texts
            .chain(self.check_lists())
            .chain(self.check_claim())
            .chain(self.grants().filter_map(|(field, grant)| grant.check(&field, account)))
            .collect();
        if errors.is_empty() { Ok(()) } else { Err(Refusal::Invalid(errors)) }
    }

    /// Returns all that is granted, with the names of the fields.
    fn grants(&self) -> impl Iterator<Item = (String, &Grant)> {
        let rules = self.roles.iter().enumerate();
        let rules = rules.map(|(at, rule)| (format!("settings.roles[{at}].grant"), &rule.grant));
        rules.chain(self.default_grant.iter().map(|grant| ("settings.default_grant".to_owned(), grant)))
    }

    /// Returns the organizations that are granted, each with its account and the name of the field.
    pub fn organizations(
        &self,
        account: Option<AccountId>,
    ) -> impl Iterator<Item = (String, Option<AccountId>, OrganizationId)> {
        self.grants().filter_map(move |(field, grant)| {
            Some((field, account.or(grant.account_id), grant.organization_id?))
        })
    }

    /// Returns the accounts that are named.
    pub fn accounts(&self) -> impl Iterator<Item = (String, AccountId)> {
        self.grants().filter_map(|(field, grant)| Some((field, grant.account_id?)))
    }

    fn check_lists(&self) -> impl Iterator<Item = FieldError> {
        let domain = self.email_domains.iter().find(|domain| !is_domain(domain)).map(|domain| {
            format!("expected a domain such as contoso.example, found `{}`", crate::text::plain(domain))
        });
        let none = self.email_domains.is_empty().then(|| {
            "expected at least one domain: the provider speaks for nobody else's addresses".to_owned()
        });
        let scope = self
            .scopes
            .iter()
            .find(|scope| !is_scope(scope))
            .map(|scope| format!("expected scopes such as email, found `{}`", crate::text::plain(scope)));
        let long = |field, length| (length > MAX_LIST).then(|| too_many(field, length));
        [
            domain.or(none).map(|why| FieldError::new("settings.email_domains", why)),
            scope.map(|why| FieldError::new("settings.scopes", why)),
            long("settings.email_domains", self.email_domains.len()),
            long("settings.scopes", self.scopes.len()),
            long("settings.roles", self.roles.len()),
        ]
        .into_iter()
        .flatten()
    }

    fn check_claim(&self) -> Option<FieldError> {
        match &self.role_claim {
            Some(claim) => check_text("settings.role_claim", claim),
            None if self.roles.is_empty() => None,
            None => {
                let text = "expected the claim whose values the roles are about, such as groups, found none";
                Some(FieldError::new("settings.role_claim", text))
            }
        }
    }

    /// Tells whether the provider decides about roles.
    pub fn manages_roles(&self) -> bool {
        !self.roles.is_empty()
    }

    /// Tells whether the provider speaks for an address.
    pub fn speaks_for(&self, email: &str) -> bool {
        domain_of(email).is_some_and(|domain| {
            self.email_domains.iter().any(|known| known.trim().to_lowercase() == domain)
        })
    }
}

impl Grant {
    fn check(&self, field: &str, account: Option<AccountId>) -> Option<FieldError> {
        let why = match (self.role, account, self.account_id) {
            (GrantedRole::Operator, Some(_), _) => {
                "an account's provider makes nobody an operator: choose another role"
            }
            (GrantedRole::Operator, None, Some(_)) => "operators work in all accounts: leave the account out",
            (_, Some(_), Some(_)) => {
                "the provider of an account grants places there alone: leave the account out"
            }
            (
                GrantedRole::AccountAdmin | GrantedRole::AccountUser | GrantedRole::OrganizationUser,
                None,
                None,
            ) => "expected the account in which the role holds, found none",
            (GrantedRole::Operator, None, None) | (_, Some(_), None) | (_, None, Some(_)) => {
                return self.check_organization(field);
            }
        };
        Some(FieldError::new(format!("{field}.account_id"), why))
    }

    fn check_organization(&self, field: &str) -> Option<FieldError> {
        let why = match (self.role == GrantedRole::OrganizationUser, self.organization_id) {
            (true, None) => "expected the organization of an organization user, found none",
            (false, Some(_)) => "only organization users belong to an organization: leave it out",
            (true, Some(_)) | (false, None) => return None,
        };
        Some(FieldError::new(format!("{field}.organization_id"), why))
    }
}

/// Returns the domain of an address, in small letters.
pub fn domain_of(email: &str) -> Option<String> {
    let (name, domain) = email.trim().rsplit_once('@')?;
    (!name.is_empty() && is_domain(domain)).then(|| domain.to_lowercase())
}

fn is_domain(text: &str) -> bool {
    let label =
        |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

fn is_scope(text: &str) -> bool {
    (1..=MAX_TEXT).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

fn check_text(field: &str, text: &str) -> Option<FieldError> {
    if text.chars().any(char::is_control) {
        return Some(FieldError::new(field, "expected text without control characters, found some"));
    }
    check_length(field, text, text.trim(), MAX_TEXT)
}

fn too_many(field: &str, length: usize) -> FieldError {
    FieldError::new(field, format!("expected at most {MAX_LIST} of them, found {length}"))
}

/// Checks that another provider may be added to `count` of them.
///
/// # Errors
/// [`Refusal::Conflict`] where there are as many as there may be.
pub fn check_room(count: usize) -> Result<(), Refusal> {
    if count < MAX_PROVIDERS {
        return Ok(());
    }
    let text =
        format!("there are {MAX_PROVIDERS} sign-in providers already, which is the most: delete one first");
    Err(Refusal::Conflict(text))
}

#[cfg(test)]
mod tests;
