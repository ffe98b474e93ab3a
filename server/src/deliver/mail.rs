//! Mails: from an errand to a letter.

use beckon_core::notice::{Door, DoorReason, Message, Reason, Told, door_message, message, test_message};
use beckon_core::time::Timestamp;

use super::outcome::{Failed, Failure};
use super::{Carried, Errand};
use crate::app::App;
use crate::mail::Mail;
use crate::seal::purpose::LINK;
use crate::store::NamedEscalation;
use crate::store::outbox::Ended;

/// Tells a person of an escalation, unless there is no need any more.
pub(super) async fn tell(app: &App, errand: &Errand, reason: &Reason) -> Carried {
    let Some(person) = &errand.person else {
        return Carried::needless("No longer a member of the account's team");
    };
    let Some(named) = &errand.escalation else { return Carried::needless("The escalation is gone") };
    let head = &named.escalation.head;
    if !head.is_open() && !matches!(reason, Reason::Resolved { .. }) {
        return Carried::needless("Resolved before it went out");
    }
    let message = words(app, named, reason);
    // The first message to a person begins the conversation, and later ones refer to it.
    let thread_id = format!("escalation-{}-{}.{}", head.id, person.user, errand.installation);
    let message_id = match reason {
        Reason::Raised => thread_id.clone(),
        Reason::SeverityRaised { .. }
        | Reason::Overdue
        | Reason::Reminder { .. }
        | Reason::Answered { .. }
        | Reason::Setback { .. }
        | Reason::Resolved { .. } => own_id(errand),
    };
    send(app, errand, message, message_id, thread_id).await
}

/// Sends a person a test message.
pub(super) async fn test(app: &App, errand: &Errand) -> Carried {
    let Some(person) = &errand.person else {
        return Carried::needless("No longer a member of the account's team");
    };
    let names = app.names(&errand.account_name, None);
    let message = test_message(names, &person.email, app.clock.now());
    send(app, errand, message, own_id(errand), own_id(errand)).await
}

/// Sends somebody a link that signs in.
pub(super) async fn let_in(
    app: &App,
    errand: &Errand,
    (name, email): (&str, &str),
    reason: &DoorReason,
    (sealed, until): (&str, Timestamp),
) -> Carried {
    if until <= app.clock.now() {
        return Carried::needless("The link is over: another can be sent");
    }
    let token = match app.outlets.open(LINK, sealed) {
        Ok(token) => token,
        Err(error) => {
            let failed = Failed::new(Failure::Refused, None, &error.to_string());
            return Carried::ended(Ended::Failed(failed));
        }
    };
    let url = format!("{}/sign-in/{token}", app.base_url);
    let message = door_message(&Door { reason, url: &url, until, base_url: &app.base_url });
    send_to(app, errand, (name, email), message, (own_id(errand), own_id(errand))).await
}

/// Makes a whole message id of what tells it from others of this installation: the host where people find the server follows.
fn whole(app: &App, local: &str) -> String {
    let host = url::Url::parse(&app.base_url).ok().and_then(|url| url.host_str().map(str::to_owned));
    format!("<{local}@{}>", host.as_deref().unwrap_or("beckon"))
}

fn own_id(errand: &Errand) -> String {
    format!("delivery-{}.{}", errand.claim.delivery, errand.installation)
}

async fn send(
    app: &App,
    errand: &Errand,
    message: Message,
    message_id: String,
    thread_id: String,
) -> Carried {
    let Some(person) = &errand.person else {
        return Carried::needless("No longer a member of the account's team");
    };
    send_to(app, errand, (&person.name, &person.email), message, (message_id, thread_id)).await
}

async fn send_to(
    app: &App,
    errand: &Errand,
    (name, address): (&str, &str),
    message: Message,
    (message_id, thread_id): (String, String),
) -> Carried {
    let mail = Mail {
        to_name: name.to_owned(),
        to_address: address.to_owned(),
        message,
        message_id: whole(app, &message_id),
        thread_id: whole(app, &thread_id),
        date: errand.created_at,
    };
    let sent = app.outlets.mail(mail).await;
    Carried::of(sent.map(|_| address.to_owned()))
}

/// Says what there is to say, as things are now.
pub(super) fn words(app: &App, named: &NamedEscalation, reason: &Reason) -> Message {
    with_told(app, named, |told| message(told, reason))
}

/// Puts together what is told.
pub(super) fn with_told<T>(app: &App, about: &NamedEscalation, then: impl FnOnce(&Told<'_>) -> T) -> T {
    let entities = about.escalation.entities_by_need();
    let names = app.names(&about.account, about.organization.as_deref());
    then(&Told { head: &about.escalation.head, entities: &entities, names, now: app.clock.now() })
}
