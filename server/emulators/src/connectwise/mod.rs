//! `ConnectWise` PSA, REST 3.0: where it is, who may call, and what one can choose from.

mod conditions;
mod tickets;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::credentials::{
    CONNECTWISE_CLIENT_ID, CONNECTWISE_COMPANY, CONNECTWISE_PRIVATE_KEY, CONNECTWISE_PUBLIC_KEY,
};
use crate::state::Data;
use crate::vendor::Call;
use crate::wire::{Ask, Reply};

/// What a request asks for.
pub(crate) fn call(ask: &Ask) -> Call {
    let parts = ask.parts();
    let inside = match parts.as_slice() {
        ["login", "companyinfo", _] => return Call::Discover,
        [_, "apis", "3.0", inside @ ..] => inside,
        _ => return Call::Other,
    };
    match (ask.method.as_str(), inside) {
        ("GET", ["service", "boards" | "priorities"] | ["service", "boards", _, "statuses"]) => Call::Lists,
        ("GET", ["company", "companies"]) => Call::Companies,
        ("GET", ["service", "tickets"]) => Call::Find,
        ("POST", ["service", "tickets"]) => Call::Create,
        ("GET", ["service", "tickets", _]) => Call::Read,
        ("PATCH", ["service", "tickets", _]) => Call::Close,
        ("GET", ["service", "tickets", _, "notes"]) => Call::Notes,
        ("POST", ["service", "tickets", _, "notes"]) => Call::Note,
        _ => Call::Other,
    }
}

/// Answers a request.
pub(crate) fn answer(data: &mut Data, ask: &Ask) -> Reply {
    let parts = ask.parts();
    match parts.as_slice() {
        ["login", "companyinfo", company] if ask.method == Method::GET => company_info(data, ask, company),
        [codebase, "apis", "3.0", inside @ ..] if *codebase == data.codebase() => {
            if let Err(reply) = authorize(ask) {
                return reply;
            }
            // What goes wrong inside is an answer as well.
            inside_api(data, ask, inside).unwrap_or_else(|reply| reply)
        }
        // An old codebase is no API, and its answer is no JSON.
        _ => Reply::html(
            StatusCode::NOT_FOUND,
            "<html><body>404 - File or directory not found.</body></html>".into(),
        ),
    }
}

fn inside_api(data: &mut Data, ask: &Ask, path: &[&str]) -> Result<Reply, Reply> {
    match (ask.method.as_str(), path) {
        ("GET", ["service", "boards"]) => {
            let boards = data.catalog.boards.iter().map(|board| json!({"id": board.id, "name": board.name}));
            page(ask, boards)
        }
        ("GET", ["service", "boards", board, "statuses"]) => statuses(data, ask, board),
        ("GET", ["service", "priorities"]) => {
            let all = data.catalog.priorities.iter().map(|item| json!({"id": item.id, "name": item.name}));
            page(ask, all)
        }
        ("GET", ["company", "companies"]) => companies(data, ask),
        ("GET", ["service", "tickets"]) => tickets::find(data, ask),
        ("POST", ["service", "tickets"]) => tickets::create(data, ask),
        ("GET", ["service", "tickets", id]) => tickets::read(data, id),
        ("PATCH", ["service", "tickets", id]) => tickets::patch(data, ask, id),
        ("GET", ["service", "tickets", id, "notes"]) => tickets::notes(data, ask, id),
        ("POST", ["service", "tickets", id, "notes"]) => tickets::add_note(data, ask, id),
        _ => Err(not_found("Resource")),
    }
}

fn company_info(data: &Data, ask: &Ask, company: &str) -> Reply {
    if !company.eq_ignore_ascii_case(CONNECTWISE_COMPANY) {
        return not_found("Company");
    }
    Reply::ok(&json!({
        "CompanyName": "Northwind Managed Services",
        "Codebase": format!("{}/", data.codebase()),
        "VersionCode": data.codebase(),
        "CompanyID": CONNECTWISE_COMPANY,
        "IsCloud": true,
        "SiteUrl": ask.own_url().trim_start_matches("http://"),
    }))
}

