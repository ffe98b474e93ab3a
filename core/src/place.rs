//! The page's own addresses, as far as the server has to know them: which part of the page shows which.
//!
//! The page comes in two parts that browsers load one at a time, so that whoever comes to answer a question does not
//! wait for the code of settings. The server picks the part by the path, and the page leaves to the other one by it.

/// A part of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Questions, access rules, signing in, the panel in a partner's portal, and whatever is nowhere else.
    Questions,
    /// Everything about the account itself: how it is set up, who is in it, and what was done.
    Account,
}

/// The first parts of the paths that belong to [`Part::Account`].
const ACCOUNT: [&str; 9] = [
    "activity",
    "deliveries",
    "embeds",
    "integrations",
    "keys",
    "members",
    "notifications",
    "profile",
    "webhooks",
];

impl Part {
    /// Returns the part that shows `path`, which begins with a slash.
    pub fn of(path: &str) -> Self {
        let first = path.split('/').find(|part| !part.is_empty()).unwrap_or_default();
        if ACCOUNT.contains(&first) { Self::Account } else { Self::Questions }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_a_part_by_its_first_name() {
        for path in ["/members", "/members/", "//keys", "/embeds/emb_1", "/deliveries"] {
            assert_eq!(Part::of(path), Part::Account, "{path}");
        }
        for path in
            ["/", "", "/escalations/17", "/rules/new", "/embed/emb_1/escalations", "/memberships", "/x/keys"]
        {
            assert_eq!(Part::of(path), Part::Questions, "{path}");
        }
    }
}
