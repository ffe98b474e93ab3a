//! Tickets of `ConnectWise` and their notes.

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::{bad_conditions, conditions, identifier, invalid, not_found, page};
use crate::catalog::{knows, name_of};
use crate::state::{Data, New, Stored};
use crate::wire::{Ask, Reply};

/// What the API knows of a ticket. Anything else is refused.
const TICKET_FIELDS: [&str; 24] = [
    "summary",
    "recordType",
    "board",
    "status",
    "company",
    "site",
    "contact",
    "contactName",
    "contactEmailAddress",
    "type",
    "subType",
    "item",
    "team",
    "owner",
    "priority",
    "serviceLocation",
    "source",
    "requiredDate",
    "severity",
    "impact",
    "externalXRef",
    "initialDescription",
    "initialInternalAnalysis",
    "customFields",
];
/// What the API knows of a note.
const NOTE_FIELDS: [&str; 12] = [
    "text",
    "detailDescriptionFlag",
    "internalAnalysisFlag",
    "resolutionFlag",
    "issueFlag",
    "member",
    "contact",
    "customerUpdatedFlag",
    "processNotifications",
    "internalFlag",
    "externalFlag",
    "createdBy",
];
/// Of which a note needs one.
const NOTE_FLAGS: [&str; 3] = ["detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag"];

type Wrong = (&'static str, &'static str, &'static str);

pub(super) fn create(data: &mut Data, ask: &Ask) -> Result<Reply, Reply> {
    let body = object(ask, "ticket", &TICKET_FIELDS)?;
    let mut wrong: Vec<Wrong> = Vec::new();
    let title = text(&body, "summary", 100, &mut wrong);
    if title.as_deref().is_none_or(|title| title.trim().is_empty()) {
        wrong.push(("MissingRequiredField", "summary", "The summary field is required."));
    }
    let key = text(&body, "externalXRef", 100, &mut wrong);
    let description = text(&body, "initialDescription", 60_000, &mut wrong);
    let company = reference(&body, "company", &mut wrong);
    let board = reference(&body, "board", &mut wrong);
    let priority = reference(&body, "priority", &mut wrong);
    let status = reference(&body, "status", &mut wrong);
    for (field, given) in [("company", company), ("board", board)] {
        if given.is_none() && !wrong.iter().any(|(_, wrong, _)| *wrong == field) {
            wrong.push(("MissingRequiredField", field, "The field is required."));
        }
    }
    let catalog = data.catalog;
    if company.is_some_and(|id| data.company(id).is_none()) {
        wrong.push(("NotFound", "company", "The company was not found."));
    }
    if board.is_some_and(|id| !knows(catalog.boards, id)) {
        wrong.push(("NotFound", "board", "The board was not found."));
    }
    if priority.is_some_and(|id| !knows(catalog.priorities, id)) {
        wrong.push(("NotFound", "priority", "The priority was not found."));
    }
    if status.is_some_and(|id| catalog.status(id).is_none_or(|status| Some(status.board) != board)) {
        wrong.push(("InvalidField", "status", "The status is not one of the board."));
    }
    if !wrong.is_empty() {
        return Err(invalid("ticket", &wrong));
    }
    let board = board.unwrap_or_default();
    let last_priority = catalog.priorities.last().map_or(0, |item| item.id);
    let id = data.add_ticket(New {
        key,
        title: title.unwrap_or_default(),
        text: description.unwrap_or_default(),
        company: company.unwrap_or_default(),
        board,
        priority: priority.unwrap_or(last_priority),
        status: status.unwrap_or_else(|| catalog.first_status(board)),
    });
    let made = data.ticket(id).map_or(Value::Null, |ticket| shown(data, ticket));
    Ok(Reply::json(StatusCode::CREATED, &made))
}

pub(super) fn find(data: &mut Data, ask: &Ask) -> Result<Reply, Reply> {
    let key = ask.query("conditions").map(conditions::external_key).transpose();
    let key = key.map_err(|()| bad_conditions())?;
    let found = data.find(|ticket| key.is_none() || ticket.key == key);
    page(ask, found.iter().map(|ticket| shown(data, ticket)))
}

pub(super) fn read(data: &Data, id: &str) -> Result<Reply, Reply> {
    Ok(Reply::ok(&shown(data, ticket(data, id)?)))
}

pub(super) fn patch(data: &mut Data, ask: &Ask, id: &str) -> Result<Reply, Reply> {
    let (id, board) = ticket(data, id).map(|ticket| (ticket.id, ticket.board))?;
    let body = ask.json();
    let Some(operations) = body.as_ref().and_then(Value::as_array).filter(|all| !all.is_empty()) else {
        return Err(invalid("patch", &[("InvalidObject", "body", "An array of operations is required.")]));
    };
    let mut status = None;
    for operation in operations {
        let exact = operation.as_object().is_some_and(|fields| fields.len() == 3);
        if !exact || operation.get("op") != Some(&json!("replace")) {
            return Err(invalid("patch", &[("InvalidField", "op", "The operation is not valid.")]));
        }
        if operation.get("path") != Some(&json!("status/id")) {
            return Err(invalid("patch", &[("InvalidField", "path", "The path is not valid.")]));
        }
        let value = operation.get("value").and_then(Value::as_u64).and_then(|id| data.catalog.status(id));
        let of_board = value.filter(|status| status.board == board);
        let message = "The status is not one of the board.";
        status = Some(of_board.ok_or_else(|| invalid("ticket", &[("InvalidField", "status", message)]))?.id);
    }
    if let (Some(ticket), Some(status)) = (data.ticket_mut(id), status) {
        ticket.status = status;
    }
    Ok(Reply::ok(&data.ticket(id).map_or(Value::Null, |ticket| shown(data, ticket))))
}

pub(super) fn notes(data: &Data, ask: &Ask, id: &str) -> Result<Reply, Reply> {
    let ticket = ticket(data, id)?;
    // The description of a ticket is its first note, as the vendor sees it.
    let first = (!ticket.text.is_empty()).then(|| note(ticket.id, 1_000_000 + ticket.id, &ticket.text));
    page(ask, first.into_iter().chain(ticket.notes.iter().map(|it| note(ticket.id, it.id, &it.text))))
}

pub(super) fn add_note(data: &mut Data, ask: &Ask, id: &str) -> Result<Reply, Reply> {
    let id = ticket(data, id)?.id;
    let body = object(ask, "ticketNote", &NOTE_FIELDS)?;
    let mut wrong = Vec::new();
    let text = text(&body, "text", 60_000, &mut wrong).filter(|text| !text.trim().is_empty());
    if text.is_none() {
        wrong.push(("MissingRequiredField", "text", "The text field is required."));
    }
    if !NOTE_FLAGS.iter().any(|flag| body.get(*flag) == Some(&Value::Bool(true))) {
        wrong.push(("InvalidObject", "detailDescriptionFlag", "At least one note flag must be true."));
    }
    if !wrong.is_empty() {
        return Err(invalid("ticketNote", &wrong));
    }
    let text = text.unwrap_or_default();
    let note_id = data.add_note(id, "", &text).ok_or_else(|| not_found("ServiceTicket"))?;
    Ok(Reply::json(StatusCode::CREATED, &note(id, note_id, &text)))
}

fn ticket<'a>(data: &'a Data, id: &str) -> Result<&'a Stored, Reply> {
    id.parse().ok().and_then(|id| data.ticket(id)).ok_or_else(|| not_found("ServiceTicket"))
}

