//! Deliveries on the wire: who was told what, when, how, and whether it arrived.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr};

use super::Pagination;
use crate::error::Refusal;
use crate::id::{AccountId, DeliveryId, EscalationId};
use crate::notice::Channel;
use crate::time::Timestamp;

/// `GET /v1/deliveries`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveriesResponse {
    /// One page, newest first.
    pub deliveries: Vec<DeliveryBody>,
    /// Where the next is.
    pub pagination: Pagination,
}

/// `GET /v1/deliveries/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryResponse {
    /// The delivery with its attempts.
    pub delivery: DeliveryDetailBody,
}

/// What became of a delivery.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DeliveryStatus {
    /// It waits for its first or next attempt.
    Waiting,
    /// An attempt is under way.
    Sending,
    /// It arrived.
    Delivered,
    /// It was not sent, since it was not needed any more.
    Canceled,
    /// It could not be delivered, for good.
    Undelivered,
}

impl DeliveryStatus {
    /// Checks that it may be sent again.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] while an attempt is under way: how that ends decides what is to be done.
    pub fn check_resend(self) -> Result<(), Refusal> {
        if self == Self::Sending {
            let text = "an attempt is under way at this moment: look again in a minute";
            return Err(Refusal::Conflict(text.to_owned()));
        }
        Ok(())
    }
}

/// One message of one notice to one destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryBody {
    /// Which one.
    pub id: DeliveryId,
    /// Whose; null for the operator's own webhooks.
    pub account_id: Option<AccountId>,
    /// What it is about; null for tests.
    pub escalation_id: Option<EscalationId>,
    /// By which channel.
    pub channel: Channel,
    /// To whom, for people: `Priya Raman`, `ConnectWise PSA`, `https://hooks.example/beckon`.
    pub to: String,
    /// Where exactly: the address, the ticket's number, the URL; null while there is none.
    pub address: Option<String>,
    /// Why, as a slug: `raised`, `reminder`, `escalation.created`, `test`, …
    pub reason: String,
    /// Why, for people: `Reminder 2`.
    pub reason_label: String,
    /// What became of it.
    pub status: DeliveryStatus,
    /// How often it was tried.
    pub attempts: u32,
    /// What the far end last said, where it did not take it; why it was not needed, where it was canceled.
    pub last_error: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When the next attempt is; null where there is none.
    pub next_attempt_at: Option<Timestamp>,
    /// When it was delivered, canceled or given up.
    pub finished_at: Option<Timestamp>,
}

/// A delivery with its attempts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryDetailBody {
    /// What lists show too.
    #[serde(flatten)]
    pub delivery: DeliveryBody,
    /// The latest attempts, newest first, at most 50.
    pub attempt_log: Vec<AttemptBody>,
}

/// One attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptBody {
    /// The how manieth, from 1.
    pub number: u32,
    /// When it began.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// `delivered`, `not_now`, `doubt`, `refused`, `gone`.
    pub outcome: String,
    /// The far end's code, where it gave one.
    pub code: Option<u16>,
    /// The first kilobyte of what it said, without secrets.
    pub detail: String,
}
