//! How a destination does, in sentences.

use beckon_core::api::notification::HealthBody;
use beckon_core::time::Timestamp;

use super::{count, dates, times};

/// Says since when nothing arrives; nothing where the last attempt succeeded.
pub fn trouble(body: &HealthBody, now: Timestamp) -> Option<String> {
    let since = body.failing_since?;
    Some(format!("Nothing arrives since {}, {}", dates::deadline(since), times::ago(since, now)))
}

/// Says when something last arrived.
pub fn success(body: &HealthBody, now: Timestamp) -> String {
    match body.last_success_at {
        Some(at) => format!("Works: the last one arrived {}", times::ago(at, now)),
        None => "Nothing was sent yet".to_owned(),
    }
}

/// Says when it is tried again, and that nothing is lost.
pub fn hope(body: &HealthBody, now: Timestamp) -> String {
    let next = body.retry_at.map(|at| format!("Tried again {}. ", times::until(at, now))).unwrap_or_default();
    let oldest = body.oldest_waiting_since.map(|at| format!(", the oldest since {}", dates::moment(at)));
    let oldest = oldest.unwrap_or_default();
    match body.waiting {
        0 => format!("{next}Nothing waits."),
        1 => format!("{next}Nothing is lost: 1 message waits{oldest}."),
        number => format!("{next}Nothing is lost: {number} messages wait{oldest}."),
    }
}

/// Says what did not arrive for good.
pub fn rest(body: &HealthBody) -> Option<String> {
    let number = count(body.undelivered, "message", "messages");
    (body.undelivered > 0).then(|| format!("{number} could not be delivered in the last 30 days."))
}
