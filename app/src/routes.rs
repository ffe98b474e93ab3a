//! The pages by path: the one typed place where a path is read and written. Knows nothing of queries.

use beckon_core::id::EscalationId;

/// A page of Beckon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// Says why a sign-in by a provider did not happen, with the other ways beside it.
    Door,
    /// Trades the token of a link for a session.
    SignIn {
        /// The last part of the link.
        token: String,
    },
    /// The list of escalations.
    Escalations,
    /// One escalation.
    Escalation(EscalationId),
    /// The list of access rules.
    Rules,
    /// Makes access rules.
    NewRule,
    /// Who hears of what.
    Notifications,
    /// The PSA.
    Integrations,
    /// The webhook endpoints.
    Webhooks,
    /// Who was told, and whether it arrived.
    Deliveries,
    /// Who is in the account.
    Members,
    /// The API keys.
    Keys,
    /// What was done.
    Activity,
    /// The panels in portals.
    Embeds,
    /// Adds one.
    NewEmbed,
    /// One, by its public id.
    Embed(String),
    /// How one signs in.
    Profile,
    /// No such page.
    NotFound,
}

impl Route {
    /// Reads the path of a URL.
    pub fn parse(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] | ["escalations"] => Self::Escalations,
            ["sign-in"] => Self::Door,
            ["sign-in", token] => Self::SignIn { token: (*token).to_owned() },
            ["escalations", id] => id.parse().map_or(Self::NotFound, Self::Escalation),
            ["rules"] => Self::Rules,
            ["rules", "new"] => Self::NewRule,
            ["notifications"] => Self::Notifications,
            ["integrations"] => Self::Integrations,
            ["webhooks"] => Self::Webhooks,
            ["deliveries"] => Self::Deliveries,
            ["members"] => Self::Members,
            ["keys"] => Self::Keys,
            ["activity"] => Self::Activity,
            ["embeds"] => Self::Embeds,
            ["embeds", "new"] => Self::NewEmbed,
            ["embeds", id] => Self::Embed((*id).to_owned()),
            ["profile"] => Self::Profile,
            _ => Self::NotFound,
        }
    }

    /// Returns the path that leads here.
    pub fn path(&self) -> String {
        match self {
            Self::Door => "/sign-in".to_owned(),
            Self::SignIn { token } => format!("/sign-in/{token}"),
            Self::Escalations => "/escalations".to_owned(),
            Self::Escalation(id) => format!("/escalations/{id}"),
            Self::Rules => "/rules".to_owned(),
            Self::NewRule => "/rules/new".to_owned(),
            Self::Notifications => "/notifications".to_owned(),
            Self::Integrations => "/integrations".to_owned(),
            Self::Webhooks => "/webhooks".to_owned(),
            Self::Deliveries => "/deliveries".to_owned(),
            Self::Members => "/members".to_owned(),
            Self::Keys => "/keys".to_owned(),
            Self::Activity => "/activity".to_owned(),
            Self::Embeds => "/embeds".to_owned(),
            Self::NewEmbed => "/embeds/new".to_owned(),
            Self::Embed(id) => format!("/embeds/{id}"),
            Self::Profile => "/profile".to_owned(),
            Self::NotFound => "/".to_owned(),
        }
    }
}
