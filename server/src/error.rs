//! How refusals and failures become answers: the one place that knows both the domain's errors and HTTP's.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use beckon_core::api::{Blocked, ErrorBody, Proof};
use beckon_core::error::{FieldError, Refusal};

use crate::store::StoreError;

/// Why a request is not answered as hoped.
#[derive(Debug)]
pub enum ApiError {
    /// Nobody is signed in, or not any more.
    Unauthenticated,
    /// Address, password or code do not fit. Which of them is nobody's business.
    WrongCredentials,
    /// Something has to be proved first.
    Prove(Proof),
    /// Too many tries; in how many seconds the next one counts.
    TooMany(u64),
    /// Too many requests; in how many seconds there is room for the next one.
    TooOften(u64),
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
        let (mut prove, mut wait) = (None, None);
        let (status, error, errors, blocked) = match self {
            Self::Unauthenticated => {
                plain(StatusCode::UNAUTHORIZED, "nobody is signed in: sign in, or send a key by HTTP Basic")
            }
            Self::WrongCredentials => plain(
                StatusCode::UNAUTHORIZED,
                "address, password or code do not fit: try again, or have a sign-in link sent to you",
            ),
            Self::Prove(proof) => {
                prove = Some(proof);
                unproved(proof)
            }
            Self::TooMany(seconds) => {
                wait = Some(seconds);
                let text =
                    format!("too many tries: try again in {seconds} s, or have a sign-in link sent to you");
                plain(StatusCode::TOO_MANY_REQUESTS, text)
            }
            Self::TooOften(seconds) => {
                wait = Some(seconds);
                let text = format!("too many requests: send the next one in {seconds} s");
                plain(StatusCode::TOO_MANY_REQUESTS, text)
            }
            Self::Blocked(blocked) => {
                (StatusCode::FORBIDDEN, blocked_text(&blocked), Vec::new(), Some(*blocked))
            }
            Self::CrossSite => plain(
                StatusCode::FORBIDDEN,
                "another site sent this: changes are only accepted from Beckon's own pages, or with a key",
            ),
            Self::TooLarge(limit) => {
                let text = format!("the body is too large: expected at most {limit} bytes; send it in parts");
                plain(StatusCode::PAYLOAD_TOO_LARGE, text)
            }
            Self::UnsupportedType(expected) => {
                let text = format!("the body is of a type that is not read here: expected {expected}");
                plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, text)
            }
            Self::MethodNotAllowed => plain(
                StatusCode::METHOD_NOT_ALLOWED,
                "this address does not take this method: see docs/API.md",
            ),
            Self::Store(error) => of_store(error),
        };
        if status == StatusCode::SERVICE_UNAVAILABLE {
            wait = Some(5);
        }
        let mut response = (status, Json(ErrorBody { error, errors, blocked, prove })).into_response();
        if let Some(seconds) = wait {
            response.headers_mut().insert(RETRY_AFTER, axum::http::HeaderValue::from(seconds));
        }
        response
    }
}

/// The parts of an answer: status, text, fields, who is kept out.
type Answer = (StatusCode, String, Vec<FieldError>, Option<Blocked>);

fn plain(status: StatusCode, error: impl Into<String>) -> Answer {
    (status, error.into(), Vec::new(), None)
}

fn unproved(proof: Proof) -> Answer {
    match proof {
        Proof::SecondFactor => plain(
            StatusCode::FORBIDDEN,
            "expected the code of the authenticator too, or a recovery code: send it as `code`",
        ),
        Proof::Authentication => plain(
            StatusCode::FORBIDDEN,
            "this is sensitive, and it was proved too long ago who is signed in: prove it again",
        ),
    }
}

fn of_store(error: StoreError) -> Answer {
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
        StoreError::Broken(detail) => {
            tracing::error!(%detail, "something that is kept cannot be worked on");
            let text =
                "something that is kept here cannot be read: nothing was done, tell whoever runs this server";
            (StatusCode::INTERNAL_SERVER_ERROR, text.to_owned(), Vec::new(), None)
        }
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
    let body = ErrorBody { error, errors: Vec::new(), blocked: None, prove: None };
    (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response()
}
