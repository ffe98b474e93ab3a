//! Signing in by a provider of OpenID Connect.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, Who};
use fake::{CLIENT, ISSUER, SECRET};

mod again;
pub(crate) mod fake;
mod faults;
mod options;
mod people;
mod settings;

/// What an account admin enters.
pub(crate) fn settings() -> Value {
    json!({
        "name": "Contoso sign-in",
        "issuer": ISSUER,
        "client_id": CLIENT,
        "role_claim": "groups",
        "roles": [
            {"value": "admins", "grant": {"role": "account_admin"}},
            {"value": "readers", "grant": {"role": "account_user"}},
            {"value": "contoso", "grant": {"role": "organization_user", "organization_id": 10}},
        ],
        "just_in_time": true,
        "email_domains": ["example.test"],
    })
}

/// What a provider says of somebody in `groups`.
pub(crate) fn person(subject: &str, email: &str, groups: &[&str]) -> Value {
    json!({"sub": subject, "email": email, "email_verified": true, "name": "Joey Doe", "groups": groups})
}

/// Adds a provider to Northwind, or to the whole installation, and returns its number.
pub(crate) async fn add(beckon: &Harness, who: Who, settings: &Value) -> i64 {
    let body = json!({"settings": settings, "client_secret": SECRET});
    let made = beckon.post(who, "/v1/sign_in_providers", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body["sign_in_provider"]["id"].as_i64().expect("a number")
}

/// A server with a provider in Northwind.
pub(crate) async fn with_provider() -> (Harness, i64) {
    let beckon = Harness::new().await;
    let id = add(&beckon, Who::Admin, &settings()).await;
    (beckon, id)
}

/// A browser with its cookies.
pub(crate) struct Browser<'h> {
    beckon: &'h Harness,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl<'h> Browser<'h> {
    pub(crate) fn new(beckon: &'h Harness) -> Self {
        Self { beckon, cookies: BTreeMap::new() }
    }

    pub(crate) async fn send(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .header("cookie", cookies.join("; "));
        let answer = self.beckon.send(request.body(Body::from(body.to_string())).expect("a request")).await;
        for set in answer.headers.get_all("set-cookie") {
            let cookie = set.to_str().expect("text").split(';').next().expect("a cookie");
            let (name, value) = cookie.split_once('=').expect("a name");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &Value::Null).await
    }

    /// Follows a link, and returns where the browser is sent.
    pub(crate) async fn follow(&mut self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.body);
        answer.headers["location"].to_str().expect("text").to_owned()
    }

    /// Leaves by `path`, signs in at the provider, and returns the path by which it goes back.
    pub(crate) async fn until_back(&mut self, path: &str) -> String {
        let away = self.follow(path).await;
        assert!(away.starts_with(ISSUER), "{away}");
        self.beckon.outlets.provider.visit(&away)
    }

    /// Signs in by a provider, and returns where the browser ends up.
    pub(crate) async fn sign_in(&mut self, id: i64) -> String {
        let back = self.until_back(&format!("/sign-in/provider/{id}?return=/escalations")).await;
        self.follow(&back).await
    }

    /// Who is signed in: name, role, account.
    pub(crate) async fn who(&mut self) -> Value {
        let actor = self.get("/v1/actor").await;
        json!([actor.body["user"]["name"], actor.body["user"]["role"], actor.body["account"]["id"]])
    }
}

/// What the address of a page says about why somebody is not in.
pub(crate) fn problem(place: &str) -> &str {
    place.strip_prefix("/sign-in?problem=").unwrap_or(place)
}
