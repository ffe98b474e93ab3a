//! The PSA: connecting it, and what it offers.

use beckon_core::api::integration::{ConnectRequest, IntegrationPatch, MapCompaniesRequest};
use beckon_core::id::IntegrationId;
use beckon_core::integration::Choices;
use gloo_net::http::Method;

use super::{Change, encode};

/// Where the integrations are.
pub const ALL: &str = "/v1/integrations";

/// Connects a vendor.
pub fn connect(request: &ConnectRequest) -> Change {
    Change::new(Method::POST, ALL.to_owned(), request)
}

/// Changes what was entered or chosen.
pub fn change(id: IntegrationId, patch: &IntegrationPatch) -> Change {
    Change::new(Method::PATCH, format!("{ALL}/{id}"), patch)
}

/// Disconnects.
pub fn disconnect(id: IntegrationId) -> Change {
    Change::bare(Method::DELETE, format!("{ALL}/{id}"))
}

/// Tries the connection.
pub fn test(id: IntegrationId) -> Change {
    Change::bare(Method::POST, format!("{ALL}/{id}/test"))
}

/// Returns where the PSA's companies are, and which organization is which.
pub fn companies(id: IntegrationId) -> String {
    format!("{ALL}/{id}/companies")
}

/// Maps organizations.
pub fn map(id: IntegrationId, request: &MapCompaniesRequest) -> Change {
    Change::new(Method::PUT, companies(id), request)
}

/// Returns where the offers for a slot are, given what was chosen for the others.
pub fn offers(id: IntegrationId, slot: &str, choices: &Choices) -> String {
    let mut path = format!("{ALL}/{id}/offers?slot={slot}");
    for (slug, choice) in choices.iter().filter(|(slug, choice)| *slug != slot && !choice.is_empty()) {
        for part in ["&choice.", slug, "=", &encode(choice)] {
            path.push_str(part);
        }
    }
    path
}
