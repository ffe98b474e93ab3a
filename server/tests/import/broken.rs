//! Input that is not in order: one clear message, the exit code to match, and what was good is in.

use std::io::Write;

use beckon_server::import::exit::Exit;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::fake::Fake;
use crate::{command, import, lines, login};

fn ids(fake: &Fake) -> Vec<String> {
    fake.inner().observations.iter().map(|old| old["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn broken_lines_are_named_and_the_others_go_in() {
    let fake = Fake::start().await;
    let log = format!(
        "{}\nnoise\n{}\n{{\"Id\": \"cut, \n\n{}",
        login("1", "ana@contoso.example", "UA"),
        json!({"Operation": "UserLoggedIn", "Id": "2", "UserId": "ana@contoso.example", "CreationTime": "soon"}),
        login("3", "ana@contoso.example", "UA"),
    );
    let run = import(&fake, "m365-audit", log.as_bytes(), &[]).await;
    assert_eq!(run.exit, Exit::Partly);
    assert_eq!(ids(&fake), ["1", "3"]);
    let malformed = &run.summary()["malformed"];
    let named: Vec<&Value> =
        malformed["lines"].as_array().unwrap().iter().map(|line| &line["line"]).collect();
    assert_eq!((&malformed["count"], named), (&json!(3), vec![&json!(2), &json!(3), &json!(4)]));
}

#[tokio::test]
async fn a_line_of_100_mb_is_named_and_the_others_go_in() {
    let fake = Fake::start().await;
    let mut log = lines(&[login("1", "ana@contoso.example", "UA")]);
    log.extend(b"{\"Id\":\"");
    log.resize(log.len() + 100_000_000, b'x');
    log.extend(b"\"}\n");
    log.extend(lines(&[login("3", "ana@contoso.example", "UA")]));
    let run = import(&fake, "m365-audit", &log, &[]).await;
    assert_eq!(run.exit, Exit::Partly);
    assert_eq!(ids(&fake), ["1", "3"]);
    assert_eq!(run.summary()["malformed"]["lines"][0]["line"], 2);
}

#[tokio::test]
async fn a_gzip_file_that_is_cut_off_gives_what_it_has() {
    let fake = Fake::start().await;
    let records: Vec<Value> = (0..500_u32)
        .map(|n| login(&format!("r{n}-{:x}", n.wrapping_mul(2_654_435_761)), "ana@contoso.example", "UA"))
        .collect();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&lines(&records)).unwrap();
    let whole = encoder.finish().unwrap();
    let run = import(&fake, "m365-audit", &whole[..whole.len() / 2], &[]).await;
    run.fails(Exit::Data, &["cut off", "run the import again", "line "]);
    let there = ids(&fake).len();
    assert!((50..500).contains(&there), "{there}");
    assert_eq!(run.summary()["malformed"]["count"], 0, "the cut is told once: {run:?}");
    let run = import(&fake, "m365-audit", &whole, &[]).await;
    assert_eq!((run.exit, ids(&fake).len()), (Exit::Done, 500));
}

#[tokio::test]
async fn files_that_are_no_log_send_nothing() {
    let fake = Fake::start().await;
    let sign_in = json!({"id": "1", "createdDateTime": "2026-03-24T12:54:05Z", "status": {"errorCode": 0}});
    let check = async |content: &[u8], words: &[&str]| {
        import(&fake, "m365-audit", content, &[]).await.fails(Exit::Data, words);
        assert_eq!(fake.inner().posts, 0);
    };
    check(b"", &["no records"]).await;
    check(b"[]", &["no records"]).await;
    check(b"{\"value\": []}", &["no records"]).await;
    check(b"Id,Operation\n1,UserLoggedIn\n", &["expected JSON lines", "CSV"]).await;
    check(&lines(&[sign_in]), &["beckon import entra-sign-ins"]).await;
    check(b"{\"Id\": \"cut", &["no record that is whole"]).await;
}

#[tokio::test]
async fn logins_from_nowhere_are_ignored_with_a_reason() {
    let fake = Fake::start().await;
    let from = |id: &str, address: Value| {
        let mut record = login(id, "ana@contoso.example", "");
        record["ClientIP"] = address;
        record
    };
    let log = lines(&[
        from("1", json!(null)),
        from("2", json!("")),
        from("3", json!("10.0.0.1:443")),
        from("4", json!("[2a02:a44d::1]:443")),
    ]);
    let run = import(&fake, "m365-audit", &log, &[]).await;
    assert_eq!(run.exit, Exit::Done);
    let expected = json!({"nowhere": 2, "private_address": 1, "unknown_country": 1});
    assert_eq!(run.summary()["ignored"], expected);
    assert!(run.err.contains("--country-db"), "{run:?}");
    assert_eq!(fake.inner().posts, 0);
}

#[tokio::test]
async fn a_file_that_is_missing_is_named() {
    let fake = Fake::start().await;
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none.jsonl");
    let missing = missing.to_str().unwrap();
    command(&fake.url(), "m365-audit", missing, &[])
        .await
        .fails(Exit::NoInput, &["none.jsonl", "no such file"]);
    let log = lines(&[login("1", "ana@contoso.example", "UA")]);
    let run = import(&fake, "m365-audit", &log, &["--country-db", missing]).await;
    run.fails(Exit::NoInput, &["none.jsonl", "country database"]);
}

#[tokio::test]
async fn what_the_server_refuses_is_named_with_its_line() {
    let fake = Fake::start().await;
    fake.inner().refused.insert("bo@contoso.example".to_owned());
    let log = lines(&[login("1", "ana@contoso.example", "UA"), login("2", "bo@contoso.example", "UA")]);
    let run = import(&fake, "m365-audit", &log, &[]).await;
    assert_eq!(run.exit, Exit::Partly);
    let rejected = &run.summary()["rejected"];
    assert_eq!(
        rejected["lines"][0],
        json!({"line": 2, "message": "identity.username: expected another one"})
    );
    assert_eq!(ids(&fake), ["1"]);
}
