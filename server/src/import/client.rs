//! The server, seen from the import: a small client of the public API that waits and tries again where that helps.

use std::time::Duration;

use beckon_core::api::observation::{KnownRequest, KnownResponse, ObservationResult, ObservationsResponse};
use beckon_core::api::people::{IdentitiesResponse, IdentityBody, OrganizationResponse};
use beckon_core::api::{ActorResponse, ErrorBody};
use beckon_core::id::{AccountId, OrganizationId};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, StatusCode, Url};
use serde::de::DeserializeOwned;

use super::args::Options;
use super::exit::{Exit, Failure};

/// How patient the client is.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often a request is sent in all.
    pub tries: u32,
    /// The wait before the second try; doubled before each further one.
    pub first_wait: Duration,
    /// The longest wait, also where the server asks for a longer one.
    pub longest_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { tries: 5, first_wait: Duration::from_secs(1), longest_wait: Duration::from_secs(90) }
    }
}

/// A client with a key.
pub struct Client {
    http: reqwest::Client,
    base: Url,
    key: String,
    secret: String,
    patience: Patience,
}

/// What the server answered.
struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

/// Why a try failed, and whether another one may help.
enum Trouble {
    Passing { failure: Failure, wait: Option<Duration> },
    Lasting(Failure),
}

impl Client {
    /// Makes a client for the server and key that the options name. Sends nothing.
    ///
    /// # Errors
    /// When the URL or the key is not one.
    pub fn new(options: &Options, patience: Patience) -> Result<Self, Failure> {
        let usage = |message: &str| Failure::new(Exit::Usage, message);
        let expected = "expected --url to be a URL such as http://127.0.0.1:8080, found something else";
        let mut base = Url::parse(&options.url).map_err(|_| usage(expected))?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(usage(expected));
        }
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        base.set_query(None);
        base.set_fragment(None);
        let (key, secret) = options.key.parts().ok_or_else(|| {
            usage("expected --key to be `key:secret`, found something else (not shown here)")
        })?;
        Ok(Self { http: http()?, base, key: key.to_owned(), secret: secret.to_owned(), patience })
    }

    /// Checks that the server is there and takes the key for an operator's.
    ///
    /// # Errors
    /// When the server is not reached, is not Beckon, or the key is not good for this.
    pub async fn check_key(&self) -> Result<(), Failure> {
        // One try: a server that is down should be known at once, before anything is read.
        let request = || self.get("v1/actor", &[]);
        let answer = match self.attempt(&request).await {
            Ok(answer) => answer,
            Err(Trouble::Lasting(failure)) => return Err(failure),
            Err(Trouble::Passing { failure, .. }) if failure.message.starts_with("cannot reach") => {
                return Err(failure);
            }
            Err(Trouble::Passing { .. }) => self.send(request).await?,
        };
        let actor: ActorResponse = self.body(&answer)?;
        if actor.actor.operator.is_none() {
            let whose = actor.user.map_or_else(|| "somebody else".to_owned(), |user| user.name);
            let message = format!(
                "expected an operator key, found a key of {whose}: only the operator can report observations"
            );
            return Err(Failure::new(Exit::Refused, message));
        }
        Ok(())
    }

    /// Checks that the account has the organization, and returns its name.
    ///
    /// # Errors
    /// When it has not, or the server does not answer.
    pub async fn organization(&self, account: AccountId, id: OrganizationId) -> Result<String, Failure> {
        let path = format!("v1/organizations/{id}");
        let query = [("account_id", account.to_string())];
        let answer = self.send(|| self.get(&path, &query)).await?;
        let missing = || {
            let message = format!(
                "expected organization {id} in account {account}, found none: check --organization and --account, or \
                 make it with `beckon organization add`"
            );
            Failure::new(Exit::NoAddressee, message)
        };
        if answer.status == StatusCode::NOT_FOUND && serde_json::from_slice::<ErrorBody>(&answer.body).is_ok()
        {
            return Err(missing());
        }
        let found = self.body::<OrganizationResponse>(&answer)?.organization;
        if found.account_id == account { Ok(found.name) } else { Err(missing()) }
    }

    /// Returns the identities that the organization has.
    ///
    /// # Errors
    /// When the server does not answer, or not as expected.
    pub async fn identities(
        &self,
        account: AccountId,
        organization: OrganizationId,
    ) -> Result<Vec<IdentityBody>, Failure> {
        let mut identities = Vec::new();
        let mut query = vec![
            ("account_id", account.to_string()),
            ("organization_id", organization.to_string()),
            ("limit", "500".to_owned()),
        ];
        loop {
            let answer = self.send(|| self.get("v1/identities", &query)).await?;
            let page: IdentitiesResponse = self.body(&answer)?;
            identities.extend(page.identities);
            let Some(token) = page.pagination.next_page_token else {
                return Ok(identities);
            };
            query.truncate(3);
            query.push(("page_token", token));
        }
    }

    /// Returns which of these ids the account has already.
    ///
    /// # Errors
    /// When the server does not answer, or not as expected.
    pub async fn known(&self, account_id: AccountId, ids: Vec<String>) -> Result<Vec<String>, Failure> {
        let body = KnownRequest { account_id, ids };
        let answer = self.send(|| self.request(Method::POST, "v1/observations/known").json(&body)).await?;
        Ok(self.body::<KnownResponse>(&answer)?.known)
    }

    /// Sends observations, one JSON text each, and returns what became of each.
    ///
    /// # Errors
    /// When the server does not take them.
    pub async fn observe(&self, observations: &[&str]) -> Result<Vec<ObservationResult>, Failure> {
        let body = observations.join("\n");
        let request = || {
            self.request(Method::POST, "v1/observations")
                .header(CONTENT_TYPE, "application/x-ndjson")
                .body(body.clone())
        };
        let results = self.body::<ObservationsResponse>(&self.send(request).await?)?.results;
        if results.len() == observations.len() {
            return Ok(results);
        }
        let message = format!(
            "expected {} results from {}, found {}: is it another version of Beckon?",
            observations.len(),
            self.shown(),
            results.len()
        );
        Err(Failure::new(Exit::Protocol, message))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path()));
        self.http.request(method, url).basic_auth(&self.key, Some(&self.secret))
    }

    fn get(&self, path: &str, query: &[(&str, String)]) -> RequestBuilder {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path()));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.http.get(url).basic_auth(&self.key, Some(&self.secret))
    }

    /// Sends a request as often as it takes and patience allows.
    async fn send(&self, request: impl Fn() -> RequestBuilder) -> Result<Answer, Failure> {
        let mut backoff = self.patience.first_wait;
        let mut tries = 1;
        loop {
            match self.attempt(&request).await {
                Ok(answer) => return Ok(answer),
                Err(Trouble::Lasting(failure)) => return Err(failure),
                Err(Trouble::Passing { failure, .. }) if tries >= self.patience.tries => return Err(failure),
                Err(Trouble::Passing { wait, .. }) => {
                    tokio::time::sleep(wait.unwrap_or(backoff).min(self.patience.longest_wait)).await;
                    backoff *= 2;
                    tries += 1;
                }
            }
        }
    }

    async fn attempt(&self, request: &impl Fn() -> RequestBuilder) -> Result<Answer, Trouble> {
        let passing = |failure| Trouble::Passing { failure, wait: None };
        let response = request().send().await.map_err(|error| passing(self.unreachable(&error)))?;
        let status = response.status();
        let wait = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        let body = response.bytes().await.map_err(|error| passing(self.unreachable(&error)))?.to_vec();
        let answer = Answer { status, body };
        match status {
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::BAD_GATEWAY
            | StatusCode::GATEWAY_TIMEOUT => {
                let said = said(&answer).unwrap_or_else(|| format!("answered {status}"));
                let message = format!("{} takes nothing at the moment: {said}", self.shown());
                Err(Trouble::Passing { failure: Failure::new(Exit::Unavailable, message), wait })
            }
            StatusCode::UNAUTHORIZED => {
                let message = format!(
                    "expected a key that {} knows, found one that it does not: check --key",
                    self.shown()
                );
                Err(Trouble::Lasting(Failure::new(Exit::Refused, message)))
            }
            StatusCode::FORBIDDEN => {
                let said = said(&answer).unwrap_or_else(|| "the key may not do this".to_owned());
                let message = format!("expected an operator key, found one that is refused: {said}");
                Err(Trouble::Lasting(Failure::new(Exit::Refused, message)))
            }
            _ => Ok(answer),
        }
    }

    /// Reads the body of a good answer.
    fn body<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T, Failure> {
        if !answer.status.is_success() {
            let found = said(answer)
                .map_or_else(|| answer.status.to_string(), |said| format!("{}: {said}", answer.status));
            let message =
                format!("expected Beckon at {}, found an answer {found}: check --url", self.shown());
            return Err(Failure::new(Exit::Protocol, message));
        }
        serde_json::from_slice(&answer.body).map_err(|_| {
            let message = format!(
                "expected Beckon at {}, found something that answers differently: check --url, and that this command \
                 and the server are of the same version",
                self.shown()
            );
            Failure::new(Exit::Protocol, message)
        })
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let why = if error.is_timeout() { "no answer came in time" } else { reason(error) };
        let message = format!("cannot reach {}: {why}: is it running?", self.shown());
        Failure::new(Exit::Unavailable, message)
    }

    fn shown(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }
}

