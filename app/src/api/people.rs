//! Organizations and identities, all of them: pickers search among them in the browser.

use beckon_core::api::Named;
use beckon_core::api::people::{IdentitiesResponse, IdentityBody, OrganizationsResponse};
use beckon_core::id::OrganizationId;

use super::{Failure, encode, get};
use crate::words::{lower, sorted};

/// The most pages that are fetched of either: 10 000 entries.
const PAGES: usize = 20;

/// Fetches the organizations of the account, by name.
pub async fn organizations() -> Result<Vec<Named<OrganizationId>>, Failure> {
    let mut all = Vec::new();
    let mut token = String::new();
    for _ in 0..PAGES {
        let page: OrganizationsResponse = get(&format!("/v1/organizations?limit=500{token}")).await?;
        all.extend(page.organizations.into_iter().map(|one| Named { id: one.id, name: one.name }));
        match page.pagination.next_page_token {
            Some(next) => token = format!("&page_token={}", encode(&next)),
            None => break,
        }
    }
    Ok(sorted(all, |one| lower(&one.name)))
}

/// Fetches the identities that `filter` (`organization_id=2`, `escalation_id=17`) leaves, by name.
pub async fn identities(filter: String) -> Result<Vec<IdentityBody>, Failure> {
    let mut all = Vec::new();
    let mut token = String::new();
    for _ in 0..PAGES {
        let mut page: IdentitiesResponse = get(&format!("/v1/identities?{filter}&limit=500{token}")).await?;
        all.append(&mut page.identities);
        match page.pagination.next_page_token {
            Some(next) => token = format!("&page_token={}", encode(&next)),
            None => break,
        }
    }
    Ok(sorted(all, |one| lower(&one.name)))
}
