//! Making tickets, changing them, and adding notes to them.

use serde_json::{Value, json};

use super::shape::{note_json, ticket_json};
use super::{error, not_found};
use crate::call::{Call, Reply, is_moment, length};
use crate::world::{Note, Ticket, World};

const MAX_SUMMARY: usize = 100;
const MAX_KEY: usize = 100;
/// The API takes more; this much is more than anybody reads.
const MAX_TEXT: usize = 64_000;

/// What is wrong with one field.
fn wrong(code: &str, field: &str, message: &str) -> Value {
    json!({ "code": code, "message": message, "resource": "ticket", "field": field })
}

fn invalid(errors: Vec<Value>) -> Reply {
    Reply::json(
        400,
        json!({ "code": "InvalidObject", "message": "ticket object is invalid", "errors": errors }),
    )
}

fn no_json() -> Reply {
    error(415, "UnsupportedMediaType", "The body must be JSON and say so")
}

pub(super) fn create(world: &mut World, call: &Call) -> Reply {
    let Some(body) = call.json() else {
        return no_json();
    };
    let mut errors = Vec::new();
    let mut text = |field: &str, required: bool, most: usize| {
        let found = body[field].as_str().unwrap_or_default().to_owned();
        if required && found.trim().is_empty() {
            errors.push(wrong("MissingRequiredField", field, &format!("{field} is required")));
        } else if length(&found) > most {
            errors.push(wrong("MaxLength", field, &format!("{field} must be at most {most} characters")));
        }
        found
    };
    let summary = text("summary", true, MAX_SUMMARY);
    let key = text("externalXRef", false, MAX_KEY);
    let description = text("initialDescription", false, MAX_TEXT);
    let mut reference =
        |field: &str, required: bool, known: &dyn Fn(i64) -> bool| match body[field]["id"].as_i64() {
            Some(id) if known(id) => id,
            None if !required && body[field].is_null() => 0,
            Some(_) => {
                errors.push(wrong("NotFound", field, &format!("{field} was not found")));
                0
            }
            None => {
                errors.push(wrong("MissingRequiredField", field, &format!("{field} is required")));
                0
            }
        };
    let company =
        reference("company", true, &|id| world.companies.iter().any(|one| one.id == id && one.active));
    let board = reference("board", true, &|id| world.groups.iter().any(|one| one.id == id));
    let priority = reference("priority", false, &|id| world.priorities.iter().any(|one| one.id == id));
    let due = body["requiredDate"].as_str().map(str::to_owned);
    if due.as_deref().is_some_and(|due| !is_moment(due)) {
        errors.push(wrong("InvalidDate", "requiredDate", "requiredDate must be like 2026-11-24T08:00:00Z"));
    }
    if !errors.is_empty() {
        return invalid(errors);
    }
    let status =
        world.statuses.iter().find(|status| status.group == Some(board)).map_or(0, |status| status.id);
    let ticket = Ticket {
        id: world.next_id(),
        key: (!key.is_empty()).then_some(key),
        summary,
        text: description,
        company,
        group: board,
        status,
        priority,
        due,
        closed: false,
        notes: Vec::new(),
        hidden: 0,
    };
    let reply = Reply::json(201, ticket_json(&ticket));
    world.tickets.push(ticket);
    reply
}

/// Changes a ticket by JSON-Patch. Only its status can be changed here, to one of its own board.
pub(super) fn change(world: &mut World, call: &Call, id: i64) -> Reply {
    if world.ticket(id).is_none() {
        return not_found("Ticket", id);
    }
    let Some(body) = call.json() else {
        return no_json();
    };
    let Some(operations) = body.as_array().filter(|all| !all.is_empty()) else {
        return error(400, "InvalidPatch", "expected an array of operations");
    };
    for operation in operations {
        let known = operation["op"] == "replace" && operation["path"] == "status/id";
        let Some(status) = operation["value"].as_i64().filter(|_| known) else {
            return error(400, "InvalidPatch", "expected a replacement of status/id by a number");
        };
        if !world.set_status(id, status) {
            return invalid(vec![wrong(
                "NotFound",
                "status",
                "status was not found on the board of the ticket",
            )]);
        }
    }
    world.ticket(id).map_or_else(|| not_found("Ticket", id), |ticket| Reply::json(200, ticket_json(ticket)))
}

pub(super) fn add_note(world: &mut World, call: &Call, id: i64) -> Reply {
    if world.ticket(id).is_none() {
        return not_found("Ticket", id);
    }
    let Some(body) = call.json() else {
        return no_json();
    };
    let text = body["text"].as_str().unwrap_or_default().to_owned();
    let flags = ["detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag"];
    if text.trim().is_empty() {
        return invalid(vec![wrong("MissingRequiredField", "text", "text is required")]);
    }
    if length(&text) > MAX_TEXT {
        return invalid(vec![wrong("MaxLength", "text", "text is too long")]);
    }
    if flags.iter().all(|flag| body[flag] != true) {
        return invalid(vec![wrong(
            "MissingRequiredField",
            "detailDescriptionFlag",
            "one of the flags must be set",
        )]);
    }
    let note = world.add_note(id, None, text.clone());
    note.map_or_else(
        || not_found("Ticket", id),
        |note| Reply::json(201, note_json(id, &Note { id: note, title: None, text })),
    )
}
