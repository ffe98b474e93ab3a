//! Making tickets, changing them, and adding actions to them. Each takes an array.

use serde_json::{Value, json};

use super::{invalid, not_found, ticket_json};
use crate::call::{Call, Reply, is_moment, length};
use crate::world::{Ticket, World};

const MAX_SUMMARY: usize = 256;
const MAX_TEXT: usize = 256_000;

/// The fields of a ticket that are known here; those of the published schema that a client like Beckon's may use.
const TICKET_FIELDS: &[&str] = &[
    "id",
    "summary",
    "details",
    "details_html",
    "client_id",
    "site_id",
    "user_id",
    "tickettype_id",
    "priority_id",
    "status_id",
    "deadlinedate",
];
const ACTION_FIELDS: &[&str] =
    &["ticket_id", "outcome_id", "note", "note_html", "hiddenfromuser", "sendemail"];

/// Reads the array, and refuses fields that there are not.
fn array(call: &Call, fields: &[&str]) -> Result<Vec<Value>, Reply> {
    let body = call.json().ok_or_else(|| Reply::empty(415))?;
    let list =
        body.as_array().filter(|list| !list.is_empty()).ok_or_else(|| invalid("An array is expected"))?;
    for one in list {
        let object = one.as_object().ok_or_else(|| invalid("An array of objects is expected"))?;
        if let Some(unknown) = object.keys().find(|name| !fields.contains(&name.as_str())) {
            return Err(invalid(&format!("Could not find member '{unknown}'")));
        }
    }
    Ok(list.clone())
}

pub(super) fn save(world: &mut World, call: &Call) -> Reply {
    let list = match array(call, TICKET_FIELDS) {
        Ok(list) => list,
        Err(refused) => return refused,
    };
    let mut saved = Vec::new();
    for one in &list {
        let result = if one["id"].is_null() { create(world, one) } else { update(world, one) };
        match result {
            Ok(ticket) => saved.push(ticket_json(&ticket)),
            Err(refused) => return refused,
        }
    }
    // One comes back as itself, several as a list.
    match <[Value; 1]>::try_from(saved) {
        Ok([one]) => Reply::json(201, one),
        Err(several) => Reply::json(201, Value::Array(several)),
    }
}

fn create(world: &mut World, one: &Value) -> Result<Ticket, Reply> {
    let summary = one["summary"].as_str().unwrap_or_default().to_owned();
    if summary.trim().is_empty() || length(&summary) > MAX_SUMMARY {
        return Err(invalid("The summary must have 1 to 256 characters"));
    }
    let text =
        one["details_html"].as_str().or_else(|| one["details"].as_str()).unwrap_or_default().to_owned();
    if length(&text) > MAX_TEXT {
        return Err(invalid("The details are too long"));
    }
    let known = |field: &str, known: &dyn Fn(i64) -> bool| {
        one[field]
            .as_i64()
            .filter(|id| known(*id))
            .ok_or_else(|| invalid(&format!("Please select a valid {field}")))
    };
    let company = known("client_id", &|id| world.companies.iter().any(|one| one.id == id && one.active))?;
    let group = known("tickettype_id", &|id| world.groups.iter().any(|one| one.id == id))?;
    let priority = known("priority_id", &|id| world.priorities.iter().any(|one| one.id == id))?;
    let due = one["deadlinedate"].as_str().map(str::to_owned);
    if due.as_deref().is_some_and(|due| !is_moment(due)) {
        return Err(invalid("The deadlinedate is not a date"));
    }
    let ticket = Ticket {
        id: world.next_id(),
        key: None,
        summary,
        text,
        company,
        group,
        status: world.statuses.first().map_or(0, |status| status.id),
        priority,
        due,
        closed: false,
        notes: Vec::new(),
        hidden: 0,
    };
    world.tickets.push(ticket.clone());
    Ok(ticket)
}

fn update(world: &mut World, one: &Value) -> Result<Ticket, Reply> {
    let id = one["id"].as_i64().ok_or_else(|| invalid("The id is not a number"))?;
    if world.ticket(id).is_none() {
        return Err(not_found());
    }
    let status = one["status_id"].as_i64().ok_or_else(|| invalid("Nothing to change"))?;
    if !world.set_status(id, status) {
        return Err(invalid("Please select a valid status_id"));
    }
    world.ticket(id).cloned().ok_or_else(not_found)
}

pub(super) fn act(world: &mut World, call: &Call) -> Reply {
    let list = match array(call, ACTION_FIELDS) {
        Ok(list) => list,
        Err(refused) => return refused,
    };
    let mut made = Vec::new();
    for one in &list {
        let outcome =
            one["outcome_id"].as_i64().and_then(|id| world.outcomes.iter().find(|known| known.id == id));
        let Some(outcome) = outcome.map(|outcome| outcome.name.clone()) else {
            return invalid("Please select a valid outcome_id");
        };
        let text = one["note_html"].as_str().or_else(|| one["note"].as_str()).unwrap_or_default();
        if text.trim().is_empty() || length(text) > MAX_TEXT {
            return invalid("The note must have 1 to 256000 characters");
        }
        let ticket = one["ticket_id"].as_i64().unwrap_or(0);
        let Some(id) = world.add_note(ticket, Some(outcome), text.to_owned()) else {
            return not_found();
        };
        made.push(json!({ "id": id, "ticket_id": ticket }));
    }
    match <[Value; 1]>::try_from(made) {
        Ok([one]) => Reply::json(201, one),
        Err(several) => Reply::json(201, Value::Array(several)),
    }
}
