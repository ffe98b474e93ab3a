//! ConnectWise PSA's REST API 3.0.

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::call::{Call, Kind, Reply};
use crate::world::{Quirks, World};
use shape::{board_json, company_json, note_json, status_json, ticket_json};
use tickets::{add_note, change, create};

mod conditions;
mod shape;
mod tickets;

const COMPANY: &str = "northwind";
const PUBLIC: &str = "emulatedPublicKey";
const PRIVATE: &str = "emulatedPrivateKey";
const CLIENT_ID: &str = "0b0c1f6e-7e5f-4f5c-9d43-emulated0001";
/// The most that a page holds, and what it holds where nothing is said.
const MAX_PAGE: usize = 1_000;
const PAGE: usize = 25;

#[rustfmt::skip]
pub(crate) const CHOICES: &[(&str, &str)] = &[
    ("board",             "11"),
    ("closed_status",     "113"),
    ("priority_critical", "6"),
    ("priority_high",     "8"),
    ("priority_low",      "10"),
];

pub(crate) fn settings(url: &str) -> Vec<(&'static str, String)> {
    [
        ("site", url),
        ("company", COMPANY),
        ("public_key", PUBLIC),
        ("private_key", PRIVATE),
        ("client_id", CLIENT_ID),
    ]
    .map(|(slug, value)| (slug, value.to_owned()))
    .to_vec()
}

pub(crate) fn world() -> World {
    World {
        companies: World::companies(&[
            (2, "Contoso Dental"),
            (3, "O'Neill \"Sons\" & Co"),
            (19, "Fabrikam Legal"),
        ]),
        groups: World::named(&[(11, "Security"), (12, "Help Desk")]),
        statuses: World::statuses(&[
            (111, "New", Some(11), false),
            (112, "In Progress", Some(11), false),
            (113, "Closed", Some(11), true),
            (121, "New", Some(12), false),
            (122, ">Closed", Some(12), true),
        ]),
        priorities: World::named(&[
            (6, "Priority 1 - Critical"),
            (8, "Priority 2 - High"),
            (10, "Priority 4 - Low"),
        ]),
        quirks: Quirks { codebase: "v2026_1/".to_owned(), ..Quirks::default() },
        ..World::default()
    }
}

/// Returns the path within the API, if it is one of the API.
fn within<'a>(path: &'a [&'a str]) -> Option<(&'a str, &'a [&'a str])> {
    match path {
        [codebase, "apis", "3.0", rest @ ..] => Some((codebase, rest)),
        _ => None,
    }
}

pub(crate) fn kind(call: &Call) -> Kind {
    let path = call.pieces();
    match (call.method.as_str(), within(&path).map(|(_, rest)| rest)) {
        (_, None) => Kind::Enter,
        ("GET", Some(["service", "tickets"] | ["service", "tickets", _])) => Kind::Search,
        ("GET", Some(["service", "tickets", _, "notes"])) => Kind::ReadNotes,
        ("POST", Some(["service", "tickets"])) => Kind::CreateTicket,
        ("POST", Some(["service", "tickets", _, "notes"])) => Kind::AddNote,
        ("PATCH", Some(_)) => Kind::Update,
        (_, Some(_)) => Kind::Read,
    }
}

pub(crate) fn answer(world: &mut World, call: &Call) -> Reply {
    let path = call.pieces();
    if let ["login", "companyinfo", company] = path[..] {
        return company_info(world, call, company);
    }
    let Some((_, rest)) =
        within(&path).filter(|(found, _)| *found == world.quirks.codebase.trim_matches('/'))
    else {
        return error(404, "NotFound", "The resource cannot be found");
    };
    if let Some(refused) = refused(call) {
        return refused;
    }
    route(world, call, rest)
}

