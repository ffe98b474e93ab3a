//! `ConnectWise` as a raw client sees it.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use base64::Engine;
use beckon_emulators::{Call, Vendor, credentials};
use common::{Bench, answer};
use reqwest::Method;
use serde_json::{Value, json};

const API: &str = "/v2026_1/apis/3.0";

fn basic(text: &str) -> String {
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text))
}

fn bench() -> Bench {
    let (company, public, private) = (
        credentials::CONNECTWISE_COMPANY,
        credentials::CONNECTWISE_PUBLIC_KEY,
        credentials::CONNECTWISE_PRIVATE_KEY,
    );
    let headers = vec![
        ("authorization", basic(&format!("{company}+{public}:{private}"))),
        ("clientId", credentials::CONNECTWISE_CLIENT_ID.into()),
    ];
    Bench::new(Vendor::Connectwise, headers)
}

fn ticket(key: &str) -> Value {
    json!({"summary": "Sign-in from a new country", "company": {"id": 2}, "board": {"id": 7}, "priority": {"id": 15},
        "initialDescription": "It came from far away.", "externalXRef": key})
}

fn find(key: &str) -> String {
    let condition = format!("externalXRef=\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""));
    let query =
        form_urlencoded::Serializer::new(String::new()).append_pair("conditions", &condition).finish();
    format!("{API}/service/tickets?{query}")
}

#[tokio::test]
async fn a_ticket_is_made_found_noted_and_closed() {
    let bench = bench();
    let info = bench.get("/login/companyinfo/northwind").await;
    assert_eq!((info.status.as_u16(), &info.json["Codebase"]), (200, &json!("v2026_1/")));

    let made = bench.post(&format!("{API}/service/tickets"), ticket("beckon-1")).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json["id"].as_u64().unwrap();
    assert_eq!(made.json["company"]["name"], "Fabrikam");
    assert_eq!((&made.json["status"]["id"], &made.json["closedFlag"]), (&json!(101), &json!(false)));

    let found = bench.get(&find("beckon-1")).await;
    assert_eq!(found.json.as_array().map(Vec::len), Some(1));
    assert_eq!(found.json[0]["id"], id);
    assert_eq!(bench.get(&find("beckon-")).await.json, json!([]));

    let path = format!("{API}/service/tickets/{id}");
    let note = json!({"text": "Resolved. [beckon-2]", "detailDescriptionFlag": true});
    assert_eq!(bench.post(&format!("{path}/notes"), note).await.status, 201);
    let notes = bench.get(&format!("{path}/notes?page=1&pageSize=1000")).await.json;
    let texts: Vec<_> = notes.as_array().unwrap().iter().map(|note| note["text"].as_str().unwrap()).collect();
    assert_eq!(
        texts,
        ["It came from far away.", "Resolved. [beckon-2]"],
        "the description is the first note"
    );

    let close = json!([{"op": "replace", "path": "status/id", "value": 104}]);
    for _ in 0..2 {
        let closed = bench.patch(&path, close.clone()).await;
        assert_eq!((closed.status.as_u16(), &closed.json["closedFlag"]), (200, &json!(true)));
    }
    assert_eq!(bench.get(&path).await.json["closedFlag"], true);

    let [ticket] = bench.state.tickets().try_into().unwrap();
    assert_eq!((ticket.id, ticket.key.as_deref(), ticket.closed), (id, Some("beckon-1"), true));
    assert_eq!((ticket.company.as_str(), ticket.board.as_str()), ("Fabrikam", "Security"));
    assert_eq!(ticket.notes, ["Resolved. [beckon-2]"]);
    assert_eq!((bench.state.calls(Call::Create), bench.state.calls(Call::Close)), (1, 2));
}

#[tokio::test]
async fn who_does_not_say_who_it_is_gets_nowhere() {
    let bench = bench();
    let path = format!("{API}/service/boards");
    let [(_, right), (_, client)] = bench.headers.clone().try_into().unwrap();
    let wrong = basic("northwind+pub:no");
    for (authorization, client) in [
        (None, Some(&client)),
        (Some(&wrong), Some(&client)),
        (Some(&right), None),
        (Some(&right), Some(&wrong)),
    ] {
        let mut request = bench.request(Method::GET, &path);
        for (name, value) in [("authorization", authorization), ("clientId", client)] {
            request = value.into_iter().fold(request, |request, value| request.header(name, value));
        }
        let refused = answer(request).await.unwrap();
        assert_eq!(refused.status, 401);
        assert!(refused.json["code"].is_string() && refused.json["message"].is_string());
    }
    assert_eq!(answer(bench.request(Method::GET, "/login/companyinfo/nobody")).await.unwrap().status, 404);
}

#[tokio::test]
async fn what_can_be_chosen_comes_in_pages() {
    let bench = bench();
    let boards = bench.get(&format!("{API}/service/boards?page=2&pageSize=1")).await.json;
    assert_eq!(boards, json!([{"id": 7, "name": "Security"}]));
    let statuses = bench.get(&format!("{API}/service/boards/7/statuses")).await.json;
    assert!(statuses.as_array().unwrap().iter().any(|status| status["closedStatus"] == true));
    assert_eq!(bench.get(&format!("{API}/service/priorities")).await.json.as_array().unwrap().len(), 4);
    let companies = bench.get(&format!("{API}/company/companies?page=2&pageSize=5")).await.json;
    assert_eq!((companies.as_array().unwrap().len(), &companies[0]["id"]), (5, &json!(6)));
    let named =
        bench.get(&format!("{API}/company/companies?conditions=name%20like%20%22Con%25%22")).await.json;
    assert_eq!(named[0]["name"], "Contoso");
    for query in ["boards?page=0", "boards?pageSize=1001", "boards?pageSize=x", "tickets?conditions=id%3E0"] {
        assert_eq!(bench.get(&format!("{API}/service/{query}")).await.status, 400, "{query}");
    }
    for path in ["boards/99/statuses", "tickets/1", "tickets/1/notes", "nothing"] {
        let missing = bench.get(&format!("{API}/service/{path}")).await;
        assert_eq!((missing.status.as_u16(), &missing.json["code"]), (404, &json!("NotFound")), "{path}");
    }
}

#[tokio::test]
async fn a_ticket_that_is_wrong_is_refused_by_field() {
    let bench = bench();
    let wrong = [
        ("summary", json!(null)),
        ("summary", json!("é".repeat(101))),
        ("company", json!({"id": 99})),
        ("company", json!(null)),
        ("company", json!(2)),
        ("board", json!({"id": 99})),
        ("board", json!(null)),
        ("priority", json!({"id": 99})),
        ("status", json!({"id": 16})),
        ("externalXRef", json!("x".repeat(101))),
        ("surprise", json!(1)),
    ];
    for (field, value) in wrong {
        let mut body = ticket("beckon-1");
        body[field] = value;
        let refused = bench.post(&format!("{API}/service/tickets"), body).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.json["code"]),
            (400, &json!("InvalidObject")),
            "{field}"
        );
        let [error] = refused.json["errors"].as_array().unwrap().as_slice() else {
            panic!("{}", refused.text)
        };
        assert_eq!((&error["field"], &error["resource"]), (&json!(field), &json!("ticket")));
    }
    let body = json!({"summary": "é".repeat(100), "company": {"id": 1}, "board": {"id": 1}});
    let made = bench.post(&format!("{API}/service/tickets"), body).await;
    assert_eq!((made.status.as_u16(), &made.json["priority"]["id"]), (201, &json!(7)));
    assert_eq!(bench.post(&format!("{API}/service/tickets"), json!([])).await.status, 400);
}

