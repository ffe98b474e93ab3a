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
use rusqlite::{Connection, OptionalExtension as _};
use tokio::sync::broadcast;

use super::access::sessions;
use super::idempotency::once;
use super::{
    Result, Sqlite, coverage, deeds, escalations, identities, log, members, observe, people, remedies, rules,
    tick,
};
use crate::store::{
    ActivityQuery, AnswerKept, Cursor, EscalationQuery, Idempotency, IdentityQuery, Listed, Logged,
    NamedEscalation, NamedHead, NewMember, PageOf, RemedyQuery, RuleQuery, RulesKept, Signal, Store,
};

mod access;
mod embeds;
mod notices;
mod providers;

impl Sqlite {
    async fn read<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        std::sync::Arc::clone(&self.readers).run(read).await
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn add_account(&self, id: Option<AccountId>, name: &str, now: Timestamp) -> Result<AccountId> {
        let name = name.to_owned();
        self.writer.run(move |tx| people::add_account(tx, id, &name, now)).await
    }

    async fn add_organization(
        &self,
        account: AccountId,
        id: Option<OrganizationId>,
        name: &str,
        now: Timestamp,
    ) -> Result<OrganizationId> {
        let name = name.to_owned();
        self.writer.run(move |tx| people::add_organization(tx, account, id, &name, now)).await
    }

    async fn add_member(&self, member: NewMember, now: Timestamp) -> Result<UserId> {
        self.writer.run(move |tx| members::add(tx, &member, now)).await
    }

    async fn blocked(&self, account: AccountId, user: UserId) -> Result<Option<Blocked>> {
        self.read(move |connection| people::blocked(connection, account, user)).await
    }

    async fn account(&self, account: AccountId, now: Timestamp) -> Result<Option<AccountBody>> {
        self.read(move |connection| people::account(connection, account, now)).await
    }

    async fn members(&self, account: AccountId, page: Cursor) -> Result<PageOf<MembershipBody>> {
        self.read(move |connection| members::list(connection, account, page)).await
    }

    async fn all_members(&self, account: AccountId) -> Result<Vec<Member>> {
        self.read(move |connection| members::all(connection, account)).await
    }

    async fn organizations(
        &self,
        account: Option<AccountId>,
        page: Cursor,
    ) -> Result<PageOf<OrganizationBody>> {
        self.read(move |connection| people::organizations(connection, account, page)).await
    }

    async fn organization(&self, id: OrganizationId) -> Result<Option<OrganizationBody>> {
        self.read(move |connection| people::organization(connection, id)).await
    }

    async fn identities(&self, query: IdentityQuery, page: Cursor) -> Result<PageOf<IdentityBody>> {
        self.read(move |connection| identities::identities(connection, query, page)).await
    }

    async fn identity(&self, id: IdentityId) -> Result<Option<IdentityBody>> {
        self.read(move |connection| identities::identity(connection, id)).await
    }

