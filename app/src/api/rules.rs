//! Access rules, and the facts from which core computes what a new one would do.

use beckon_core::api::rule::{
    CoverageResponse, RuleBody, RulePatch, RuleRequest, RuleResponse, RulesMadeResponse, RulesResponse,
};
use beckon_core::id::RuleId;
use beckon_core::rule::Subject;
use gloo_net::http::Method;

use super::{Failure, encode, get, read, send, tree, write};

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
pub async fn change(id: RuleId, patch: &RulePatch) -> Result<RuleBody, Failure> {
    write::<RuleResponse>(Method::PATCH, &format!("/v1/unwanted_access_rules/{id}"), patch)
        .await
        .map(|response| response.unwanted_access_rule)
}

/// Deletes a rule.
pub async fn delete(id: RuleId) -> Result<RuleBody, Failure> {
    let text = send(Method::DELETE, &format!("/v1/unwanted_access_rules/{id}"), None).await?;
    read::<RuleResponse>(tree(&text)?).map(|response| response.unwanted_access_rule)
}
