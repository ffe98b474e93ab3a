//! What follows when something was delivered, or could not be for good: Beckon observes its own deliveries as a detector
//! would, and carries out what its own questions order.

use beckon_core::actor::Actor;
use beckon_core::api::remedy::{OutcomeBody, OutcomeRequest};
use beckon_core::id::{AccountId, EscalationId, IntegrationId, ObservationId, RemedyId};
use beckon_core::observation::{Fact, Observation, ObservedReport, ReportDeliveryFact};
use beckon_core::permission::{Action, permit};
use beckon_core::time::Timestamp;

use super::finish::Held;
use super::{Result, list};
use crate::store::outbox::Task;
use crate::store::tables::tx::Tx;
use crate::store::tables::{deeds, escalations, integrations, notices, observe};

/// Takes in that something arrived.
pub(super) fn delivered(tx: &Tx<'_>, held: &Held, now: Timestamp) -> Result<()> {
    match &held.task {
        Task::TestConnection { remedy, .. } => report_outcome(tx, held.account, *remedy, None, now),
        Task::SendReports { integration, remedy } => {
            for id in list::undelivered(tx.connection, held.account, *integration)? {
                list::send_again(tx, held.account, id, now)?;
            }
            report_outcome(tx, held.account, *remedy, None, now)
        }
        Task::SendReportsByEmail { integration, remedy } => {
            notices::by_email_instead(tx, held.account, *integration, now)?;
            report_outcome(tx, held.account, *remedy, None, now)
        }
        Task::Mail { .. } | Task::Ticket { .. } => match (&held.reported, held.escalation) {
            (Some(slug), Some(escalation)) => went_out(tx, held, escalation, slug, now),
            _ => Ok(()),
        },
        Task::MailTest { .. } | Task::Door { .. } | Task::Webhook { .. } => Ok(()),
    }
}

/// Reports that an escalation's messages went out after all, once none of them is stuck any more.
fn went_out(tx: &Tx<'_>, held: &Held, escalation: EscalationId, slug: &str, now: Timestamp) -> Result<()> {
    if list::is_stuck(tx.connection, held.account, escalation)? {
        return Ok(());
    }
    observe_delivery(tx, held, escalation, slug, None, now)
}

/// Takes in that something cannot be delivered, for good.
pub(super) fn undelivered(tx: &Tx<'_>, held: &Held, why: &str, now: Timestamp) -> Result<()> {
    match &held.task {
        Task::TestConnection { remedy, .. }
        | Task::SendReports { remedy, .. }
        | Task::SendReportsByEmail { remedy, .. } => {
            report_outcome(tx, held.account, *remedy, Some(why.to_owned()), now)
        }
        Task::Ticket { integration, .. } => {
            let Some(escalation) = held.escalation else { return Ok(()) };
            let Some(slug) = own_slug(tx, *integration)? else { return Ok(()) };
            list::mark_reported(tx, held.account, held.id, &slug)?;
            observe_delivery(tx, held, escalation, &slug, Some(why.to_owned()), now)
        }
        Task::Mail { .. } | Task::MailTest { .. } | Task::Door { .. } | Task::Webhook { .. } => Ok(()),
    }
}

fn own_slug(tx: &Tx<'_>, id: IntegrationId) -> Result<Option<String>> {
    Ok(integrations::find(tx.connection, id)?.map(|integration| integration.own_slug()))
}

/// Takes in an observation of Beckon's own: that the messages about `escalation` reach the PSA, or do not.
fn observe_delivery(
    tx: &Tx<'_>,
    held: &Held,
    escalation: EscalationId,
    slug: &str,
    error: Option<String>,
    now: Timestamp,
) -> Result<()> {
    let Some(about) = escalations::head(tx.connection, held.account, escalation)? else { return Ok(()) };
    observe_report(tx, held.account, &about, slug, error, &format!("{}-{}", held.id, held.attempts), now)
}

/// See [`observe_delivery`]; `which` tells this observation from others.
pub(in crate::store::tables) fn observe_report(
    tx: &Tx<'_>,
    account: AccountId,
    head: &beckon_core::escalation::Head,
    slug: &str,
    error: Option<String>,
    which: &str,
    now: Timestamp,
) -> Result<()> {
    let report = ObservedReport {
        id: format!("escalation-{}", head.id),
        title: head.kind.definition().subject(head),
        severity: head.severity,
    };
    let error = error.map(|error| if error.is_empty() { "no reason was given".to_owned() } else { error });
    let observation = Observation {
        id: ObservationId(format!("beckon-delivery-{which}")),
        observed_at: now,
        account,
        organization: None,
        fact: Fact::ReportDelivery(ReportDeliveryFact { report, integration: slug.to_owned(), error }),
    };
    observe::observe(tx, &[observation], now)?;
    Ok(())
}

/// Says what became of a remedy that Beckon carries out itself.
fn report_outcome(
    tx: &Tx<'_>,
    account: AccountId,
    remedy: RemedyId,
    failure: Option<String>,
    now: Timestamp,
) -> Result<()> {
    let outcome = if failure.is_some() { OutcomeBody::Failed } else { OutcomeBody::Succeeded };
    let request = OutcomeRequest {
        outcome,
        message: failure.map(|why| if why.is_empty() { "?".to_owned() } else { why }),
    };
    let beckon = Actor::operator("Beckon");
    let permit = permit(&beckon, Action::Operate, account)?;
    match deeds::remedy_outcome(tx, &permit, remedy, &request, now) {
        // The operator may have said it before.
        Ok(_) | Err(crate::store::StoreError::Refused(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
