//! Who gets in: sessions, how a person signs in, and where the doors are.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr};

use super::Named;
use crate::actor::Scope;
use crate::id::{AccountId, ProviderId, SessionId, UserId};
use crate::time::Timestamp;

/// `POST /v1/session`: signs in by the token of a link, or by address and password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRequest {
    /// The last part of a sign-in link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// What the authenticator shows, or a recovery code, where a second factor is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// `POST /v1/session/authentication`: proves once more who is signed in, before something sensitive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthenticationRequest {
    /// The password.
    #[serde(default)]
    pub password: String,
    /// See [`SessionRequest::code`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// `PUT /v1/session/account`: looks at another account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchRequest {
    /// Which.
    pub account_id: AccountId,
}

/// How somebody proved who it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum SignInMethod {
    /// By a link that was sent.
    Link,
    /// By a password, and the second factor where one is asked for.
    Password,
    /// By a provider of identities.
    Provider,
}

impl SignInMethod {
    /// Returns how, for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Link => "by a link",
            Self::Password => "by password",
            Self::Provider => "by single sign-on",
        }
    }
}

/// `GET /v1/sessions`: where one is signed in, the last used first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionsResponse {
    /// All of them.
    pub sessions: Vec<SessionBody>,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionBody {
    /// Which one.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// How it began.
    pub method: SignInMethod,
    /// The browser, as it calls itself.
    pub device: String,
    /// From where.
    pub address: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to a minute or so.
    pub seen_at: Timestamp,
    /// When it ends, however much it is used.
    pub expires_at: Timestamp,
}

/// `GET /v1/user`: how one signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserResponse {
    /// The person.
    pub user: UserAccessBody,
}

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserAccessBody {
    /// Who.
    pub id: UserId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// Whether there is a password.
    pub password: bool,
    /// Since when a second factor is asked for; null while it is not.
    pub second_factor_since: Option<Timestamp>,
    /// How many recovery codes are left.
    pub recovery_codes: u64,
    /// Whether the person proved recently enough who it is to change something sensitive.
    pub authenticated: bool,
    /// The sign-in provider by which the session began: who it is is proved again there. Null where it was by none.
    #[serde(default)]
    pub provider_id: Option<ProviderId>,
    /// The accounts that can be looked at: one alone where an account's own provider let the person in.
    pub accounts: Vec<Named<AccountId>>,
}

/// `PUT /v1/user/password`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordRequest {
    /// The new one.
    pub password: String,
}

/// `POST /v1/user/second_factor`: what an authenticator takes in. Asked for only once it is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorResponse {
    /// The secret, in base 32, to type in.
    pub secret: String,
    /// The same as an address that an authenticator opens.
    pub url: String,
    /// The same as a picture: a data URL of an SVG.
    pub picture: String,
}

/// `POST /v1/user/second_factor/confirmation`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeRequest {
    /// What the authenticator shows.
    pub code: String,
}

/// What stands in for the authenticator, each code once. Not shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodesResponse {
    /// The codes.
    pub recovery_codes: Vec<String>,
}

/// `POST /v1/sign_in_links`: asks for a link by email. The answer is the same whether or not anybody has the address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// The address.
    pub email: String,
}

/// `GET /v1/keys`: the keys of an account, or the operator's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysResponse {
    /// All of them, the newest first.
    pub keys: Vec<KeyBody>,
}

/// An API key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyBody {
    /// What tells it from others, and is no secret.
    pub key: String,
    /// What it is for.
    pub name: String,
    /// Whose it is; null for the operator's.
    pub user: Option<Named<UserId>>,
    /// What it allows.
    pub scope: Scope,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it works; null for good.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to a minute or so.
    pub last_used_at: Option<Timestamp>,
    /// Until when the secret before works too, while it is rotated.
    pub rotating_until: Option<Timestamp>,
}

/// `POST /v1/keys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRequest {
    /// What it is for.
    pub name: String,
    /// `read_only` or `read_write`.
    pub scope: Scope,
    /// Until when; for good where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// `POST /v1/keys/{key}/rotation`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotationRequest {
    /// For how many hours the secret before works too: 0 to 168, and 24 where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap_hours: Option<u32>,
}

/// A key with its secret, which is shown this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKeyResponse {
    /// The key.
    pub key: KeyBody,
    /// Both parts, as `key:secret`; null where this answers a request that was sent before.
    pub secret: Option<String>,
}
