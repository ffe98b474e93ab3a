//! Organizations and identities, all of them: pickers search among them in the browser.

use beckon_core::api::Named;
use beckon_core::api::people::IdentityBody;
use beckon_core::id::OrganizationId;

use super::{Failure, all, read_all};
use crate::words::{lower, sorted};

/// The most pages that are fetched of either: 10 000 entries.
const PAGES: u32 = 20;

/// Fetches the organizations of the account, by name.
pub async fn organizations() -> Result<Vec<Named<OrganizationId>>, Failure> {
    let (items, _) = all("/v1/organizations?limit=500".to_owned(), "organizations", PAGES).await?;
    read_all(items).map(|all| sorted(all, |one: &Named<_>| lower(&one.name)))
}

/// Fetches the identities that `filter` (`organization_id=2`, `escalation_id=17`) leaves, by name.
pub async fn identities(filter: String) -> Result<Vec<IdentityBody>, Failure> {
    let (items, _) = all(format!("/v1/identities?{filter}&limit=500"), "identities", PAGES).await?;
    read_all(items).map(|all| sorted(all, |one: &IdentityBody| lower(&one.name)))
}
