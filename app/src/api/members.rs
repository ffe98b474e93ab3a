//! The members of the account.

use beckon_core::api::people::{InvitationRequest, MembershipBody, MembershipPatch, RemovalBody};
use beckon_core::id::UserId;
use gloo_net::http::Method;

use super::{Change, Failure, all, get, read_all};

/// Where they are.
const ALL: &str = "/v1/memberships";

/// Fetches the first `pages` pages of them, and tells whether there are more.
pub async fn list(limit: u32, pages: u32) -> Result<(Vec<MembershipBody>, bool), Failure> {
    let (items, more) = all(format!("{ALL}?limit={limit}"), "memberships", pages).await?;
    Ok((read_all(items)?, more))
}

/// Fetches what it would mean if somebody left.
pub async fn removal(id: UserId) -> Result<RemovalBody, Failure> {
    get(&format!("{ALL}/{id}/removal")).await
}

/// Makes a member and sends an invitation.
pub fn invite(request: &InvitationRequest) -> Change {
    Change::new(Method::POST, ALL.to_owned(), request)
}

/// Sends the invitation once more.
pub fn invite_again(id: UserId) -> Change {
    Change::bare(Method::POST, format!("{ALL}/{id}/invitation"))
}

/// Changes a member.
pub fn change(id: UserId, patch: &MembershipPatch) -> Change {
    Change::new(Method::PATCH, format!("{ALL}/{id}"), patch)
}

/// Lets a member go.
pub fn remove(id: UserId) -> Change {
    Change::bare(Method::DELETE, format!("{ALL}/{id}"))
}
