//! What routes read from a request: ids, query parameters, pages, bodies. Everything wrong is named by its field.

use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use beckon_core::api::Pagination;
use beckon_core::error::Refusal;
use beckon_core::id::AccountId;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::store::query::SortPlace;
use crate::store::{Cursor, Digest, Idempotency};

/// The largest body of a change, in bytes.
pub const MAX_BODY: usize = 256 * 1024;

/// The id in a path. What is no number does not exist either, and is answered like that: it becomes the number that nothing
/// has, so that whether somebody may ask at all is still looked at first.
pub struct Id<T>(pub T);

/// The number that nothing has.
const NOBODYS: &str = "0";

impl<T: FromStr + Send> FromRequestParts<App> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let text = Path::<String>::from_request_parts(parts, app).await.map(|Path(text)| text);
        let text = text.unwrap_or_else(|_| NOBODYS.to_owned());
        let id = text.parse().or_else(|_| NOBODYS.parse());
        id.map(Self).map_err(|_| Refusal::Invisible.into())
    }
}

/// The query of a list. Unknown parameters are ignored.
pub struct Params {
    path: String,
    pairs: Vec<(String, String)>,
}

impl FromRequestParts<App> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Ok(Self { path: parts.uri.path().to_owned(), pairs })
    }
}

impl Params {
    fn text(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Reads one value with `read`, whose error says what was expected.
    pub fn with<T, E: ToString>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Refusal> {
        self.text(name).map(|text| read(text).map_err(|error| Refusal::field(name, error))).transpose()
    }

    /// Reads one value.
    pub fn one<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, Refusal> {
        self.with(name, |text| {
            text.parse().map_err(|_| format!("expected {expected}, found `{}`", short(text)))
        })
    }

    /// Reads values that are separated by commas.
    pub fn list<T, E: ToString>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Vec<T>, Refusal> {
        let values = self.text(name).into_iter().flat_map(|text| text.split(','));
        values.map(|text| read(text.trim()).map_err(|error| Refusal::field(name, error))).collect()
    }

    /// Reads some text, cut to a sensible length.
    pub fn search(&self, name: &str) -> Option<String> {
        self.text(name).map(|text| text.chars().take(200).collect())
    }

    /// Reads the account that the operator names.
    pub fn account(&self) -> Result<Option<AccountId>, Refusal> {
        self.one("account_id", "an account's number")
    }

    /// Reads how many rows a page may have.
    pub fn limit(&self) -> Result<usize, Refusal> {
        let limit = self.one("limit", "a number from 1 to 500")?.unwrap_or(10);
        if (1..=500).contains(&limit) {
            return Ok(limit);
        }
        Err(Refusal::field("limit", format!("expected a number from 1 to 500, found {limit}")))
    }

    /// Reads where a page begins, in a list that is ordered by one number.
    pub fn cursor(&self) -> Result<Cursor, Refusal> {
        Ok(Cursor { after: self.token(|text| text.parse().ok())?, limit: self.limit()? })
    }

    /// Reads where a page of escalations begins.
    pub fn place(&self) -> Result<Option<SortPlace>, Refusal> {
        self.token(|text| {
            let (value, id) = text.split_once('.')?;
            Some(SortPlace { value: value.parse().ok()?, id: id.parse().ok()? })
        })
    }

    fn token<T>(&self, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Refusal> {
        self.with("page_token", |token| {
            let decoded = URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            decoded.as_deref().and_then(&read).ok_or("expected the token of a page before, unchanged")
        })
    }

    /// Says where the next page is; `next` is the place of the last row, if there is another page.
    pub fn pagination(&self, app: &App, next: Option<i64>) -> Pagination {
        self.to_page(app, next.map(|number| number.to_string()))
    }

    /// The same for escalations.
    pub fn pagination_at(&self, app: &App, next: Option<SortPlace>) -> Pagination {
        self.to_page(app, next.map(|place| format!("{}.{}", place.value, place.id)))
    }

    fn to_page(&self, app: &App, place: Option<String>) -> Pagination {
        let token = place.map(|place| URL_SAFE_NO_PAD.encode(place));
        let url = token.as_ref().map(|token| {
            let kept = self.pairs.iter().filter(|(name, _)| name != "page_token");
            let mut query = form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(kept).append_pair("page_token", token);
            format!("{}{}?{}", app.base_url, self.path, query.finish())
        });
        Pagination { next_page_token: token, next_page_url: url, total_count: None }
    }
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

/// A change: who asks, and a body that is read after the caller is permitted.
pub struct Write {
    /// Who asks.
    pub caller: Caller,
    method_and_path: String,
    key: Option<String>,
    body: Bytes,
}

impl FromRequest<App> for Write {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, app).await?;
        let key = idempotency_key(&parts)?;
        let body = read_body(body, MAX_BODY).await?;
        check_type(&parts, &body)?;
        let method_and_path = format!("{} {}", parts.method, parts.uri.path());
        Ok(Self { caller, method_and_path, key, body })
    }
}

/// Reads the body of a request that nobody has to be signed in for.
pub async fn read_json<T: DeserializeOwned>(request: Request) -> Result<(Parts, T), ApiError> {
    let (parts, body) = request.into_parts();
    let body = read_body(body, MAX_BODY).await?;
    check_type(&parts, &body)?;
    let read = json(&body)?;
    Ok((parts, read))
}

/// Refuses what says that it is something else than JSON.
fn check_type(parts: &Parts, body: &Bytes) -> Result<(), ApiError> {
    let is_json = parts.headers.get(CONTENT_TYPE).is_none_or(|value| {
        value.to_str().is_ok_and(|value| {
            let value = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            value == "application/json" || value.ends_with("+json")
        })
    });
    if is_json || body.is_empty() { Ok(()) } else { Err(ApiError::UnsupportedType("application/json")) }
}

/// Reads a whole body, up to `limit` bytes.
pub async fn read_body(body: axum::body::Body, limit: usize) -> Result<Bytes, ApiError> {
    axum::body::to_bytes(body, limit).await.map_err(|_| ApiError::TooLarge(limit))
}

/// Reads the caller's `Idempotency-Key`.
pub fn idempotency_key(parts: &Parts) -> Result<Option<String>, ApiError> {
    let Some(value) = parts.headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().ok().filter(|key| (1..=200).contains(&key.len()));
    let refuse = || Refusal::field("Idempotency-Key", "expected 1 to 200 visible ASCII characters");
    Ok(Some(key.map(str::to_owned).ok_or_else(refuse)?))
}

impl Write {
    /// Reads the body as JSON. An empty one is an object without fields.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] that names the field.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        json(&self.body)
    }

