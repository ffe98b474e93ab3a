//! What a PSA holds: companies, tickets and their notes, and what was asked of it. Outlives the server that serves it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::catalog::{Catalog, name_of};
use crate::vendor::{Call, Vendor};

/// The time over which `HaloPSA` counts requests.
const WINDOW: Duration = Duration::from_secs(300);

/// Companies that everybody has seen in some demo.
const COMPANIES: [&str; 12] = [
    "Contoso",
    "Fabrikam",
    "Adventure Works",
    "Northwind Traders",
    "Tailspin Toys",
    "Litware",
    "Proseware",
    "Wide World Importers",
    "Fourth Coffee",
    "Coho Winery",
    "Blue Yonder Airlines",
    "Woodgrove Bank",
];

/// A ticket, with names where the vendor has ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ticket {
    /// Its id.
    pub id: u64,
    /// The client's own key, where the vendor has a field for one: not at `HaloPSA`.
    pub key: Option<String>,
    /// Its title or summary.
    pub title: String,
    /// What it says, as it was sent: at `HaloPSA` that is HTML.
    pub text: String,
    /// The id of the company.
    pub company_id: u64,
    /// The name of the company.
    pub company: String,
    /// The board, queue or type.
    pub board: String,
    /// The priority.
    pub priority: String,
    /// The status.
    pub status: String,
    /// Whether that status is a closed one.
    pub closed: bool,
    /// Its notes as they were sent, oldest first.
    pub notes: Vec<String>,
}

/// What a PSA holds, to be shared.
#[derive(Debug)]
pub struct State {
    vendor: Vendor,
    data: Mutex<Data>,
}

impl State {
    /// A PSA with these companies, whose ids count from 1, and no tickets.
    pub fn new<N: Into<String>>(vendor: Vendor, companies: impl IntoIterator<Item = N>) -> Arc<Self> {
        let companies = (1..).zip(companies.into_iter().map(Into::into)).collect();
        let data = Data {
            vendor,
            catalog: Catalog::of(vendor),
            companies,
            tickets: Vec::new(),
            last_ticket: 1000,
            last_note: 5000,
            counts: BTreeMap::new(),
            leaks: 0,
            upgrades: 0,
            tokens: Vec::new(),
            tokens_made: 0,
            budget: None,
            recent: VecDeque::new(),
            effects: Effects::default(),
        };
        Arc::new(Self { vendor, data: Mutex::new(data) })
    }

    /// A PSA with believable companies.
    pub fn demo(vendor: Vendor) -> Arc<Self> {
        Self::new(vendor, COMPANIES)
    }

    /// Whose PSA it is.
    pub const fn vendor(&self) -> Vendor {
        self.vendor
    }

    /// All tickets, oldest first, also those that a search does not find yet.
    pub fn tickets(&self) -> Vec<Ticket> {
        let data = self.lock();
        data.tickets.iter().map(|ticket| data.view(ticket)).collect()
    }

    /// The companies with their ids.
    pub fn companies(&self) -> Vec<(u64, String)> {
        self.lock().companies.clone()
    }

    /// How often it was called that way; [`Call::Any`] is the sum. A call counts when it arrives, whatever becomes of it.
    pub fn calls(&self, call: Call) -> u64 {
        let data = self.lock();
        match call {
            Call::Any => data.counts.values().sum(),
            _ => data.counts.get(&call).copied().unwrap_or(0),
        }
    }

    /// How often it was called, by the name of the call.
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.lock().counts.iter().map(|(call, count)| (call.name(), *count)).collect()
    }

    /// How often credentials were sent to where none belong: to `zoneInformation` of Autotask, which in earnest is another
    /// host.
    pub fn leaks(&self) -> u64 {
        self.lock().leaks
    }

    /// `ConnectWise` upgrades its cloud: the codebase changes, and the paths of the old one are gone.
    pub fn upgrade(&self) {
        self.lock().upgrades += 1;
    }

    /// All tokens of `HaloPSA` end.
    pub fn expire_tokens(&self) {
        self.lock().tokens.clear();
    }

    /// Lets `HaloPSA` answer 429 to more than that many requests in five minutes, or never (which is how it starts).
    pub fn limit(&self, requests: Option<usize>) {
        let mut data = self.lock();
        data.budget = requests;
        data.recent.clear();
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a fault changes about the request at hand.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Effects {
    /// The searches that do not find the ticket which is made.
    pub(crate) hidden_for: u32,
    /// Notes are added twice.
    pub(crate) twice: bool,
}

/// A ticket as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) id: u64,
    pub(crate) key: Option<String>,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) company: u64,
    pub(crate) board: u64,
    pub(crate) priority: u64,
    pub(crate) status: u64,
    pub(crate) notes: Vec<Note>,
    hidden_for: u32,
}

