//! A request as the vendors look at it, and what they answer, apart from the connection.

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use serde::Serialize;
use serde_json::Value;

/// No vendor takes more, and an emulator has no reason to hold more.
const BODY_LIMIT: usize = 4 << 20;

/// A request that has arrived.
#[derive(Debug)]
pub(crate) struct Ask {
    /// The method.
    pub(crate) method: Method,
    /// The path, decoded, cut at the slashes, without the empty parts.
    pub(crate) path: Vec<String>,
    /// The query or the form, decoded, in order.
    query: Vec<(String, String)>,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body.
    pub(crate) body: Bytes,
}

impl Ask {
    /// Reads a request to its end. `None` if the client gave up, or sent too much.
    pub(crate) async fn read(request: Request<Incoming>) -> Option<Self> {
        let (head, body) = request.into_parts();
        let body = Limited::new(body, BODY_LIMIT).collect().await.ok()?.to_bytes();
        let path = head.uri.path().split('/').filter(|part| !part.is_empty()).map(decode).collect();
        let query = pairs(head.uri.query().unwrap_or_default().as_bytes());
        Some(Self { method: head.method, path, query, headers: head.headers, body })
    }

    /// The parts of the path.
    pub(crate) fn parts(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// A parameter of the query.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A number in the query; `Err` if what stands there is none.
    pub(crate) fn number(&self, name: &str, otherwise: usize) -> Result<usize, ()> {
        self.query(name).map_or(Ok(otherwise), |value| value.parse().map_err(|_| ()))
    }

    /// A header, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Whether the body says that it is of that kind.
    pub(crate) fn is(&self, kind: &str) -> bool {
        let said = self.header("content-type").unwrap_or_default();
        said.split(';').next().is_some_and(|said| said.trim().eq_ignore_ascii_case(kind))
    }

    /// The body as JSON, if it says so and is.
    pub(crate) fn json(&self) -> Option<Value> {
        self.is("application/json").then(|| serde_json::from_slice(&self.body).ok()).flatten()
    }

    /// The fields of the form that is the body.
    pub(crate) fn form(&self) -> Option<Vec<(String, String)>> {
        self.is("application/x-www-form-urlencoded").then(|| pairs(&self.body))
    }

    /// The address at which the client found this server.
    pub(crate) fn own_url(&self) -> String {
        format!("http://{}", self.header("host").unwrap_or("127.0.0.1"))
    }
}

fn pairs(text: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(text).map(|(key, value)| (key.into_owned(), value.into_owned())).collect()
}

/// Decodes a part of a path, in which a plus is a plus.
fn decode(part: &str) -> String {
    let guarded = format!("p={}", part.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(guarded.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// What is answered.
#[derive(Debug)]
pub(crate) struct Reply {
    status: StatusCode,
    kind: &'static str,
    body: String,
    retry_after: Option<u32>,
}

impl Reply {
    /// An answer in JSON.
    pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Self {
        let body = serde_json::to_string(body).unwrap_or_else(|_| "null".into());
        Self { status, kind: "application/json; charset=utf-8", body, retry_after: None }
    }

    /// 200 in JSON.
    pub(crate) fn ok(body: &impl Serialize) -> Self {
        Self::json(StatusCode::OK, body)
    }

    /// A page.
    pub(crate) const fn html(status: StatusCode, body: String) -> Self {
        Self { status, kind: "text/html; charset=utf-8", body, retry_after: None }
    }

    /// An answer without a body.
    pub(crate) const fn empty(status: StatusCode) -> Self {
        Self { status, kind: "text/plain", body: String::new(), retry_after: None }
    }

    /// 429.
    pub(crate) fn too_many(seconds: u32) -> Self {
        let body = serde_json::json!({"message": "Too many requests"});
        Self { retry_after: Some(seconds), ..Self::json(StatusCode::TOO_MANY_REQUESTS, &body) }
    }

    /// 500 as a proxy in front of a vendor gives it: a page, and no errors to read.
    pub(crate) fn broken() -> Self {
        let page = "<html><body><h1>500 - Internal server error.</h1></body></html>";
        Self::html(StatusCode::INTERNAL_SERVER_ERROR, page.into())
    }

    /// As hyper sends it.
    pub(crate) fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(Bytes::from(self.body)));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
