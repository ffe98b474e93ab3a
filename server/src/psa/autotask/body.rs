//! What Autotask answers, as far as it is read.

use serde::Deserialize;
use serde_json::Value;

/// What is wrong with a request.
#[derive(Deserialize)]
pub(super) struct Error {
    pub(super) errors: Vec<String>,
}

/// One page of a query.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Items {
    pub(super) items: Vec<Value>,
    pub(super) page_details: PageDetails,
}

/// Where the next page is, if there is one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageDetails {
    pub(super) next_page_url: Option<String>,
}

/// What was made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Coded {
    pub(super) item_id: i64,
}

/// A company.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Named {
    pub(super) id: i64,
    pub(super) company_name: String,
}

/// A ticket.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Kept {
    pub(super) id: i64,
    #[serde(rename = "externalID")]
    pub(super) key: Option<String>,
    pub(super) status: Option<i64>,
    pub(super) completed_date: Option<String>,
}

/// A note.
#[derive(Deserialize)]
pub(super) struct Written {
    pub(super) description: Option<String>,
}

/// What an entity's fields are.
#[derive(Deserialize)]
pub(super) struct Fields {
    fields: Vec<Field>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Field {
    name: String,
    picklist_values: Option<Vec<Picked>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Picked {
    value: String,
    label: String,
    is_active: bool,
}

impl Fields {
    /// Returns what can be chosen for a field, and how it is called.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = (String, String)> {
        let field = self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name));
        let values = field.and_then(|field| field.picklist_values.as_deref()).unwrap_or_default();
        values.iter().filter(|value| value.is_active).map(|value| (value.value.clone(), value.label.clone()))
    }
}

/// What a note must say beside its text.
#[derive(Clone, Copy)]
pub(super) struct NoteKind {
    pub(super) note_type: i64,
    pub(super) publish: i64,
}

impl NoteKind {
    /// Chooses the lowest numbers: those that Autotask itself brings.
    pub(super) fn of(fields: &Fields) -> Option<Self> {
        let lowest = |name| fields.values(name).filter_map(|(value, _)| value.parse().ok()).min();
        Some(Self { note_type: lowest("noteType")?, publish: lowest("publish")? })
    }
}
