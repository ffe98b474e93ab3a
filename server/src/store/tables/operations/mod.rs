//! The operations of [`Store`], each one transaction: on the writer, or on a reader's snapshot.

use async_trait::async_trait;
use beckon_core::actor::Member;
use beckon_core::api::escalation::ResolutionRequest;
use beckon_core::api::observation::{ObservationResult, ProviderFaultBody};
use beckon_core::api::people::{AccountBody, IdentityBody, MembershipBody, OrganizationBody};
use beckon_core::api::remedy::{OutcomeRequest, RemedyBody};
use beckon_core::api::rule::{CoverageResponse, RuleBody, RulePatch, RuleRequest};
use beckon_core::api::{Blocked, ChangeSignal};
use beckon_core::escalation::EntityState;
use beckon_core::id::{AccountId, EscalationId, IdentityId, OrganizationId, RemedyId, RuleId, UserId};
use beckon_core::observation::Observation;
use beckon_core::permission::Permit;
use beckon_core::request::RaiseRequest;
use beckon_core::rule::Subject;
use beckon_core::rule::coverage::Effect;
use beckon_core::time::Timestamp;
use tokio::sync::broadcast;

use super::idempotency::once;
use super::{
    Database, Result, chain, coverage, deeds, escalations, identities, log, members, observe, people,
    remedies, rules, tick,
};
use crate::store::tables::reach::Reach;
use crate::store::{
    ActivityQuery, AnswerKept, Cursor, EscalationQuery, Idempotency, IdentityQuery, Listed, Logged,
    NamedEscalation, NamedHead, NewMember, PageOf, RemedyQuery, RuleQuery, RulesKept, Signal, Store, Watch,
};

mod access;
mod counts;
mod embeds;
mod notices;
mod providers;
mod upkeep;

#[async_trait]
impl Store for Database {
    async fn add_account(&self, id: Option<AccountId>, name: &str, now: Timestamp) -> Result<AccountId> {
        let name = name.to_owned();
        self.write(Reach::Installation, move |tx| people::add_account(tx, id, &name, now)).await
    }

    async fn add_organization(
        &self,
        account: AccountId,
        id: Option<OrganizationId>,
        name: &str,
        now: Timestamp,
    ) -> Result<OrganizationId> {
        let reach = Reach::People(account);
        let name = name.to_owned();
        self.write(reach, move |tx| people::add_organization(tx, account, id, &name, now)).await
    }

    async fn add_member(&self, member: NewMember, now: Timestamp) -> Result<UserId> {
        let reach = Reach::People(member.account);
        self.write(reach, move |tx| members::add(tx, &member, now)).await
    }

    async fn blocked(&self, account: AccountId, user: UserId) -> Result<Option<Blocked>> {
        let reach = Reach::People(account);
        self.read(reach, move |connection| people::blocked(connection, account, user)).await
    }

    async fn account(&self, account: AccountId, now: Timestamp) -> Result<Option<AccountBody>> {
        let reach = Reach::Account(account);
        self.read(reach, move |connection| people::account(connection, account, now)).await
    }

    async fn members(&self, account: AccountId, page: Cursor) -> Result<PageOf<MembershipBody>> {
        let reach = Reach::People(account);
        self.read(reach, move |connection| members::list(connection, account, page)).await
    }

    async fn all_members(&self, account: AccountId) -> Result<Vec<Member>> {
        let reach = Reach::People(account);
        self.read(reach, move |connection| members::all(connection, account)).await
    }

    async fn organizations(
        &self,
        account: Option<AccountId>,
        page: Cursor,
    ) -> Result<PageOf<OrganizationBody>> {
        let reach = Reach::asked(account);
        self.read(reach, move |connection| people::organizations(connection, account, page)).await
    }

    async fn organization(
        &self,
        within: Option<AccountId>,
        id: OrganizationId,
    ) -> Result<Option<OrganizationBody>> {
        self.read(Reach::asked(within), move |connection| people::organization(connection, id)).await
    }

    async fn identities(&self, query: IdentityQuery, page: Cursor) -> Result<PageOf<IdentityBody>> {
        let reach = Reach::asked(query.account);
        self.read(reach, move |connection| identities::identities(connection, query, page)).await
    }

    async fn identity(&self, within: Option<AccountId>, id: IdentityId) -> Result<Option<IdentityBody>> {
        self.read(Reach::asked(within), move |connection| identities::identity(connection, id)).await
    }

