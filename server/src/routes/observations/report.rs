//! `POST /v1/observations`: one JSON object, an array, or NDJSON. One bad observation rejects itself, not the others.

use axum::Json;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header::CONTENT_TYPE;
use beckon_core::api::observation::{ObservationResult, ObservationsResponse};
use beckon_core::error::{FieldError, Refusal};
use beckon_core::observation::{MAX_BATCH, Observation, Outcome};
use beckon_core::permission::Action;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{idempotency_key, read_body};
use crate::store::{Digest, Idempotency, StoreError};

/// The largest body, in bytes.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// Takes in observations.
pub(crate) async fn report(
    State(app): State<App>,
    request: Request,
) -> Result<Json<ObservationsResponse>, ApiError> {
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, &app).await?;
    caller.permit_anywhere(Action::Operate)?;
    let key = idempotency_key(&parts)?;
    let format = Format::of(parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()))?;
    let body = read_body(body, MAX_BODY).await?;
    let idempotency =
        key.map(|key| Idempotency { caller: caller.id.clone(), key, request: Digest::of(&body) });
    let text = std::str::from_utf8(&body).map_err(|error| {
        Refusal::field(
            "",
            format!("expected UTF-8, found something else after {} bytes", error.valid_up_to()),
        )
    })?;
    let texts = format.split(text)?;
    if texts.len() > MAX_BATCH {
        let found = texts.len();
        let message = format!("expected at most {MAX_BATCH} observations, found {found}: send them in parts");
        return Err(Refusal::field("", message).into());
    }
    let now = app.clock.now();
    let read: Vec<Result<Observation, ObservationResult>> = texts
        .into_iter()
        .map(|text| Observation::parse(text, now).map_err(|errors| rejected(text, errors)))
        .collect();
    let good = read.iter().filter_map(|read| read.as_ref().ok().cloned()).collect();
    let mut kept = app.store.observe(good, idempotency, now).await?.into_iter();
    let results: Option<Vec<_>> =
        read.into_iter().map(|read| read.map_or_else(Some, |_| kept.next())).collect();
    let results = results.ok_or_else(|| StoreError::Unavailable("a result is missing".to_owned()))?;
    for result in &results {
        app.metrics.observed(result.outcome);
    }
    Ok(Json(ObservationsResponse { results }))
}

enum Format {
    Json,
    Lines,
}

impl Format {
    fn of(content_type: Option<&str>) -> Result<Self, ApiError> {
        let kind =
            content_type.map(|text| text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        match kind.as_deref() {
            None | Some("application/json") => Ok(Self::Json),
            Some("application/x-ndjson" | "application/ndjson" | "application/jsonl") => Ok(Self::Lines),
            Some(_) => Err(ApiError::UnsupportedType("application/json or application/x-ndjson")),
        }
    }

    /// Splits the body into the texts of single observations.
    fn split(self, text: &str) -> Result<Vec<&str>, Refusal> {
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            return Err(Refusal::field("", "expected an observation, found an empty body"));
        }
        match self {
            Self::Lines => Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).collect()),
            Self::Json if text.starts_with('[') => {
                let items: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| not_json(&error))?;
                Ok(items.into_iter().map(RawValue::get).collect())
            }
            Self::Json => {
                serde_json::from_str::<&RawValue>(text).map_err(|error| not_json(&error))?;
                Ok(vec![text])
            }
        }
    }
}

fn not_json(error: &serde_json::Error) -> Refusal {
    Refusal::field("", format!("expected a JSON object or an array of them: {error}"))
}

/// Says why an observation was not taken in, under its own id where that can be read.
fn rejected(text: &str, errors: Vec<FieldError>) -> ObservationResult {
    #[derive(Deserialize)]
    struct OnlyId {
        id: String,
    }
    let id = serde_json::from_str::<OnlyId>(text).ok().map(|only| only.id);
    ObservationResult { id, outcome: Outcome::Rejected, escalation_id: None, errors }
}
