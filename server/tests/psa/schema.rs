//! HaloPSA's request bodies against its published schema, where that is at hand, and always against what the API needs.

use std::path::{Path, PathBuf};

use beckon_core::integration::Vendor;
use beckon_emulators::Kind;
use serde_json::{Value, json};

use crate::{client, note, start, ticket};

/// What a body must have and of which type, restated here for a checkout that has no schema beside it.
#[rustfmt::skip]
const NEEDED: &[(Kind, &str, &str)] = &[
    (Kind::CreateTicket, "summary",       "string"),
    (Kind::CreateTicket, "details_html",  "string"),
    (Kind::CreateTicket, "client_id",     "integer"),
    (Kind::CreateTicket, "tickettype_id", "integer"),
    (Kind::CreateTicket, "priority_id",   "integer"),
    (Kind::CreateTicket, "deadlinedate",  "string"),
    (Kind::Update,       "id",            "integer"),
    (Kind::Update,       "status_id",     "integer"),
    (Kind::AddNote,      "ticket_id",     "integer"),
    (Kind::AddNote,      "outcome_id",    "integer"),
    (Kind::AddNote,      "note_html",     "string"),
];

fn published() -> Option<PathBuf> {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    folders.map(|folder| folder.join("shared/data/halopsa/tickets.openapi.json")).find(|file| file.is_file())
}

/// Checks a value against a schema of the document, as far as such a document goes: types, formats, arrays, objects
/// that allow no other fields, null where it is allowed. Says where it is wrong.
fn check(document: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        let target =
            document.pointer(pointer).ok_or_else(|| format!("{at}: {reference} is not in the document"))?;
        return check(document, target, value, at);
    }
    if value.is_null() && schema["nullable"] == true {
        return Ok(());
    }
    let wrong = |expected: &str| Err(format!("{at}: expected {expected}, found {value}"));
    match schema["type"].as_str() {
        Some("array") => {
            let Some(items) = value.as_array() else { return wrong("an array") };
            items
                .iter()
                .enumerate()
                .try_for_each(|(n, item)| check(document, &schema["items"], item, &format!("{at}[{n}]")))
        }
        Some("object") => {
            let Some(object) = value.as_object() else { return wrong("an object") };
            object.iter().try_for_each(|(name, item)| match schema["properties"].get(name) {
                Some(of) => check(document, of, item, &format!("{at}.{name}")),
                None if schema["additionalProperties"] == false => {
                    Err(format!("{at}.{name}: there is no such field"))
                }
                None => Ok(()),
            })
        }
        Some("integer") if schema["format"] == "int32" => {
            if value.as_i64().is_some_and(|n| i32::try_from(n).is_ok()) {
                Ok(())
            } else {
                wrong("a 32-bit number")
            }
        }
        Some("integer") => {
            if value.is_i64() {
                Ok(())
            } else {
                wrong("a whole number")
            }
        }
        Some("number") => {
            if value.is_number() {
                Ok(())
            } else {
                wrong("a number")
            }
        }
        Some("boolean") => {
            if value.is_boolean() {
                Ok(())
            } else {
                wrong("true or false")
            }
        }
        Some("string") if schema["format"] == "date-time" => {
            let is_moment = |text: &str| chrono::DateTime::parse_from_rfc3339(text).is_ok();
            if value.as_str().is_some_and(is_moment) { Ok(()) } else { wrong("a moment") }
        }
        Some("string") => {
            if value.is_string() {
                Ok(())
            } else {
                wrong("text")
            }
        }
        other => Err(format!("{at}: a schema of type {other:?} is not known here")),
    }
}

/// Everything that the client writes.
async fn written() -> Vec<(Kind, String, Value)> {
    let emulator = start(Vendor::Halopsa).await;
    let psa = client(&emulator);
    let id = psa.create_ticket(&ticket("beckon-17", "12")).await.unwrap();
    psa.add_note(&id, &note("n-1")).await.unwrap();
    psa.close(&id).await.unwrap();
    let wanted = [Kind::CreateTicket, Kind::AddNote, Kind::Update];
    let calls = emulator.recorded().into_iter().filter(|call| wanted.contains(&call.kind));
    calls.map(|call| (call.kind, call.path, call.body)).collect()
}

#[tokio::test]
async fn bodies_have_what_the_api_needs() {
    let written = written().await;
    assert_eq!(written.len(), 3);
    for (kind, _, body) in &written {
        let [one] = &body.as_array().unwrap()[..] else { panic!("an array of one: {body}") };
        for (_, field, kind_of) in NEEDED.iter().filter(|(of, _, _)| of == kind) {
            let schema = json!({ "type": kind_of });
            assert_eq!(check(&Value::Null, &schema, &one[*field], field), Ok(()));
        }
    }
}

#[tokio::test]
async fn bodies_fit_the_published_schema() {
    let Some(file) = published() else {
        let note = "NOTE: HaloPSA's published schema is not beside this checkout (shared/data/halopsa), so only the \
                    fields that are restated in this test are checked";
        std::io::Write::write_all(&mut std::io::stderr(), format!("{note}\n").as_bytes()).unwrap();
        return;
    };
    let document: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    for (_, path, body) in written().await {
        let path = path.trim_start_matches("/api");
        let schema = &document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{path} is in the document");
        assert_eq!(check(&document, schema, &body, path), Ok(()));
    }
}

#[test]
fn the_checker_finds_what_is_wrong() {
    let object = json!({ "type": "object", "additionalProperties": false, "properties": {
        "id": { "type": "integer", "format": "int32" }, "at": { "type": "string", "format": "date-time", "nullable": true },
    }});
    let document = json!({ "components": { "One": object } });
    let schema = json!({ "type": "array", "items": { "$ref": "#/components/One" } });
    let good = |value: Value| check(&document, &schema, &value, "").is_ok();
    assert!(good(json!([{ "id": 1, "at": "2026-11-24T08:00:00Z" }, { "at": null }])));
    assert!(!good(json!({ "id": 1 })));
    assert!(!good(json!([{ "id": "1" }])));
    assert!(!good(json!([{ "id": 3_000_000_000_i64 }])));
    assert!(!good(json!([{ "id": null }])));
    assert!(!good(json!([{ "at": "tomorrow" }])));
    assert!(!good(json!([{ "other": 1 }])));
}
