//! The operations of [`Store`], each one transaction: on the writer, or on a reader's snapshot.

use async_trait::async_trait;
use beckon_core::actor::Actor;
use beckon_core::api::escalation::ResolutionRequest;
use beckon_core::api::observation::{ObservationResult, ProviderFaultBody};
use beckon_core::api::people::{AccountBody, IdentityBody, MembershipBody, OrganizationBody};
use beckon_core::api::remedy::{OutcomeRequest, RemedyBody};
use beckon_core::api::rule::{CoverageResponse, RuleBody, RulePatch, RuleRequest};
use beckon_core::api::{Blocked, ChangeSignal};
use beckon_core::decide;
use beckon_core::error::Refusal;
use beckon_core::escalation::EntityState;
use beckon_core::id::{AccountId, EscalationId, IdentityId, OrganizationId, RemedyId, RuleId, UserId};
use beckon_core::observation::Observation;
use beckon_core::permission::Permit;
use beckon_core::request::RaiseRequest;
use beckon_core::rule::Subject;
use beckon_core::rule::coverage::{CoverageFacts, Effect};
use beckon_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};
use tokio::sync::broadcast;

use super::columns::take_ids;
use super::idempotency::once;
use super::keep::{self, Loaded, keep};
use super::writer::Tx;
use super::{
    Result, Sqlite, StoreError, coverage, credentials, escalations, identities, log, observe, people,
    remedies, rules, tick,
};
use crate::store::{
    AnswerKept, Cursor, Digest, EscalationQuery, Idempotency, IdentityQuery, KeyOwner, Listed, Logged,
    NamedEscalation, NamedHead, NewLink, NewMember, PageOf, RemedyQuery, RuleQuery, RulesKept, Signal, Store,
};

impl Sqlite {
    async fn read<T, F>(&self, read: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        std::sync::Arc::clone(&self.readers).run(read).await
    }
}

/// Finds an escalation of the account that the permit is for.
fn load(connection: &Connection, permit: &Permit, id: EscalationId) -> Result<NamedEscalation> {
    let found = escalations::find(connection, id)?;
    let own = found.filter(|found| found.escalation.head.account == permit.account());
    own.ok_or_else(|| Refusal::Invisible.into())
}

/// Hands out numbers, block by block.
struct Numbers<'t> {
    tx: &'t Tx<'t>,
    rules: i64,
    failure: Option<StoreError>,
}

impl decide::Ids for Numbers<'_> {
    fn rule(&mut self) -> RuleId {
        rules::next_id(&mut self.rules)
    }

    fn remedy(&mut self) -> RemedyId {
        let taken = take_ids(self.tx.connection, "remedy", 1);
        RemedyId(taken.unwrap_or_else(|error| {
            self.failure = Some(error);
            0
        }))
    }
}

impl<'t> Numbers<'t> {
    /// Prepares numbers for at most `rules` rules.
    fn new(tx: &'t Tx<'t>, rules: usize) -> Result<Self> {
        let most = i64::try_from(rules).unwrap_or(i64::MAX);
        Ok(Self { tx, rules: take_ids(tx.connection, "rule", most)?, failure: None })
    }

    /// Says whether all numbers were there to be had.
    fn finish(self) -> Result<()> {
        self.failure.map_or(Ok(()), Err)
    }
}

fn answer(
    tx: &Tx<'_>,
    permit: &Permit,
    id: EscalationId,
    request: &ResolutionRequest,
    now: Timestamp,
) -> Result<AnswerKept> {
    let before = load(tx.connection, permit, id)?.escalation;
    let account = before.head.account;
    let about = before.head.kind.definition().rule_subject(&before.head);
    let facts = match &about {
        Some(about) => coverage::facts(tx.connection, account, Some(about), now)?,
        None => CoverageFacts::default(),
    };
    let rules = if about.is_some() { before.entities.len().max(1) } else { 0 };
    let mut numbers = Numbers::new(tx, rules)?;
    let answered = decide::answer(permit, &before, request, &facts, &mut numbers, now)?;
    numbers.finish()?;
    rules::insert(tx, &answered.made.rules)?;
    observe::accept(tx, &before, &answered.accepted, permit, now)?;
    keep(tx, account, &mut Loaded::from([(id, before)]), &answered.made.events)?;
    let escalation = load(tx.connection, permit, id)?;
    Ok(AnswerKept { method: answered.method, escalation, also_resolved: answered.also_resolved, at: now })
}

fn comment(tx: &Tx<'_>, permit: &Permit, id: EscalationId, text: &str, now: Timestamp) -> Result<Logged> {
    let found = load(tx.connection, permit, id)?;
    let event = decide::comment(permit, &found.escalation.head, text, now)?;
    let seq = keep::heads(tx, permit.account(), std::slice::from_ref(&event))?;
    log::named(tx.connection, permit.account(), seq, event)
}

