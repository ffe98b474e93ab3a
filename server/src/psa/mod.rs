//! PSAs: ticketing systems in which an account works. One client for each vendor behind one trait; none of them knows
//! of the outbox, the store or what is told.

use async_trait::async_trait;
use beckon_core::error::FieldError;
use beckon_core::integration::{Choices, Settings, Vendor};
pub use beckon_core::integration::{Company, Offer};

use crate::deliver::outcome::{Failed, Failure};

pub mod autotask;
pub mod connectwise;
pub mod halopsa;
pub mod http;
pub mod secrets;
pub mod throttle;
pub mod words;

/// Makes the client of a vendor from what an account entered and chose. Sends nothing.
///
/// The limits of the PSA hold for one client: keep it as long as its settings are the same, and do not make one for each
/// ticket. `http` comes from
/// [`Outbound`](crate::outbound::Outbound): it follows no redirects, which would carry the credentials elsewhere.
///
/// # Errors
/// What is wrong with the settings, by field. Choices may be missing: what needs one says so when it is called.
pub fn connect(
    vendor: Vendor,
    settings: &Settings,
    choices: &Choices,
    http: reqwest::Client,
) -> Result<Box<dyn Psa>, Vec<FieldError>> {
    connect_with(vendor, settings, choices, http, http::Options::default())
}

/// Does the same as [`connect`], with a timeout and a clock of the caller's.
///
/// # Errors
/// As [`connect`].
pub fn connect_with(
    vendor: Vendor,
    settings: &Settings,
    choices: &Choices,
    http: reqwest::Client,
    options: http::Options,
) -> Result<Box<dyn Psa>, Vec<FieldError>> {
    let errors = vendor.check_settings(settings);
    if !errors.is_empty() {
        return Err(errors);
    }
    let entered = Entered { settings: settings.clone(), choices: choices.clone() };
    Ok(match vendor {
        Vendor::Connectwise => Box::new(connectwise::Connectwise::new(entered, http, options)?),
        Vendor::Autotask => Box::new(autotask::Autotask::new(entered, http, options)?),
        Vendor::Halopsa => Box::new(halopsa::Halopsa::new(entered, http, options)?),
    })
}

/// What an account entered and chose.
#[derive(Clone)]
pub struct Entered {
    settings: Settings,
    choices: Choices,
}

impl Entered {
    /// Returns a setting, trimmed; empty where there is none.
    fn setting(&self, slug: &str) -> &str {
        self.settings.get(slug).map_or("", |value| value.trim())
    }

    /// Returns the number of what was chosen for a slot.
    ///
    /// # Errors
    /// Where nothing was, or no number.
    fn number(&self, http: &http::Http, slot: &str) -> Result<i64, Failed> {
        let chosen = self.choices.get(slot).map_or("", |id| id.trim());
        if chosen.is_empty() {
            let detail =
                format!("expected a choice for {slot}, found none: choose one in the integration's form");
            return Err(http.failed(Failure::Refused, None, &detail));
        }
        words::number(http, slot, chosen)
    }
}

/// Checks that what was chosen is still on offer, as far as something was chosen; that companies can be read; and with
/// that the connection.
async fn test_with_choices(
    psa: &dyn Psa,
    http: &http::Http,
    vendor: Vendor,
    choices: &Choices,
) -> Result<(), Failed> {
    for slot in vendor.slots() {
        if slot.depends_on.is_some_and(|other| !choices.contains_key(other)) {
            continue;
        }
        let offers = psa.offers(slot.slug, choices).await?;
        let chosen = choices.get(slot.slug);
        if let Some(id) = chosen.filter(|id| offers.iter().all(|offer| offer.id != **id)) {
            let detail = format!(
                "expected the {} that was chosen ({id}), found that the PSA no longer offers it: choose another one",
                beckon_core::text::lowercase_first(slot.label)
            );
            return Err(http.failed(Failure::Refused, None, &detail));
        }
    }
    Ok(())
}

/// A ticket to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTicket {
    /// The correlation key: 1 to 50 ASCII letters, digits, `-` (Autotask keeps no more). The same ticket always has the
    /// same one.
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

/// What Beckon does in a PSA. The PSA's id of a ticket is text.
#[async_trait]
pub trait Psa: Send + Sync {
    /// Tests the connection with what tickets need.
    async fn test(&self) -> Result<(), Failed>;

    /// Reads what can be chosen for a slot, given what was chosen for others.
    async fn offers(&self, slot: &str, chosen: &Choices) -> Result<Vec<Offer>, Failed>;

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
