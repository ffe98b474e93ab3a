//! What Beckon keeps, in the domain's words: each operation of [`Store`] is one transaction.
//!
//! SQL lives below this module and nowhere else. The store decides nothing: inside the transaction that will write, it
//! loads what core names, lets core decide over those values, and keeps what comes back.

use async_trait::async_trait;
use beckon_core::actor::{Member, Role};
use beckon_core::api::escalation::ResolutionRequest;
use beckon_core::api::observation::{ObservationResult, ProviderFaultBody};
use beckon_core::api::people::{AccountBody, IdentityBody, MembershipBody, OrganizationBody};
use beckon_core::api::remedy::{OutcomeRequest, RemedyBody};
use beckon_core::api::rule::{CoverageResponse, RuleBody, RulePatch, RuleRequest};
use beckon_core::api::{Blocked, ChangeSignal};
use beckon_core::error::Refusal;
use beckon_core::escalation::{EntityState, Escalation, Event, Head, Method};
use beckon_core::id::{
    AccountId, EntityId, EscalationId, IdentityId, OrganizationId, RemedyId, RuleId, UserId,
};
use beckon_core::observation::Observation;
use beckon_core::permission::Permit;
use beckon_core::request::RaiseRequest;
use beckon_core::rule::coverage::Effect;
use beckon_core::time::Timestamp;
use serde::{Deserialize, Serialize};

mod access;
pub mod backup;
mod counts;
mod database;
mod embeds;
mod notices;
pub mod outbox;
pub mod postgres;
mod providers;
pub mod query;
pub mod secret;
mod signals;
mod sql;
pub mod sqlite;
mod tables;
mod upkeep;

pub use access::{
    Access, DoorMail, Factor, KeyOwner, KeyUse, MadeKey, NewKey, NewLink, NewSession, Person, Session,
    SignInChange, Through,
};
pub use counts::{Asked, Counts, Tried};
pub use database::Database;
pub use embeds::{Embed, Embeds, Exchange, Launch, Panel};
pub use notices::Notices;
pub use outbox::{Attempt, Claim, DeliveryQuery, Errand, Integration, Room, Webhook};
pub use providers::{Flow, NewFlow, Offered, Provider, Providers, Step};
pub use query::{
    ActivityQuery, Cursor, EscalationQuery, IdentityQuery, Listed, PageOf, RemedyQuery, RuleQuery, SortField,
    StatusFilter,
};
pub use secret::{Digest, Secret, is_plausible};
pub use signals::Watch;
pub use upkeep::{Figures, Upkeep};

/// Why an operation of the store did not happen.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Core refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// An `Idempotency-Key` was used for another request before.
    #[error("this Idempotency-Key was used for another request: use a new key for a new request")]
    KeyReused,
    /// Something that is kept cannot be read, or made the operation fail in a way that trying again will not mend. Nothing was
    /// done. The text is for the log, not for users.
    #[error("what is kept cannot be worked on: {0}")]
    Broken(String),
    /// The database does not work at the moment. Nothing was done. The text is for the log, not for users.
    #[error("the database does not work: {0}")]
    Unavailable(String),
}

/// The result of an operation.
pub type Result<T> = std::result::Result<T, StoreError>;

/// What makes a repeated request the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// Who sent it: a key or a user, as text.
    pub caller: String,
    /// The key that the caller chose.
    pub key: String,
    /// What identifies the request: method, path and body.
    pub request: Digest,
}

/// An escalation without its entities, with the names that it does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedHead {
    /// The escalation.
    pub head: Head,
    /// The account's name.
    pub account: String,
    /// The organization's name, where there is one.
    pub organization: Option<String>,
}

/// An escalation with the names that it does not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedEscalation {
    /// The escalation.
    pub escalation: Escalation,
    /// The account's name.
    pub account: String,
    /// The organization's name, where there is one.
    pub organization: Option<String>,
}

/// An event of the log with its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// The number in the account's log.
    pub seq: i64,
    /// What happened.
    pub event: Event,
    /// The names of the entities that it mentions by id only.
    pub names: Vec<(EntityId, String)>,
}