fn authorize(ask: &Ask) -> Result<(), Reply> {
    let told = ask.header("authorization").and_then(|value| value.strip_prefix("Basic "));
    let decoded = told.and_then(|value| STANDARD.decode(value).ok());
    let right = format!("{CONNECTWISE_COMPANY}+{CONNECTWISE_PUBLIC_KEY}:{CONNECTWISE_PRIVATE_KEY}");
    if decoded.is_none_or(|told| told != right.as_bytes()) {
        return Err(refused("Unauthorized", "Invalid credentials"));
    }
    match ask.header("clientid") {
        Some(CONNECTWISE_CLIENT_ID) => Ok(()),
        Some(_) => Err(refused("ClientIdInvalid", "The clientId is not valid")),
        None => Err(refused("ClientIdMissing", "The clientId header is required")),
    }
}

fn refused(code: &str, message: &str) -> Reply {
    Reply::json(StatusCode::UNAUTHORIZED, &json!({"code": code, "message": message}))
}

fn statuses(data: &Data, ask: &Ask, board: &str) -> Result<Reply, Reply> {
    let board = data.catalog.boards.iter().find(|known| board.parse() == Ok(known.id));
    let board = board.ok_or_else(|| not_found("ServiceBoard"))?;
    let of_board = data.catalog.statuses.iter().filter(|status| status.board == board.id);
    let shown = of_board.enumerate().map(|(at, status)| {
        json!({
            "id": status.id,
            "name": status.name,
            "board": {"id": board.id, "name": board.name},
            "sortOrder": at,
            "defaultFlag": at == 0,
            "closedStatus": status.closed,
            "inactive": false,
        })
    });
    page(ask, shown)
}

fn companies(data: &Data, ask: &Ask) -> Result<Reply, Reply> {
    let wanted = ask.query("conditions").map(conditions::company).transpose();
    let wanted = wanted.map_err(|()| bad_conditions())?;
    let all = data.companies.iter().filter(|(_, name)| wanted.as_ref().is_none_or(|wanted| wanted(name)));
    page(ask, all.map(|(id, name)| json!({"id": id, "identifier": identifier(name), "name": name, "deletedFlag": false})))
}

/// The short name that a company has besides its name.
fn identifier(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).take(25).collect()
}

/// One page of a list, as `page` and `pageSize` ask for it.
fn page(ask: &Ask, all: impl Iterator<Item = Value>) -> Result<Reply, Reply> {
    let wrong = |field: &str| invalid("query", &[("InvalidField", field, "The value is out of range.")]);
    let number = ask.number("page", 1).ok().filter(|number| *number >= 1).ok_or_else(|| wrong("page"))?;
    let size = ask.number("pageSize", 25).ok().filter(|size| (1..=1000).contains(size));
    let size = size.ok_or_else(|| wrong("pageSize"))?;
    let items: Vec<Value> = all.skip((number - 1).saturating_mul(size)).take(size).collect();
    Ok(Reply::ok(&items))
}

fn not_found(kind: &str) -> Reply {
    let message = format!("Entity of type '{kind}' not found");
    Reply::json(StatusCode::NOT_FOUND, &json!({"code": "NotFound", "message": message, "errors": null}))
}

fn bad_conditions() -> Reply {
    let body =
        json!({"code": "InvalidConditions", "message": "The conditions are not valid.", "errors": null});
    Reply::json(StatusCode::BAD_REQUEST, &body)
}

/// 400, with a code, a field and a message for everything that is wrong.
fn invalid(resource: &str, wrong: &[(&str, &str, &str)]) -> Reply {
    let errors = wrong.iter().map(|(code, field, message)| {
        json!({"code": code, "message": message, "resource": resource, "field": field})
    });
    let body = json!({
        "code": "InvalidObject",
        "message": format!("{resource} object is invalid"),
        "errors": errors.collect::<Vec<_>>(),
    });
    Reply::json(StatusCode::BAD_REQUEST, &body)
}