    async fn observe(
        &self,
        observations: Vec<Observation>,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Vec<ObservationResult>> {
        self.write(Reach::Installation, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| observe::observe(tx, &observations, now))
        })
        .await
    }

    async fn known_observations(&self, account: AccountId, ids: Vec<String>) -> Result<Vec<String>> {
        let reach = Reach::Account(account);
        self.read(reach, move |connection| observe::known(connection, account, &ids)).await
    }

    async fn provider_faults(
        &self,
        account: Option<AccountId>,
        page: Cursor,
    ) -> Result<PageOf<ProviderFaultBody>> {
        let reach = Reach::asked(account);
        self.read(reach, move |connection| observe::provider_faults(connection, account, page)).await
    }

    async fn escalations(&self, query: EscalationQuery, now: Timestamp) -> Result<Listed<NamedHead>> {
        let reach = Reach::asked(query.account);
        self.read(reach, move |connection| escalations::list(connection, &query, now)).await
    }

    async fn escalation(
        &self,
        within: Option<AccountId>,
        id: EscalationId,
    ) -> Result<Option<NamedEscalation>> {
        self.read(Reach::asked(within), move |connection| escalations::find(connection, id)).await
    }

    async fn entities(
        &self,
        account: AccountId,
        id: EscalationId,
        page: Cursor,
    ) -> Result<PageOf<EntityState>> {
        let reach = Reach::Account(account);
        self.read(reach, move |connection| escalations::entities(connection, account, id, page)).await
    }

    async fn timeline(&self, account: AccountId, id: EscalationId, page: Cursor) -> Result<PageOf<Logged>> {
        let reach = Reach::Account(account);
        self.read(reach, move |connection| log::timeline(connection, account, id, page)).await
    }

    async fn answer(
        &self,
        permit: Permit,
        id: EscalationId,
        request: ResolutionRequest,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<AnswerKept> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| deeds::answer(tx, &permit, id, &request, now))
        })
        .await
    }

    async fn comment(
        &self,
        permit: Permit,
        id: EscalationId,
        text: String,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Logged> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| deeds::comment(tx, &permit, id, &text, now))
        })
        .await
    }

    async fn raise(
        &self,
        permit: Permit,
        request: RaiseRequest,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<NamedEscalation> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| deeds::raise(tx, &permit, &request, now))
        })
        .await
    }

    async fn withdraw(
        &self,
        permit: Permit,
        id: EscalationId,
        reason: String,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<NamedEscalation> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| deeds::withdraw(tx, &permit, id, &reason, now))
        })
        .await
    }

    async fn remedies(&self, query: RemedyQuery, page: Cursor) -> Result<PageOf<RemedyBody>> {
        let reach = Reach::asked(query.account);
        self.read(reach, move |connection| remedies::list(connection, query, page)).await
    }

    async fn remedy(&self, within: Option<AccountId>, id: RemedyId) -> Result<Option<RemedyBody>> {
        self.read(Reach::asked(within), move |connection| remedies::shown(connection, id)).await
    }

    async fn remedy_outcome(
        &self,
        permit: Permit,
        id: RemedyId,
        request: OutcomeRequest,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<RemedyBody> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| deeds::remedy_outcome(tx, &permit, id, &request, now))
        })
        .await
    }

    async fn tick(&self, now: Timestamp) -> Result<bool> {
        let reach = Reach::Installation;
        if !self.read(reach, move |connection| tick::is_due(connection, now)).await? {
            return Ok(false);
        }
        self.write(reach, move |tx| tick::tick(tx, now)).await?;
        Ok(true)
    }

    async fn rules(&self, query: RuleQuery, page: Cursor, now: Timestamp) -> Result<PageOf<RuleBody>> {
        let reach = Reach::asked(query.account);
        self.read(reach, move |connection| rules::list(connection, &query, page, now)).await
    }

    async fn rule(&self, within: Option<AccountId>, id: RuleId, now: Timestamp) -> Result<Option<RuleBody>> {
        self.read(Reach::asked(within), move |connection| rules::find(connection, id, now)).await
    }

    async fn make_rules(
        &self,
        permit: Permit,
        request: RuleRequest,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<RulesKept> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| rules::make(tx, &permit, &request, now))
        })
        .await
    }

    async fn preview_rules(
        &self,
        permit: Permit,
        request: RuleRequest,
        now: Timestamp,
    ) -> Result<(Effect, usize)> {
        let reach = Reach::of(&permit);
        self.read(reach, move |connection| rules::preview(connection, &permit, &request, now)).await
    }

    async fn coverage(
        &self,
        account: AccountId,
        about: Option<Subject>,
        now: Timestamp,
    ) -> Result<CoverageResponse> {
        let reach = Reach::Account(account);
        self.read(reach, move |connection| coverage::response(connection, account, about.as_ref(), now)).await
    }

    async fn change_rule(
        &self,
        permit: Permit,
        id: RuleId,
        patch: RulePatch,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<RuleBody> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| rules::change(tx, &permit, id, &patch, now))
        })
        .await
    }

    async fn delete_rule(
        &self,
        permit: Permit,
        id: RuleId,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<RuleBody> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| rules::delete(tx, &permit, id, now))
        })
        .await
    }

    async fn activity(
        &self,
        account: AccountId,
        query: ActivityQuery,
        page: Cursor,
    ) -> Result<PageOf<Logged>> {
        let reach = Reach::Account(account);
        self.read(reach, move |connection| log::activity(connection, account, &query, page)).await
    }

    async fn log_hash(&self, account: AccountId, at: Option<i64>) -> Result<Option<(i64, [u8; 32])>> {
        let reach = Reach::Account(account);
        self.read(reach, move |connection| chain::hash(connection, account, at)).await
    }

    async fn account_ids(&self) -> Result<Vec<AccountId>> {
        self.read(Reach::Installation, people::account_ids).await
    }

    async fn signals_after(&self, account: AccountId, seq: i64, limit: usize) -> Result<Vec<ChangeSignal>> {
        let reach = Reach::Account(account);
        self.read(reach, move |connection| log::signals_after(connection, account, seq, limit)).await
    }

    async fn watch(&self, account: AccountId) -> Result<Watch> {
        self.watched(account).await
    }

    fn signals(&self) -> broadcast::Receiver<Signal> {
        self.subscribe()
    }

    async fn verify_log(&self, account: AccountId) -> Result<std::result::Result<u64, i64>> {
        let reach = Reach::Account(account);
        self.read(reach, move |connection| chain::verify(connection, account)).await
    }
}
