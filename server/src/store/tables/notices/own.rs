//! What Beckon itself could not deliver to an account's PSA: it carries out what the answer about that orders, and tells people
//! by email what was stuck.

use beckon_core::actor::Member;
use beckon_core::escalation::{Event, Happening, Head};
use beckon_core::id::{AccountId, IntegrationId};
use beckon_core::notice::{self, Reason};
use beckon_core::time::Timestamp;

use super::{heard, mail, settings};
use crate::store::outbox::{Integration, Task};
use crate::store::tables::outbox::{self, Queued};
use crate::store::tables::tx::Tx;
use crate::store::tables::{Result, escalations, integrations, members};

/// Queues what the answer to a question about Beckon's own deliveries orders: Beckon carries it out itself.
pub(super) fn order(tx: &Tx<'_>, head: &Head, events: &[&Event], now: Timestamp) -> Result<()> {
    use beckon_core::remedy::RemedyAction as Action;
    if !head.is_about_own_deliveries() {
        return Ok(());
    }
    let orders = events.iter().flat_map(|event| match &event.what {
        Happening::RemedyOrdered { orders, .. } => orders.as_slice(),
        _ => &[],
    });
    let Some(psa) = integrations::of_account(tx.connection, head.account)? else { return Ok(()) };
    for order in orders {
        let (integration, remedy) = (psa.id, order.id);
        let task = match order.action {
            Action::TestConnection => Task::TestConnection { integration, remedy },
            Action::SendReports => Task::SendReports { integration, remedy },
            Action::SendReportsByEmail => Task::SendReportsByEmail { integration, remedy },
            Action::RevokeAndDisable
            | Action::VerifyAccess
            | Action::TurnOnProtection
            | Action::SetPolicyToAudit
            | Action::ReleaseHost
            | Action::AllowListApplication
            | Action::TreatAsMalicious => continue,
        };
        let (account, escalation) = (head.account, Some(head.id));
        let recipient = psa.vendor.name();
        outbox::queue(tx, &Queued { account, escalation, recipient, task, reported: None }, now)?;
        outbox::try_now(tx, psa.id)?;
    }
    Ok(())
}

/// Tells people by email what waits for an integration or could not be delivered through it, and pauses it.
pub(in crate::store::tables) fn by_email_instead(
    tx: &Tx<'_>,
    account: AccountId,
    id: IntegrationId,
    now: Timestamp,
) -> Result<()> {
    let Some(integration) = integrations::find(tx.connection, id)? else { return Ok(()) };
    let slug = integration.own_slug();
    integrations::put(tx, &Integration { paused: true, ..integration })?;
    reroute(tx, account, id, Some(&slug), now)
}

/// Tells people by email what waits for an integration or could not be delivered through it.
pub(in crate::store::tables) fn reroute(
    tx: &Tx<'_>,
    account: AccountId,
    id: IntegrationId,
    slug: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let (settings, members) = (settings(tx.connection, account)?, members::all(tx.connection, account)?);
    let why = "Sent by email instead";
    for (escalation, reported) in outbox::unsent(tx.connection, account, id)? {
        outbox::cancel_unsent(tx, account, id, escalation, why, now)?;
        let Some(head) = escalations::head(tx.connection, account, escalation)? else { continue };
        let slug = slug.filter(|_| reported);
        let told = heard(tx.connection, &head)?;
        let untold: Vec<&Member> = notice::recipients(&settings, &members)
            .into_iter()
            .filter(|member| head.is_open() && !told.contains(&member.user))
            .collect();
        for member in &untold {
            mail(tx, &head, member, Reason::Raised, slug.map(str::to_owned), now)?;
        }
        if let Some(slug) = slug.filter(|_| untold.is_empty()) {
            outbox::observe_report(
                tx,
                account,
                &head,
                slug,
                None,
                &format!("mail-{escalation}-{}", now.timestamp_micros()),
                now,
            )?;
        }
    }
    Ok(())
}