    async fn observe(
        &self,
        observations: Vec<Observation>,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Vec<ObservationResult>> {
        self.writer
            .run(move |tx| once(tx, idempotency.as_ref(), now, |tx| observe::observe(tx, &observations, now)))
            .await
    }

    async fn known_observations(&self, account: AccountId, ids: Vec<String>) -> Result<Vec<String>> {
        self.read(move |connection| observe::known(connection, account, ids)).await
    }

    async fn provider_faults(
        &self,
        account: Option<AccountId>,
        page: Cursor,
    ) -> Result<PageOf<ProviderFaultBody>> {
        self.read(move |connection| observe::provider_faults(connection, account, page)).await
    }

    async fn escalations(&self, query: EscalationQuery, now: Timestamp) -> Result<Listed<NamedHead>> {
        self.read(move |connection| escalations::list(connection, &query, now)).await
    }

    async fn escalation(&self, id: EscalationId) -> Result<Option<NamedEscalation>> {
        self.read(move |connection| escalations::find(connection, id)).await
    }

    async fn entities(
        &self,
        account: AccountId,
        id: EscalationId,
        page: Cursor,
    ) -> Result<PageOf<EntityState>> {
        self.read(move |connection| escalations::entities(connection, account, id, page)).await
    }

    async fn timeline(&self, account: AccountId, id: EscalationId, page: Cursor) -> Result<PageOf<Logged>> {
        self.read(move |connection| log::timeline(connection, account, id, page)).await
    }

    async fn answer(
        &self,
        permit: Permit,
        id: EscalationId,
        request: ResolutionRequest,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<AnswerKept> {
        self.writer
            .run(move |tx| {
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
        self.writer
            .run(move |tx| {
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
        self.writer
            .run(move |tx| once(tx, idempotency.as_ref(), now, |tx| deeds::raise(tx, &permit, &request, now)))
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
        self.writer
            .run(move |tx| {
                once(tx, idempotency.as_ref(), now, |tx| deeds::withdraw(tx, &permit, id, &reason, now))
            })
            .await
    }

    async fn remedies(&self, query: RemedyQuery, page: Cursor) -> Result<PageOf<RemedyBody>> {
        self.read(move |connection| remedies::list(connection, query, page)).await
    }

    async fn remedy(&self, id: RemedyId) -> Result<Option<RemedyBody>> {
        self.read(move |connection| remedies::shown(connection, id)).await
    }

    async fn remedy_outcome(
        &self,
        permit: Permit,
        id: RemedyId,
        request: OutcomeRequest,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<RemedyBody> {
        self.writer
            .run(move |tx| {
                once(tx, idempotency.as_ref(), now, |tx| {
                    deeds::remedy_outcome(tx, &permit, id, &request, now)
                })
            })
            .await
    }

    async fn tick(&self, now: Timestamp) -> Result<bool> {
        if !self.read(move |connection| tick::is_due(connection, now)).await? {
            return Ok(false);
        }
        self.writer.run(move |tx| tick::tick(tx, now)).await?;
        Ok(true)
    }

    async fn rules(&self, query: RuleQuery, page: Cursor, now: Timestamp) -> Result<PageOf<RuleBody>> {
        self.read(move |connection| rules::list(connection, &query, page, now)).await
    }

    async fn rule(&self, id: RuleId, now: Timestamp) -> Result<Option<RuleBody>> {
        self.read(move |connection| rules::find(connection, id, now)).await
    }

    async fn make_rules(
        &self,
        permit: Permit,
        request: RuleRequest,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<RulesKept> {
        self.writer
            .run(move |tx| once(tx, idempotency.as_ref(), now, |tx| rules::make(tx, &permit, &request, now)))
            .await
    }

    async fn preview_rules(
        &self,
        permit: Permit,
        request: RuleRequest,
        now: Timestamp,
    ) -> Result<(Effect, usize)> {
        self.read(move |connection| rules::preview(connection, &permit, &request, now)).await
    }

    async fn coverage(
        &self,
        account: AccountId,
        about: Option<Subject>,
        now: Timestamp,
    ) -> Result<CoverageResponse> {
        self.read(move |connection| coverage::response(connection, account, about.as_ref(), now)).await
    }

    async fn change_rule(
        &self,
        permit: Permit,
        id: RuleId,
        patch: RulePatch,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<RuleBody> {
        self.writer
            .run(move |tx| {
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
        self.writer
            .run(move |tx| once(tx, idempotency.as_ref(), now, |tx| rules::delete(tx, &permit, id, now)))
            .await
    }

    async fn activity(
        &self,
        account: AccountId,
        query: ActivityQuery,
        page: Cursor,
    ) -> Result<PageOf<Logged>> {
        self.read(move |connection| log::activity(connection, account, &query, page)).await
    }

    async fn log_hash(&self, account: AccountId, at: Option<i64>) -> Result<Option<(i64, [u8; 32])>> {
        self.read(move |connection| log::hash(connection, account, at)).await
    }

    async fn account_ids(&self) -> Result<Vec<AccountId>> {
        self.read(people::account_ids).await
    }

    async fn signals_after(&self, account: AccountId, seq: i64, limit: usize) -> Result<Vec<ChangeSignal>> {
        self.read(move |connection| log::signals_after(connection, account, seq, limit)).await
    }

    fn signals(&self) -> broadcast::Receiver<Signal> {
        self.signals.subscribe()
    }

    async fn verify_log(&self, account: AccountId) -> Result<std::result::Result<u64, i64>> {
        self.read(move |connection| log::verify(connection, account)).await
    }

    async fn clock_offset(&self) -> Result<i64> {
        self.read(|connection| {
            let sql = "SELECT CAST(value AS INTEGER) FROM settings WHERE name = 'clock_offset'";
            let offset: Option<i64> = connection.query_row(sql, [], |row| row.get(0)).optional()?;
            Ok(offset.unwrap_or(0))
        })
        .await
    }

    async fn set_clock_offset(&self, seconds: i64) -> Result<()> {
        self.writer
            .run(move |tx| {
                let before: i64 = tx.connection.query_row(
                    "SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM settings WHERE name = 'clock_offset'",
                    [],
                    |row| row.get(0),
                )?;
                tx.connection.execute(
                    "INSERT INTO settings (name, value) VALUES ('clock_offset', ?1)
                     ON CONFLICT DO UPDATE SET value = excluded.value",
                    [seconds.to_string()],
                )?;
                sessions::turn(tx, seconds - before)
            })
            .await
    }

    async fn is_empty(&self) -> Result<bool> {
        self.read(|connection| {
            Ok(connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM accounts)", [], |row| row.get(0))?)
        })
        .await
    }
}