fn note(ticket: u64, id: u64, text: &str) -> Value {
    json!({"id": id, "ticketId": ticket, "text": text, "detailDescriptionFlag": true, "internalAnalysisFlag": false,
        "resolutionFlag": false})
}

fn shown(data: &Data, ticket: &Stored) -> Value {
    let company = data.company(ticket.company).unwrap_or_default();
    let status = data.catalog.status(ticket.status).map_or("", |status| status.name);
    json!({
        "id": ticket.id,
        "summary": ticket.title,
        "recordType": "ServiceTicket",
        "board": {"id": ticket.board, "name": name_of(data.catalog.boards, ticket.board)},
        "status": {"id": ticket.status, "name": status},
        "company": {"id": ticket.company, "identifier": identifier(company), "name": company},
        "priority": {"id": ticket.priority, "name": name_of(data.catalog.priorities, ticket.priority)},
        "externalXRef": ticket.key,
        "closedFlag": data.is_closed(ticket),
    })
}

/// The body, if it is an object with nothing in it that the API does not know.
fn object(ask: &Ask, resource: &str, known: &[&str]) -> Result<Map<String, Value>, Reply> {
    let Some(Value::Object(body)) = ask.json() else {
        return Err(invalid(resource, &[("InvalidObject", "body", "A JSON object is required.")]));
    };
    let unknown = body.keys().filter(|field| !known.contains(&field.as_str()));
    let wrong: Vec<_> =
        unknown.map(|field| ("InvalidField", field.as_str(), "The field is not known.")).collect();
    if wrong.is_empty() { Ok(body) } else { Err(invalid(resource, &wrong)) }
}

fn text(
    body: &Map<String, Value>,
    field: &'static str,
    limit: usize,
    wrong: &mut Vec<Wrong>,
) -> Option<String> {
    let text = match body.get(field)? {
        Value::Null => return None,
        Value::String(text) => text,
        _ => {
            wrong.push(("InvalidField", field, "The value must be text."));
            return None;
        }
    };
    if text.chars().count() > limit {
        wrong.push(("MaxLength", field, "The value is longer than the field."));
    }
    Some(text.clone())
}

fn reference(body: &Map<String, Value>, field: &'static str, wrong: &mut Vec<Wrong>) -> Option<u64> {
    let value = body.get(field).filter(|value| !value.is_null())?;
    let id = value.get("id").and_then(Value::as_u64);
    if id.is_none() {
        wrong.push(("InvalidField", field, "A reference with an id is required."));
    }
    id
}
