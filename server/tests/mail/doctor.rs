//! `beckon doctor`, as its user sees it.

use std::path::Path;
use std::process::Command;

use beckon_server::store::Database;
use tempfile::TempDir;

use crate::smtp::{Deed, Receiver, Step};

/// Runs the doctor, and returns whether it found all well, and what it said.
async fn doctor(data: &Path, args: &[&str]) -> (bool, String) {
    beckon("doctor", data, args, &[]).await
}

/// Runs a command with these variables alone.
async fn beckon(what: &str, data: &Path, args: &[&str], variables: &[(&str, &str)]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beckon"));
    command.arg(what).arg("--data").arg(data).args(args);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BECKON_") {
            command.env_remove(name);
        }
    }
    command.envs(variables.iter().copied());
    let run = tokio::task::spawn_blocking(move || command.output().expect("the binary starts"));
    let output = run.await.expect("no panic");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).expect("text"))
}

fn data() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    drop(Database::embedded(folder.path()).expect("a database"));
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

/// The command line wins over the variable, and that over the file: whoever wins names a receiver of its own.
#[tokio::test(flavor = "multi_thread")]
async fn options_come_from_the_line_then_the_variable_then_the_file() {
    let [line, variable, file] = [Receiver::good().await, Receiver::good().await, Receiver::good().await];
    let data = data();
    let config = data.path().join("beckon.toml");
    let text = format!(
        "[smtp]\nhost = '127.0.0.1'\nport = {}\nsecurity = 'none'\nfrom = 'beckon@soc.example'\n",
        file.port()
    );
    std::fs::write(&config, text).expect("written");
    let config = config.to_str().expect("text");
    let [on_line, in_variable] = [&line, &variable].map(|receiver| receiver.port().to_string());
    let reached = || [&line, &variable, &file].map(|receiver| receiver.reached(Step::Ehlo));
    let check = async |args: &[&str], variables: &[(&str, &str)], expected: [u64; 3]| {
        let (is_well, said) = beckon("doctor", data.path(), args, variables).await;
        assert!(is_well && said.contains("answers as receiver.test"), "{said}");
        assert_eq!(reached(), expected);
    };
    let set = [("BECKON_SMTP_PORT", in_variable.as_str()), ("BECKON_SMTP_PASSWORD", "")];
    check(&["--config", config], &[], [0, 0, 1]).await;
    check(&["--config", config], &set, [0, 1, 1]).await;
    check(&["--config", config, "--smtp-port", &on_line], &set, [1, 1, 1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_settings_that_make_no_sense_does_not_start() {
    let data = data();
    let check = async |args: &[&str], expected: &str| {
        let (is_well, said) = beckon("serve", data.path(), args, &[("BECKON_LISTEN", "127.0.0.1:0")]).await;
        assert!(!is_well && said.contains(expected), "{said}");
    };
    check(&["--smtp-host", "mail.example"], "expected --smtp-from").await;
    check(&["--smtp-rate", "0"], "--smtp-rate").await;
    let ca = data.path().join("ca.pem");
    std::fs::write(&ca, "no certificate").expect("written");
    let ca = ca.to_str().expect("text");
    let args = ["--smtp-host", "mail.example", "--smtp-from", "a@soc.example", "--smtp-ca-file", ca];
    check(&args, "expected certificates in PEM").await;
}
