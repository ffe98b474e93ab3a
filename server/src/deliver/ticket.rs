//! Tickets: made once, noted on, closed. None of the PSAs knows an idempotency key, so whatever is in doubt is searched for
//! before it is made again. Source of the protocol: the facts, "PSAs".

use std::sync::Arc;
use std::time::Duration;

use beckon_core::notice::{Reason, note, title_within};

use super::outcome::{Failed, Failure};
use super::{Carried, Ended, Errand, TicketNews, mail};
use crate::app::App;
use crate::psa::{NewTicket, Note, Psa};
use crate::store::outbox::{Integration, TO_BEGIN, TO_MAKE};
use crate::store::{NamedEscalation, StoreError};

/// How far apart the two searches are that have to find nothing before a ticket is made again: a new one may take a while to
/// be found.
const BETWEEN_SEARCHES: Duration = Duration::from_secs(30);

/// Tells the ticket of an escalation: makes it where there is none.
pub(super) async fn tell(app: &App, errand: &Errand, reason: &Reason) -> Result<Carried, StoreError> {
    let ends = matches!(reason, Reason::Resolved { .. });
    let Some(integration) = errand.integration.as_ref().filter(|psa| !psa.paused || ends) else {
        return Ok(Carried::needless("No ticketing system is connected any more, or it is paused"));
    };
    let Some(named) = &errand.escalation else { return Ok(Carried::needless("The escalation is gone")) };
    if !named.escalation.head.is_open() && !ends {
        return Ok(Carried::needless("Resolved before it went out"));
    }
    let psa = match app.outlets.psa(integration).await {
        Ok(psa) => psa,
        Err(failed) => return Ok(Carried::ended(Ended::Failed(failed))),
    };
    let known = errand.ticket.clone().unwrap_or_default();
    let ticket = match known.id {
        Some(id) => id,
        None if known.doubt => match search(app, errand, psa.as_ref(), known.searched_at).await {
            Search::Found(id) => id,
            Search::Ended(carried) => return Ok(carried),
            Search::None if ends => {
                return Ok(Carried {
                    ticket: Some(TicketNews::None),
                    ..Carried::needless("There is no ticket to close")
                });
            }
            Search::None => return make(app, errand, integration, psa).await,
        },
        None if ends => return Ok(Carried::needless("There is no ticket to close")),
        None => return make(app, errand, integration, psa).await,
    };
    let ended = match note_on(app, errand, named, psa.as_ref(), &ticket, reason).await {
        Ok(()) if ends => psa.close(&ticket).await,
        noted => noted,
    };
    Ok(Carried {
        ended: match ended {
            Ok(()) => Ended::Delivered { address: Some(ticket.clone()) },
            Err(failed) => Ended::Failed(failed),
        },
        // It is known, whatever failed.
        ticket: Some(TicketNews::Known(ticket)),
    })
}

/// What a search for a ticket that may be there came to.
enum Search {
    Found(String),
    None,
    Ended(Carried),
}

/// Looks for the ticket. Two searches have to find nothing, some time apart, before there is none.
async fn search(
    app: &App,
    errand: &Errand,
    psa: &dyn Psa,
    before: Option<beckon_core::time::Timestamp>,
) -> Search {
    match psa.find_ticket(&key(errand)).await {
        Ok(Some(id)) => Search::Found(id),
        Ok(None) => {
            let passed = before.map(|before| (app.clock.now() - before).to_std().unwrap_or_default());
            match passed {
                Some(passed) if passed >= BETWEEN_SEARCHES => Search::None,
                Some(passed) => Search::Ended(Carried::ended(later(BETWEEN_SEARCHES.saturating_sub(passed)))),
                None => Search::Ended(Carried {
                    ended: later(BETWEEN_SEARCHES),
                    ticket: Some(TicketNews::NotFound),
                }),
            }
        }
        Err(failed) => Search::Ended(Carried::ended(Ended::Failed(failed))),
    }
}

fn later(wait: Duration) -> Ended {
    let why =
        "Whether a ticket was made is not known; none is found so far, and it is searched for once more";
    Ended::Later { wait, why: why.to_owned() }
}

/// Makes the ticket. That it may be there is noted before.
async fn make(
    app: &App,
    errand: &Errand,
    integration: &Integration,
    psa: Arc<dyn Psa>,
) -> Result<Carried, StoreError> {
    let Some(named) = &errand.escalation else { return Ok(Carried::needless("The escalation is gone")) };
    let Some(company) = &errand.company else {
        let why = format!("No company is chosen in {} for what is not mapped", integration.vendor.name());
        return Ok(Carried::ended(Ended::Failed(Failed::new(Failure::Refused, None, &why))));
    };
    let begun = app.clock.steady();
    if !app.store.begin_ticket(errand.claim.clone(), begun).await? {
        return Ok(Carried::needless("Another worker holds it"));
    }
    if (app.clock.steady() - begun).to_std().unwrap_or_default() > TO_BEGIN {
        // By the time that it arrives, somebody else may have taken over.
        return Ok(Carried::ended(later(BETWEEN_SEARCHES)));
    }
    let message = mail::words(app, named, &Reason::Raised);
    // Whom it concerns stays, however short a title has to be.
    let title = mail::with_told(app, named, |told| {
        title_within(told.head, told.entities, told.names, integration.vendor.longest_title())
    });
    let head = &named.escalation.head;
    let ticket = NewTicket {
        key: key(errand),
        title,
        text: message.text,
        html: message.html,
        company: company.clone(),
        severity: head.severity,
        due_at: head.due_at,
    };
    // A client may need several requests for it, each with time of its own.
    let made = tokio::time::timeout(TO_MAKE, psa.create_ticket(&ticket)).await;
    let made = made.unwrap_or_else(|_| {
        Err(Failed::new(Failure::Doubt, None, "nothing came back in the time that making a ticket may take"))
    });
    Ok(match made {
        Ok(id) => Carried {
            ended: Ended::Delivered { address: Some(id.clone()) },
            ticket: Some(TicketNews::Known(id)),
        },
        Err(failed) => {
            // Where it certainly was not made, there is nothing to search for.
            let made = matches!(failed.failure, Failure::Doubt);
            Carried { ended: Ended::Failed(failed), ticket: (!made).then_some(TicketNews::None) }
        }
    })
}

/// Adds a note, unless an attempt before did.
async fn note_on(
    app: &App,
    errand: &Errand,
    named: &NamedEscalation,
    psa: &dyn Psa,
    ticket: &str,
    reason: &Reason,
) -> Result<(), Failed> {
    // The ticket says it already.
    if matches!(reason, Reason::Raised) {
        return Ok(());
    }
    let key = format!("beckon-{}-n{}", errand.installation, errand.claim.delivery);
    // An attempt before may have failed after the note, at the end of the ticket.
    if errand.claim.number > 1 && psa.has_note(ticket, &key).await? {
        return Ok(());
    }
    let (title, text) = mail::with_told(app, named, |told| note(told, reason));
    psa.add_note(ticket, &Note { key, title, text }).await
}

/// The key by which the ticket of an escalation is found again.
fn key(errand: &Errand) -> String {
    let escalation = errand.escalation.as_ref().map_or(0, |named| named.escalation.head.id.0);
    format!("beckon-{}-{escalation}", errand.installation)
}
