//! Sign-in providers on the wire: how an account, or the whole installation, lets people in by single sign-on.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::id::{AccountId, ProviderId};
use crate::provider::Settings;
use crate::time::Timestamp;

/// `GET /v1/sign_in_providers`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvidersResponse {
    /// All of the account, or all that are for the whole installation.
    pub sign_in_providers: Vec<ProviderBody>,
}

/// One provider, made, changed or shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderResponse {
    /// The provider.
    pub sign_in_provider: ProviderBody,
}

/// A provider. Its secret is never said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderBody {
    /// Which one.
    pub id: ProviderId,
    /// Whose; null where it is for the whole installation.
    pub account_id: Option<AccountId>,
    /// Who gets in, and as what.
    pub settings: Settings,
    /// Whether there is a secret.
    pub has_secret: bool,
    /// Whether it is offered.
    pub enabled: bool,
    /// What to enter at the provider as the address to come back to.
    pub redirect_uri: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// `POST /v1/sign_in_providers`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderRequest {
    /// Who gets in, and as what.
    pub settings: Settings,
    /// The secret that the provider gave; none where it gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

/// `PATCH /v1/sign_in_providers/{id}`: what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderPatch {
    /// Who gets in, and as what, as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Settings>,
    /// Another secret; empty for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// Whether it is offered. What began by it ends when it is switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// `POST /v1/sign_in_providers/{id}/test`: whether the provider is there and its keys can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderTestResponse {
    /// Whether it is.
    pub works: bool,
    /// What is wrong, where something is.
    pub error: Option<String>,
    /// How many keys it signs with.
    pub keys: u64,
}

/// `GET /v1/sign_in_options?email=`: by which providers somebody with an address of this domain can sign in. Says nothing
/// about whether anybody has the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInOptionsResponse {
    /// Those of the whole installation first.
    pub providers: Vec<SignInOption>,
}

/// A provider that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInOption {
    /// Which one.
    pub id: ProviderId,
    /// Its name, as whoever set it up wrote it.
    pub name: String,
    /// Whose it is; null where it is for the whole installation.
    pub account: Option<String>,
    /// Where the browser has to go.
    pub url: String,
}

/// Why somebody could not sign in by a provider. The page is told by `/sign-in?problem=<slug>`.
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
pub enum Problem {
    /// There is none, or it is switched off.
    NoSuchProvider,
    /// It does not answer, or not as providers do.
    ProviderDown,
    /// It says no: the person canceled, or may not use Beckon.
    RefusedByProvider,
    /// The answer is not to what this browser asked.
    WrongState,
    /// It took too long.
    Expired,
    /// It was used before.
    Replayed,
    /// What the provider said is meant for somebody else.
    WrongAudience,
    /// What the provider said cannot be relied on.
    InvalidToken,
    /// Nothing that the provider says of the person is let in.
    UnknownGroup,
    /// The provider does not vouch for the address.
    UnverifiedEmail,
    /// Nobody here is this person, and nobody joins by this provider.
    NotAMember,
    /// Somebody else proved who it is than is signed in.
    AnotherPerson,
    /// The provider did not ask anew who it is.
    NotAskedAgain,
    /// Too many sign-ins were begun from the same place.
    TooMany,
}

impl Problem {
    /// Says what happened and what to do, in a sentence or two.
    pub const fn text(self) -> &'static str {
        match self {
            Self::NoSuchProvider => {
                "This way to sign in is not there any more. Choose another one, or ask an account admin."
            }
            Self::ProviderDown => {
                "Your organization's sign-in does not answer at the moment. Try again in a few minutes, or have a sign-in \
                 link sent to you."
            }
            Self::RefusedByProvider => {
                "Your organization's sign-in said no: it was canceled, or you may not use Beckon there. Try again, or ask \
                 whoever manages it."
            }
            Self::WrongState => {
                "This answer does not belong to a sign-in of this browser. Sign in again, in one window and with cookies \
                 allowed."
            }
            Self::Expired => "This sign-in took too long and is over. Sign in again.",
            Self::Replayed => "This sign-in was used before, and each counts once. Sign in again.",
            Self::WrongAudience => {
                "What your organization's sign-in said is meant for another application. Nobody was signed in: tell an \
                 account admin."
            }
            Self::InvalidToken => {
                "What your organization's sign-in said cannot be relied on. Nobody was signed in: try again, and tell an \
                 account admin if it stays so."
            }
            Self::UnknownGroup => {
                "You are in no group that may use Beckon. Ask whoever manages the groups of your organization, or an \
                 account admin."
            }
            Self::UnverifiedEmail => {
                "Your organization's sign-in does not vouch for your address, or for one of this domain. Confirm it there, \
                 or ask an account admin."
            }
            Self::NotAMember => {
                "Nobody here has your address, and nobody becomes a member by signing in. Ask an account admin to invite you."
            }
            Self::AnotherPerson => {
                "Somebody else proved who they are than is signed in here. Nothing was changed: choose your own account there."
            }
            Self::NotAskedAgain => {
                "Your organization's sign-in did not ask you anew who you are, so that does not count. Sign out and in again."
            }
            Self::TooMany => {
                "Too many sign-ins were begun from where you are. Try again in a quarter of an hour."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn each_problem_has_a_slug_and_a_sentence_of_its_own() {
        let table: Vec<String> =
            Problem::iter().map(|problem| format!("{problem}: {}", problem.text())).collect();
        insta::assert_snapshot!("problems", table.join("\n"));
        let texts: std::collections::BTreeSet<&str> = Problem::iter().map(Problem::text).collect();
        assert_eq!(texts.len(), Problem::iter().count());
    }
}