/// What an answer did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerKept {
    /// In which way the escalation was resolved; none where the answer has to have its effect first.
    pub method: Option<Method>,
    /// The escalation as it stands then.
    pub escalation: NamedEscalation,
    /// The others that the rules resolved.
    pub also_resolved: Vec<EscalationId>,
    /// When.
    pub at: Timestamp,
}

/// What making rules did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesKept {
    /// The rules that say what was asked for, made now or there already, in order.
    pub rules: Vec<RuleBody>,
    /// The open escalations that they resolved.
    pub resolved: Vec<EscalationId>,
}

/// A new member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMember {
    /// In which account.
    pub account: AccountId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The role.
    pub role: Role,
    /// The organization of an organization user.
    pub organization: Option<OrganizationId>,
}

/// A changed account, for whoever listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Whose log grew.
    pub account: AccountId,
    /// What to fetch again.
    pub change: ChangeSignal,
}

/// What is kept, and the operations on it; those on who is told are [`Notices`], those on who gets in [`Access`] and
/// [`Providers`], those on how often somebody does something [`Counts`],
/// those of whoever runs it [`Upkeep`].
#[async_trait]
///
/// What is asked for by its number is looked for `within` an account, where whoever asks has one: PostgreSQL itself then keeps back what
/// belongs to another. Whether it may be seen is for whoever asks to check, on either database.
pub trait Store: Notices + Access + Embeds + Providers + Counts + Upkeep {
    // Accounts and people

    /// Makes an account; with a given id, or the next free one.
    async fn add_account(&self, id: Option<AccountId>, name: &str, now: Timestamp) -> Result<AccountId>;
    /// Makes an organization; with a given id, or the next free one.
    async fn add_organization(
        &self,
        account: AccountId,
        id: Option<OrganizationId>,
        name: &str,
        now: Timestamp,
    ) -> Result<OrganizationId>;
    /// Makes a member.
    async fn add_member(&self, member: NewMember, now: Timestamp) -> Result<UserId>;
    /// Returns what an organization user is told.
    async fn blocked(&self, account: AccountId, user: UserId) -> Result<Option<Blocked>>;
    /// Returns an account with its numbers.
    async fn account(&self, account: AccountId, now: Timestamp) -> Result<Option<AccountBody>>;
    /// Lists members by id.
    async fn members(&self, account: AccountId, page: Cursor) -> Result<PageOf<MembershipBody>>;
    /// Lists all members of an account with their addresses.
    async fn all_members(&self, account: AccountId) -> Result<Vec<Member>>;
    /// Lists organizations by id.
    async fn organizations(
        &self,
        account: Option<AccountId>,
        page: Cursor,
    ) -> Result<PageOf<OrganizationBody>>;
    /// Returns an organization.
    async fn organization(
        &self,
        within: Option<AccountId>,
        id: OrganizationId,
    ) -> Result<Option<OrganizationBody>>;
    /// Lists identities by id.
    async fn identities(&self, query: IdentityQuery, page: Cursor) -> Result<PageOf<IdentityBody>>;
    /// Returns an identity.
    async fn identity(&self, within: Option<AccountId>, id: IdentityId) -> Result<Option<IdentityBody>>;

    // Escalations

