//! Access rules, and the facts from which core computes what a new one would do.

use beckon_core::api::rule::{CoverageResponse, RulePatch, RuleRequest, RulesMadeResponse, RulesResponse};
use beckon_core::id::RuleId;
use beckon_core::rule::Subject;
use gloo_net::http::Method;

use super::{Change, Failure, encode, get, write};

/// Fetches one page of the list; `query` is what follows the question mark.
pub async fn list(query: String) -> Result<RulesResponse, Failure> {
    get(&format!("/v1/unwanted_access_rules?{query}")).await
}

/// Fetches the facts about one subject, or about everything that is open.
pub async fn coverage(subject: Option<Subject>) -> Result<CoverageResponse, Failure> {
    let query = match subject {
        Some(Subject::Country { country }) => format!("?country_code={country}"),
        Some(Subject::Vpn { vpn }) => format!("?vpn={}", encode(vpn.as_str())),
        _ => String::new(),
    };
    get(&format!("/v1/unwanted_access_rules/coverage{query}")).await
}

/// Makes rules.
pub async fn make(request: &RuleRequest) -> Result<RulesMadeResponse, Failure> {
    write(Method::POST, "/v1/unwanted_access_rules", request).await
}

/// Changes the dates or the note of a rule.
pub fn change(id: RuleId, patch: &RulePatch) -> Change {
    Change::new(Method::PATCH, format!("/v1/unwanted_access_rules/{id}"), patch)
}

/// Deletes a rule.
pub fn delete(id: RuleId) -> Change {
    Change::bare(Method::DELETE, format!("/v1/unwanted_access_rules/{id}"))
}
