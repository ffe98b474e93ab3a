//! Panels in a partner's portal: on whose pages one may be shown, to whom, what can be done in it, and how it looks.
//!
//! Mode and role come from here, never from the page that shows the panel.

mod origin;
mod seat;
mod theme;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

pub use self::origin::Origin;
pub use self::seat::{Launched, check_ending, check_launch, seat};
pub use self::theme::{Colour, Font, Scheme, Theme, contrast};
use crate::actor::{Role, Scope};
use crate::api::embed::{EmbedPatch, EmbedRequest};
use crate::error::{FieldError, Refusal, check_length};
use crate::permission::{Action, Permit};
use crate::severity::Severity;
use crate::time::minutes;

/// The most embeds of an account.
pub const MOST: usize = 20;

/// The most origins of an embed.
pub const MOST_ORIGINS: usize = 20;

/// For how long a launch code works. Source of the number: the design, "The embed".
pub const LAUNCH: TimeDelta = minutes(1);

/// For how long a panel's token works; the page around it renews it in time. Source of the number: as for [`LAUNCH`].
pub const LONGEST: TimeDelta = minutes(10);

/// The longest name, in characters.
const MAX_NAME: usize = 100;

/// What can be done in a panel.
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
pub enum Mode {
    /// Questions are shown.
    View,
    /// Account admins answer them there too.
    Respond,
}

impl Mode {
    /// Returns how much of what a person may do a panel allows.
    pub const fn scope(self) -> Scope {
        match self {
            Self::View => Scope::EmbedView,
            Self::Respond => Scope::EmbedRespond,
        }
    }

    /// Returns the mode for people, in sentence case.
    pub const fn label(self) -> &'static str {
        match self {
            Self::View => "Shows questions",
            Self::Respond => "Shows questions and takes answers",
        }
    }
}

/// How an embed is set up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// What it is for.
    pub name: String,
    /// Whose pages may show it.
    pub origins: Vec<Origin>,
    /// What can be done in it.
    pub mode: Mode,
    /// Who may look into it. Organization users get the page that says why they are kept out, whatever stands here.
    pub roles: Vec<Role>,
    /// The most pressing question that is answered in it; more pressing ones open Beckon itself.
    pub respond_up_to: Severity,
    /// How it looks.
    pub theme: Theme,
}

impl Settings {
    /// Tells whether people of `role` may look into it.
    pub fn admits(&self, role: Role) -> bool {
        role == Role::OrganizationUser || self.roles.contains(&role)
    }
}

/// Decides how a new embed is set up, where the account has `others` already.
///
/// # Errors
/// [`Refusal::Invalid`] with each field that is wrong; [`Refusal::Conflict`] where there are enough.
pub fn add(permit: &Permit, request: &EmbedRequest, others: usize) -> Result<Settings, Refusal> {
    permit.demand(Action::Configure, permit.account())?;
    let settings = read(request)?;
    if others >= MOST {
        let text =
            format!("there are {others} embeds, and {MOST} are the most: delete one first that nobody needs");
        return Err(Refusal::Conflict(text));
    }
    Ok(settings)
}

/// Decides how an embed is set up after a change: what the patch leaves out stays.
///
/// # Errors
/// [`Refusal::Invalid`] with each field that is wrong.
pub fn change(permit: &Permit, before: &Settings, patch: &EmbedPatch) -> Result<Settings, Refusal> {
    permit.demand(Action::Configure, permit.account())?;
    let origins = || before.origins.iter().map(ToString::to_string).collect();
    read(&EmbedRequest {
        name: patch.name.clone().unwrap_or_else(|| before.name.clone()),
        origins: patch.origins.clone().unwrap_or_else(origins),
        mode: patch.mode.unwrap_or(before.mode),
        roles: Some(patch.roles.clone().unwrap_or_else(|| before.roles.clone())),
        respond_up_to: Some(patch.respond_up_to.unwrap_or(before.respond_up_to)),
        theme: Some(patch.theme.clone().unwrap_or_else(|| before.theme.body())),
    })
}

/// Checks that an embed may be deleted.
///
/// # Errors
/// As [`Permit`] demands.
pub fn check_deletion(permit: &Permit) -> Result<(), Refusal> {
    permit.demand(Action::Configure, permit.account())
}

fn read(request: &EmbedRequest) -> Result<Settings, Refusal> {
    let mut errors = Vec::new();
    let name = crate::text::plain(&request.name);
    errors.extend(check_length("name", &request.name, &name, MAX_NAME));
    let origins = read_origins(&request.origins, &mut errors);
    let roles = read_roles(request.roles.as_deref(), &mut errors);
    let theme = match Theme::read(request.theme.as_ref()) {
        Ok(theme) => theme,
        Err(wrong) => {
            errors.extend(wrong);
            Theme::default()
        }
    };
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    let respond_up_to = request.respond_up_to.unwrap_or(Severity::High);
    Ok(Settings { name, origins, mode: request.mode, roles, respond_up_to, theme })
}

fn read_origins(texts: &[String], errors: &mut Vec<FieldError>) -> Vec<Origin> {
    let mut origins: Vec<Origin> = Vec::new();
    if texts.is_empty() || texts.len() > MOST_ORIGINS {
        let text = format!("expected 1 to {MOST_ORIGINS} origins, found {}", texts.len());
        errors.push(FieldError::new("origins", text));
        return origins;
    }
    for (index, text) in texts.iter().enumerate() {
        let field = format!("origins.{index}");
        match Origin::parse(text) {
            Ok(origin) if origins.contains(&origin) => {
                errors.push(FieldError::new(field, format!("{origin} is listed already: once is enough")));
            }
            Ok(origin) => origins.push(origin),
            Err(wrong) => errors.push(FieldError::new(field, wrong)),
        }
    }
    origins
}

fn read_roles(asked: Option<&[Role]>, errors: &mut Vec<FieldError>) -> Vec<Role> {
    const ALL: [Role; 2] = [Role::AccountAdmin, Role::AccountUser];
    let Some(asked) = asked else { return ALL.to_vec() };
    let roles: Vec<Role> = ALL.into_iter().filter(|role| asked.contains(role)).collect();
    if roles.is_empty() || asked.contains(&Role::OrganizationUser) {
        let text =
            "expected `account_admin`, `account_user` or both: organization users are kept out of panels too";
        errors.push(FieldError::new("roles", text));
    }
    roles
}

#[cfg(test)]
mod tests;
