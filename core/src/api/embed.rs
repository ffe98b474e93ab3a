//! Embeds: panels in a partner's portal, and how one is launched.

use serde::{Deserialize, Serialize};

use super::{Named, UserBody};
use crate::actor::Role;
use crate::embed::Mode;
use crate::id::{AccountId, UserId};
use crate::severity::Severity;
use crate::time::Timestamp;

/// How a panel looks, as it is written. [`crate::embed::Theme::read`] checks it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThemeBody {
    /// `auto`, `light` or `dark`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// What is pressed and marked, as `#rrggbb`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accent: Option<String>,
    /// What text stands on, as `#rrggbb`; together with `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surface: Option<String>,
    /// The text, as `#rrggbb`; together with `surface`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How round corners are, in px: 0 to 16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radius: Option<u8>,
    /// `system`, `sans`, `serif` or `mono`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub font: Option<String>,
}

/// `POST /v1/embeds`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbedRequest {
    /// What it is for.
    pub name: String,
    /// Whose pages may show it.
    pub origins: Vec<String>,
    /// What can be done in it.
    pub mode: Mode,
    /// Who may look into it; account admins and account users where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Role>>,
    /// The most pressing question that is answered in it; high where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond_up_to: Option<Severity>,
    /// How it looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<ThemeBody>,
}

/// `PATCH /v1/embeds/{embed}`: what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbedPatch {
    /// See [`EmbedRequest::name`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// See [`EmbedRequest::origins`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origins: Option<Vec<String>>,
    /// See [`EmbedRequest::mode`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// See [`EmbedRequest::roles`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Role>>,
    /// See [`EmbedRequest::respond_up_to`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respond_up_to: Option<Severity>,
    /// See [`EmbedRequest::theme`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<ThemeBody>,
}

/// An embed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbedBody {
    /// What names it in addresses. Not guessed, and no secret.
    pub public_id: String,
    /// See [`EmbedRequest::name`].
    pub name: String,
    /// Whose pages may show it, as browsers write them.
    pub origins: Vec<String>,
    /// See [`EmbedRequest::mode`].
    pub mode: Mode,
    /// See [`EmbedRequest::roles`].
    pub roles: Vec<Role>,
    /// See [`EmbedRequest::respond_up_to`].
    pub respond_up_to: Severity,
    /// See [`EmbedRequest::theme`].
    pub theme: ThemeBody,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a panel of it was last launched.
    pub last_launched_at: Option<Timestamp>,
    /// Where its page is: what a frame shows.
    pub frame_url: String,
}

/// A single embed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbedResponse {
    /// The embed.
    pub embed: EmbedBody,
}

/// `GET /v1/embeds`: all of an account, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbedsResponse {
    /// The embeds.
    pub embeds: Vec<EmbedBody>,
    /// The custom element for portals.
    pub module: ModuleBody,
}

/// Where the custom element is that a portal loads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModuleBody {
    /// The module. What is at this address never changes.
    pub url: String,
    /// Its types for TypeScript.
    pub types_url: String,
    /// What browsers check it against before they run it.
    pub integrity: String,
}

/// What the page of a panel is told in its head, before anybody has launched it. No secret: whoever knows the address can read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameBody {
    /// Which embed.
    pub embed: String,
    /// Whose pages may show it.
    pub origins: Vec<String>,
    /// How it looks.
    pub theme: ThemeBody,
}

/// Names a person by number or by address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum UserName {
    /// The number.
    Id(UserId),
    /// The address.
    Email(String),
}

/// `POST /v1/embed_sessions`: a portal's own server launches a panel for somebody whom it knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaunchRequest {
    /// Which embed.
    pub embed: String,
    /// For whom.
    pub user: UserName,
    /// The origin of the page that shows it.
    pub origin: String,
}

/// A launch code: works once, for a minute, in that embed, on pages of that origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchResponse {
    /// The code.
    pub code: String,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// What the frame shows.
    pub frame_url: String,
}

/// `POST /v1/embed_sessions/exchange`: the panel trades the code for a token, which it keeps in memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeRequest {
    /// Which embed.
    pub embed: String,
    /// The code.
    pub code: String,
    /// The origin of the page that gave it to the panel, as the browser says.
    pub origin: String,
}

/// A token, as `Authorization: Bearer`, and for whom it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeResponse {
    /// The token.
    pub token: String,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// The server's time.
    pub now: Timestamp,
    /// What can be done in the panel.
    pub mode: Mode,
    /// The most pressing question that is answered in it.
    pub respond_up_to: Severity,
    /// The account.
    pub account: Named<AccountId>,
    /// For whom it is.
    pub user: UserBody,
}

/// `POST /v1/embed_sessions/end`: a portal signs somebody out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndRequest {
    /// Which embed.
    pub embed: String,
    /// Whose panels end.
    pub user: UserName,
}

/// How many panels ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndResponse {
    /// The number.
    pub ended: u64,
}
