//! One request to a PSA: kept within limits and time, its answer bounded, and what went wrong told apart by what it means
//! for the next attempt. Knows no vendor.

use std::time::Duration;

use beckon_core::time::Timestamp;
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{RequestBuilder, Response};
use serde::de::DeserializeOwned;

use super::secrets::Secrets;
use super::throttle::Throttle;
use crate::clock::Clock;
use crate::deliver::outcome::{Failed, Failure};
use crate::outbound::{retry_after, why};

/// The most of a good answer that is read: a page of a thousand companies fits many times.
const MAX_BODY: usize = 8 << 20;
/// The most of an answer that is read where the PSA did not do what it was asked.
const MAX_ERROR: usize = 64 << 10;
/// The most pages of one list: more than any PSA has companies.
pub const MAX_PAGES: usize = 2_000;

/// How a client behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long one request may take in all.
    pub timeout: Duration,
    /// Tells the time to what is limited or expires.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(30), clock: Clock::default() }
    }
}

/// What is at stake when an answer is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stake {
    /// Nothing: it only read.
    Read,
    /// Something may have changed there.
    Write,
}

impl Stake {
    /// Returns what a lost answer means.
    pub const fn when_lost(self) -> Failure {
        match self {
            Self::Read => Failure::NotNow { after: None },
            Self::Write => Failure::Doubt,
        }
    }
}

/// An answer of whatever status.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, as far as it was read.
    pub body: Vec<u8>,
    /// Whether the body was read to its end.
    pub whole: bool,
    stake: Stake,
}

/// Sends requests, and judges answers.
#[derive(Debug)]
pub struct Http {
    /// Makes the requests.
    pub client: reqwest::Client,
    /// What never stands in a detail.
    pub secrets: Secrets,
    throttle: Throttle,
    options: Options,
}

impl Http {
    /// Puts the parts together.
    pub fn new(client: reqwest::Client, secrets: Secrets, throttle: Throttle, options: Options) -> Self {
        Self { client, secrets, throttle, options }
    }

    /// Returns the time.
    pub fn now(&self) -> Timestamp {
        self.options.clock.now()
    }

    /// Makes a failure, without secrets in its text.
    pub fn failed(&self, failure: Failure, code: Option<u16>, detail: &str) -> Failed {
        Failed::new(failure, code, &self.secrets.remove_from(detail))
    }

    /// Sends a request and reads the answer, whatever its status.
    ///
    /// # Errors
    /// Where the limits allow none now, no connection came about, or no answer came.
    pub async fn send(&self, request: RequestBuilder, stake: Stake) -> Result<Answer, Failed> {
        let place = self.throttle.enter(self.now()).map_err(|after| {
            let detail = "not sent: the PSA allows no more requests at the moment";
            self.failed(Failure::NotNow { after: Some(after) }, None, detail)
        })?;
        let request = request.timeout(self.options.timeout).build().map_err(|_| {
            self.failed(
                Failure::Refused,
                None,
                "expected settings that can be sent, found others: enter them again",
            )
        })?;
        let url = request.url().clone();
        let response = self.client.execute(request).await.map_err(|error| self.unanswered(&error, stake))?;
        if *response.url() != url {
            let detail =
                "expected an answer, found a redirect that was followed: credentials may have gone elsewhere";
            return Err(self.failed(Failure::Refused, None, detail));
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let (body, whole) = read(response, if status.is_success() { MAX_BODY } else { MAX_ERROR }).await;
        drop(place);
        Ok(Answer { status: status.as_u16(), headers, body, whole, stake })
    }

    /// Tells apart by its status what an answer means, and returns a good one.
    ///
    /// # Errors
    /// Where it is not a good one.
    pub fn judge(&self, answer: Answer) -> Result<Answer, Failed> {
        let failure = match answer.status {
            200..=299 if answer.whole => return Ok(answer),
            // A server that answers so may have done the work all the same.
            200..=299 | 408 | 500..=599 => answer.stake.when_lost(),
            429 => {
                let asked = retry_after(&answer.headers, self.now());
                Failure::NotNow { after: self.throttle.rest(self.now(), asked) }
            }
            _ => Failure::Refused,
        };
        Err(self.failed(failure, Some(answer.status), &said(&answer)))
    }

    /// Reads the body of a good answer.
    ///
    /// # Errors
    /// Where it is something else than expected.
    pub fn read<T: DeserializeOwned>(&self, answer: Answer) -> Result<T, Failed> {
        serde_json::from_slice(&answer.body).map_err(|_| self.unreadable(&answer))
    }

    /// Says that a good answer was not understood, which leaves open what was done.
    pub fn unreadable(&self, answer: &Answer) -> Failed {
        let detail = format!("expected an answer of the PSA's API, found: {}", said(answer));
        self.failed(answer.stake.when_lost(), Some(answer.status), &detail)
    }

    fn unanswered(&self, error: &reqwest::Error, stake: Stake) -> Failed {
        if error.is_connect() {
            return self.failed(Failure::NotNow { after: None }, None, &format!("not sent: {}", why(error)));
        }
        if error.is_builder() {
            let detail = "expected a request that can be sent, found another: check the address";
            return self.failed(Failure::Refused, None, detail);
        }
        let why = if error.is_timeout() { "no answer came in time" } else { "the connection broke off" };
        self.failed(stake.when_lost(), None, why)
    }
}

/// Reads a body up to a size, and tells whether that was all.
async fn read(mut response: Response, most: usize) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() <= most => body.extend_from_slice(&chunk),
            Ok(Some(chunk)) => {
                body.extend_from_slice(&chunk[..most - body.len()]);
                return (body, false);
            }
            Ok(None) => return (body, true),
            Err(_) => return (body, false),
        }
    }
}

/// Returns what the far end said, or that it said nothing; enough of it to fill a detail.
fn said(answer: &Answer) -> String {
    // Far more than is kept, so that a secret at the cut is still whole when it is taken out.
    let end = answer.body.len().min(MAX_ERROR);
    let text = String::from_utf8_lossy(&answer.body[..end]);
    let to = answer.headers.get(LOCATION).and_then(|to| to.to_str().ok());
    match (answer.status, text.trim()) {
        (300..=399, _) => {
            let to = to.unwrap_or("nowhere");
            format!("expected an answer, found a redirect to {to}, which is not followed: check the address")
        }
        (status, "") => format!("answered {status} without a word"),
        (200..=299, text) if !answer.whole => format!("the answer broke off or is too long: {text}"),
        (_, text) => text.to_owned(),
    }
}