/// Makes the HTTP client: no redirects, which would carry the key elsewhere, and no proxies.
fn http() -> Result<reqwest::Client, Failure> {
    // Fails where one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_mins(1))
        .user_agent(concat!("beckon-import/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|_| {
            Failure::new(Exit::Unavailable, "cannot set up TLS: are the system's certificates installed?")
        })
}

/// Returns what the server itself said, if it spoke as Beckon does.
fn said(answer: &Answer) -> Option<String> {
    let body: ErrorBody = serde_json::from_slice(&answer.body).ok()?;
    let fields = body.errors.iter().map(|error| format!("; {}: {}", error.field, error.message));
    Some(body.error + &fields.collect::<String>())
}

/// Says in our words why a connection failed, from the innermost cause that is known.
fn reason(error: &reqwest::Error) -> &'static str {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = source {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            match io.kind() {
                std::io::ErrorKind::ConnectionRefused => return "nothing listens there",
                std::io::ErrorKind::ConnectionReset
                | std::io::ErrorKind::BrokenPipe
                | std::io::ErrorKind::UnexpectedEof => return "the connection broke off",
                std::io::ErrorKind::InvalidData => return "its certificate or its TLS is not accepted",
                _ => {}
            }
        }
        source = inner.source();
    }
    if error.is_connect() {
        "no connection came about (check the host's name and port)"
    } else {
        "the connection broke off"
    }
}
