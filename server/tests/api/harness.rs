//! A server in a box: its own database in its own folder, its own clock, one account with people in every role, and a
//! second account that nobody of the first may notice.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beckon_core::actor::{Role, Scope};
use beckon_core::id::{AccountId, OrganizationId};
use beckon_core::time::Timestamp;
use beckon_server::app::App;
use beckon_server::clock::Clock;
use beckon_server::listen::{Drain, Trigger};
use beckon_server::metrics::Metrics;
use beckon_server::store::Database;
use beckon_server::store::{Access as _, Digest, KeyOwner, NewKey, NewLink, NewMember, Store};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::database::Home;
use crate::fakes::Fakes;

/// Whoever sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Nobody,
    Operator,
    Admin,
    SecondAdmin,
    Viewer,
    OrganizationUser,
    /// The admin of the other account.
    Stranger,
}

impl Who {
    /// The key, which is its own secret.
    pub(crate) fn key(self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

pub(crate) const NORTHWIND: AccountId = AccountId(1);
pub(crate) const OTHER: AccountId = AccountId(2);
pub(crate) const CONTOSO: OrganizationId = OrganizationId(10);
pub(crate) const FABRIKAM: OrganizationId = OrganizationId(11);
pub(crate) const FOREIGN: OrganizationId = OrganizationId(20);

pub(crate) struct Harness {
    pub(crate) store: Arc<Database>,
    pub(crate) app: App,
    pub(crate) outlets: Arc<Fakes>,
    pub(crate) home: Arc<Home>,
    pub(crate) stop: Trigger,
    router: Router,
}

/// An answer: status, body, and the headers as they came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    pub(crate) bytes: Vec<u8>,
    pub(crate) headers: axum::http::HeaderMap,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a literal")
}

pub(crate) const NOW: &str = "2026-11-24T08:00:00Z";

/// The numbers of the servers of this process.
static NODES: AtomicI64 = AtomicI64::new(1);

impl Harness {
    pub(crate) async fn new() -> Self {
        Self::at_address("http://beckon.test").await
    }

    pub(crate) async fn at_address(base_url: &str) -> Self {
        Self::with(|app| app.base_url = base_url.into()).await
    }

    /// A server with parts of its own.
    pub(crate) async fn with(change: impl FnOnce(&mut App)) -> Self {
        let harness = Self::at(Arc::new(Home::new().await), change).await;
        harness.people().await;
        harness
    }

    /// Another server over the same database, with a clock and outlets of its own.
    pub(crate) async fn beside(&self) -> Self {
        self.beside_with(|_| {}).await
    }

    /// The same with parts of its own.
    pub(crate) async fn beside_with(&self, change: impl FnOnce(&mut App)) -> Self {
        Self::at(Arc::clone(&self.home), change).await
    }

    async fn at(home: Arc<Home>, change: impl FnOnce(&mut App)) -> Self {
        let store = Arc::new(home.open().await);
        let (stop, drain) = Drain::new();
        let outlets = Arc::new(Fakes::new());
        let mut app = App {
            store: Arc::clone(&store) as Arc<dyn Store>,
            outlets: Arc::clone(&outlets) as Arc<dyn beckon_server::deliver::outlets::Outlets>,
            clock: Clock::stopped(at(NOW)),
            node: NODES.fetch_add(1, Ordering::Relaxed),
            base_url: "http://beckon.test".into(),
            rates: Arc::default(),
            proxies: Arc::default(),
            directory: Arc::default(),
            readiness: Arc::default(),
            metrics: Arc::new(Metrics::new(store.times())),
            metrics_from: Arc::default(),
            security_contact: Some("mailto:security@beckon.test".into()),
            demo: true,
            drain,
        };
        change(&mut app);
        Self { store, router: beckon_server::router(app.clone(), None), app, outlets, home, stop }
    }

    async fn people(&self) {
        let (store, now) = (&self.store, at(NOW));
        for (id, name) in [(NORTHWIND, "Northwind IT"), (OTHER, "Other MSP")] {
            store.add_account(Some(id), name, now).await.expect("a new account");
        }
        let organizations =
            [(NORTHWIND, CONTOSO, "Contoso"), (NORTHWIND, FABRIKAM, "Fabrikam"), (OTHER, FOREIGN, "Foreign")];
        for (account, id, name) in organizations {
            store.add_organization(account, Some(id), name, now).await.expect("a new organization");
        }
        let people = [
            (Who::Admin, NORTHWIND, "Priya Raman", Role::AccountAdmin, None),
            (Who::SecondAdmin, NORTHWIND, "Tom Meier", Role::AccountAdmin, None),
            (Who::Viewer, NORTHWIND, "Ines Ferreira", Role::AccountUser, None),
            (Who::OrganizationUser, NORTHWIND, "Dana Okafor", Role::OrganizationUser, Some(CONTOSO)),
            (Who::Stranger, OTHER, "Rahel Steiner", Role::AccountAdmin, None),
        ];
        for (who, account, name, role, organization) in people {
            let email = format!("{}@example.test", who.key());
            let member = NewMember { account, name: name.to_owned(), email, role, organization };
            let user = store.add_member(member, now).await.expect("a new member");
            self.add_key(who, KeyOwner::User(account, user)).await;
            let link = NewLink {
                account: Some(account),
                user,
                expires_at: at("2026-12-01T08:00:00Z"),
                reusable: false,
            };
            store
                .add_link(Digest::of(format!("link-{}", who.key()).as_bytes()), link)
                .await
                .expect("a new link");
        }
        self.add_key(Who::Operator, KeyOwner::Operator).await;
    }

