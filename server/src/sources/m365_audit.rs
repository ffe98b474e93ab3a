//! The Microsoft 365 unified audit log, in the schema of the Office 365 Management Activity API.
//!
//! A record is a login when its operation says so, whatever else it holds: Microsoft writes `UserLoggedIn` once the
//! credentials were good, also where the browser was then sent on to another page (error number 50140).

use beckon_core::country::CountryCode;
use serde::Deserialize;
use serde_json::Value;

use super::{Fact, Login, Person, Reason, Record, address, not_json, object_id, text, username, when};

/// The fields that are read. Each is any JSON, so that one odd field does not spoil the record.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AuditRecord {
    operation: Option<Value>,
    id: Option<Value>,
    creation_time: Option<Value>,
    user_type: Option<Value>,
    user_id: Option<Value>,
    user_key: Option<Value>,
    #[serde(rename = "ClientIP")]
    client_ip: Option<Value>,
    actor_ip_address: Option<Value>,
    actor: Option<Value>,
    country: Option<Value>,
    country_code: Option<Value>,
    result_status: Option<Value>,
    /// The record itself, as text or as an object, in what PowerShell and Microsoft Graph export.
    #[serde(alias = "auditData")]
    audit_data: Option<Value>,
}

/// User types that are no people: application, service principal, custom policy, system policy, and the system.
const NO_PEOPLE: &[i64] = &[4, 5, 6, 7, 8];

/// Types of the entries of `Actor`: an object id, and a user principal name.
const ACTOR_OBJECT_ID: i64 = 0;
const ACTOR_UPN: i64 = 5;

/// Reads one record.
///
/// # Errors
/// What was expected of the record, and what was found.
pub fn read(json: &[u8]) -> Result<Record, String> {
    let mut record: AuditRecord = serde_json::from_slice(json).map_err(|error| not_json(&error))?;
    if let Some(inner) = record.audit_data.take() {
        record = unwrap(inner)?;
    }
    match text(record.operation.as_ref()) {
        None => return Ok(Record::Ignored(Reason::OtherLog)),
        Some("UserLoggedIn") => {}
        Some("UserLoginFailed") => return Ok(Record::Ignored(Reason::Failed)),
        Some(_) => return Ok(Record::Ignored(Reason::NotALogin)),
    }
    if text(record.result_status.as_ref()).is_some_and(|status| status.eq_ignore_ascii_case("failed")) {
        return Ok(Record::Ignored(Reason::Failed));
    }
    if record.user_type.as_ref().and_then(Value::as_i64).is_some_and(|kind| NO_PEOPLE.contains(&kind)) {
        return Ok(Record::Ignored(Reason::NotAPerson));
    }
    let Some(person) = person(&record) else {
        return Ok(Record::Ignored(Reason::NobodyNamed));
    };
    let id = text(record.id.as_ref()).ok_or("expected the login's `Id`, found none")?;
    let at = text(record.creation_time.as_ref()).ok_or("expected the login's `CreationTime`, found none")?;
    let login = Login {
        id: id.to_owned(),
        at: when::parse(at).map_err(|message| format!("`CreationTime`: {message}"))?,
        person,
        country: country(&record),
        vpn: None,
        address: address::best([text(record.client_ip.as_ref()), text(record.actor_ip_address.as_ref())]),
        system: None,
    };
    login.check()?;
    Ok(Record::Fact(Fact::Login(Box::new(login))))
}

fn unwrap(inner: Value) -> Result<AuditRecord, String> {
    match inner {
        Value::String(text) => serde_json::from_str(&text).map_err(|error| not_json(&error)),
        other => serde_json::from_value(other).map_err(|error| not_json(&error)),
    }
    .map_err(|message| format!("`AuditData`: {message}"))
}

