//! What HaloPSA answers, as far as it is read. Its lists come as an object with a count where they are paged, and as a
//! bare array where they are not.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A token.
#[derive(Deserialize)]
pub(super) struct Granted {
    pub(super) access_token: String,
    #[serde(default = "an_hour")]
    pub(super) expires_in: i64,
}

const fn an_hour() -> i64 {
    3_600
}

/// A list, and how many there are in all where it says so.
pub(super) struct List<T> {
    pub(super) items: Vec<T>,
    pub(super) count: Option<usize>,
}

/// Reads a list, which an object keeps under `name`.
pub(super) fn list<T: DeserializeOwned>(body: Value, name: &str) -> Option<List<T>> {
    let (items, count) = match body {
        Value::Array(items) => (Value::Array(items), None),
        Value::Object(mut object) => {
            let count = object.get("record_count").and_then(Value::as_u64);
            (object.remove(name)?, count.and_then(|count| usize::try_from(count).ok()))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
    };
    Some(List { items: serde_json::from_value(items).ok()?, count })
}

/// Returns the id of what was made: the answer is the thing, or an array of one.
pub(super) fn id_of(body: &Value) -> Option<i64> {
    let one = body.as_array().map_or(Some(body), |all| if all.len() == 1 { all.first() } else { None });
    one?.get("id")?.as_i64()
}

/// A ticket.
#[derive(Deserialize)]
pub(super) struct Ticket {
    pub(super) id: i64,
    pub(super) summary: Option<String>,
    pub(super) status_id: Option<i64>,
}

/// An action, which is what a note is.
#[derive(Deserialize)]
pub(super) struct Action {
    pub(super) note: Option<String>,
    pub(super) note_html: Option<String>,
}

/// A company, a type, a status.
#[derive(Deserialize)]
pub(super) struct Named {
    pub(super) id: i64,
    pub(super) name: String,
}

/// An outcome, which is what an action is called here.
#[derive(Deserialize)]
pub(super) struct Outcome {
    pub(super) id: i64,
    #[serde(rename = "outcome")]
    pub(super) name: Option<String>,
    pub(super) buttonname: Option<String>,
}

/// A priority. Its `id` is not what a ticket names.
#[derive(Deserialize)]
pub(super) struct Priority {
    pub(super) priorityid: i64,
    pub(super) name: String,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_come_in_two_shapes_and_what_was_made_too() {
        let check = |body: Value, expected: Option<(usize, Option<usize>)>| {
            let found = list::<Named>(body, "clients").map(|list| (list.items.len(), list.count));
            assert_eq!(found, expected);
        };
        let one = json!([{"id": 1, "name": "Contoso"}]);
        check(one.clone(), Some((1, None)));
        check(json!({"record_count": 7, "clients": one}), Some((1, Some(7))));
        check(json!({"record_count": 7}), None);
        check(json!("busy"), None);
        assert_eq!(id_of(&json!({"id": 5})), Some(5));
        assert_eq!(id_of(&json!([{"id": 5}])), Some(5));
        assert_eq!(id_of(&json!([{"id": 5}, {"id": 6}])), None);
        assert_eq!(id_of(&json!([])), None);
    }
}
