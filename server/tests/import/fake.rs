//! A stand-in for the server: it speaks the few routes that an import needs, and remembers what it was sent.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

/// The key that the fake takes for the operator's, as Basic authentication writes `op:secret`.
const OPERATOR: &str = "Basic b3A6c2VjcmV0";
/// The key of an account admin, `admin:secret`.
const ADMIN: &str = "Basic YWRtaW46c2VjcmV0";

/// What the fake holds, and how it misbehaves.
#[derive(Default)]
pub(crate) struct Inner {
    /// Every observation that was acknowledged, by id, in the order of arrival.
    pub(crate) observations: Vec<Value>,
    /// The numbers of observations in the requests.
    pub(crate) batches: Vec<usize>,
    /// Identities on record: external id, username, usage location.
    pub(crate) identities: Vec<(String, String, Option<String>)>,
    /// Usernames that are refused.
    pub(crate) refused: BTreeSet<String>,
    /// Answers that the next requests with observations get instead of the right one.
    pub(crate) trouble: VecDeque<(StatusCode, &'static str)>,
    /// How many requests with observations came.
    pub(crate) posts: usize,
    open: BTreeMap<String, (i64, BTreeSet<String>)>,
}

/// A running fake.
#[derive(Clone)]
pub(crate) struct Fake {
    address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
}

impl Fake {
    /// Starts a fake on a port of its own. It listens before this returns.
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let fake = Self { address: listener.local_addr().expect("it is bound"), inner: Arc::default() };
        let router = Router::new()
            .route("/v1/actor", get(actor))
            .route("/v1/organizations/{id}", get(organization))
            .route("/v1/identities", get(identities))
            .route("/v1/observations/known", post(known))
            .route("/v1/observations", post(observe))
            .with_state(fake.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        fake
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no test panics while it holds the fake")
    }
}

async fn actor(headers: HeaderMap) -> Response {
    let key = headers.get("authorization").and_then(|value| value.to_str().ok());
    let operator = match key {
        Some(OPERATOR) => Some("SOC"),
        Some(ADMIN) => None,
        _ => return error(StatusCode::UNAUTHORIZED, "no such key"),
    };
    let user = operator.is_none().then(|| {
        json!({"id": 1, "name": "Priya Raman", "email": "p@northwind.example", "role": "account_admin",
               "organization_id": null})
    });
    let now = "2026-11-24T08:00:00Z";
    let actor = json!({"reseller": null, "account": null, "user": user, "operator": operator});
    Json(json!({"reseller": null, "account": null, "user": user, "actor": actor, "now": now})).into_response()
}

async fn organization(Path(id): Path<i64>, Query(query): Query<BTreeMap<String, String>>) -> Response {
    if id != 2 || query.get("account_id").map(String::as_str) != Some("1") {
        return error(StatusCode::NOT_FOUND, "no such thing here");
    }
    let then = "2026-11-24T08:00:00Z";
    let body = json!({"id": 2, "account_id": 1, "name": "Contoso", "created_at": then, "updated_at": then});
    Json(json!({"organization": body})).into_response()
}

/// Lists one identity a page, so that the pages are followed.
async fn identities(State(fake): State<Fake>, Query(query): Query<BTreeMap<String, String>>) -> Response {
    let page: usize = query.get("page_token").map_or(0, |token| token.parse().expect("our own token"));
    let inner = fake.inner();
    let then = "2026-11-24T08:00:00Z";
    let list: Vec<Value> = inner
        .identities
        .iter()
        .skip(page)
        .take(1)
        .map(|(external_id, username, usage_location)| {
            json!({"id": page, "account": {"id": 1, "name": "A"}, "organization": {"id": 2, "name": "Contoso"},
                   "external_id": external_id, "username": username, "name": username,
                   "usage_location": usage_location, "created_at": then, "updated_at": then})
        })
        .collect();
    let next = (page + 1 < inner.identities.len()).then(|| (page + 1).to_string());
    Json(json!({"identities": list, "pagination": {"next_page_token": next}})).into_response()
}

async fn known(State(fake): State<Fake>, Json(body): Json<Value>) -> Json<Value> {
    let inner = fake.inner();
    let ids = body["ids"].as_array().expect("ids").iter();
    let known: Vec<&Value> =
        ids.filter(|id| inner.observations.iter().any(|old| &old["id"] == *id)).collect();
    Json(json!({ "known": known }))
}

async fn observe(State(fake): State<Fake>, body: String) -> Response {
    let mut inner = fake.inner();
    inner.posts += 1;
    if let Some((status, retry_after)) = inner.trouble.pop_front() {
        return ([("retry-after", retry_after)], error(status, "the database takes no writes"))
            .into_response();
    }
    let list: Vec<Value> =
        body.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect();
    inner.batches.push(list.len());
    let results: Vec<Value> = list.into_iter().map(|observation| inner.take(observation)).collect();
    Json(json!({ "results": results })).into_response()
}

impl Inner {
    /// Judges as simply as possible. A status: on or off. A login: foreign or not, one escalation a country.
    fn take(&mut self, observation: Value) -> Value {
        let id = observation["id"].clone();
        if observation["type"] == "defender_status" {
            let outcome = if observation["real_time_protection"] == true { "recovered" } else { "pending" };
            self.observations.push(observation);
            return json!({"id": id, "outcome": outcome});
        }
        let username = observation["identity"]["username"].as_str().expect("a username").to_owned();
        if self.refused.contains(&username) {
            let errors = [json!({"field": "identity.username", "message": "expected another one"})];
            return json!({"id": id, "outcome": "rejected", "errors": errors});
        }
        let subject = observation["country"].as_str().unwrap_or_default().to_owned();
        let home = observation["identity"]["usage_location"].as_str().map(str::to_owned);
        self.observations.push(observation);
        if home.as_deref() == Some(subject.as_str()) {
            return json!({"id": id, "outcome": "expected"});
        }
        let next = i64::try_from(self.open.len()).expect("few") + 1;
        let is_new = !self.open.contains_key(&subject);
        let (escalation, people) = self.open.entry(subject).or_insert_with(|| (next, BTreeSet::new()));
        let outcome = match (is_new, people.insert(username)) {
            (true, _) => "raised",
            (false, true) => "joined",
            (false, false) => "updated",
        };
        json!({"id": id, "outcome": outcome, "escalation_id": *escalation})
    }
}

fn error(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "error": message, "errors": [] }))).into_response()
}
