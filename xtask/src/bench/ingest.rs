//! Observations committed in a second over HTTP, beside the same rows inserted by the database alone.

use std::ffi::OsStr;
use std::path::Path;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use super::http::Client;
use super::logins::{self, BATCH};
use super::report::Report;
use crate::process;
use crate::server::{Base, Demo};
use crate::workspace::Workspace;

/// How many detectors send at once.
const CONNECTIONS: usize = 8;

/// What was sent and how long the server took until all of it was acknowledged.
pub(crate) struct Sent {
    count: u32,
    took: Duration,
}

impl Sent {
    fn rate(&self) -> f64 {
        f64::from(self.count) / self.took.as_secs_f64()
    }
}

/// Sends `count` ordinary logins, to `accounts`.
pub(crate) fn send(demo: &Demo, accounts: &[i64], count: u32) -> Result<Sent> {
    post_all(demo, count, |number| logins::ordinary(accounts, number))
}

/// Sends `count` observations over several connections; every one must be taken.
pub(crate) fn post_all(demo: &Demo, count: u32, login: impl Fn(u32) -> Value) -> Result<Sent> {
    let base_url = demo.base_url.as_str();
    let key = demo.text("/operator_key")?;
    let bodies = Mutex::new(logins::bodies(count, login).into_iter());
    let clients = (0..CONNECTIONS).map(|_| Client::connect(base_url, key)).collect::<Result<Vec<_>>>()?;
    let start = Instant::now();
    let results: Vec<Result<()>> = thread::scope(|scope| {
        let workers: Vec<_> = clients
            .into_iter()
            .map(|client| scope.spawn(|| post_while_there_is_one(client, &bodies)))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_| Err(anyhow!("a sender broke off"))))
            .collect()
    });
    results.into_iter().collect::<Result<()>>()?;
    Ok(Sent { count, took: start.elapsed() })
}

fn post_while_there_is_one(mut client: Client, bodies: &Mutex<std::vec::IntoIter<String>>) -> Result<()> {
    let next = || bodies.lock().ok()?.next();
    while let Some(body) = next() {
        let answer = client.post("/v1/observations", &body)?;
        for refused in [r#""rejected""#, r#""duplicate""#] {
            if answer.contains(refused) {
                bail!("expected every observation to be taken, found {refused}: {answer:.400}");
            }
        }
    }
    Ok(())
}

/// Inserts the rows that the server stored in `data`, or in `base` where that is elsewhere, into an empty database of the same kind,
/// and reports both rates.
pub(crate) fn compare(
    workspace: &Workspace,
    (data, base): (&Path, &Base),
    accounts: usize,
    sent: &Sent,
    report: &mut Report,
) -> Result<()> {
    let batches = sent.count.div_ceil(BATCH).to_string();
    let program = workspace.built("release/examples", "raw_inserts");
    let source = base.url().map_or(data.as_os_str(), OsStr::new);
    let said = process::output(workspace.command(program, ".").arg(source).arg(batches))?;
    let mut words = said.split_whitespace();
    let mut next =
        || words.next().and_then(|word| word.parse::<f64>().ok()).context("raw_inserts prints two numbers");
    let (rows, seconds) = (next()?, next()?);
    let raw = f64::from(sent.count) / seconds;
    report.add(
        &format!("observations committed over HTTP, of {}, {}", said_of(accounts), base.name()),
        format!("{:.0}/s", sent.rate()),
        format!("{raw:.0}/s: their {rows:.0} rows, raw batched inserts, full sync"),
        format!("{:.0} %", 100.0 * sent.rate() / raw),
    );
    Ok(())
}

fn said_of(accounts: usize) -> String {
    if accounts == 1 { "one account".to_owned() } else { format!("{accounts} accounts") }
}
