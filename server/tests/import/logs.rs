//! Logs that are in order: what is sent for them, and what is not.

use beckon_server::import::exit::Exit;
use serde_json::{Value, json};

use crate::fake::Fake;
use crate::{import, lines, login};

#[tokio::test]
async fn a_log_becomes_one_escalation_for_each_foreign_country() {
    let fake = Fake::start().await;
    let log = lines(&[
        login("1", "ana@contoso.example", "NL"),
        login("2", "Ana@Contoso.example", "UA"),
        login("3", "bo@contoso.example", "UA"),
        login("4", "ana@contoso.example", "UA"),
        login("4", "ana@contoso.example", "UA"),
        login("5", "bo@contoso.example", "BE"),
        json!({"Operation": "UserLoginFailed", "Id": "6"}),
        json!({"Operation": "Set-Mailbox", "Id": "7"}),
    ]);
    let run = import(&fake, "m365-audit", &log, &["--usage-location", "NL"]).await;
    assert_eq!(run.exit, Exit::Done, "{run:?}");
    let summary = run.summary();
    for (field, expected) in [
        ("records_read", 8),
        ("logins", 6),
        ("repeated", 1),
        ("sent", 5),
        ("raised", 2),
        ("joined", 1),
        ("updated", 1),
        ("expected", 1),
    ] {
        assert_eq!(summary[field], expected, "{field}: {summary}");
    }
    assert_eq!(summary["escalations"], json!({"1": "Ukraine", "2": "Belgium"}));
    assert_eq!(summary["ignored"], json!({"failed": 1, "not_a_login": 1}));
    let first = fake.inner().observations[1].clone();
    let expected = json!({
        "id": "2", "type": "login", "observed_at": "2026-03-24T12:54:05Z", "account_id": 1, "organization_id": 2,
        "identity": {"id": "ana@contoso.example", "username": "ana@contoso.example", "usage_location": "NL"},
        "country": "UA", "vpn": null, "ip_address": "192.0.2.7",
    });
    assert_eq!(first, expected);
}

#[tokio::test]
async fn running_again_sends_nothing() {
    let fake = Fake::start().await;
    let log = lines(&[login("1", "ana@contoso.example", "UA"), login("2", "ana@contoso.example", "UA")]);
    import(&fake, "m365-audit", &log, &[]).await;
    let run = import(&fake, "m365-audit", &log, &[]).await;
    assert_eq!(run.exit, Exit::Done);
    assert_eq!((&run.summary()["sent"], &run.summary()["already_there"]), (&json!(0), &json!(2)));
    assert_eq!(fake.inner().posts, 1, "the second run asked and then sent nothing");
}

#[tokio::test]
async fn a_long_log_goes_in_batches() {
    let fake = Fake::start().await;
    let log: Vec<Value> = (0..1_201).map(|n| login(&format!("r{n}"), "ana@contoso.example", "UA")).collect();
    let run = import(&fake, "m365-audit", &lines(&log), &[]).await;
    assert_eq!(run.exit, Exit::Done);
    assert_eq!(fake.inner().batches, [500, 500, 201]);
}

#[tokio::test]
async fn people_on_record_keep_their_id_and_their_usage_location() {
    let fake = Fake::start().await;
    fake.inner().identities = vec![
        ("id-ana".to_owned(), "ana@contoso.example".to_owned(), Some("DE".to_owned())),
        ("id-bo".to_owned(), "bo@contoso.example".to_owned(), None),
    ];
    let log = lines(&[login("1", "ana@contoso.example", "UA"), login("2", "bo@contoso.example", "UA")]);
    import(&fake, "m365-audit", &log, &["--usage-location", "NL"]).await;
    let identities: Vec<Value> =
        fake.inner().observations.iter().map(|observation| observation["identity"].clone()).collect();
    let expected = [
        json!({"id": "id-ana", "username": "ana@contoso.example", "usage_location": null}),
        json!({"id": "id-bo", "username": "bo@contoso.example", "usage_location": "NL"}),
    ];
    assert_eq!(identities, expected);
}
