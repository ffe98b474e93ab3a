//! `beckon import` against a stand-in for the server: what is sent, what is said, and the exit code.

#![expect(clippy::unwrap_used, reason = "tests")]

mod broken;
mod defender;
mod evtx;
mod fake;
mod logs;
mod real;
mod server;
mod sign_ins;
mod vpns;

use std::io::Write;
use std::time::Duration;

use beckon_server::import::client::Patience;
use beckon_server::import::exit::Exit;
use beckon_server::import::{ImportArgs, execute};
use clap::Parser;
use fake::Fake;
use serde_json::{Value, json};

/// What a run of the command left behind.
#[derive(Debug)]
struct Run {
    exit: Exit,
    out: String,
    err: String,
}

impl Run {
    /// Returns the summary, where `--json` was given.
    fn summary(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("no summary: {self:?}"))
    }

    /// Checks the exit code, and that the one message has these words.
    fn fails(&self, exit: Exit, words: &[&str]) {
        assert_eq!(self.exit, exit, "{self:?}");
        for word in words {
            assert!(self.err.contains(word), "{word}: {self:?}");
        }
        assert_eq!(self.err.matches("error:").count(), 1, "{self:?}");
    }
}

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    args: ImportArgs,
}

/// Runs `beckon import` on a file with this content.
async fn import(fake: &Fake, log: &str, content: &[u8], extra: &[&str]) -> Run {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    command(&fake.url(), log, file.path().to_str().unwrap(), extra).await
}

/// Runs `beckon import` on a file that is there.
async fn command(url: &str, log: &str, path: &str, extra: &[&str]) -> Run {
    let mut words = vec!["import", log, path, "--url", url, "--json"];
    for (option, value) in [("--key", "op:secret"), ("--account", "1"), ("--organization", "2")] {
        if !extra.contains(&option) {
            words.extend([option, value]);
        }
    }
    words.extend(extra);
    let command = Command::try_parse_from(words).unwrap_or_else(|error| panic!("{error}"));
    let patience = Patience { tries: 3, first_wait: Duration::ZERO, longest_wait: Duration::ZERO };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = execute(&command.args, patience, &mut out, &mut err).await;
    Run { exit, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

/// Makes an audit record of a login whose country the record names.
fn login(id: &str, user: &str, country: &str) -> Value {
    json!({
        "Id": id, "CreationTime": "2026-03-24T12:54:05", "Operation": "UserLoggedIn", "RecordType": 15,
        "UserId": user, "UserKey": "", "UserType": 0, "ClientIP": "192.0.2.7", "Country": country,
    })
}

/// Writes records as JSON lines.
fn lines(records: &[Value]) -> Vec<u8> {
    let texts: Vec<String> = records.iter().map(Value::to_string).collect();
    (texts.join("\n") + "\n").into_bytes()
}
