//! What was done in the account.

use beckon_core::api::activity::ActivityBody;

use super::{Failure, all, read_all};

/// Fetches the first `pages` pages of what `query` selects, newest first, and tells whether there are more.
pub async fn list(query: String, pages: u32) -> Result<(Vec<ActivityBody>, bool), Failure> {
    let (items, more) = all(format!("/v1/activity?{query}"), "activity", pages).await?;
    Ok((read_all(items)?, more))
}