    /// Returns what makes a repeated request the same one, when the caller wants that.
    pub fn idempotency(&self) -> Option<Idempotency> {
        let key = self.key.clone()?;
        let request = [self.method_and_path.as_bytes(), b"\n", &self.body].concat();
        Some(Idempotency { caller: self.caller.id.clone(), key, request: Digest::of(&request) })
    }
}

/// Reads an object. Nothing is one without fields.
fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let text = match body.trim_ascii() {
        b"" => b"{}",
        text => text,
    };
    // Serde would read an array as the values of the fields in order, and an empty one as a dismissal.
    if text[0] != b'{' {
        return Err(Refusal::field("", "expected a JSON object, found something else"));
    }
    let reader = &mut serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut *reader).map_err(|error| unread(&error, text))?;
    reader.end().map_err(|error| Refusal::field("", format!("expected one JSON object: {error}")))?;
    Ok(value)
}

/// Names the field that could not be read. Where it stands in the text is said only when the text is no JSON.
fn unread(error: &serde_path_to_error::Error<serde_json::Error>, body: &[u8]) -> Refusal {
    let text = error.inner().to_string();
    if !error.inner().is_data() {
        // A number where a word is expected is a mistake of syntax to the reader, and a wrong field to everybody else.
        return if serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok() {
            Refusal::field(error.path().to_string(), "expected text, found something else")
        } else {
            Refusal::field("", format!("expected a JSON object: {text}"))
        };
    }
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    let path = error.path().to_string();
    let named = text.starts_with("unknown field") || text.starts_with("missing field");
    let quoted = text.split('`').nth(1).filter(|_| named);
    let field = if path == "." { quoted.unwrap_or_default() } else { &path };
    Refusal::field(field, message)
}
