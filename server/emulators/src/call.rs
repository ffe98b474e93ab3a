//! One request, as the emulated APIs look at it, and one answer.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use serde_json::Value;

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// To find or get in: a codebase, a zone, a token.
    Enter,
    /// To read a list or what can be chosen.
    Read,
    /// To search for tickets, or read one.
    Search,
    /// To read the notes of a ticket.
    ReadNotes,
    /// To make a ticket.
    CreateTicket,
    /// To add a note.
    AddNote,
    /// To change a ticket.
    Update,
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// What it was for.
    pub kind: Kind,
    /// Its method.
    pub method: String,
    /// Its path, without the query.
    pub path: String,
    /// Its headers, credentials included.
    pub headers: HeaderMap,
    /// Its body; null where that is no JSON.
    pub body: Value,
}

/// A request.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: Vec<String>,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: HeaderMap,
    pub(crate) raw: Vec<u8>,
}

impl Call {
    pub(crate) fn new(method: Method, uri: &Uri, headers: HeaderMap, raw: Vec<u8>) -> Self {
        let path = uri.path().trim_matches('/').split('/').map(decoded).collect();
        let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        Self { method, path, query, headers, raw }
    }

    /// Returns a header as text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Returns the body, if it is JSON and says so.
    pub(crate) fn json(&self) -> Option<Value> {
        let kind = self.header("content-type")?;
        kind.starts_with("application/json").then(|| serde_json::from_slice(&self.raw).ok())?
    }

    /// Returns a number of the query.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.query.get(name)?.parse().ok()
    }

    /// Returns the path as pieces that can be matched.
    pub(crate) fn pieces(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// Returns the address at which the client reaches this.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.header("host").unwrap_or("localhost"))
    }
}

fn decoded(piece: &str) -> String {
    // A query's decoding, but for the plus sign, which is itself in a path.
    let piece = piece.replace('+', "%2B");
    form_urlencoded::parse(piece.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default()
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Some(body) }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: None }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }

    pub(crate) fn into_response(self) -> Response {
        let mut response =
            Response::new(self.body.as_ref().map_or_else(Body::empty, |body| Body::from(body.to_string())));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind =
            self.body.is_some().then(|| ("content-type", "application/json; charset=utf-8".to_owned()));
        for (name, value) in self.headers.into_iter().chain(kind) {
            if let Ok(value) = value.parse() {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// Tells how long a text is for the systems that limit it: in UTF-16 code units.
pub(crate) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Tells whether a text is a moment such as `2026-11-24T08:00:00Z`.
pub(crate) fn is_moment(text: &str) -> bool {
    let shape = "dddd-dd-ddTdd:dd:ddZ";
    text.len() == shape.len()
        && text.chars().zip(shape.chars()).all(|(c, s)| if s == 'd' { c.is_ascii_digit() } else { c == s })
}
