//! What the list shows, as the address holds it and as the API is asked for it. Both use the API's names.

use std::collections::BTreeSet;

use crate::api::encode;
use crate::routes::Route;

/// How many escalations one page of the list shows.
pub const PAGE: usize = 50;

/// The tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What waits.
    #[default]
    Open,
    /// What has waited too long.
    Overdue,
    /// What was answered.
    Resolved,
    /// Everything.
    All,
}

impl Tab {
    /// Every tab, in the order shown.
    pub const EVERY: [Self; 4] = [Self::Open, Self::Overdue, Self::Resolved, Self::All];

    /// Returns it for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Overdue => "Overdue",
            Self::Resolved => "Resolved",
            Self::All => "All",
        }
    }

    const fn slug(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Overdue => "overdue",
            Self::Resolved => "resolved",
            Self::All => "all",
        }
    }

    /// Returns how the tab is sorted unless told: what is due first, or what happened last.
    const fn sort(self) -> (SortField, bool) {
        match self {
            Self::Open | Self::Overdue => (SortField::Due, false),
            Self::Resolved | Self::All => (SortField::Updated, true),
        }
    }
}

/// What the list can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortField {
    /// Critical, high, low.
    Severity,
    /// The deadline.
    Due,
    /// The last event.
    Updated,
}

impl SortField {
    const EVERY: [Self; 3] = [Self::Severity, Self::Due, Self::Updated];

    const fn slug(self) -> &'static str {
        match self {
            Self::Severity => "severity",
            Self::Due => "due_at",
            Self::Updated => "updated_at",
        }
    }
}

/// Everything that the address says about the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// The tab.
    pub tab: Tab,
    /// Severities by slug; empty for all.
    pub severity: BTreeSet<String>,
    /// Kinds by slug; empty for all.
    pub kind: BTreeSet<String>,
    /// Organizations by id; empty for all.
    pub organization: BTreeSet<String>,
    /// Text to search for.
    pub search: String,
    /// Column and whether it descends, where it is not the tab's own.
    pub sort: Option<(SortField, bool)>,
    /// Where the page begins, for the API, and how many come before it, for people.
    pub page: Option<(String, u64)>,
}

impl ListQuery {
    /// Reads the query of an address. What it does not understand counts as not there.
    pub fn parse(query: &str) -> Self {
        let Ok(params) = web_sys::UrlSearchParams::new_with_str(query) else { return Self::default() };
        let text = |name: &str| params.get(name).unwrap_or_default();
        let set = |name: &str| {
            // Not collected: that would bring a sort along.
            let mut set = BTreeSet::new();
            set.extend(text(name).split(',').filter(|value| !value.is_empty()).map(str::to_owned));
            set
        };
        let tab = text("status");
        let (field, direction) = (text("sort_field"), text("sort_direction"));
        Self {
            tab: Tab::EVERY.into_iter().find(|own| own.slug() == tab).unwrap_or_default(),
            severity: set("severity"),
            kind: set("type"),
            organization: set("organization_id"),
            search: text("search"),
            sort: SortField::EVERY
                .into_iter()
                .find(|own| own.slug() == field)
                .map(|field| (field, direction != "asc")),
            page: params.get("page_token").map(|token| (token, text("from").parse().unwrap_or(0))),
        }
    }

    /// Returns the column and whether it descends.
    pub fn sorting(&self) -> (SortField, bool) {
        self.sort.unwrap_or_else(|| self.tab.sort())
    }

    /// Tells whether anything but the tab narrows the list.
    pub fn is_filtered(&self) -> bool {
        !(self.severity.is_empty()
            && self.kind.is_empty()
            && self.organization.is_empty()
            && self.search.is_empty())
    }

    /// Returns the address of the list with this query.
    pub fn href(&self) -> String {
        let mut parts = self.filters();
        if self.tab != Tab::Open {
            parts.insert(0, format!("status={}", self.tab.slug()));
        }
        if let Some((field, descending)) = self.sort {
            parts.push(sort_parts(field, descending));
        }
        if let Some((token, from)) = &self.page {
            parts.push(format!("page_token={}&from={from}", encode(token)));
        }
        let path = Route::Escalations.path();
        if parts.is_empty() { path } else { format!("{path}?{}", parts.join("&")) }
    }

    /// Returns what the API is asked.
    pub fn request(&self) -> String {
        let mut parts = self.filters();
        if self.tab != Tab::All {
            parts.push(format!("status={}", self.tab.slug()));
        }
        let (field, descending) = self.sorting();
        parts.push(sort_parts(field, descending));
        parts.push(format!("limit={PAGE}"));
        if let Some((token, _)) = &self.page {
            parts.push(format!("page_token={}", encode(token)));
        }
        parts.join("&")
    }

    fn filters(&self) -> Vec<String> {
        let sets =
            [("severity", &self.severity), ("type", &self.kind), ("organization_id", &self.organization)];
        let mut parts: Vec<String> = sets
            .into_iter()
            .filter(|(_, set)| !set.is_empty())
            .map(|(name, set)| {
                let values: Vec<String> = set.iter().map(|value| encode(value)).collect();
                format!("{name}={}", values.join(","))
            })
            .collect();
        if !self.search.is_empty() {
            parts.push(format!("search={}", encode(&self.search)));
        }
        parts
    }
}

fn sort_parts(field: SortField, descending: bool) -> String {
    format!("sort_field={}&sort_direction={}", field.slug(), if descending { "desc" } else { "asc" })
}
