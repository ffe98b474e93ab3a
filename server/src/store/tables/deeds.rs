//! What people and the operator do to an escalation: loads it, lets core decide, keeps what comes back.

use beckon_core::api::escalation::ResolutionRequest;
use beckon_core::api::remedy::{OutcomeRequest, RemedyBody};
use beckon_core::decide;
use beckon_core::error::Refusal;
use beckon_core::id::{EscalationId, RemedyId, RuleId};
use beckon_core::permission::Permit;
use beckon_core::request::RaiseRequest;
use beckon_core::rule::coverage::CoverageFacts;
use beckon_core::time::Timestamp;

use super::columns::{take_id, take_ids};
use super::keep::{self, Loaded, keep};
use super::tx::Tx;
use super::{Result, StoreError, coverage, escalations, log, observe, people, remedies, rules};
use crate::store::sql::Connection;
use crate::store::{AnswerKept, Logged, NamedEscalation};

/// Finds an escalation of the account that the permit is for.
pub(super) fn load(connection: &Connection, permit: &Permit, id: EscalationId) -> Result<NamedEscalation> {
    let found = escalations::find(connection, id)?;
    let own = found.filter(|found| found.escalation.head.account == permit.account());
    own.ok_or_else(|| Refusal::Invisible.into())
}

/// Hands out numbers, block by block.
struct Numbers<'t> {
    tx: &'t Tx<'t>,
    rules: std::vec::IntoIter<i64>,
    failure: Option<StoreError>,
}

impl decide::Ids for Numbers<'_> {
    fn rule(&mut self) -> RuleId {
        rules::next_id(&mut self.rules)
    }

    fn remedy(&mut self) -> RemedyId {
        let taken = take_id(self.tx.connection, "remedy");
        RemedyId(taken.unwrap_or_else(|error| {
            self.failure = Some(error);
            0
        }))
    }
}

impl<'t> Numbers<'t> {
    /// Prepares numbers for at most `rules` rules.
    fn new(tx: &'t Tx<'t>, rules: usize) -> Result<Self> {
        Ok(Self { tx, rules: take_ids(tx.connection, "rule", rules)?.into_iter(), failure: None })
    }

    /// Says whether all numbers were there to be had.
    fn finish(self) -> Result<()> {
        self.failure.map_or(Ok(()), Err)
    }
}

/// Answers an escalation.
pub(super) fn answer(
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

/// Comments on an escalation.
pub(super) fn comment(
    tx: &Tx<'_>,
    permit: &Permit,
    id: EscalationId,
    text: &str,
    now: Timestamp,
) -> Result<Logged> {
    let found = load(tx.connection, permit, id)?;
    let event = decide::comment(permit, &found.escalation.head, text, now)?;
    let seq = keep::heads(tx, permit.account(), std::slice::from_ref(&event))?;
    log::named(tx.connection, permit.account(), seq, event)
}

/// Asks what the operator asks.
pub(super) fn raise(
    tx: &Tx<'_>,
    permit: &Permit,
    request: &RaiseRequest,
    now: Timestamp,
) -> Result<NamedEscalation> {
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

/// Takes an escalation back.
pub(super) fn withdraw(
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

/// Takes in what became of a remedy.
pub(super) fn remedy_outcome(
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
