//! Starting, the options, and a real import from the command line.

use std::io::Write as _;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::{Server, beckon, run};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn a_demo_is_found_again_under_its_new_address() {
    let folder = TempDir::new().expect("a folder");
    let first = Server::start(folder.path());
    let key = first.key("admin").to_owned();
    let open = first.get("/v1/account", "admin").await["account"]["counts"].clone();
    assert!(open["open"].as_u64() > Some(3) && open["overdue"].as_u64() > Some(0), "{open}");
    first
        .send("POST", "/demo/clock", "operator", &json!({"advance_seconds": 43_200}))
        .await
        .expect("an answer");
    first.kill();
    let again = Server::start(folder.path());
    assert_eq!(again.key("admin"), key);
    assert_eq!(again.demo["base_url"], again.url);
    let link = again.demo["accounts"][0]["sign_in"]["admin"].as_str().expect("a link");
    assert!(link.starts_with(&format!("{}/sign-in/", again.url)), "{link}");
    let actor = again.get("/v1/actor", "admin").await;
    let now: chrono::DateTime<chrono::Utc> = actor["now"].as_str().expect("a time").parse().expect("a time");
    assert!(now - chrono::Utc::now() > chrono::TimeDelta::hours(11), "the clock stays turned");
}

#[tokio::test]
async fn a_folder_is_served_by_one_server_at_a_time() {
    let folder = TempDir::new().expect("a folder");
    let first = Server::start(folder.path());
    // At the address that is taken, so that it ends in any case.
    let address = first.url.strip_prefix("http://").expect("it is served so");
    let second = run(&["serve", "--listen", address], folder.path());
    assert!(!second.status.success());
    let said = text(&second.stderr);
    assert!(said.contains("another server already serves"), "{said}");
    first.kill();
    Server::start(folder.path()).kill();
}

#[test]
fn what_cannot_be_is_said_in_one_line() {
    let folder = TempDir::new().expect("a folder");
    let check = |arguments: &[&str], expected: &str| {
        let output = run(arguments, folder.path());
        assert!(!output.status.success(), "{arguments:?}");
        let said = text(&output.stderr);
        assert!(said.contains(expected), "{arguments:?}: {said}");
    };
    check(&["key", "add", "SOC"], "found none: start `beckon serve");
    check(
        &["serve", "--base-url", "beckon.example"],
        "expected a base URL that begins with http:// or https://",
    );
    check(&["serve", "--config", "nowhere.toml"], "expected options in nowhere.toml");
    let options = folder.path().join("options.toml");
    std::fs::write(&options, "lisen = \"127.0.0.1:0\"").expect("a file");
    check(&["serve", "--config", options.to_str().expect("a path")], "unknown field `lisen`");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    check(&["serve", "--listen", &address], "cannot listen on");
}

#[test]
fn the_command_line_wins_over_the_variable_and_that_over_the_file() {
    let folder = TempDir::new().expect("a folder");
    let options = folder.path().join("options.toml");
    // Addresses that are taken: each run ends at once and names the one that it was to listen on.
    let taken = [(); 3].map(|()| std::net::TcpListener::bind("127.0.0.1:0").expect("a port"));
    let [file, variable, argument] =
        taken.each_ref().map(|one| one.local_addr().expect("an address").to_string());
    std::fs::write(&options, format!("listen = \"{file}\"\nbase_url = \"https://file.example\"\n"))
        .expect("a file");
    let options = options.to_str().expect("a path");
    let refused = |command: &mut std::process::Command, address: &str| {
        let output = command.output().expect("the binary starts");
        let said = text(&output.stderr);
        assert!(said.contains(&format!("cannot listen on {address}")), "{said}");
    };
    refused(&mut beckon(&["serve", "--config", options], folder.path()), &file);
    let mut command = beckon(&["serve", "--config", options], folder.path());
    refused(command.env("BECKON_LISTEN", &variable), &variable);
    let mut command = beckon(&["serve", "--config", options, "--listen", &argument], folder.path());
    refused(command.env("BECKON_LISTEN", &variable), &argument);
}

/// An audit log of our own: logins of three people from two countries that the records name.
fn audit_log(path: &Path, mark: &str) {
    let mut file = std::fs::File::create(path).expect("a file");
    for (n, (person, country)) in
        [("ada", "UA"), ("bo", "UA"), ("ada", "UA"), ("cem", "PL"), ("ada", "NL")].iter().enumerate()
    {
        let record = json!({
            "id": format!("{mark}-{n}"), "createdDateTime": format!("2026-11-0{}T08:00:00.1234567Z", n + 1),
            "userPrincipalName": format!("{person}@contoso.example"), "userId": person, "userDisplayName": person,
            "ipAddress": "198.51.100.7", "location": {"countryOrRegion": country}, "status": {"errorCode": 0},
            "isInteractive": true, "userType": "member",
        });
        writeln!(file, "{record}").expect("a line");
    }
}

fn import(server: &Server, file: &Path) -> (i32, Value) {
    let (file, key) = (file.to_str().expect("a path"), server.key("operator"));
    let output: Output = std::process::Command::new(env!("CARGO_BIN_EXE_beckon"))
        .args(["import", "entra-sign-ins", file, "--url", &server.url, "--key", key, "--account", "1"])
        .args(["--organization", "1", "--usage-location", "NL", "--json"])
        .output()
        .expect("the binary starts");
    let summary =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
    (output.status.code().expect("an exit code"), summary)
}

#[tokio::test]
async fn from_a_log_to_rules_that_silence_its_repetition() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path());
    let log = folder.path().join("sign-ins.jsonl");
    audit_log(&log, "first");
    let before =
        server.get("/v1/account", "admin").await["account"]["counts"]["open"].as_u64().expect("a count");
    let (code, first) = import(&server, &log);
    assert_eq!((code, &first["sent"]), (0, &json!(5)), "{first}");
    let (code, again) = import(&server, &log);
    assert_eq!((code, &again["sent"]), (0, &json!(0)), "{again}");
    let raised = server.get("/v1/escalations?organization_id=1&subtype=PL,UA&limit=50", "admin").await;
    assert_eq!(raised["escalations"], json!([]), "a subtype is one value");
    let find = async |country: &str| {
        let path =
            format!("/v1/escalations?organization_id=1&status=open&subtype={country}&search=contoso.example");
        server.get(&path, "admin").await["escalations"][0].clone()
    };
    let (ukraine, poland) = (find("UA").await, find("PL").await);
    let after =
        server.get("/v1/account", "admin").await["account"]["counts"]["open"].as_u64().expect("a count");
    let new = if ukraine["entity_count"] == 2 { 2 } else { 1 };
    assert_eq!(after - before, new, "one for each foreign country that nobody asked about yet");
    for (escalation, scope) in [(&ukraine, "identity"), (&poland, "organization")] {
        let path = format!("/v1/escalations/{}/resolution", escalation["id"]);
        let answer = json!({"determination": "expected", "scope": scope});
        let (status, body) = server.send("POST", &path, "admin", &answer).await.expect("an answer");
        assert_eq!(status, 201, "{body}");
    }
    audit_log(&log, "fresh");
    let (code, fresh) = import(&server, &log);
    assert_eq!(code, 0, "{fresh}");
    assert_eq!((&fresh["sent"], &fresh["expected"]), (&json!(5), &json!(5)), "{fresh}");
}
