//! How things look on the wire.

use serde_json::{Value, json};

use crate::world::{Company, Named, Note, Status, Ticket};

pub(super) fn company_json(company: &Company) -> Value {
    json!({ "id": company.id, "identifier": format!("C{}", company.id), "name": company.name,
            "deletedFlag": !company.active })
}

pub(super) fn board_json(board: &Named) -> Value {
    json!({ "id": board.id, "name": board.name, "inactiveFlag": false })
}

pub(super) fn status_json(status: &Status) -> Value {
    json!({ "id": status.id, "name": status.name, "boardId": status.group, "closedStatus": status.closed,
            "inactive": false })
}

pub(super) fn ticket_json(ticket: &Ticket) -> Value {
    json!({ "id": ticket.id, "summary": ticket.summary, "company": { "id": ticket.company },
            "board": { "id": ticket.group }, "status": { "id": ticket.status },
            "priority": { "id": ticket.priority }, "externalXRef": ticket.key, "requiredDate": ticket.due,
            "closedFlag": ticket.closed })
}

pub(super) fn note_json(ticket: i64, note: &Note) -> Value {
    json!({ "id": note.id, "ticketId": ticket, "text": note.text, "detailDescriptionFlag": true })
}