    /// Takes in observations, each on its own.
    async fn observe(
        &self,
        observations: Vec<Observation>,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Vec<ObservationResult>>;
    /// Returns which of these observations are here already.
    async fn known_observations(&self, account: AccountId, ids: Vec<String>) -> Result<Vec<String>>;
    /// Lists the tenants that cannot be read for a reason that only the operator can mend.
    async fn provider_faults(
        &self,
        account: Option<AccountId>,
        page: Cursor,
    ) -> Result<PageOf<ProviderFaultBody>>;
    /// Lists escalations.
    async fn escalations(&self, query: EscalationQuery, now: Timestamp) -> Result<Listed<NamedHead>>;
    /// Returns an escalation.
    async fn escalation(
        &self,
        within: Option<AccountId>,
        id: EscalationId,
    ) -> Result<Option<NamedEscalation>>;
    /// Lists the entities of an escalation by their ids.
    async fn entities(
        &self,
        account: AccountId,
        id: EscalationId,
        page: Cursor,
    ) -> Result<PageOf<EntityState>>;
    /// Lists the events of an escalation, oldest first.
    async fn timeline(&self, account: AccountId, id: EscalationId, page: Cursor) -> Result<PageOf<Logged>>;
    /// Answers an escalation.
    async fn answer(
        &self,
        permit: Permit,
        id: EscalationId,
        request: ResolutionRequest,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<AnswerKept>;
    /// Comments on an escalation.
    async fn comment(
        &self,
        permit: Permit,
        id: EscalationId,
        text: String,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Logged>;
    /// Asks what the operator asks.
    async fn raise(
        &self,
        permit: Permit,
        request: RaiseRequest,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<NamedEscalation>;
    /// Takes an escalation back.
    async fn withdraw(
        &self,
        permit: Permit,
        id: EscalationId,
        reason: String,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<NamedEscalation>;
    /// Lists remedies, oldest first.
    async fn remedies(&self, query: RemedyQuery, page: Cursor) -> Result<PageOf<RemedyBody>>;
    /// Returns a remedy.
    async fn remedy(&self, within: Option<AccountId>, id: RemedyId) -> Result<Option<RemedyBody>>;
    /// Takes in what became of a remedy.
    async fn remedy_outcome(
        &self,
        permit: Permit,
        id: RemedyId,
        request: OutcomeRequest,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<RemedyBody>;

    /// Does what is due at `now`, or a part of it; tells whether there was anything, so that more may be.
    async fn tick(&self, now: Timestamp) -> Result<bool>;

    // Access rules

    /// Lists rules, newest first.
    async fn rules(&self, query: RuleQuery, page: Cursor, now: Timestamp) -> Result<PageOf<RuleBody>>;
    /// Returns a rule.
    async fn rule(&self, within: Option<AccountId>, id: RuleId, now: Timestamp) -> Result<Option<RuleBody>>;
    /// Makes rules, all or none.
    async fn make_rules(
        &self,
        permit: Permit,
        request: RuleRequest,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<RulesKept>;
    /// Tells what making rules would do, and how many it would make.
    async fn preview_rules(
        &self,
        permit: Permit,
        request: RuleRequest,
        now: Timestamp,
    ) -> Result<(Effect, usize)>;
    /// Returns what a preview of rules about `about` needs; of any rule where there is none.
    async fn coverage(
        &self,
        account: AccountId,
        about: Option<beckon_core::rule::Subject>,
        now: Timestamp,
    ) -> Result<CoverageResponse>;
    /// Changes the dates and the note of a rule.
    async fn change_rule(
        &self,
        permit: Permit,
        id: RuleId,
        patch: RulePatch,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<RuleBody>;
    /// Deletes a rule, and returns it as it was.
    async fn delete_rule(
        &self,
        permit: Permit,
        id: RuleId,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<RuleBody>;

    // The log

    /// Lists the events of an account, newest first; a page begins before the number that the cursor names.
    async fn activity(
        &self,
        account: AccountId,
        query: ActivityQuery,
        page: Cursor,
    ) -> Result<PageOf<Logged>>;
    /// Returns the number of the newest event of an account's log, and its hash; `at` asks for an older one.
    async fn log_hash(&self, account: AccountId, at: Option<i64>) -> Result<Option<(i64, [u8; 32])>>;
    /// Lists all accounts by number.
    async fn account_ids(&self) -> Result<Vec<AccountId>>;

    /// Returns the signals after `seq`, at most `limit`, oldest first.
    async fn signals_after(&self, account: AccountId, seq: i64, limit: usize) -> Result<Vec<ChangeSignal>>;
    /// Listens to an account, whichever process changes it.
    async fn watch(&self, account: AccountId) -> Result<Watch>;
    /// Listens to all accounts for what this process changes, and to watched ones for what others do.
    fn signals(&self) -> tokio::sync::broadcast::Receiver<Signal>;
    /// Checks that the log of an account is the one that was written: each event follows from the one before. Returns
    /// how many there are, or the number of the first that does not.
    async fn verify_log(&self, account: AccountId) -> Result<std::result::Result<u64, i64>>;
}
