//! Mail: one message to one person, composed, and handed to an SMTP server or written to a folder.
//!
//! Knows nothing of the outbox, of accounts or of when something is tried again: [`Transport::send`] makes one attempt
//! and says what became of it.

mod classify;
mod compose;
mod files;
mod guard;
mod safe;
pub mod settings;
mod smtp;
mod transport;

pub use compose::{MAX_NAME, MAX_SUBJECT, Mail, compose};
pub use settings::MailSettings;
pub use smtp::Patience;
pub use transport::Transport;