/// What is said of a ticket that is to be made.
#[derive(Debug, Clone, Default)]
pub(crate) struct New {
    pub(crate) key: Option<String>,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) company: u64,
    pub(crate) board: u64,
    pub(crate) priority: u64,
    pub(crate) status: u64,
}

/// A note as it is kept.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) text: String,
}

/// All of it, behind the lock.
#[derive(Debug)]
pub(crate) struct Data {
    vendor: Vendor,
    pub(crate) catalog: Catalog,
    pub(crate) companies: Vec<(u64, String)>,
    pub(crate) tickets: Vec<Stored>,
    last_ticket: u64,
    last_note: u64,
    counts: BTreeMap<Call, u64>,
    pub(crate) leaks: u64,
    upgrades: u32,
    tokens: Vec<String>,
    tokens_made: u64,
    budget: Option<usize>,
    recent: VecDeque<Instant>,
    pub(crate) effects: Effects,
}

impl Data {
    pub(crate) fn count(&mut self, call: Call) {
        *self.counts.entry(call).or_default() += 1;
    }

    /// Whether a request is within what is allowed in a while.
    pub(crate) fn admit(&mut self) -> bool {
        let (Some(budget), Vendor::Halopsa) = (self.budget, self.vendor) else { return true };
        let now = Instant::now();
        while self.recent.front().is_some_and(|at| now.duration_since(*at) >= WINDOW) {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
        self.recent.len() <= budget
    }

    /// The part of the path that an upgrade of `ConnectWise` changes.
    pub(crate) fn codebase(&self) -> String {
        format!("v2026_{}", self.upgrades + 1)
    }

    pub(crate) fn company(&self, id: u64) -> Option<&str> {
        self.companies.iter().find(|(known, _)| *known == id).map(|(_, name)| name.as_str())
    }

    pub(crate) fn is_closed(&self, ticket: &Stored) -> bool {
        self.catalog.status(ticket.status).is_some_and(|status| status.closed)
    }

    pub(crate) fn ticket(&self, id: u64) -> Option<&Stored> {
        self.tickets.iter().find(|ticket| ticket.id == id)
    }

    pub(crate) fn ticket_mut(&mut self, id: u64) -> Option<&mut Stored> {
        self.tickets.iter_mut().find(|ticket| ticket.id == id)
    }

    pub(crate) fn add_ticket(&mut self, new: New) -> u64 {
        self.last_ticket += 1;
        let New { key, title, text, company, board, priority, status } = new;
        let (id, hidden_for, notes) = (self.last_ticket, self.effects.hidden_for, Vec::new());
        self.tickets.push(Stored {
            id,
            key,
            title,
            text,
            company,
            board,
            priority,
            status,
            notes,
            hidden_for,
        });
        id
    }

    /// Adds a note, twice if a fault says so, and returns its id; `None` without such a ticket.
    pub(crate) fn add_note(&mut self, ticket: u64, title: &str, text: &str) -> Option<u64> {
        let times = if self.effects.twice { 2 } else { 1 };
        for _ in 0..times {
            let id = self.last_note + 1;
            let note = Note { id, title: title.into(), text: text.into() };
            self.ticket_mut(ticket)?.notes.push(note);
            self.last_note = id;
        }
        Some(self.last_note)
    }

    /// The tickets that match, as a search sees them.
    pub(crate) fn find(&mut self, matches: impl Fn(&Stored) -> bool) -> Vec<Stored> {
        let mut found = Vec::new();
        for ticket in self.tickets.iter_mut().filter(|ticket| matches(ticket)) {
            match ticket.hidden_for.checked_sub(1) {
                Some(less) => ticket.hidden_for = less,
                None => found.push(ticket.clone()),
            }
        }
        found
    }

    /// A new token of `HaloPSA`.
    pub(crate) fn new_token(&mut self) -> String {
        self.tokens_made += 1;
        let token = format!("emulated-token-{}", self.tokens_made);
        self.tokens.push(token.clone());
        token
    }

    pub(crate) fn knows_token(&self, token: &str) -> bool {
        self.tokens.iter().any(|known| known == token)
    }

    fn view(&self, ticket: &Stored) -> Ticket {
        Ticket {
            id: ticket.id,
            key: ticket.key.clone(),
            title: ticket.title.clone(),
            text: ticket.text.clone(),
            company_id: ticket.company,
            company: self.company(ticket.company).unwrap_or_default().into(),
            board: name_of(self.catalog.boards, ticket.board).into(),
            priority: name_of(self.catalog.priorities, ticket.priority).into(),
            status: self.catalog.status(ticket.status).map_or("", |status| status.name).into(),
            closed: self.is_closed(ticket),
            notes: ticket.notes.iter().map(|note| note.text.clone()).collect(),
        }
    }
}
