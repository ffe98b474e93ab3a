//! How refusals and failures become answers: the one place that knows both the domain's errors and HTTP's.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use beckon_core::api::{Blocked, ErrorBody};
use beckon_core::error::{FieldError, Refusal};

use crate::store::StoreError;

/// Why a request is not answered as hoped.
#[derive(Debug)]
pub enum ApiError {
    /// Nobody is signed in, or not any more.
    Unauthenticated,
    /// An organization user: kept out, and told whom to ask.
    Blocked(Box<Blocked>),
    /// Another site sent it.
    CrossSite,
    /// The body is larger than this route reads.
    TooLarge(usize),
    /// The body is of a type that this route does not read.
    UnsupportedType(&'static str),
    /// The method is not one of this route's.
    MethodNotAllowed,
    /// What core or the store says.
    Store(StoreError),
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<crate::seal::SealError> for ApiError {
    fn from(error: crate::seal::SealError) -> Self {
        tracing::error!(%error, "a secret can be neither sealed nor opened");
        let text = "a secret cannot be read or kept here: the operator has to look at the secret key of this installation";
        Self::Store(StoreError::Refused(Refusal::Unsuitable(text.to_owned(), Vec::new())))
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::Store(StoreError::Refused(refusal))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, error, errors, blocked) = match self {
            Self::Unauthenticated => (
                StatusCode::UNAUTHORIZED,
                "nobody is signed in: open a sign-in link, or send a key by HTTP Basic".to_owned(),
                Vec::new(),
                None,
            ),
            Self::Blocked(blocked) => {
                (StatusCode::FORBIDDEN, blocked_text(&blocked), Vec::new(), Some(*blocked))
            }
            Self::CrossSite => (
                StatusCode::FORBIDDEN,
                "another site sent this: changes are only accepted from Beckon's own pages, or with a key"
                    .to_owned(),
                Vec::new(),
                None,
            ),
            Self::TooLarge(limit) => {
                let text = format!("the body is too large: expected at most {limit} bytes; send it in parts");
                (StatusCode::PAYLOAD_TOO_LARGE, text, Vec::new(), None)
            }
            Self::UnsupportedType(expected) => {
                let text = format!("the body is of a type that is not read here: expected {expected}");
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, text, Vec::new(), None)
            }
            Self::MethodNotAllowed => {
                let text = "this address does not take this method: see docs/API.md".to_owned();
                (StatusCode::METHOD_NOT_ALLOWED, text, Vec::new(), None)
            }
            Self::Store(error) => of_store(error),
        };
        let mut response = (status, Json(ErrorBody { error, errors, blocked })).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(RETRY_AFTER, axum::http::HeaderValue::from_static("5"));
        }
        response
    }
}

fn of_store(error: StoreError) -> (StatusCode, String, Vec<FieldError>, Option<Blocked>) {
    let text = error.to_string();
    match error {
        StoreError::Refused(refusal) => match refusal {
            Refusal::Invisible => (StatusCode::NOT_FOUND, text, Vec::new(), None),
            Refusal::Forbidden(_) => (StatusCode::FORBIDDEN, text, Vec::new(), None),
            Refusal::Conflict(_) => (StatusCode::CONFLICT, text, Vec::new(), None),
            Refusal::Unsuitable(_, errors) => (StatusCode::UNPROCESSABLE_ENTITY, text, errors, None),
            Refusal::Invalid(errors) => (StatusCode::BAD_REQUEST, text, errors, None),
        },
        StoreError::KeyReused => (StatusCode::UNPROCESSABLE_ENTITY, text, Vec::new(), None),
        StoreError::Unavailable(detail) => {
            tracing::error!(%detail, "the store is not available");
            let text =
                "the database does not take this at the moment: nothing was done, try again in a few seconds";
            (StatusCode::SERVICE_UNAVAILABLE, text.to_owned(), Vec::new(), None)
        }
    }
}

fn blocked_text(blocked: &Blocked) -> String {
    let whom = if blocked.ask.is_empty() {
        "an account admin".to_owned()
    } else {
        beckon_core::text::join(&blocked.ask, "or")
    };
    format!(
        "escalations are for the account's team: questions about your organization are answered by the people who \
         manage it; ask {whom} at {}",
        blocked.account
    )
}

/// Answers for a handler that panicked: the request failed, the server goes on.
pub fn of_panic(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text =
        panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("?"), "a request ended in a panic");
    let error = "something is broken here: the request was not carried out, and the log says why".to_owned();
    let body = ErrorBody { error, errors: Vec::new(), blocked: None };
    (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
}
