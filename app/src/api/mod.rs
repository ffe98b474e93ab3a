//! The one typed place for HTTP. Sends, reads the bodies of `beckon_core::api`, and says what went wrong.
//!
//! Holds no state but hooks: what the page does when a session is refused, whatever the request was, and where it asks who is signed
//! in. In a panel, requests carry its token, and answers wait for consent.

use std::cell::RefCell;

use beckon_core::api::embed::{ExchangeRequest, ExchangeResponse};
use beckon_core::api::{Blocked, ErrorBody, Pagination, Proof};
use gloo_net::http::{Method, RequestBuilder};
use serde::Serialize;
use wasm_bindgen::JsValue;
use web_sys::RequestCredentials;

pub use self::body::Body;
pub use self::stream::Stream;
use crate::asking::{Asking, ask};
use crate::panel;
use crate::words::effects::capitalize_first;

pub mod activity;
mod bodies;
mod body;
pub mod deliveries;
pub mod embeds;
pub mod escalations;
pub mod integrations;
pub mod keys;
pub mod members;
pub mod notifications;
pub mod people;
pub mod rules;
pub mod session;
mod stream;
pub mod webhooks;

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server was not reached.
    Unreached,
    /// The server refused.
    Refused {
        /// The status of the answer.
        status: u16,
        /// What went wrong and what to do.
        body: Box<ErrorBody>,
    },
    /// The answer is not what this page knows how to read.
    Unreadable,
    /// It was not sent.
    Held(String),
}

impl Failure {
    /// Tells whether the server answered with `status`.
    pub fn is(&self, expected: u16) -> bool {
        matches!(self, Self::Refused { status, .. } if *status == expected)
    }

    /// Returns what has to be proved first, if anything.
    pub fn prove(&self) -> Option<Proof> {
        match self {
            Self::Refused { body, .. } => body.prove,
            Self::Unreached | Self::Unreadable | Self::Held(_) => None,
        }
    }

    /// Returns what went wrong and what to do, as a sentence.
    pub fn text(&self) -> String {
        match self {
            Self::Unreached => "Beckon cannot be reached. Check your connection, then try again.".to_owned(),
            Self::Unreadable => {
                "Beckon answered something that this page does not understand. Load the page again."
                    .to_owned()
            }
            Self::Held(why) => why.clone(),
            Self::Refused { body, .. } => {
                let mut text = sentence(&body.error);
                for error in &body.errors {
                    text.push(' ');
                    text.push_str(&sentence(&error.message));
                }
                text
            }
        }
    }
}

/// Makes a sentence of the server's error texts, which begin small and end without a full stop.
fn sentence(text: &str) -> String {
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{stop}", capitalize_first(text))
}

/// Why the whole page has nothing to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Nobody is signed in.
    SignedOut,
    /// Whoever is signed in is kept out.
    Blocked(Box<Blocked>),
}

type Hook = Box<dyn Fn(Refused)>;

thread_local! {
    static ON_REFUSED: RefCell<Option<Hook>> = const { RefCell::new(None) };
}

/// Calls `hook` whenever a session is refused.
pub fn on_refused(hook: impl Fn(Refused) + 'static) {
    ON_REFUSED.set(Some(Box::new(hook)));
}

thread_local! {
    /// Asks whoever is signed in to prove once more who it is, whenever the server wants to know that.
    pub static PROOF: Asking = const { Asking::new() };
}

/// Reads what somebody else than the server wrote as JSON.
pub fn read_text<T: Body>(text: &str) -> Option<T> {
    Answer(text.to_owned()).read("").ok()
}

/// Reads an object that somebody else than the server made.
pub fn read_object<T: Body>(object: &JsValue) -> Option<T> {
    read(object).ok()
}

/// Trades a launch code for the token of a panel.
///
/// # Errors
/// Why there is none.
pub async fn exchange(request: &ExchangeRequest) -> Result<ExchangeResponse, Failure> {
    let body = serde_json::to_string(request).unwrap_or_default();
    let text = attempt(Method::POST, "/v1/embed_sessions/exchange", Some(body), None).await?;
    Answer(text).read("")
}

/// Fetches `path`.
async fn get<T: Body>(path: &str) -> Result<T, Failure> {
    Answer::of(path.to_owned()).await?.read("")
}

/// Fetches up to `most` pages of the list at `path`, whose query has begun, and what stands in each under `name`.
/// Tells whether there are more.
async fn all(path: String, name: &'static str, most: u32) -> Result<(Vec<JsValue>, bool), Failure> {
    let mut items = Vec::new();
    let mut token = String::new();
    for _ in 0..most {
        let answer = Answer::of(format!("{path}{token}")).await?;
        items.append(&mut answer.read(name)?);
        match answer.read::<Pagination>("pagination")?.next_page_token {
            Some(next) => token = format!("&page_token={}", encode(&next)),
            None => return Ok((items, false)),
        }
    }
    Ok((items, true))
}

