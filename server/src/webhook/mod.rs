//! Webhooks: signed requests to endpoints of an account's or the operator's, as the Standard Webhooks specification has
//! them.
//!
//! Knows nothing of the outbox: [`send`] makes one attempt and says what became of it, and [`next_after`] says when
//! another one is due. The id stays the same over all attempts, so a receiver recognizes what it has already.

mod schedule;
mod secret;
mod send;
mod sign;

pub use schedule::{SCHEDULE, next_after};
pub use secret::{Secret, Secrets};
pub use send::{Receipt, Webhook, send};
pub use sign::{SIGNED_HEADERS, sign};
