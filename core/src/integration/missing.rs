//! What an integration lacks before tickets can be made.

use super::{Choices, Vendor};
use crate::text::{join, lowercase_first};

impl Vendor {
    /// Returns what is missing before tickets can be made, in a sentence; none where nothing is.
    pub fn missing(self, choices: &Choices, has_company: bool) -> Option<String> {
        let chosen = |slug: &str| choices.get(slug).is_some_and(|choice| !choice.is_empty());
        let open = self.slots().iter().filter(|slot| slot.required && !chosen(slot.slug));
        let mut missing: Vec<String> = open.map(|slot| lowercase_first(slot.label)).collect();
        if !has_company {
            missing.push("the company for what is not mapped".to_owned());
        }
        (!missing.is_empty()).then(|| format!("Still to choose: {}", join(&missing, "and")))
    }
}
