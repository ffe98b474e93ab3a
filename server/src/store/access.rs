//! The operations on who gets in: people as they sign in, their sessions, the links that they are sent, and keys.

use async_trait::async_trait;
use beckon_core::actor::{Actor, Scope};
use beckon_core::api::Named;
use beckon_core::api::access::{KeyBody, SessionBody, SignInMethod};
use beckon_core::api::people::{MembershipBody, MembershipPatch, RemovalBody};
use beckon_core::id::{AccountId, ProviderId, SessionId, UserId};
use beckon_core::notice::DoorReason;
use beckon_core::permission::Permit;
use beckon_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Digest, Idempotency, NewMember, Result};

/// Whose a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOwner {
    /// The operator's.
    Operator,
    /// A person's, in one account.
    User(AccountId, UserId),
}

/// A new key; its secret only as a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// Whose.
    pub owner: KeyOwner,
    /// What it is for.
    pub name: String,
    /// What tells it from others, and is no secret.
    pub key: String,
    /// The secret.
    pub secret: Digest,
    /// What it allows.
    pub scope: Scope,
    /// Until when; for good where there is none.
    pub expires_at: Option<Timestamp>,
}

/// A key that was made or rotated, and of which secret this is the answer: whoever asks again gets the first answer, and
/// finds that its own secret is not the one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeKey {
    /// The key.
    pub key: KeyBody,
    /// The digest of its secret.
    pub secret: [u8; 32],
}

/// A key that was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyUse {
    /// Who is behind it, within its scope.
    pub actor: Actor,
    /// When it was used before.
    pub last_used_at: Option<Timestamp>,
}

/// A link that signs somebody in, before anybody opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewLink {
    /// Into which account; none for an operator.
    pub account: Option<AccountId>,
    /// As whom.
    pub user: UserId,
    /// Until when.
    pub expires_at: Timestamp,
    /// Whether it works again and again. For demos only.
    pub reusable: bool,
}

/// A mail that brings a link that signs somebody in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoorMail {
    /// The last part of the link.
    pub token: Digest,
    /// The same, sealed.
    pub sealed: String,
    /// Why it is sent.
    pub reason: DoorReason,
    /// Until when the link works.
    pub until: Timestamp,
}

/// The provider by which a session begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Through {
    /// Which one.
    pub provider: ProviderId,
    /// The account whose provider it is: nobody else trusts it, so the session goes nowhere else.
    pub confined_to: Option<AccountId>,
}

/// A session that is about to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// What the browser keeps, as a digest.
    pub token: Digest,
    /// How the person proved who it is.
    pub method: SignInMethod,
    /// By which provider, where it is by one.
    pub through: Option<Through>,
    /// The browser, as it calls itself.
    pub device: String,
    /// From where.
    pub address: String,
    /// When it ends, however much it is used.
    pub expires_at: Timestamp,
}

/// A session in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which one.
    pub id: SessionId,
    /// Who is signed in.
    pub actor: Actor,
    /// Who that is, apart from any account.
    pub user: UserId,
    /// The account that is looked at: the member's own, or the one that an operator chose.
    pub account: Option<AccountId>,
    /// By which provider it began, where it was by one.
    pub through: Option<Through>,
    /// When it was last used, to a minute or so.
    pub seen_at: Timestamp,
    /// When the person last proved who it is.
    pub authenticated_at: Timestamp,
}

impl Session {
    /// Returns the account that the session cannot leave, where there is one.
    pub fn confined_to(&self) -> Option<AccountId> {
        self.through.and_then(|through| through.confined_to)
    }
}

/// How a person signs in.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub user: UserId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// Whether it is one of the provider's people.
    pub operator: bool,
    /// The hash of the password, where there is one.
    pub password: Option<String>,
    /// The sealed secret of the second factor, where one was begun.
    pub second_factor: Option<String>,
    /// Since when the second factor is asked for; none while it is not confirmed.
    pub second_factor_since: Option<Timestamp>,
    /// How many recovery codes are left.
    pub recovery_codes: u64,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person").field("user", &self.user).finish_non_exhaustive()
    }
}

/// What a person changes of how it signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInChange {
    /// Another password, as its hash.
    Password(String),
    /// A second factor is begun: its sealed secret, not asked for before it is confirmed.
    BeginSecondFactor(String),
    /// The second factor works: from now on it is asked for, and these codes stand in for it, each once.
    ConfirmSecondFactor(Vec<Digest>),
    /// New codes in place of those before.
    RecoveryCodes(Vec<Digest>),
    /// The second factor is given up.
    DropSecondFactor,
}

/// What stands in for the second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    /// The code of a time step. Each step counts once.
    Step(i64),
    /// A recovery code. Each counts once.
    Recovery(Digest),
}

