//! `beckon doctor`, as its user sees it.

use std::path::Path;
use std::process::Command;

use beckon_server::store::sqlite::Sqlite;
use tempfile::TempDir;

use crate::smtp::{Deed, Receiver, Step};

/// Runs the doctor, and returns whether it found all well, and what it said.
async fn doctor(data: &Path, args: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beckon"));
    command.arg("doctor").arg("--data").arg(data).args(args);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BECKON_") {
            command.env_remove(name);
        }
    }
    let run = tokio::task::spawn_blocking(move || command.output().expect("the binary starts"));
    let output = run.await.expect("no panic");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).expect("text"))
}

fn data() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    drop(Sqlite::open(folder.path()).expect("a database"));
    folder
}

fn smtp(port: u16) -> Vec<String> {
    let options = format!(
        "--smtp-host 127.0.0.1 --smtp-port {port} --smtp-security none --smtp-from Beckon<beckon@soc.example>"
    );
    options.split(' ').map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_can_work_is_well_and_a_test_message_goes_out() {
    let receiver = Receiver::good().await;
    let data = data();
    let mut args = smtp(receiver.port());
    args.extend(["--send-to".to_owned(), "ops@soc.example".to_owned()]);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (is_well, said) = doctor(data.path(), &args).await;
    assert!(is_well, "{said}");
    for expected in [
        "ok       data folder",
        "ok       database",
        "schema",
        "answers as receiver.test",
        "ok       test message",
    ] {
        assert!(said.contains(expected), "expected `{expected}` in:\n{said}");
    }
    assert_eq!(receiver.received()[0].to, ["ops@soc.example"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_server_the_test_message_is_a_file() {
    let data = data();
    let (is_well, said) = doctor(data.path(), &["--send-to", "ops@soc.example"]).await;
    assert!(is_well && said.contains("no SMTP server is set"), "{said}");
    assert_eq!(std::fs::read_dir(data.path().join("outbox")).expect("a folder").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_problem_is_said_and_ends_in_a_failure() {
    let refusing =
        Receiver::start(|step, _| if step == Step::Connect { Deed::Reply(554) } else { Deed::Go }).await;
    let folder = data();
    let args = smtp(refusing.port());
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (is_well, said) = doctor(folder.path(), &args).await;
    assert!(!is_well && said.contains("problem  mail: cannot reach the SMTP server: 554"), "{said}");

    let (is_well, said) = doctor(&folder.path().join("nowhere"), &[]).await;
    assert!(
        !is_well && said.contains("problem  data folder") && said.contains("problem  database"),
        "{said}"
    );

    let (is_well, said) = doctor(folder.path(), &["--smtp-port", "25"]).await;
    assert!(!is_well && said.contains("problem  mail: expected --smtp-host"), "{said}");

    std::fs::write(folder.path().join("beckon.db"), "not a database, and long enough to be sure")
        .expect("written");
    let (is_well, said) = doctor(folder.path(), &[]).await;
    assert!(!is_well && said.contains("problem  database"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_the_server_is_read_too() {
    let receiver = Receiver::good().await;
    let data = data();
    let config = data.path().join("beckon.toml");
    let text = format!(
        "data = '{}'\n[smtp]\nhost = '127.0.0.1'\nport = {}\nsecurity = 'none'\nfrom = 'beckon@soc.example'\n",
        data.path().display(),
        receiver.port()
    );
    std::fs::write(&config, text).expect("written");
    let config = config.to_str().expect("text");
    let (is_well, said) = doctor(data.path(), &["--config", config]).await;
    assert!(is_well && said.contains("answers as receiver.test"), "{said}");
    // The command line wins over the file.
    let (is_well, said) =
        doctor(data.path(), &["--config", config, "--smtp-host", "127.0.0.1", "--smtp-port", "1"]).await;
    assert!(!is_well && said.contains("127.0.0.1") | said.contains("problem  mail"), "{said}");
}
