//! Access rules, and the facts from which core computes what a new one would do.

use beckon_core::api::rule::{RulePatch, RuleRequest};
use beckon_core::id::RuleId;
use beckon_core::rule::Subject;
use gloo_net::http::Method;
use wasm_bindgen::JsValue;

use super::{Change, Failure, encode, write};

/// Returns where one page of the list is; `query` is what follows the question mark.
pub fn list(query: &str) -> String {
    format!("/v1/unwanted_access_rules?{query}")
}

/// Returns where the facts about one subject are, or about everything that is open.
pub fn coverage(subject: Option<&Subject>) -> String {
    let query = match subject {
        Some(Subject::Country { country }) => format!("?country_code={country}"),
        Some(Subject::Vpn { vpn }) => format!("?vpn={}", encode(vpn.as_str())),
        _ => String::new(),
    };
    format!("/v1/unwanted_access_rules/coverage{query}")
}

/// Makes rules, and returns how many.
pub async fn make(request: &RuleRequest) -> Result<usize, Failure> {
    let answer = write(Method::POST, "/v1/unwanted_access_rules".to_owned(), request).await?;
    answer.read::<Vec<JsValue>>("unwanted_access_rules").map(|made| made.len())
}

/// Changes the dates or the note of a rule.
pub fn change(id: RuleId, patch: &RulePatch) -> Change {
    Change::new(Method::PATCH, format!("/v1/unwanted_access_rules/{id}"), patch)
}

/// Deletes a rule.
pub fn delete(id: RuleId) -> Change {
    Change::bare(Method::DELETE, format!("/v1/unwanted_access_rules/{id}"))
}