/// People, sessions, links and keys. A part of [`Store`](super::Store).
#[async_trait]
pub trait Access: Send + Sync + 'static {
    /// Makes a member, and sends an invitation.
    async fn invite(
        &self,
        permit: Permit,
        member: NewMember,
        mail: DoorMail,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<MembershipBody>;
    /// Makes a member who gets no invitation.
    async fn enroll(&self, permit: Permit, member: NewMember, now: Timestamp) -> Result<UserId>;
    /// Sends a member an invitation once more.
    async fn invite_again(
        &self,
        permit: Permit,
        user: UserId,
        mail: DoorMail,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<()>;
    /// Returns a member.
    async fn membership(&self, account: AccountId, user: UserId) -> Result<Option<MembershipBody>>;
    /// Changes a member.
    async fn change_member(
        &self,
        permit: Permit,
        user: UserId,
        patch: MembershipPatch,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<MembershipBody>;
    /// Tells what it would mean if a member left.
    async fn removal(&self, permit: Permit, user: UserId, now: Timestamp) -> Result<RemovalBody>;
    /// Lets a member go.
    async fn remove_member(
        &self,
        permit: Permit,
        user: UserId,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<()>;

    /// Keeps a key, for an operator at the command line or a demo.
    async fn add_key(&self, key: NewKey, now: Timestamp) -> Result<()>;
    /// Makes a key as somebody wants it: core says whether it may be.
    async fn make_key(
        &self,
        permit: Permit,
        key: NewKey,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<MadeKey>;
    /// Lists the keys of an account, or the operator's own, the newest first.
    async fn keys(&self, account: Option<AccountId>, now: Timestamp) -> Result<Vec<KeyBody>>;
    /// Gives a key of whoever is permitted another secret; the one before works until `until`.
    async fn rotate_key(
        &self,
        permit: Permit,
        key: &str,
        secret: Digest,
        until: Timestamp,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<MadeKey>;
    /// Ends a key of whoever is permitted.
    async fn revoke_key(
        &self,
        permit: Permit,
        key: &str,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<()>;
    /// Returns who uses `key`, when `secret` is its secret and it is not over.
    async fn key_actor(&self, key: &str, secret: Digest, now: Timestamp) -> Result<Option<KeyUse>>;
    /// Notes that a key was used.
    async fn touch_key(&self, key: &str, now: Timestamp) -> Result<()>;

    /// Keeps a sign-in link.
    async fn add_link(&self, token: Digest, link: NewLink) -> Result<()>;
    /// Sends a link to whoever has this address; nobody may have it. The person's links before it do not work any more.
    async fn send_link(&self, login: &str, mail: DoorMail, now: Timestamp) -> Result<()>;
    /// Returns whom a sign-in link would sign in, and leaves it as it is.
    async fn link_owner(&self, link: Digest, now: Timestamp) -> Result<Option<Person>>;
    /// Trades a sign-in link for a session; none when it is unknown, used or over.
    async fn open_session(
        &self,
        link: Digest,
        session: NewSession,
        now: Timestamp,
    ) -> Result<Option<Session>>;
    /// Begins a session of a person in the account that it used last; none when it is a member of no account and no
    /// operator.
    async fn sign_in(&self, user: UserId, session: NewSession, now: Timestamp) -> Result<Option<Session>>;
    /// Returns the session of a token that is neither over nor forgotten.
    async fn session(&self, token: Digest, now: Timestamp) -> Result<Option<Session>>;
    /// Notes that a session was used.
    async fn touch_session(&self, id: SessionId, now: Timestamp) -> Result<()>;
    /// Gives a session another token, since its person proved again who it is.
    async fn renew_session(&self, id: SessionId, token: Digest, now: Timestamp) -> Result<()>;
    /// Gives a session another token and another account. False when the person has no business there.
    async fn switch_account(
        &self,
        id: SessionId,
        token: Digest,
        account: AccountId,
        now: Timestamp,
    ) -> Result<bool>;
    /// Lists the sessions of a person, the last used first: those alone that are confined to `within`, where that is said.
    async fn sessions(
        &self,
        user: UserId,
        within: Option<AccountId>,
        now: Timestamp,
    ) -> Result<Vec<SessionBody>>;
    /// Ends a session of a person, of those that [`Self::sessions`] lists. False when there is none.
    async fn end_session(&self, user: UserId, within: Option<AccountId>, id: SessionId) -> Result<bool>;
    /// Ends all of those sessions but one.
    async fn end_other_sessions(
        &self,
        user: UserId,
        within: Option<AccountId>,
        kept: SessionId,
    ) -> Result<()>;

    /// Finds a person by address.
    async fn person_by_login(&self, login: &str) -> Result<Option<Person>>;
    /// Finds a person.
    async fn person(&self, user: UserId) -> Result<Option<Person>>;
    /// Makes somebody one of the provider's people; whoever has the address already becomes one.
    async fn add_operator(&self, name: &str, email: &str, now: Timestamp) -> Result<UserId>;
    /// Lists the provider's people by number.
    async fn operators(&self) -> Result<Vec<Person>>;
    /// Lets one of the provider's people go, with sessions and links.
    async fn remove_operator(&self, user: UserId) -> Result<()>;
    /// Returns the accounts that a person may look at: those it is a member of; all for an operator.
    async fn accounts_of(&self, user: UserId) -> Result<Vec<Named<AccountId>>>;
    /// Changes how a person signs in. Its other sessions end, but the one it is changed from.
    async fn change_sign_in(
        &self,
        user: UserId,
        change: SignInChange,
        kept: Option<SessionId>,
        now: Timestamp,
    ) -> Result<()>;
    /// Uses up what stands in for the second factor. False when it was used before, or is none.
    async fn use_factor(&self, user: UserId, factor: Factor) -> Result<bool>;
}
