//! HaloPSA's API: a token first, then arrays in, and one object or a list with a count out.

use axum::http::Method;
use serde_json::{Value, json};

use crate::call::{Call, Kind, Reply};
use crate::world::{Note, Ticket, World};
use write::{act, save};

mod write;

const CLIENT_ID: &str = "6f0e5d1c-emulated";
const SECRET: &str = "emulated-secret-4d1f";
/// The most that a page holds, and what it holds where nothing is said.
const MAX_PAGE: usize = 100;
const PAGE: usize = 50;
/// How many actions come where no count is said.
const ACTIONS: usize = 25;

#[rustfmt::skip]
pub(crate) const CHOICES: &[(&str, &str)] = &[
    ("ticket_type",       "21"),
    ("closed_status",     "9"),
    ("note_outcome",      "7"),
    ("priority_critical", "1"),
    ("priority_high",     "2"),
    ("priority_low",      "4"),
];

pub(crate) fn settings(url: &str) -> Vec<(&'static str, String)> {
    [("url", url), ("client_id", CLIENT_ID), ("client_secret", SECRET)]
        .map(|(slug, value)| (slug, value.to_owned()))
        .to_vec()
}

pub(crate) fn world() -> World {
    World {
        companies: World::companies(&[
            (12, "Contoso Dental"),
            (13, "O'Neill \"Sons\" & Co"),
            (14, "Fabrikam Legal"),
        ]),
        groups: World::named(&[(1, "Incident"), (21, "Alert")]),
        statuses: World::statuses(&[
            (1, "New", None, false),
            (2, "In Progress", None, false),
            (9, "Closed", None, true),
        ]),
        priorities: World::named(&[(1, "Critical"), (2, "High"), (3, "Medium"), (4, "Low")]),
        outcomes: World::named(&[(7, "Private Note"), (16, "Email User")]),
        ..World::default()
    }
}

pub(crate) fn kind(call: &Call) -> Kind {
    let has_id = || {
        call.json().is_some_and(|body| body.as_array().into_iter().flatten().any(|one| !one["id"].is_null()))
    };
    match (call.method.as_str(), &call.pieces()[..]) {
        (_, ["auth", "token"]) => Kind::Enter,
        ("GET", ["api", "Tickets", ..]) => Kind::Search,
        ("GET", ["api", "Actions"]) => Kind::ReadNotes,
        ("POST", ["api", "Tickets"]) if has_id() => Kind::Update,
        ("POST", ["api", "Tickets"]) => Kind::CreateTicket,
        ("POST", ["api", "Actions"]) => Kind::AddNote,
        _ => Kind::Read,
    }
}

pub(crate) fn answer(world: &mut World, call: &Call) -> Reply {
    let path = call.pieces();
    if let ["auth", "token"] = path[..] {
        return token(world, call);
    }
    let bearer = call.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    if !bearer.is_some_and(|token| world.tokens.iter().any(|good| good == token)) {
        return Reply::empty(401).with("www-authenticate", "Bearer");
    }
    let named = |id: i64, name: &str| json!({ "id": id, "name": name });
    match (&call.method, &path[..]) {
        (&Method::GET, ["api", "Client"]) => {
            let inactive = call.query.get("includeinactive").is_some_and(|value| value == "true");
            let shown = world.companies.iter().filter(|one| one.active || inactive);
            let all =
                shown.map(|one| json!({ "id": one.id, "name": one.name, "inactive": !one.active })).collect();
            list(call, "clients", all)
        }
        (&Method::GET, ["api", "TicketType"]) => {
            Reply::json(200, world.groups.iter().map(|one| named(one.id, &one.name)).collect())
        }
        (&Method::GET, ["api", "Status"]) => {
            let status = |id, name: &str| json!({ "id": id, "name": name, "type": 0, "colour": "#888888" });
            Reply::json(200, world.statuses.iter().map(|one| status(one.id, &one.name)).collect())
        }
        (&Method::GET, ["api", "Priority"]) => Reply::json(200, priorities(world)),
        (&Method::GET, ["api", "Outcome"]) => {
            let outcome =
                |one: &crate::Named| json!({ "id": one.id, "outcome": one.name, "buttonname": one.name });
            Reply::json(200, world.outcomes.iter().map(outcome).collect())
        }
        (&Method::GET, ["api", "Tickets"]) => find(world, call),
        (&Method::GET, ["api", "Tickets", id]) => {
            let found = id.parse().ok().and_then(|id| world.ticket(id).cloned());
            found.map_or_else(not_found, |ticket| Reply::json(200, ticket_json(&ticket)))
        }
        (&Method::POST, ["api", "Tickets"]) => save(world, call),
        (&Method::GET, ["api", "Actions"]) => actions(world, call),
        (&Method::POST, ["api", "Actions"]) => act(world, call),
        (
            _,
            ["api", "Client" | "TicketType" | "Status" | "Priority" | "Outcome" | "Tickets" | "Actions", ..],
        ) => Reply::empty(405),
        _ => Reply::empty(404),
    }
}

