//! What the outbox holds: what is to be done for whom, who does it at the moment, and what became of it.

use std::collections::HashMap;
use std::time::Duration;

use beckon_core::actor::Member;
use beckon_core::api::delivery::DeliveryStatus;
use beckon_core::api::webhook::WebhookEvent;
use beckon_core::id::{AccountId, DeliveryId, EscalationId, IntegrationId, WebhookId};
use beckon_core::integration::{Choices, Company, Settings, Vendor};
use beckon_core::notice::Channel;
use beckon_core::time::Timestamp;
use serde::{Deserialize, Serialize};

mod task;

pub use task::{EMAIL, Task, psa_destination, webhook_destination};

use super::NamedEscalation;
use crate::deliver::outcome::Failed;

/// How long a claim of a ticket holds unless it is renewed, by the clock that nobody turns. Nobody else may begin while what a
/// server has sent that is cut off may still arrive: [`TO_BEGIN`] and [`TO_MAKE`] together are less.
pub const LEASE: Duration = Duration::from_mins(1);

/// In what time a ticket has to be asked for once its claim was made sure of.
pub const TO_BEGIN: Duration = Duration::from_secs(15);

/// How long asking for a ticket may take, with all requests that this needs, before it is broken off and in doubt.
pub const TO_MAKE: Duration = Duration::from_secs(40);

const _: () = assert!(TO_BEGIN.as_secs() + TO_MAKE.as_secs() < LEASE.as_secs());

/// How long a claim of anything else holds unless it is renewed: that it arrives twice does no harm, and that it waits does.
pub const SHORT_LEASE: Duration = Duration::from_secs(20);

/// How often claims are renewed.
pub const RENEWED: Duration = Duration::from_secs(5);

/// Proof that a worker holds a delivery. A later claim of the same delivery has another token, and with this one nothing
/// can be written any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Whose.
    pub account: AccountId,
    /// Which.
    pub delivery: DeliveryId,
    /// The fencing token.
    pub token: i64,
    /// The how manieth attempt this is, from 1.
    pub number: u32,
    /// What it shares with others.
    pub destination: String,
}

/// How much may be claimed now.
#[derive(Clone, Debug, Default)]
pub struct Room {
    /// How many attempts are under way, by destination.
    pub busy: HashMap<String, usize>,
    /// How many more may begin in all.
    pub total: usize,
    /// How many mails may leave in a second, from all servers together.
    pub mails_per_second: u32,
    /// Which server this is, a random number.
    pub node: i64,
    /// Where an earlier claim may have been kept although nobody heard of it: the tokens that are known. What this server holds
    /// beyond them was never begun, and is given back first.
    pub known: Option<Vec<i64>>,
}

/// A claimed delivery with all that it takes to carry it out.
#[derive(Clone, Debug)]
pub struct Errand {
    /// The claim.
    pub claim: Claim,
    /// What to do.
    pub task: Task,
    /// Whether an attempt before may have succeeded although nobody heard of it.
    pub doubt: bool,
    /// When it was queued.
    pub created_at: Timestamp,
    /// What it is about, with the first of its entities.
    pub escalation: Option<NamedEscalation>,
    /// The account's name.
    pub account_name: String,
    /// The person, as far as still a member.
    pub person: Option<Member>,
    /// The integration, as far as still connected.
    pub integration: Option<Integration>,
    /// The PSA's id of the company.
    pub company: Option<String>,
    /// The ticket, where one is known or was tried.
    pub ticket: Option<Ticket>,
    /// The endpoint, as far as still there.
    pub webhook: Option<Webhook>,
    /// What tells this installation from others that use the same PSA.
    pub installation: String,
}

/// The ticket of an escalation in a PSA.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticket {
    /// The PSA's id; none while it is not known.
    pub id: Option<String>,
    /// Whether one may have been made although nobody heard of it.
    pub doubt: bool,
    /// When a search last found none.
    pub searched_at: Option<Timestamp>,
}

/// What an attempt learned of the ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TicketNews {
    /// Here it is.
    Known(String),
    /// None was made, for certain.
    None,
    /// A search found none.
    NotFound,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It arrived; where exactly.
    Delivered {
        /// The address, the ticket's number, the URL.
        address: Option<String>,
    },
    /// It did not.
    Failed(Failed),
    /// There is no need for it any more.
    Needless(String),
    /// It has to wait before it goes on.
    Later {
        /// How long.
        wait: Duration,
        /// Why.
        why: String,
    },
}

/// An attempt, once it ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// How it ended.
    pub ended: Ended,
    /// What it learned of the ticket.
    pub ticket: Option<TicketNews>,
    /// A random number from 0 to 1, which spreads what would else be tried at the same moment.
    pub jitter: f64,
}

/// A PSA integration as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integration {
    /// Which one.
    pub id: IntegrationId,
    /// Whose.
    pub account: AccountId,
    /// The vendor.
    pub vendor: Vendor,
    /// What was entered, without the secrets.
    pub settings: Settings,
    /// The secrets, sealed.
    #[serde(skip)]
    pub sealed: String,
    /// The names of the secrets.
    pub secrets: Vec<String>,
    /// What was chosen.
    pub choices: Choices,
    /// The company for what is not mapped.
    pub default_company: Option<Company>,
    /// Whether it is paused.
    pub paused: bool,
    /// When it was connected.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
}

impl Integration {
    /// Returns what is missing before tickets can be made, in a sentence.
    pub fn missing(&self) -> Option<String> {
        self.vendor.missing(&self.choices, self.default_company.is_some())
    }

    /// Tells whether tickets are made there.
    pub fn is_active(&self) -> bool {
        !self.paused && self.missing().is_none()
    }

    /// Returns the slug under which its failing is reported.
    pub fn own_slug(&self) -> String {
        format!("{}{}", beckon_core::escalation::OWN_INTEGRATION, self.vendor)
    }
}

/// A webhook endpoint as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Which one.
    pub id: WebhookId,
    /// Whose; none for the operator's.
    pub account: Option<AccountId>,
    /// Where requests go.
    pub url: String,
    /// What it hears of; all where it is empty.
    pub events: Vec<WebhookEvent>,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Why it was switched off.
    pub disabled_because: Option<String>,
    /// The secrets, sealed.
    #[serde(skip)]
    pub sealed: String,
    /// Until when the secret before signs too.
    pub rotating_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Webhook {
    /// Tells whether it hears of `event`.
    pub fn hears(&self, event: WebhookEvent) -> bool {
        self.events.is_empty() || self.events.contains(&event)
    }
}

/// Filters of deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryQuery {
    /// Only of this account; none for the operator's own.
    pub account: Option<AccountId>,
    /// Only about this escalation.
    pub escalation: Option<EscalationId>,
    /// Only with this status.
    pub status: Option<DeliveryStatus>,
    /// Only by this channel.
    pub channel: Option<Channel>,
    /// Only to this endpoint.
    pub webhook: Option<WebhookId>,
}
