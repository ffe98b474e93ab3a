//! Embeds: how they are set up, how a panel opens, what can be done in it, and how it ends.

mod frame;
mod panels;
mod settings;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, Who};

pub(crate) const EMBEDS: &str = "/v1/embeds";
pub(crate) const PORTAL: &str = "https://portal.example";

/// An embed as most portals want it.
fn portal() -> Value {
    json!({"name": "Portal", "origins": [PORTAL], "mode": "respond"})
}

/// Makes an embed, and returns its public id.
pub(crate) async fn make(beckon: &Harness, who: Who, body: &Value) -> String {
    let answer = beckon.post(who, EMBEDS, body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["embed"]["public_id"].as_str().expect("an id").to_owned()
}

/// The address of somebody of the harness.
fn email(user: Who) -> String {
    format!("{}@example.test", user.key())
}

async fn launch(beckon: &Harness, who: Who, embed: &str, user: &Value, origin: &str) -> Answer {
    beckon.post(who, "/v1/embed_sessions", &json!({"embed": embed, "user": user, "origin": origin})).await
}

async fn exchange(beckon: &Harness, embed: &str, code: &Value, origin: &str) -> Answer {
    let body = json!({"embed": embed, "code": code, "origin": origin});
    beckon.post(Who::Nobody, "/v1/embed_sessions/exchange", &body).await
}

/// Opens a panel for somebody, and returns its token.
pub(crate) async fn open(beckon: &Harness, by: Who, embed: &str, user: Who) -> String {
    let launched = launch(beckon, by, embed, &json!(email(user)), PORTAL).await;
    assert_eq!(launched.status, 201, "{}", launched.body);
    let opened = exchange(beckon, embed, &launched.body["code"], PORTAL).await;
    assert_eq!(opened.status, 201, "{}", opened.body);
    opened.body["token"].as_str().expect("a token").to_owned()
}

/// Sends a request with a panel's token.
async fn send(beckon: &Harness, token: &str, method: &str, path: &str, body: &Value) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json");
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    beckon.send(request.body(body).expect("a request")).await
}

async fn get(beckon: &Harness, token: &str, path: &str) -> Answer {
    send(beckon, token, "GET", path, &Value::Null).await
}

/// Tells whether a panel's token still opens anything.
async fn is_open(beckon: &Harness, token: &str) -> bool {
    let answer = get(beckon, token, "/v1/actor").await;
    assert!(answer.status == 200 || answer.status == 401, "{}", answer.body);
    answer.status == 200
}