fn route(world: &mut World, call: &Call, path: &[&str]) -> Reply {
    let id = |id: &str| id.parse::<i64>().unwrap_or(0);
    match (&call.method, path) {
        (&Method::GET, ["system", "info"]) => {
            Reply::json(200, json!({ "version": "v2026.1", "isCloud": false }))
        }
        (&Method::GET, ["company", "companies"]) => {
            list(call, world.companies.iter().map(company_json).collect())
        }
        (&Method::GET, ["service", "boards"]) => list(call, world.groups.iter().map(board_json).collect()),
        (&Method::GET, ["service", "boards", board, "statuses"]) => {
            let board = id(board);
            if world.groups.iter().all(|found| found.id != board) {
                return not_found("Board", board);
            }
            let of_board = world.statuses.iter().filter(|status| status.group == Some(board));
            list(call, of_board.map(status_json).collect())
        }
        (&Method::GET, ["service", "priorities"]) => {
            let named = world.priorities.iter().map(|one| json!({ "id": one.id, "name": one.name }));
            list(call, named.collect())
        }
        (&Method::GET, ["service", "tickets"]) => find(world, call),
        (&Method::POST, ["service", "tickets"]) => create(world, call),
        (&Method::GET, ["service", "tickets", ticket]) => {
            let found = world.ticket(id(ticket)).cloned();
            found.map_or_else(
                || not_found("Ticket", id(ticket)),
                |found| Reply::json(200, only_fields(ticket_json(&found), call.query.get("fields"))),
            )
        }
        (&Method::PATCH, ["service", "tickets", ticket]) => change(world, call, id(ticket)),
        (&Method::GET, ["service", "tickets", ticket, "notes"]) => match world.ticket(id(ticket)) {
            Some(found) => {
                let first = json!({ "id": found.id * 10, "text": found.text, "detailDescriptionFlag": true });
                let rest = found.notes.iter().map(|note| note_json(found.id, note));
                list(call, std::iter::once(first).chain(rest).collect())
            }
            None => not_found("Ticket", id(ticket)),
        },
        (&Method::POST, ["service", "tickets", ticket, "notes"]) => add_note(world, call, id(ticket)),
        (_, ["service" | "company" | "system", ..]) => {
            error(405, "MethodNotAllowed", "The method is not supported")
        }
        _ => error(404, "NotFound", "The resource cannot be found"),
    }
}

/// Says where the API is. Asks for no credentials, and knows no company but one.
fn company_info(world: &World, call: &Call, company: &str) -> Reply {
    if call.method != Method::GET {
        return error(405, "MethodNotAllowed", "The method is not supported");
    }
    if company != COMPANY {
        return Reply::json(200, Value::Null);
    }
    let site = call.header("host").unwrap_or_default();
    let info = json!({ "CompanyName": "Northwind IT", "Codebase": world.quirks.codebase, "VersionCode": "v2026.1",
                       "CompanyID": COMPANY, "IsCloud": false, "SiteUrl": site });
    Reply::json(200, info)
}

fn refused(call: &Call) -> Option<Reply> {
    if call.header("clientid") != Some(CLIENT_ID) {
        return Some(error(401, "ClientId", "The clientId header is missing or not valid"));
    }
    let expected = format!("Basic {}", STANDARD.encode(format!("{COMPANY}+{PUBLIC}:{PRIVATE}")));
    (call.header("authorization") != Some(&expected))
        .then(|| error(401, "Unauthorized", "The provided credentials are not valid"))
}

fn find(world: &mut World, call: &Call) -> Reply {
    let conditions = call.query.get("conditions").map_or("", String::as_str);
    let Some(conditions) = conditions::parse(conditions) else {
        return error(400, "InvalidConditions", "The conditions are not valid");
    };
    let all = world.search(|ticket| conditions.iter().all(|one| one.fits(&ticket_json(ticket))));
    list(call, all.iter().map(ticket_json).collect())
}

/// Answers one page of what fits the conditions, and links to the next.
fn list(call: &Call, all: Vec<Value>) -> Reply {
    let conditions = call.query.get("conditions").map_or("", String::as_str);
    let Some(conditions) = conditions::parse(conditions) else {
        return error(400, "InvalidConditions", "The conditions are not valid");
    };
    let (page, size) = (call.number("page").unwrap_or(1), call.number("pageSize").unwrap_or(PAGE));
    if page == 0 || size == 0 {
        return error(400, "InvalidPage", "page and pageSize start at 1");
    }
    let size = size.min(MAX_PAGE);
    let fitting = all.into_iter().filter(|one| conditions.iter().all(|condition| condition.fits(one)));
    let mut rest: Vec<Value> = fitting.skip((page - 1) * size).take(size + 1).collect();
    let more = rest.len() > size;
    rest.truncate(size);
    let fields = call.query.get("fields");
    let items = rest.into_iter().map(|one| only_fields(one, fields)).collect();
    let reply = Reply::json(200, Value::Array(items));
    if !more {
        return reply;
    }
    let next =
        format!("<{}/{}?pageSize={size}&page={}>; rel=\"next\"", call.base(), call.path.join("/"), page + 1);
    reply.with("link", next)
}

fn only_fields(mut one: Value, fields: Option<&String>) -> Value {
    if let (Some(fields), Some(object)) = (fields, one.as_object_mut()) {
        object.retain(|name, _| fields.split(',').any(|field| field.split('/').next() == Some(name)));
    }
    one
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, json!({ "code": code, "message": message, "errors": null }))
}

fn not_found(what: &str, id: i64) -> Reply {
    error(404, "NotFound", &format!("{what} {id} not found"))
}
