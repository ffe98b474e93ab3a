//! Queries: a filter, at most 500 records, and a link to the next ones, which takes the same method and body.

use serde_json::{Value, json};

use super::errors;
use crate::call::{Call, Reply};
use crate::world::{Ticket, World};

const MAX_RECORDS: usize = 500;

struct Filter {
    op: String,
    field: String,
    value: Value,
}

impl Filter {
    /// Tells whether a record fits. Text is compared without regard to case, as the database behind it does.
    fn fits(&self, record: &Value) -> bool {
        let found = &record[&self.field];
        match self.op.as_str() {
            "eq" => match (found.as_str(), self.value.as_str()) {
                (Some(found), Some(value)) => found.to_lowercase() == value.to_lowercase(),
                (Some(_) | None, _) => *found == self.value,
            },
            "gt" => found.as_i64() > self.value.as_i64(),
            "gte" => found.as_i64() >= self.value.as_i64(),
            _ => false,
        }
    }
}

pub(super) fn query(world: &mut World, call: &Call, entity: &str, is_next: bool) -> Reply {
    let Some(body) = call.json() else {
        return errors(&["The body must be JSON and say so"]);
    };
    let filters = match filters(&body, entity) {
        Ok(filters) => filters,
        Err(error) => return errors(&[&error]),
    };
    let size = match body.get("MaxRecords") {
        None => MAX_RECORDS,
        Some(size) => match size.as_u64().and_then(|size| usize::try_from(size).ok()) {
            Some(size) if (1..=MAX_RECORDS).contains(&size) => size,
            Some(_) | None => return errors(&["MaxRecords must be between 1 and 500"]),
        },
    };
    let after = call.query.get("paging").and_then(|after| after.parse::<i64>().ok());
    if is_next && after.is_none() {
        return errors(&["The paging token is not valid"]);
    }
    let fits = |record: &Value| filters.iter().all(|filter| filter.fits(record));
    let mut records: Vec<Value> = records(world, entity, fits)
        .into_iter()
        .filter(|record| after.is_none_or(|after| record["id"].as_i64() > Some(after)))
        .collect();
    records.sort_by_key(|record| record["id"].as_i64());
    let more = records.len() > size;
    records.truncate(size);
    let next = records.last().and_then(|last| last["id"].as_i64()).filter(|_| more).map(|last| {
        let base = world.quirks.next_pages.clone().unwrap_or_else(|| call.base());
        format!("{base}/ATServicesRest/V1.0/{entity}/query/next?paging={last}")
    });
    let items: Vec<Value> =
        records.into_iter().map(|record| only_fields(record, &body["IncludeFields"])).collect();
    let details =
        json!({ "count": items.len(), "requestCount": size, "prevPageUrl": null, "nextPageUrl": next });
    Reply::json(200, json!({ "items": items, "pageDetails": details }))
}

fn filters(body: &Value, entity: &str) -> Result<Vec<Filter>, String> {
    let list = body["filter"].as_array().filter(|list| !list.is_empty()).ok_or("A filter is required")?;
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("A filter needs an op and a field");
    list.iter()
        .map(|one| {
            let filter =
                Filter { op: text(&one["op"])?, field: text(&one["field"])?, value: one["value"].clone() };
            if !["eq", "gt", "gte"].contains(&filter.op.as_str()) {
                return Err(format!("Unknown operator {}", filter.op));
            }
            if !fields(entity).contains(&filter.field.as_str()) {
                return Err(format!("Unable to find {} in the {entity} Entity", filter.field));
            }
            Ok(filter)
        })
        .collect()
}

fn fields(entity: &str) -> &'static [&'static str] {
    match entity {
        "Companies" => &["id", "companyName", "isActive"],
        "Tickets" => &["id", "externalID", "status", "companyID", "queueID", "title"],
        _ => &["id", "ticketID"],
    }
}

fn records(world: &mut World, entity: &str, fits: impl Fn(&Value) -> bool) -> Vec<Value> {
    match entity {
        "Companies" => {
            let company = |one: &crate::Company| json!({ "id": one.id, "companyName": one.name, "isActive": one.active });
            world.companies.iter().map(company).filter(fits).collect()
        }
        "Tickets" => world.search(|ticket| fits(&ticket_json(ticket))).iter().map(ticket_json).collect(),
        _ => {
            let notes = world.tickets.iter().flat_map(|ticket| {
                ticket.notes.iter().map(|note| {
                    json!({ "id": note.id, "ticketID": ticket.id, "title": note.title, "description": note.text })
                })
            });
            notes.filter(fits).collect()
        }
    }
}

fn ticket_json(ticket: &Ticket) -> Value {
    let completed = ticket.closed.then_some("2026-11-24T08:00:00Z");
    json!({ "id": ticket.id, "externalID": ticket.key, "title": ticket.summary, "description": ticket.text,
            "companyID": ticket.company, "queueID": ticket.group, "status": ticket.status,
            "priority": ticket.priority, "dueDateTime": ticket.due, "completedDate": completed })
}

fn only_fields(mut record: Value, wanted: &Value) -> Value {
    if let (Some(object), Some(wanted)) = (record.as_object_mut(), wanted.as_array()) {
        object.retain(|name, _| name == "id" || wanted.iter().any(|field| field == name));
    }
    record
}
