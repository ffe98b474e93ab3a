//! One attempt to deliver a webhook, and what its answer means.

use std::time::Duration;

use beckon_core::time::Timestamp;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, Response, StatusCode};

use super::schedule::SCHEDULE;
use super::secret::Secrets;
use super::sign::sign;
use crate::deliver::outcome::{Failed, Failure, MAX_DETAIL, cut};
use crate::outbound::{Outbound, retry_after, why};

/// A webhook to deliver.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// What identifies it to the receiver, the same at each attempt.
    pub id: String,
    /// Where it goes.
    pub url: String,
    /// What it says, as JSON: these bytes are signed and sent.
    pub body: Vec<u8>,
}

/// What the receiver said when it took a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The status, 200 to 299.
    pub code: u16,
    /// The first kilobyte of the answer.
    pub detail: String,
}

/// Makes one attempt, signed at `now`.
///
/// # Errors
/// What became of it instead. Whatever the receiver says, another attempt may succeed, unless it says that it is gone.
pub async fn send(
    outbound: &Outbound,
    secrets: &Secrets,
    webhook: &Webhook,
    now: Timestamp,
) -> Result<Receipt, Failed> {
    let refused = |detail: String| Failed::new(Failure::Refused, None, &detail);
    let headers = sign(secrets, &webhook.id, now, &webhook.body).map_err(refused)?;
    let request = outbound
        .request(Method::POST, &webhook.url)
        .map_err(refused)?
        .header(CONTENT_TYPE, "application/json")
        .headers(headers)
        .body(webhook.body.clone());
    let not_now = |detail: &str| Failed::new(Failure::NotNow { after: None }, None, detail);
    let response = request.send().await.map_err(|error| not_now(&why(&error)))?;
    let status = response.status();
    let after = asked(status, response.headers(), now);
    let said = beckon_core::text::plain_lines(&beginning(response).await);
    let failure = match status {
        _ if status.is_success() => {
            return Ok(Receipt { code: status.as_u16(), detail: cut(&said, MAX_DETAIL) });
        }
        StatusCode::GONE => Failure::Gone,
        _ => Failure::NotNow { after },
    };
    let detail = match (status.is_redirection(), said.is_empty()) {
        (true, _) => format!(
            "expected the endpoint to answer 2xx, found a redirect ({status}): enter the address that it leads to"
        ),
        (false, true) => format!("expected the endpoint to answer 2xx, found {status}"),
        (false, false) => said,
    };
    Err(Failed::new(failure, Some(status.as_u16()), &detail))
}

/// Reads the first kilobyte of an answer. Whether the rest comes does not matter.
async fn beginning(mut response: Response) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < MAX_DETAIL {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk[..chunk.len().min(MAX_DETAIL)]),
            Ok(None) | Err(_) => break,
        }
    }
    bytes.truncate(MAX_DETAIL);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns how long a receiver that asks for time is left alone: a day at most.
fn asked(status: StatusCode, headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let asks = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    let wait = retry_after(headers, now).filter(|_| asks)?;
    Some(wait.min(SCHEDULE[SCHEDULE.len() - 1]))
}

#[cfg(test)]
mod tests {
    use reqwest::header::RETRY_AFTER;

    use super::*;

    fn check(status: StatusCode, value: &str, expected: Option<u64>) {
        let now = "1994-11-06T08:49:00Z".parse().expect("a literal");
        let headers = HeaderMap::from_iter([(RETRY_AFTER, value.parse().expect("a value"))]);
        assert_eq!(asked(status, &headers, now), expected.map(Duration::from_secs), "{value}");
    }

    #[test]
    fn a_receiver_that_asks_for_time_gets_it_within_a_day() {
        check(StatusCode::TOO_MANY_REQUESTS, "120", Some(120));
        check(StatusCode::SERVICE_UNAVAILABLE, "Sun, 06 Nov 1994 08:49:37 GMT", Some(37));
        check(StatusCode::SERVICE_UNAVAILABLE, "Sun, 06 Nov 1994 08:00:00 GMT", Some(0));
        check(StatusCode::TOO_MANY_REQUESTS, "99999999", Some(86_400));
        check(StatusCode::TOO_MANY_REQUESTS, "soon", None);
        check(StatusCode::INTERNAL_SERVER_ERROR, "120", None);
    }
}
