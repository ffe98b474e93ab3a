//! Making tickets, changing them, and adding notes to them.

use serde_json::{Value, json};

use super::{NOTE_TYPES, PUBLISH, errors};
use crate::call::{Call, Reply, is_moment, length};
use crate::world::{Ticket, World};

const MAX_TITLE: usize = 255;
const MAX_TEXT: usize = 8_000;
const MAX_KEY: usize = 50;
const MAX_NOTE_TITLE: usize = 250;
const MAX_NOTE: usize = 32_000;

const FIELDS: &[&str] =
    &["companyID", "title", "description", "queueID", "status", "priority", "dueDateTime", "externalID"];

/// Collects what is wrong with a body.
struct Check<'a> {
    body: &'a Value,
    errors: Vec<String>,
}

impl<'a> Check<'a> {
    fn new(body: &'a Value, fields: &[&str]) -> Self {
        let names = body.as_object().into_iter().flat_map(|object| object.keys());
        let unknown = names.filter(|name| !fields.contains(&name.as_str()));
        let errors = unknown.map(|name| format!("Could not find member '{name}' on object")).collect();
        Self { body, errors }
    }

    fn text(&mut self, field: &str, required: bool, most: usize) -> String {
        let text = self.body[field].as_str().unwrap_or_default().to_owned();
        if required && text.trim().is_empty() {
            self.errors.push(format!("Missing Required Field: {field}"));
        } else if length(&text) > most {
            self.errors.push(format!("{field} exceeds the maximum length of {most}"));
        }
        text
    }

    fn number(&mut self, field: &str, known: impl Fn(i64) -> bool) -> i64 {
        match self.body[field].as_i64() {
            Some(id) if known(id) => return id,
            Some(id) => self.errors.push(format!("Value {id} does not exist for the field {field}")),
            None => self.errors.push(format!("Missing Required Field: {field}")),
        }
        0
    }

    fn refused(&self) -> Option<Reply> {
        let all: Vec<&str> = self.errors.iter().map(String::as_str).collect();
        (!all.is_empty()).then(|| errors(&all))
    }
}

pub(super) fn create(world: &mut World, call: &Call) -> Reply {
    let Some(body) = call.json().filter(Value::is_object) else {
        return errors(&["The body must be a JSON object and say so"]);
    };
    let mut check = Check::new(&body, FIELDS);
    let summary = check.text("title", true, MAX_TITLE);
    let text = check.text("description", false, MAX_TEXT);
    let key = check.text("externalID", false, MAX_KEY);
    let company =
        check.number("companyID", |id| world.companies.iter().any(|one| one.id == id && one.active));
    let group = check.number("queueID", |id| world.groups.iter().any(|one| one.id == id));
    let status = check.number("status", |id| world.statuses.iter().any(|one| one.id == id));
    let priority = check.number("priority", |id| world.priorities.iter().any(|one| one.id == id));
    let due = check.text("dueDateTime", true, 30);
    if !due.is_empty() && !is_moment(&due) {
        check.errors.push("dueDateTime is not a date".to_owned());
    }
    if let Some(refused) = check.refused() {
        return refused;
    }
    let id = world.next_id();
    world.tickets.push(Ticket {
        id,
        key: (!key.is_empty()).then_some(key),
        summary,
        text,
        company,
        group,
        status,
        priority,
        due: Some(due),
        closed: false,
        notes: Vec::new(),
        hidden: 0,
    });
    world.set_status(id, status);
    Reply::json(200, json!({ "itemId": id }))
}

/// Changes a ticket, whose id is in the body. Only its status can be changed here.
pub(super) fn change(world: &mut World, call: &Call) -> Reply {
    let Some(body) = call.json().filter(Value::is_object) else {
        return errors(&["The body must be a JSON object and say so"]);
    };
    let mut check = Check::new(&body, &["id", "status"]);
    let Some(id) = body["id"].as_i64() else {
        return errors(&["Missing Required Field: id"]);
    };
    let status = check.number("status", |id| world.statuses.iter().any(|one| one.id == id));
    if let Some(refused) = check.refused() {
        return refused;
    }
    if !world.set_status(id, status) {
        return Reply::json(404, json!({ "errors": ["No matching records found"] }));
    }
    Reply::json(200, json!({ "itemId": id }))
}

pub(super) fn add_note(world: &mut World, call: &Call, ticket: i64) -> Reply {
    let Some(body) = call.json().filter(Value::is_object) else {
        return errors(&["The body must be a JSON object and say so"]);
    };
    let mut check = Check::new(&body, &["title", "description", "noteType", "publish"]);
    let title = check.text("title", true, MAX_NOTE_TITLE);
    let text = check.text("description", true, MAX_NOTE);
    check.number("noteType", |id| NOTE_TYPES.iter().any(|(known, _)| *known == id));
    check.number("publish", |id| PUBLISH.iter().any(|(known, _)| *known == id));
    if let Some(refused) = check.refused() {
        return refused;
    }
    match world.add_note(ticket, Some(title), text) {
        Some(id) => Reply::json(200, json!({ "itemId": id })),
        None => Reply::json(404, json!({ "errors": ["No matching records found"] })),
    }
}