/// Tells who logged in.
///
/// `UserKey` is the directory's object id in the logins of today, but older records and other workloads put a mailbox
/// id there, and `Actor` repeats the object id in an entry of its own; `UserId` is the sign-in name, in the case in
/// which the account was once made or, elsewhere, typed. So the object id counts if it is one, wherever it stands, and
/// otherwise the sign-in name in lower case.
fn person(record: &AuditRecord) -> Option<Person> {
    let username = username(text(record.user_id.as_ref()))
        .or_else(|| username(actor(record, ACTOR_UPN).filter(|name| name.contains('@'))))?;
    let object_id = object_id(text(record.user_key.as_ref()))
        .or_else(|| object_id(actor(record, ACTOR_OBJECT_ID)))
        .or_else(|| object_id(Some(&username)));
    Some(Person { object_id, username, name: None })
}

fn actor(record: &AuditRecord, kind: i64) -> Option<&str> {
    let entries = record.actor.as_ref()?.as_array()?;
    entries
        .iter()
        .filter(|entry| entry.get("Type").and_then(Value::as_i64) == Some(kind))
        .find_map(|entry| text(entry.get("ID")))
}

/// Returns the country that some exports add to the record. `GeoLocation` is not one: it says where the data is kept.
fn country(record: &AuditRecord) -> Option<CountryCode> {
    [&record.country_code, &record.country]
        .into_iter()
        .find_map(|field| CountryCode::parse(text(field.as_ref())?).ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record() -> Value {
        json!({
            "CreationTime": "2026-03-24T12:54:05", "Id": "rec-1", "Operation": "UserLoggedIn", "RecordType": 15,
            "UserKey": "3f1c9a52-0b7e-4d7a-9a36-5a1c1f2f7d10", "UserType": 0, "ClientIP": "62.149.20.10",
            "UserId": "Ana.Lima@Contoso.example", "ErrorNumber": "0",
            "Actor": [{"ID": "3f1c9a52-0b7e-4d7a-9a36-5a1c1f2f7d10", "Type": 0},
                      {"ID": "Ana.Lima@Contoso.example", "Type": 5}],
        })
    }

    fn changed(change: impl Fn(&mut Value)) -> Result<Record, String> {
        let mut body = record();
        change(&mut body);
        read(body.to_string().as_bytes())
    }

    fn login(change: impl Fn(&mut Value)) -> Login {
        match changed(change) {
            Ok(Record::Fact(Fact::Login(login))) => *login,
            other => panic!("expected a login, found {other:?}"),
        }
    }

    fn ignored(change: impl Fn(&mut Value), expected: Reason) {
        assert_eq!(changed(change), Ok(Record::Ignored(expected)));
    }

    #[test]
    fn a_login_is_read() {
        let login = login(|_| {});
        assert_eq!(login.id, "rec-1");
        assert_eq!(login.at.to_rfc3339(), "2026-03-24T12:54:05+00:00");
        assert_eq!(login.person.object_id.as_deref(), Some("3f1c9a52-0b7e-4d7a-9a36-5a1c1f2f7d10"));
        assert_eq!(login.person.username, "ana.lima@contoso.example");
        assert_eq!(login.address, Some("62.149.20.10".parse().expect("a literal")));
        assert_eq!((login.country, login.vpn), (None, None));
    }

    #[test]
    fn a_record_inside_an_export_is_read() {
        let plain = login(|_| {});
        let text = json!({"RecordType": 15, "Operations": "UserLoggedIn", "AuditData": record().to_string()});
        let object = json!({"id": "x", "operation": "UserLoggedIn", "auditData": record()});
        for export in [text, object] {
            assert_eq!(login(|body| *body = export.clone()), plain);
        }
        let cut = changed(|body| *body = json!({"AuditData": "{\"Id\":"}));
        assert!(cut.expect_err("it is cut").starts_with("`AuditData`: expected"));
    }

    #[test]
    fn other_records_are_ignored_with_a_reason() {
        ignored(|body| body["Operation"] = json!("UserLoginFailed"), Reason::Failed);
        ignored(|body| body["Operation"] = json!("Set-Mailbox"), Reason::NotALogin);
        ignored(|body| body["Operation"] = json!(null), Reason::OtherLog);
        ignored(|body| *body = json!({"createdDateTime": "2026-03-24T12:54:05Z"}), Reason::OtherLog);
        ignored(|body| body["ResultStatus"] = json!("Failed"), Reason::Failed);
        ignored(|body| body["UserType"] = json!(6), Reason::NotAPerson);
    }

    #[test]
    fn a_login_of_nobody_is_ignored() {
        for nobody in ["Not Available", "", "00000000-0000-0000-0000-000000000000"] {
            let change = |body: &mut Value| {
                body["UserId"] = json!(nobody);
                body["UserKey"] = json!("00000000-0000-0000-0000-000000000000");
                body["Actor"] = json!(null);
            };
            ignored(change, Reason::NobodyNamed);
        }
    }

    #[test]
    fn the_person_is_the_object_id_wherever_it_stands_or_else_the_name() {
        let guid = "3f1c9a52-0b7e-4d7a-9a36-5a1c1f2f7d10";
        let id = |change: fn(&mut Value)| login(change).person.object_id;
        assert_eq!(
            id(|body| body["UserKey"] = json!("10033FFF80A1B2C3@contoso.example")).as_deref(),
            Some(guid)
        );
        assert_eq!(
            id(|body| body["UserKey"] = json!("3F1C9A52-0B7E-4D7A-9A36-5A1C1F2F7D10")).as_deref(),
            Some(guid)
        );
        assert_eq!(id(|body| body["Actor"] = json!("odd")).as_deref(), Some(guid));
        let bare = id(|body| {
            body["UserKey"] = json!(null);
            body["Actor"] = json!([]);
        });
        assert_eq!(bare, None);
        let named = login(|body| body["UserId"] = json!("Not Available"));
        assert_eq!(named.person.username, "ana.lima@contoso.example");
    }

    #[test]
    fn addresses_come_from_either_field() {
        let address = |client: Value, actor: Value| {
            login(|body| {
                body["ClientIP"] = client.clone();
                body["ActorIpAddress"] = actor.clone();
            })
            .address
            .map(|ip| ip.to_string())
        };
        assert_eq!(address(json!("[2a02:a44d::1]:4431"), json!(null)).as_deref(), Some("2a02:a44d::1"));
        assert_eq!(address(json!(""), json!("5.253.204.108:80")).as_deref(), Some("5.253.204.108"));
        assert_eq!(address(json!("<null>"), json!(7)), None);
    }

    #[test]
    fn a_country_in_the_record_is_taken_if_it_is_one() {
        let code = |field: &str, value: &str| {
            login(|body| body[field] = json!(value)).country.map(|country| country.to_string())
        };
        assert_eq!(code("Country", "ua").as_deref(), Some("UA"));
        assert_eq!(code("CountryCode", "UA").as_deref(), Some("UA"));
        assert_eq!(code("Country", "Ukraine"), None);
        assert_eq!(code("GeoLocation", "NA"), None);
    }

    #[test]
    fn a_broken_login_says_what_was_expected() {
        let check = |change: fn(&mut Value), expected: &str| {
            let message = changed(change).expect_err("it is broken");
            assert!(message.contains(expected), "{message}");
        };
        check(|body| body["Id"] = json!(null), "`Id`");
        check(|body| body["Id"] = json!("x".repeat(201)), "at most 200");
        check(|body| body["CreationTime"] = json!(null), "`CreationTime`");
        check(|body| body["CreationTime"] = json!("yesterday"), "found `yesterday`");
        check(|body| *body = json!([1]), "JSON object");
        assert!(read(b"{\"Operation\":\"UserLogge").expect_err("it is cut").contains("ends early"));
    }
}
