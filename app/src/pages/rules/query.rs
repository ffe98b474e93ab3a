//! What the list of rules shows, as the address holds it and as the API is asked for it. Both use the API's names.

use crate::api::encode;
use crate::routes::Route;

/// How many rules one page shows.
const PAGE: usize = 50;

/// The filters, each with its values by slug and for people.
pub const FILTERS: [Filter; 4] = [
    Filter {
        name: "status",
        id: "filter-status",
        label: "Status",
        values: &[("active", "Active"), ("scheduled", "Scheduled"), ("expired", "Expired")],
    },
    Filter {
        name: "type",
        id: "filter-type",
        label: "Determination",
        values: &[("expected", "Expected"), ("unauthorized", "Unauthorized")],
    },
    Filter {
        name: "scope",
        id: "filter-scope",
        label: "Applied to",
        values: &[("account", "Whole account"), ("organization", "Organization"), ("identity", "Person")],
    },
    Filter {
        name: "category",
        id: "filter-category",
        label: "About",
        values: &[("country", "Country"), ("vpn", "VPN"), ("ip_address", "IP address")],
    },
];

/// One filter.
#[derive(Debug)]
pub struct Filter {
    /// Its name in the address and for the API.
    pub name: &'static str,
    /// The id of its menu.
    pub id: &'static str,
    /// For people.
    pub label: &'static str,
    /// What can be chosen, one at a time.
    pub values: &'static [(&'static str, &'static str)],
}

/// Everything that the address says about the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RulesQuery {
    /// The value of each filter, in the order of [`FILTERS`].
    pub filters: [Option<String>; 4],
    /// Where the page begins.
    pub page: Option<String>,
}

impl RulesQuery {
    /// Reads the query of an address. What it does not understand counts as not there.
    pub fn parse(query: &str) -> Self {
        let Ok(params) = web_sys::UrlSearchParams::new_with_str(query) else { return Self::default() };
        let filters = FILTERS.map(|filter| {
            params.get(filter.name).filter(|value| filter.values.iter().any(|(slug, _)| slug == value))
        });
        Self { filters, page: params.get("page_token") }
    }

    /// Tells whether anything narrows the list.
    pub fn is_filtered(&self) -> bool {
        self.filters.iter().any(Option::is_some)
    }

    /// Returns the address of the list with this query.
    pub fn href(&self) -> String {
        let parts = self.parts();
        let path = Route::Rules.path();
        if parts.is_empty() { path } else { format!("{path}?{}", parts.join("&")) }
    }

    /// Returns what the API is asked.
    pub fn request(&self) -> String {
        let mut parts = self.parts();
        parts.push(format!("limit={PAGE}"));
        parts.join("&")
    }

    fn parts(&self) -> Vec<String> {
        let filters = FILTERS.iter().zip(&self.filters);
        let filters = filters.filter_map(|(filter, value)| Some((filter.name, value.as_ref()?)));
        let page = self.page.iter().map(|token| ("page_token", token));
        filters.chain(page).map(|(name, value)| format!("{name}={}", encode(value))).collect()
    }
}
