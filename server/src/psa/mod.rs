//! PSAs: ticketing systems in which an account works. One client for each vendor behind one trait; none of them knows
//! of the outbox, the store or what is told.

use async_trait::async_trait;

use crate::deliver::outcome::Failed;

/// A company in the PSA: what an organization is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// The PSA's id.
    pub id: String,
    /// Its name there.
    pub name: String,
}

/// One thing that can be chosen for a slot of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The PSA's id.
    pub id: String,
    /// Its name there.
    pub name: String,
}

/// A ticket to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTicket {
    /// The correlation key: 1 to 60 ASCII letters, digits, `-`. The same ticket always has the same one.
    pub key: String,
    /// Its title; the client cuts it to what the PSA takes.
    pub title: String,
    /// What it says, as plain text.
    pub text: String,
    /// The same as HTML, for PSAs that want that. A whole document; the client takes of it what fits.
    pub html: String,
    /// The PSA's id of the company.
    pub company: String,
    /// How pressing it is; the client maps it to what the account chose.
    pub severity: beckon_core::severity::Severity,
    /// When an answer is due.
    pub due_at: beckon_core::time::Timestamp,
}

/// A note to add to a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The correlation key: the same note always has the same one. Stands at the end of the text.
    pub key: String,
    /// One line.
    pub title: String,
    /// What it says, as plain text.
    pub text: String,
}

/// TEMPORARY
pub fn connect(
    _: beckon_core::integration::Vendor,
    _: &beckon_core::integration::Settings,
    _: &beckon_core::integration::Choices,
    _: reqwest::Client,
) -> Result<Box<dyn Psa>, Failed> {
    Err(Failed::new(crate::deliver::outcome::Failure::Refused, None, "not yet"))
}

/// What Beckon does in a PSA. The PSA's id of a ticket is text.
#[async_trait]
pub trait Psa: Send + Sync {
    /// Tests the connection with what tickets need.
    async fn test(&self) -> Result<(), Failed>;

    /// Reads what can be chosen for a slot, given what was chosen for others.
    async fn offers(
        &self,
        slot: &str,
        chosen: &beckon_core::integration::Choices,
    ) -> Result<Vec<Offer>, Failed>;

    /// Reads all companies.
    async fn companies(&self) -> Result<Vec<Company>, Failed>;

    /// Finds the ticket with a correlation key.
    async fn find_ticket(&self, key: &str) -> Result<Option<String>, Failed>;

    /// Makes a ticket, and returns its id.
    async fn create_ticket(&self, ticket: &NewTicket) -> Result<String, Failed>;

    /// Tells whether a ticket has the note with a correlation key.
    async fn has_note(&self, ticket: &str, key: &str) -> Result<bool, Failed>;

    /// Adds a note to a ticket.
    async fn add_note(&self, ticket: &str, note: &Note) -> Result<(), Failed>;

    /// Closes a ticket. One that is closed stays closed.
    async fn close(&self, ticket: &str) -> Result<(), Failed>;
}