fn raise(tx: &Tx<'_>, permit: &Permit, request: &RaiseRequest, now: Timestamp) -> Result<NamedEscalation> {
    let id = escalations::next_id(tx.connection)?;
    let event = decide::raise(permit, request, id, now)?;
    let account = permit.account();
    if people::account_name(tx.connection, account)?.is_none() {
        let text = format!("expected an account that is there, found {account}");
        return Err(Refusal::field("account_id", text).into());
    }
    if let Some(organization) = request.organization_id {
        let found = people::organization(tx.connection, organization)?;
        if found.is_none_or(|found| found.account_id != account) {
            let text = format!("expected an organization of account {account}, found {organization}");
            return Err(Refusal::field("organization_id", text).into());
        }
    }
    keep::heads(tx, account, &[event])?;
    load(tx.connection, permit, id)
}

fn withdraw(
    tx: &Tx<'_>,
    permit: &Permit,
    id: EscalationId,
    reason: &str,
    now: Timestamp,
) -> Result<NamedEscalation> {
    let found = load(tx.connection, permit, id)?;
    let event = decide::withdraw(permit, &found.escalation.head, reason, now)?;
    keep::heads(tx, permit.account(), &[event])?;
    load(tx.connection, permit, id)
}

fn remedy_outcome(
    tx: &Tx<'_>,
    permit: &Permit,
    id: RemedyId,
    request: &OutcomeRequest,
    now: Timestamp,
) -> Result<RemedyBody> {
    let remedy = remedies::find(tx.connection, id)?.ok_or(Refusal::Invisible)?;
    let head =
        escalations::head(tx.connection, remedy.account, remedy.escalation)?.ok_or(Refusal::Invisible)?;
    let escalation = match remedy.order.entity {
        Some(entity) => escalations::with_entity(tx.connection, head, entity)?,
        None => escalations::with_entities(tx.connection, head)?,
    };
    let mut numbers = Numbers::new(tx, 0)?;
    let events = decide::remedy_outcome(permit, &remedy, &escalation.head, request, &mut numbers, now)?;
    numbers.finish()?;
    keep(tx, remedy.account, &mut Loaded::from([(remedy.escalation, escalation)]), &events)?;
    remedies::shown(tx.connection, id)?.ok_or_else(|| Refusal::Invisible.into())
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
        self.writer.run(move |tx| people::add_member(tx, &member, now)).await
    }

    async fn add_key(
        &self,
        owner: KeyOwner,
        name: &str,
        key: &str,
        secret: Digest,
        now: Timestamp,
    ) -> Result<()> {
        let (name, key) = (name.to_owned(), key.to_owned());
        self.writer.run(move |tx| credentials::add_key(tx, owner, &name, &key, secret, now)).await
    }

    async fn key_actor(&self, key: &str, secret: Digest) -> Result<Option<Actor>> {
        let key = key.to_owned();
        self.read(move |connection| credentials::key_actor(connection, &key, secret)).await
    }

    async fn add_link(&self, token: Digest, link: NewLink) -> Result<()> {
        self.writer.run(move |tx| credentials::add_link(tx, token, link)).await
    }

    async fn open_session(
        &self,
        token: Digest,
        session: Digest,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Actor>> {
        self.writer.run(move |tx| credentials::open_session(tx, token, session, expires_at, now)).await
    }

    async fn session_actor(&self, session: Digest, now: Timestamp) -> Result<Option<Actor>> {
        self.read(move |connection| credentials::session_actor(connection, session, now)).await
    }

    async fn close_session(&self, session: Digest) -> Result<()> {
        self.writer.run(move |tx| credentials::close_session(tx, session)).await
    }

    async fn blocked(&self, account: AccountId, user: UserId) -> Result<Option<Blocked>> {
        self.read(move |connection| people::blocked(connection, account, user)).await
    }

    async fn account(&self, account: AccountId, now: Timestamp) -> Result<Option<AccountBody>> {
        self.read(move |connection| people::account(connection, account, now)).await
    }

    async fn members(&self, account: AccountId, page: Cursor) -> Result<PageOf<MembershipBody>> {
        self.read(move |connection| people::members(connection, account, page)).await
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
            .run(move |tx| once(tx, idempotency.as_ref(), now, |tx| answer(tx, &permit, id, &request, now)))
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
            .run(move |tx| once(tx, idempotency.as_ref(), now, |tx| comment(tx, &permit, id, &text, now)))
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
            .run(move |tx| once(tx, idempotency.as_ref(), now, |tx| raise(tx, &permit, &request, now)))
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
            .run(move |tx| once(tx, idempotency.as_ref(), now, |tx| withdraw(tx, &permit, id, &reason, now)))
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
                once(tx, idempotency.as_ref(), now, |tx| remedy_outcome(tx, &permit, id, &request, now))
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
                tx.connection.execute(
                    "INSERT INTO settings (name, value) VALUES ('clock_offset', ?1)
                     ON CONFLICT DO UPDATE SET value = excluded.value",
                    [seconds.to_string()],
                )?;
                Ok(())
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
