//! `beckon doctor`: checks that the server can work with its options, and says of each problem what to do. Changes
//! nothing, and may run beside a server.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;

use super::database::DatabaseArgs;
use super::{complain, say, serve};
use crate::mail::settings::MailArgs;
use crate::mail::{Mail, MailSettings, Transport};
use crate::store::{postgres, sqlite};

/// Below this much free space, in MB, a full disk is near: the database grows while it is written to.
const LEAST_FREE: u64 = 500;

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// The TOML file with the options of `beckon serve`
    #[arg(long, env = "BECKON_CONFIG")]
    config: Option<PathBuf>,
    /// The folder of the embedded database [default: ./data]
    #[arg(long, env = "BECKON_DATA")]
    data: Option<PathBuf>,
    /// Send a test message to this address
    #[arg(long, value_name = "ADDRESS")]
    send_to: Option<String>,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    mail: MailArgs,
}

/// What was checked, and what was found: how it is, or what is wrong and what to do.
type Finding = (&'static str, anyhow::Result<String>);

pub(super) async fn run(args: DoctorArgs) -> ExitCode {
    let findings = match examine(args).await {
        Ok(findings) => findings,
        Err(error) => {
            complain(&error);
            return ExitCode::FAILURE;
        }
    };
    for (what, found) in &findings {
        match found {
            Ok(how) => say(format_args!("ok       {what}: {how}")),
            Err(error) => say(format_args!("problem  {what}: {error:#}")),
        }
    }
    let is_well = findings.iter().all(|(_, found)| found.is_ok());
    if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn examine(args: DoctorArgs) -> anyhow::Result<Vec<Finding>> {
    let file = args.config.as_deref().map(serve::read_file).transpose()?.unwrap_or_default();
    let options = args.database.options(file.database());
    let data = args.data.or(file.data).unwrap_or_else(|| PathBuf::from("./data"));
    let found = match options {
        Some(options) => postgres::examine(&options).await.map_err(anyhow::Error::from),
        None => database(&data),
    };
    let mut findings =
        vec![("data folder", writable(&data)), ("free space", free_space(&data)), ("database", found)];
    match args.mail.settings(file.smtp) {
        Ok(settings) => mail(&settings, &data, args.send_to, &mut findings).await,
        Err(error) => findings.push(("mail", Err(error))),
    }
    Ok(findings)
}

fn writable(data: &Path) -> anyhow::Result<String> {
    if !data.is_dir() {
        bail!(
            "expected the folder {}, found none: start `beckon serve`, or name another with --data",
            data.display()
        );
    }
    let path = data.join(format!(".doctor-{}", std::process::id()));
    let written = File::create(&path).and_then(|file| file.sync_all());
    // It is empty; that it is there at all was the question.
    drop(std::fs::remove_file(&path));
    written.with_context(|| {
        format!("cannot write into {}: let the user that runs Beckon write there", data.display())
    })?;
    Ok(format!("{} can be written", data.display()))
}

#[cfg(unix)]
fn free_space(data: &Path) -> anyhow::Result<String> {
    let found = rustix::fs::statvfs(data)
        .with_context(|| format!("cannot tell how much room {} has: does it exist?", data.display()))?;
    let free = found.f_bavail.saturating_mul(found.f_frsize) / 1_000_000;
    if free < LEAST_FREE {
        bail!("expected {LEAST_FREE} MB or more, found {free} MB: make room, or move the data folder");
    }
    Ok(format!("{free} MB"))
}

#[cfg(not(unix))]
fn free_space(_data: &Path) -> anyhow::Result<String> {
    Ok(format!("not known on this system; see to it that there are {LEAST_FREE} MB"))
}

/// Looks at the database without changing it; a new schema is the server's to make.
fn database(data: &Path) -> anyhow::Result<String> {
    let path = data.join(sqlite::FILE);
    if !path.exists() {
        bail!("expected {}, found none: start `beckon serve` once to make it", path.display());
    }
    let schema = sqlite::schema(&path).with_context(|| {
        format!("cannot use {}: restore a backup, or name another with --data", path.display())
    })?;
    Ok(format!("{} opens, schema {schema}, SQLite {}", path.display(), sqlite::engine()))
}

async fn mail(settings: &MailSettings, data: &Path, send_to: Option<String>, findings: &mut Vec<Finding>) {
    let transport = match Transport::new(settings, data) {
        Ok(transport) => transport,
        Err(error) => return findings.push(("mail", Err(error))),
    };
    let probed = transport.probe().await.map_err(anyhow::Error::from);
    let reached = probed.is_ok();
    findings.push(("mail", probed));
    if let Some(to_address) = send_to.filter(|_| reached) {
        let sent = transport.send(&test_message(settings, to_address)).await;
        findings.push(("test message", sent.map_err(anyhow::Error::from)));
    }
}

fn test_message(settings: &MailSettings, to_address: String) -> Mail {
    let date = chrono::Utc::now();
    let id = format!("<doctor-{}@{}>", date.timestamp_micros(), settings.from.email.domain());
    let text =
        "This is a test message of Beckon's. It arrived, so messages about escalations will arrive too.";
    let title = "Beckon test message".to_owned();
    Mail {
        to_name: String::new(),
        to_address,
        message: beckon_core::notice::Message {
            html: format!(
                "<!doctype html><html lang=\"en\"><head><title>{title}</title></head><body><p>{text}</p></body></html>"
            ),
            text: format!("{text}\n"),
            title,
        },
        thread_id: id.clone(),
        message_id: id,
        date,
    }
}
