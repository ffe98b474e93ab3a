//! `/sign-in/provider/…`: where a browser leaves for a provider and comes back from it; and by which providers one can sign in.
//! What goes wrong is a page: `/sign-in?problem=<slug>`.

use axum::extract::FromRequestParts;
use axum::http::header::{HeaderValue, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use beckon_core::api::provider::Problem;

use crate::app::App;
use crate::error::ApiError;

pub(super) mod callback;
pub(super) mod leave;
pub(super) mod options;

/// A request of a browser that follows a link, before anybody is known.
pub(crate) struct Visit {
    parts: Parts,
    pairs: Vec<(String, String)>,
}

impl FromRequestParts<App> for Visit {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Ok(Self { parts: parts.clone(), pairs })
    }
}

impl Visit {
    fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// Returns a value of the query.
    fn asked(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Why a step of a sign-in did not happen: something that the person is told, or a failure of this server.
enum Stopped {
    Problem(Problem),
    Failure(ApiError),
}

impl From<Problem> for Stopped {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl<E: Into<ApiError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Failure(error.into())
    }
}

/// Answers a step: where it stopped, with the page that says why.
fn answered(step: Result<Response, Stopped>) -> Response {
    match step {
        Ok(response) => response,
        Err(Stopped::Problem(problem)) => see(&format!("/sign-in?problem={problem}")),
        Err(Stopped::Failure(error)) => error.into_response(),
    }
}

/// Sends the browser somewhere.
fn see(place: &str) -> Response {
    sent(StatusCode::SEE_OTHER.into_response(), place)
}

/// Makes an answer, with its cookies, send the browser somewhere.
fn sent(mut response: Response, place: &str) -> Response {
    *response.status_mut() = StatusCode::SEE_OTHER;
    let place = HeaderValue::try_from(place).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(LOCATION, place);
    response
}