fn token(world: &mut World, call: &Call) -> Reply {
    if call.method != Method::POST {
        return Reply::empty(405);
    }
    let is_form =
        call.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let form: std::collections::BTreeMap<String, String> =
        form_urlencoded::parse(&call.raw).into_owned().collect();
    let field = |name: &str| form.get(name).map_or("", String::as_str);
    if !is_form || field("grant_type") != "client_credentials" || field("scope").is_empty() {
        return Reply::json(400, json!({ "error": "invalid_request" }));
    }
    if world.quirks.tenant.as_ref().is_some_and(|tenant| call.query.get("tenant") != Some(tenant)) {
        return Reply::json(
            400,
            json!({ "error": "invalid_request", "error_description": "The tenant is missing" }),
        );
    }
    if field("client_id") != CLIENT_ID || field("client_secret") != SECRET {
        return Reply::json(400, json!({ "error": "invalid_client" }));
    }
    let token = format!("emulated-token-{}", world.next_id());
    world.tokens.push(token.clone());
    let granted =
        json!({ "scope": "all", "token_type": "Bearer", "access_token": token, "expires_in": 3600 });
    Reply::json(200, granted)
}

/// Lists the priorities, once for each of two service levels. Their `id` is not what a ticket names.
fn priorities(world: &World) -> Value {
    let of_level = |level: i64| {
        world.priorities.iter().map(move |one| {
            json!({ "id": format!("{level}-{}", one.id), "slaid": level, "priorityid": one.id, "name": one.name })
        })
    };
    of_level(1).chain(of_level(2)).collect()
}

fn find(world: &mut World, call: &Call) -> Reply {
    let wanted = call.query.get("search_summary").map(|text| text.to_lowercase()).unwrap_or_default();
    let found = world.search(|ticket| ticket.summary.to_lowercase().contains(&wanted));
    list(call, "tickets", found.iter().map(ticket_json).collect())
}

/// Lists the actions of a ticket, newest first: as many as asked for, and how many there are.
fn actions(world: &mut World, call: &Call) -> Reply {
    let Some(ticket) = call.query.get("ticket_id").and_then(|id| id.parse().ok()) else {
        return invalid("ticket_id is required");
    };
    let Some(ticket) = world.ticket(ticket) else {
        return not_found();
    };
    let html = call.query.get("includehtmlnote").is_some_and(|value| value == "true");
    let count = call.number("count").unwrap_or(ACTIONS);
    let action = |note: &Note| {
        json!({ "id": note.id, "ticket_id": ticket.id, "outcome": note.title,
                "note": if html { Value::Null } else { Value::from(note.text.as_str()) },
                "note_html": if html { Value::from(note.text.as_str()) } else { Value::Null } })
    };
    let all: Vec<Value> = ticket.notes.iter().rev().take(count).map(action).collect();
    Reply::json(200, json!({ "record_count": ticket.notes.len(), "actions": all }))
}

fn list(call: &Call, name: &str, all: Vec<Value>) -> Reply {
    let count = all.len();
    let (page, size) = if call.query.get("pageinate").is_some_and(|value| value == "true") {
        (
            call.number("page_no").unwrap_or(1).max(1),
            call.number("page_size").unwrap_or(PAGE).clamp(1, MAX_PAGE),
        )
    } else {
        (1, call.number("count").unwrap_or(PAGE))
    };
    let items: Vec<Value> = all.into_iter().skip((page - 1) * size).take(size).collect();
    Reply::json(200, json!({ "page_no": page, "page_size": size, "record_count": count, name: items }))
}

fn ticket_json(ticket: &Ticket) -> Value {
    json!({ "id": ticket.id, "summary": ticket.summary, "details_html": ticket.text, "client_id": ticket.company,
            "tickettype_id": ticket.group, "status_id": ticket.status, "priority_id": ticket.priority,
            "deadlinedate": ticket.due, "inactive": false, "hasbeenclosed": ticket.closed })
}

fn invalid(message: &str) -> Reply {
    Reply::json(400, json!({ "error": message }))
}

fn not_found() -> Reply {
    Reply::json(404, json!({ "error": "No object was found" }))
}
