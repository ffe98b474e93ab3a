//! Remembers the list that was shown last, so that going back to it shows it at once and where it was.

use std::collections::HashMap;
use std::sync::Arc;

use beckon_core::api::escalation::EscalationsResponse;
use leptos::prelude::*;

/// The memory. Copies are the same one.
#[derive(Clone, Copy)]
pub struct ListMemory {
    last: StoredValue<Option<(String, Arc<EscalationsResponse>)>>,
    /// The address of each page by the address of the one that follows it.
    before: StoredValue<HashMap<String, String>>,
}

impl ListMemory {
    /// Remembers nothing yet.
    pub fn new() -> Self {
        Self { last: StoredValue::new(None), before: StoredValue::new(HashMap::new()) }
    }

    /// Keeps the answer to `query`.
    pub fn keep(self, query: &str, answer: &Arc<EscalationsResponse>) {
        self.last.set_value(Some((query.to_owned(), answer.clone())));
    }

    /// Returns the answer to `query`, if that is the one that was kept.
    pub fn recall(self, query: &str) -> Option<Arc<EscalationsResponse>> {
        self.last
            .with_value(|last| last.as_ref().filter(|(own, _)| own == query).map(|(_, value)| value.clone()))
    }

    /// Keeps that `page` follows `before`.
    pub fn follows(self, page: String, before: String) {
        self.before.update_value(|pages| drop(pages.insert(page, before)));
    }

    /// Returns the page before `page`, where this browser came through it.
    pub fn before(self, page: &str) -> Option<String> {
        self.before.with_value(|pages| pages.get(page).cloned())
    }
}

/// Returns the memory that [`crate::app::App`] provides.
pub fn use_list_memory() -> ListMemory {
    expect_context()
}
