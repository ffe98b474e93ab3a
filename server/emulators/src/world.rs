//! What is in a PSA, in words that fit all three.

use serde::Serialize;

/// Everything that is in a PSA.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Its companies, in the order of their ids.
    pub companies: Vec<Company>,
    /// ConnectWise's boards, Autotask's queues, HaloPSA's ticket types.
    pub groups: Vec<Named>,
    /// The statuses of tickets.
    pub statuses: Vec<Status>,
    /// The priorities of tickets.
    pub priorities: Vec<Named>,
    /// HaloPSA's outcomes.
    pub outcomes: Vec<Named>,
    /// All tickets, in the order in which they were made.
    pub tickets: Vec<Ticket>,
    /// What can be set to be unusual.
    pub quirks: Quirks,
    /// The highest number that was given to anything new.
    pub last_id: i64,
    /// HaloPSA's tokens that are good.
    pub(crate) tokens: Vec<String>,
}

/// What can be set to be unusual.
#[derive(Clone, Debug, Default)]
pub struct Quirks {
    /// ConnectWise: the codebase; a cloud upgrade changes it.
    pub codebase: String,
    /// Autotask: the zone to name instead of this one.
    pub zone: Option<String>,
    /// Autotask: where the next pages are said to be, instead of here.
    pub next_pages: Option<String>,
    /// HaloPSA: the tenant that must be named.
    pub tenant: Option<String>,
}

/// A company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Company {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Whether it is a customer still.
    pub active: bool,
}

/// Something with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// A status of tickets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The group to which it belongs, where it does not belong to all.
    pub group: Option<i64>,
    /// Whether a ticket with it is closed.
    pub closed: bool,
}

/// A ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ticket {
    /// Its number.
    pub id: i64,
    /// What it keeps of another system: ConnectWise's `externalXRef`, Autotask's `externalID`.
    pub key: Option<String>,
    /// Its title.
    pub summary: String,
    /// What it says; HTML with HaloPSA.
    pub text: String,
    /// Its company.
    pub company: i64,
    /// Its group.
    pub group: i64,
    /// Its status.
    pub status: i64,
    /// Its priority.
    pub priority: i64,
    /// When it is due, as it was sent.
    pub due: Option<String>,
    /// Whether its status is one of closed tickets.
    pub closed: bool,
    /// Its notes, oldest first.
    pub notes: Vec<Note>,
    /// How many searches will not find it yet.
    pub hidden: u32,
}

/// A note of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Its number.
    pub id: i64,
    /// Its title, where notes have one.
    pub title: Option<String>,
    /// What it says; HTML with HaloPSA.
    pub text: String,
}

impl World {
    pub(crate) fn named(list: &[(i64, &str)]) -> Vec<Named> {
        list.iter().map(|(id, name)| Named { id: *id, name: (*name).to_owned() }).collect()
    }

    pub(crate) fn companies(list: &[(i64, &str)]) -> Vec<Company> {
        list.iter().map(|(id, name)| Company { id: *id, name: (*name).to_owned(), active: true }).collect()
    }

    pub(crate) fn statuses(list: &[(i64, &str, Option<i64>, bool)]) -> Vec<Status> {
        let status = |(id, name, group, closed): &(i64, &str, Option<i64>, bool)| Status {
            id: *id,
            name: (*name).to_owned(),
            group: *group,
            closed: *closed,
        };
        list.iter().map(status).collect()
    }

    pub(crate) fn next_id(&mut self) -> i64 {
        self.last_id = self.last_id.max(1_000) + 1;
        self.last_id
    }

    pub(crate) fn ticket(&mut self, id: i64) -> Option<&mut Ticket> {
        self.tickets.iter_mut().find(|ticket| ticket.id == id)
    }

    /// Adds a note; tells its number, if there is such a ticket.
    pub(crate) fn add_note(&mut self, ticket: i64, title: Option<String>, text: String) -> Option<i64> {
        let id = self.next_id();
        self.ticket(ticket)?.notes.push(Note { id, title, text });
        Some(id)
    }

    /// Gives a ticket a status, if there is one of its group with that number.
    pub(crate) fn set_status(&mut self, ticket: i64, status: i64) -> bool {
        let found = self.statuses.iter().find(|found| found.id == status).cloned();
        let (Some(found), Some(ticket)) = (found, self.ticket(ticket)) else {
            return false;
        };
        let suits = found.group.is_none_or(|group| group == ticket.group);
        if suits {
            (ticket.status, ticket.closed) = (status, found.closed);
        }
        suits
    }

    /// Returns the tickets that a search finds. One that the index does not have yet is left out, and is a search nearer
    /// to being found.
    pub(crate) fn search(&mut self, fits: impl Fn(&Ticket) -> bool) -> Vec<Ticket> {
        let mut found = Vec::new();
        for ticket in self.tickets.iter_mut().filter(|ticket| fits(ticket)) {
            if ticket.hidden == 0 {
                found.push(ticket.clone());
            } else {
                ticket.hidden -= 1;
            }
        }
        found
    }
}