    async fn add_key(&self, who: Who, owner: KeyOwner) {
        let key = who.key();
        let secret = Digest::of(key.as_bytes());
        let (name, scope) = (key.clone(), Scope::ReadWrite);
        let key = NewKey { owner, name, key, secret, scope, expires_at: None };
        self.store.add_key(key, at(NOW)).await.expect("a new key");
    }

    pub(crate) fn request(method: &str, path: &str, who: Who) -> axum::http::request::Builder {
        let request = Request::builder().method(method).uri(path);
        if who == Who::Nobody {
            return request;
        }
        let credentials = STANDARD.encode(format!("{0}:{0}", who.key()));
        request.header("authorization", format!("Basic {credentials}"))
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("the router always answers");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a whole body").to_bytes().to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, body, bytes, headers: parts.headers }
    }

    /// The response as it is, for streams.
    pub(crate) async fn open(&self, request: Request<Body>) -> axum::response::Response {
        self.router.clone().oneshot(request).await.expect("the router always answers")
    }

    pub(crate) async fn get(&self, who: Who, path: &str) -> Answer {
        self.send(Self::request("GET", path, who).body(Body::empty()).expect("a request")).await
    }

    pub(crate) async fn write(&self, who: Who, method: &str, path: &str, body: &Value) -> Answer {
        let request = Self::request(method, path, who).header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    pub(crate) async fn post(&self, who: Who, path: &str, body: &Value) -> Answer {
        self.write(who, "POST", path, body).await
    }

    /// Reports observations and returns what became of each.
    pub(crate) async fn report(&self, observations: &[Value]) -> Vec<(String, Option<i64>)> {
        let answer = self.post(Who::Operator, "/v1/observations", &json!(observations)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let results = answer.body["results"].as_array().expect("results").clone();
        results
            .iter()
            .map(|one| {
                (one["outcome"].as_str().expect("an outcome").to_owned(), one["escalation_id"].as_i64())
            })
            .collect()
    }

    /// Delivers all that is due.
    pub(crate) async fn deliver(&self) {
        beckon_server::deliver::run_due(&self.app).await.expect("the store works");
    }

    /// Turns the clock, does what came due, and delivers it.
    pub(crate) async fn pass(&self, seconds: i64) {
        self.advance(seconds);
        beckon_server::scheduler::run_due(&self.app).await.expect("the store works");
        self.deliver().await;
    }

    /// Turns the clock.
    pub(crate) fn advance(&self, seconds: i64) {
        let ahead = (self.app.clock.now() - at(NOW)).num_seconds();
        self.app.clock.set_ahead(ahead + seconds);
    }
}

/// A login of somebody who lives in the Netherlands.
pub(crate) fn login(id: &str, organization: OrganizationId, person: &str, country: &str) -> Value {
    json!({
        "id": id, "type": "login", "observed_at": NOW, "account_id": if organization == FOREIGN { 2 } else { 1 },
        "organization_id": organization.0,
        "identity": {"id": person, "username": format!("{person}@contoso.example"), "usage_location": "NL"},
        "country": country, "ip_address": "62.149.20.10",
    })
}

/// The same through a VPN.
pub(crate) fn vpn_login(id: &str, organization: OrganizationId, person: &str, vpn: &str) -> Value {
    let mut login = login(id, organization, person, "SE");
    login["vpn"] = json!(vpn);
    login
}

/// Ids in a list of things.
pub(crate) fn ids(list: &Value) -> Vec<i64> {
    list.as_array().expect("a list").iter().map(|one| one["id"].as_i64().expect("an id")).collect()
}

/// The fields that an error names.
pub(crate) fn fields(answer: &Answer) -> Vec<&str> {
    let errors = answer.body["errors"].as_array().expect("an error body");
    errors.iter().map(|error| error["field"].as_str().expect("a field")).collect()
}

/// The headers of an answer without the id of its request, which no other has.
pub(crate) fn without_id(mut headers: axum::http::HeaderMap) -> axum::http::HeaderMap {
    assert!(headers.remove("x-request-id").is_some(), "every request has an id");
    headers
}
