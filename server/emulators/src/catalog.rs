//! What one can choose from at each vendor. The numbers are the vendors' defaults where they have some.

use crate::vendor::Vendor;

/// A thing with an id and a name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item {
    /// Its id.
    pub(crate) id: u64,
    /// Its name.
    pub(crate) name: &'static str,
}

/// A state a ticket can be in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Status {
    /// Its id.
    pub(crate) id: u64,
    /// Its name.
    pub(crate) name: &'static str,
    /// The board whose status it is; 0 where a vendor has the same for all.
    pub(crate) board: u64,
    /// Whether a ticket in it is closed.
    pub(crate) closed: bool,
}

/// All of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Catalog {
    /// Where tickets go: boards, queues, ticket types.
    pub(crate) boards: &'static [Item],
    /// The statuses. The first of a board is that of a new ticket.
    pub(crate) statuses: &'static [Status],
    /// The priorities. The last is that of a ticket which names none.
    pub(crate) priorities: &'static [Item],
    /// What an action can result in; the kinds of notes at Autotask.
    pub(crate) outcomes: &'static [Item],
}

impl Catalog {
    /// That of a vendor.
    pub(crate) const fn of(vendor: Vendor) -> Self {
        match vendor {
            Vendor::Connectwise => CONNECTWISE,
            Vendor::Autotask => AUTOTASK,
            Vendor::Halopsa => HALOPSA,
        }
    }

    /// The status with an id.
    pub(crate) fn status(&self, id: u64) -> Option<Status> {
        self.statuses.iter().copied().find(|status| status.id == id)
    }

    /// The status of a new ticket on a board.
    pub(crate) fn first_status(&self, board: u64) -> u64 {
        let of_board = |status: &&Status| status.board == 0 || status.board == board;
        self.statuses.iter().find(of_board).map_or(0, |status| status.id)
    }
}

/// The name of an item, or nothing.
pub(crate) fn name_of(items: &[Item], id: u64) -> &'static str {
    items.iter().find(|item| item.id == id).map_or("", |item| item.name)
}

/// Whether there is such an item.
pub(crate) fn knows(items: &[Item], id: u64) -> bool {
    items.iter().any(|item| item.id == id)
}

const fn item(id: u64, name: &'static str) -> Item {
    Item { id, name }
}

const fn open(board: u64, id: u64, name: &'static str) -> Status {
    Status { id, name, board, closed: false }
}

const fn closed(board: u64, id: u64, name: &'static str) -> Status {
    Status { id, name, board, closed: true }
}

const CONNECTWISE: Catalog = Catalog {
    boards: &[item(1, "Service Desk"), item(7, "Security"), item(12, "Projects")],
    statuses: &[
        open(1, 16, "New"),
        open(1, 17, "In Progress"),
        closed(1, 18, ">Closed"),
        open(7, 101, "New (alert)"),
        open(7, 102, "Investigating"),
        open(7, 103, "Waiting for customer"),
        closed(7, 104, ">Closed"),
        closed(7, 105, ">Closed, false positive"),
        open(12, 201, "Open"),
        closed(12, 202, ">Done"),
    ],
    priorities: &[
        item(6, "Priority 1 - Critical"),
        item(15, "Priority 2 - High"),
        item(8, "Priority 3 - Medium"),
        item(7, "Priority 4 - Low"),
    ],
    outcomes: &[],
};

const AUTOTASK: Catalog = Catalog {
    boards: &[
        item(29_682_833, "Triage"),
        item(29_683_354, "Security alerts"),
        item(29_683_378, "Monitoring"),
    ],
    statuses: &[
        open(0, 1, "New"),
        closed(0, 5, "Complete"),
        open(0, 7, "Waiting Customer"),
        open(0, 8, "In Progress"),
        open(0, 12, "Waiting Vendor"),
    ],
    priorities: &[item(4, "Critical"), item(1, "High"), item(2, "Medium"), item(3, "Low")],
    outcomes: &[item(1, "Task Summary"), item(2, "Task Detail"), item(3, "Task Notes")],
};

const HALOPSA: Catalog = Catalog {
    boards: &[item(1, "Incident"), item(3, "Service Request"), item(21, "Alert")],
    statuses: &[
        open(0, 1, "New"),
        open(0, 2, "In Progress"),
        open(0, 4, "With User"),
        closed(0, 8, "Resolved"),
        closed(0, 9, "Closed"),
    ],
    priorities: &[item(1, "Critical"), item(2, "High"), item(3, "Medium"), item(4, "Low")],
    outcomes: &[item(7, "Note"), item(16, "Email User"), item(23, "Close Ticket")],
};