/// Reads what was fetched piece by piece.
fn read_all<T: Body>(items: Vec<JsValue>) -> Result<Vec<T>, Failure> {
    items.iter().map(|item| read(item)).collect()
}

/// A request that changes something, ready to be sent.
pub struct Change {
    method: Method,
    path: String,
    body: Option<String>,
}

impl Change {
    /// A change that a body describes.
    fn new(method: Method, path: String, body: &impl Serialize) -> Self {
        // Our own bodies can all be written; the server would refuse an empty one and say so.
        Self { method, path, body: Some(serde_json::to_string(body).unwrap_or_default()) }
    }

    /// A change that its path describes.
    fn bare(method: Method, path: String) -> Self {
        Self { method, path, body: None }
    }

    /// Sends it.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn send(self) -> Result<Answer, Failure> {
        send(self.method, &self.path, self.body).await.map(Answer)
    }
}

/// What the server answered, still to be read.
pub struct Answer(String);

impl Answer {
    /// Asks for what is at `path`.
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn of(path: String) -> Result<Self, Failure> {
        send(Method::GET, &path, None).await.map(Self)
    }

    /// Reads what stands under `name` in it; all of it where the name is empty.
    ///
    /// # Errors
    /// [`Failure::Unreadable`] where it is not what was asked for.
    pub fn read<T: Body>(&self, name: &'static str) -> Result<T, Failure> {
        read(&self.part(name)?)
    }

    fn part(&self, name: &'static str) -> Result<JsValue, Failure> {
        let tree = body::parse(&self.0).ok_or(Failure::Unreadable)?;
        Ok(if name.is_empty() { tree } else { body::field(&tree, name) })
    }
}

/// Sends `body` to `path`.
async fn write(method: Method, path: String, body: &impl Serialize) -> Result<Answer, Failure> {
    Change::new(method, path, body).send().await
}

fn read<T: Body>(tree: &JsValue) -> Result<T, Failure> {
    body::whole(tree).map_err(unreadable)
}

fn unreadable(body::Error(expected): body::Error) -> Failure {
    leptos::logging::warn!("an answer could not be read, expected: {expected}");
    Failure::Unreadable
}

/// Sends one request. What changes something carries an idempotency key and is sent once more where the first attempt got
/// no answer, or where it had to be proved first who is signed in: the server does it once.
async fn send(method: Method, path: &str, body: Option<String>) -> Result<String, Failure> {
    if panel::is_over() {
        panel::renew("renewal").await?;
    }
    if method == Method::GET {
        return attempt(method, path, None, None).await;
    }
    let key = format!("{:016x}", (js_sys::Math::random() * 1e16).to_bits());
    let answer = attempt(method.clone(), path, body.clone(), Some(&key)).await;
    let again = match &answer {
        Err(Failure::Unreached) => true,
        Err(Failure::Refused { body, .. }) => body.prove == Some(Proof::Authentication) && ask(&PROOF).await,
        _ => false,
    };
    if again { attempt(method, path, body, Some(&key)).await } else { answer }
}

async fn attempt(
    method: Method,
    path: &str,
    body: Option<String>,
    key: Option<&str>,
) -> Result<String, Failure> {
    let mut builder = signed(RequestBuilder::new(path)).method(method).header("Accept", "application/json");
    if let Some(key) = key {
        builder = builder.header("Idempotency-Key", key);
    }
    let request = match body {
        Some(body) => builder.header("Content-Type", "application/json").body(body),
        None => builder.build(),
    };
    let response = match request {
        Ok(request) => request.send().await.map_err(|_| Failure::Unreached)?,
        Err(_) => return Err(Failure::Unreadable),
    };
    let status = response.status();
    let text = response.text().await.map_err(|_| Failure::Unreached)?;
    if response.ok() { Ok(text) } else { Err(refused(status, &text)) }
}

/// Says who sends a request, where that is not what cookies say.
fn signed(mut builder: RequestBuilder) -> RequestBuilder {
    if panel::is_panel() {
        builder = builder.credentials(RequestCredentials::Omit);
    }
    match panel::bearer() {
        Some(token) => builder.header("Authorization", &format!("Bearer {token}")),
        None => builder,
    }
}

fn refused(status: u16, text: &str) -> Failure {
    let body = Answer(text.to_owned()).read::<ErrorBody>("").unwrap_or_else(|_| ErrorBody {
        error: format!("Beckon answered with status {status}: try again in a moment"),
        errors: Vec::new(),
        blocked: None,
        prove: None,
    });
    let refusal = match (status, &body.blocked) {
        (401, _) => Some(Refused::SignedOut),
        (403, Some(blocked)) => Some(Refused::Blocked(Box::new(blocked.clone()))),
        _ => None,
    };
    if let Some(refusal) = refusal {
        ON_REFUSED.with_borrow(|hook| hook.iter().for_each(|hook| hook(refusal.clone())));
    }
    Failure::Refused { status, body: Box::new(body) }
}

/// Encodes `text` for a query.
pub fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
