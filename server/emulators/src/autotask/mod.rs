//! Autotask's REST API 1.0. Validation errors are answered as 500 with a list of what is wrong.

use axum::http::Method;
use beckon_core::integration::Vendor;
use serde_json::{Value, json};

use crate::call::{Call, Kind, Reply};
use crate::world::World;
use query::query;
use tickets::{add_note, change, create};

mod query;
mod tickets;

const USER: &str = "emulated@northwind.example";
const SECRET: &str = "emulated#Secret7";
const CODE: &str = "EMULATEDINTEGRATIONCODE";

#[rustfmt::skip]
pub(crate) const CHOICES: &[(&str, &str)] = &[
    ("queue",             "8"),
    ("new_status",        "1"),
    ("closed_status",     "5"),
    ("priority_critical", "4"),
    ("priority_high",     "1"),
    ("priority_low",      "3"),
];

pub(crate) fn settings(url: &str) -> Vec<(&'static str, String)> {
    [("username", USER), ("secret", SECRET), ("integration_code", CODE), ("discovery_url", url)]
        .map(|(slug, value)| (slug, value.to_owned()))
        .to_vec()
}

pub(crate) fn world() -> World {
    World {
        companies: World::companies(&[
            (0, "Northwind IT"),
            (174, "Contoso Dental"),
            (175, "O'Neill \"Sons\" & Co"),
        ]),
        groups: World::named(&[(8, "Monitoring Alert"), (29_682_833, "Security")]),
        statuses: World::statuses(&[
            (1, "New", None, false),
            (5, "Complete", None, true),
            (8, "In Progress", None, false),
        ]),
        priorities: World::named(&[(4, "Critical"), (1, "High"), (2, "Medium"), (3, "Low")]),
        ..World::default()
    }
}

fn within<'a>(path: &'a [&'a str]) -> Option<&'a [&'a str]> {
    match path {
        [root, version, rest @ ..]
            if root.eq_ignore_ascii_case("ATServicesRest") && version.eq_ignore_ascii_case("V1.0") =>
        {
            Some(rest)
        }
        _ => None,
    }
}

pub(crate) fn kind(call: &Call) -> Kind {
    let path = call.pieces();
    match (call.method.as_str(), within(&path).unwrap_or_default()) {
        (_, ["zoneInformation"]) => Kind::Enter,
        ("POST", ["Tickets", "query", ..]) => Kind::Search,
        ("POST", ["TicketNotes", "query", ..]) => Kind::ReadNotes,
        ("POST", ["Tickets"]) => Kind::CreateTicket,
        ("POST", ["Tickets", _, "Notes"]) => Kind::AddNote,
        ("PATCH", _) => Kind::Update,
        _ => Kind::Read,
    }
}

pub(crate) fn answer(world: &mut World, call: &Call) -> Reply {
    let path = call.pieces();
    let Some(rest) = within(&path) else {
        return Reply::empty(404);
    };
    if let ["zoneInformation"] = rest {
        return zone(world, call);
    }
    let given = ["username", "secret", "apiintegrationcode"].map(|name| call.header(name));
    if given != [Some(USER), Some(SECRET), Some(CODE)] {
        return Reply::empty(401);
    }
    match (&call.method, rest) {
        (&Method::POST, [entity @ ("Companies" | "Tickets" | "TicketNotes"), "query"]) => {
            query(world, call, entity, false)
        }
        (&Method::POST, [entity @ ("Companies" | "Tickets" | "TicketNotes"), "query", "next"]) => {
            query(world, call, entity, true)
        }
        (&Method::GET, ["Tickets", "entityInformation", "fields"]) => ticket_fields(world),
        (&Method::GET, ["TicketNotes", "entityInformation", "fields"]) => note_fields(),
        (&Method::POST, ["Tickets"]) => create(world, call),
        (&Method::PATCH, ["Tickets"]) => change(world, call),
        (&Method::POST, ["Tickets", id, "Notes"]) => add_note(world, call, id.parse().unwrap_or(0)),
        // GET and PUT of all tickets are the ones that people try.
        (_, ["Tickets" | "TicketNotes" | "Companies", ..]) => Reply::empty(405),
        _ => Reply::empty(404),
    }
}

/// Says which zone a user belongs to. Asks for no credentials.
fn zone(world: &World, call: &Call) -> Reply {
    if call.method != Method::GET {
        return Reply::empty(405);
    }
    if call.query.get("user").map(String::as_str) != Some(USER) {
        return errors(&["Zone information could not be determined: no such user"]);
    }
    let url = world.quirks.zone.clone().unwrap_or_else(|| format!("{}/ATServicesRest/", call.base()));
    Reply::json(
        200,
        json!({ "zoneName": Vendor::Autotask.name(), "url": url, "webUrl": call.base(), "ci": 1 }),
    )
}

fn errors(errors: &[&str]) -> Reply {
    Reply::json(500, json!({ "errors": errors }))
}

fn field(name: &str, required: bool, values: &[(i64, &str)]) -> Value {
    let value = |(at, (value, label)): (usize, &(i64, &str))| {
        json!({ "value": value.to_string(), "label": label, "isDefaultValue": at == 0, "sortOrder": at,
                "parentValue": "", "isActive": true, "isSystem": true })
    };
    let picked: Vec<Value> = values.iter().enumerate().map(value).collect();
    json!({ "name": name, "dataType": "integer", "length": 0, "isRequired": required, "isReadOnly": false,
            "isQueryable": true, "isReference": false, "isPickList": true, "picklistValues": picked })
}

fn ticket_fields(world: &World) -> Reply {
    let title = json!({ "name": "title", "dataType": "string", "length": 255, "isRequired": true,
                        "isPickList": false, "picklistValues": null });
    let queues: Vec<_> = world.groups.iter().map(|one| (one.id, one.name.as_str())).collect();
    let statuses: Vec<_> = world.statuses.iter().map(|one| (one.id, one.name.as_str())).collect();
    let priorities: Vec<_> = world.priorities.iter().map(|one| (one.id, one.name.as_str())).collect();
    let fields = [
        title,
        field("queueID", false, &queues),
        field("status", true, &statuses),
        field("priority", true, &priorities),
    ];
    Reply::json(200, json!({ "fields": fields }))
}

const NOTE_TYPES: &[(i64, &str)] = &[(1, "Task Summary"), (2, "Task Detail"), (3, "Task Notes")];
const PUBLISH: &[(i64, &str)] = &[(1, "All Autotask Users"), (2, "Internal Project Team")];

fn note_fields() -> Reply {
    Reply::json(
        200,
        json!({ "fields": [field("noteType", true, NOTE_TYPES), field("publish", true, PUBLISH)] }),
    )
}