#[tokio::test]
async fn a_note_or_a_change_that_is_wrong_is_refused() {
    let bench = bench();
    let made = bench.post(&format!("{API}/service/tickets"), ticket("a \"b\" \\ c")).await;
    let path = format!("{API}/service/tickets/{}", made.json["id"]);
    assert_eq!(bench.get(&find("a \"b\" \\ c")).await.json[0]["id"], made.json["id"]);
    for note in [
        json!({"text": "x"}),
        json!({"text": "x", "detailDescriptionFlag": false}),
        json!({"detailDescriptionFlag": true}),
        json!({"text": "x", "detailDescriptionFlag": true, "surprise": 1}),
    ] {
        assert_eq!(bench.post(&format!("{path}/notes"), note).await.status, 400);
    }
    for change in [
        json!({"status": {"id": 104}}),
        json!([]),
        json!([{"op": "add", "path": "status/id", "value": 104}]),
        json!([{"op": "replace", "path": "status", "value": 104}]),
        json!([{"op": "replace", "path": "status/id", "value": 18}]),
        json!([{"op": "replace", "path": "status/id", "value": "104"}]),
        json!([{"op": "replace", "path": "status/id"}]),
    ] {
        assert_eq!(bench.patch(&path, change.clone()).await.status, 400, "{change}");
    }
    let close = json!([{"op": "replace", "path": "status/id", "value": 104}]);
    assert_eq!(bench.patch(&format!("{API}/service/tickets/1"), close).await.status, 404);
    let [ticket] = bench.state.tickets().try_into().unwrap();
    assert!(!ticket.closed && ticket.notes.is_empty());
}

#[tokio::test]
async fn an_upgrade_moves_the_codebase() {
    let bench = bench();
    bench.state.upgrade();
    let gone = bench.get(&format!("{API}/service/boards")).await;
    assert_eq!((gone.status.as_u16(), gone.json), (404, Value::Null), "no JSON where there is no API");
    let info = bench.get("/login/companyinfo/northwind").await.json;
    assert_eq!(info["Codebase"], "v2026_2/");
    assert_eq!(bench.get("/v2026_2/apis/3.0/service/boards").await.status, 200);
}
