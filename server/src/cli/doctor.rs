//! `beckon doctor`: checks that the server can work with its options, and says of each problem what to do. Changes nothing that
//! is kept, and may run beside a server.

use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use chrono::Utc;
use clap::Args;

use super::database::DatabaseArgs;
use super::{complain, say, serve};
use crate::clock::Clock;
use crate::deliver::outlets::{Outlets as _, RealOutlets};
use crate::mail::settings::MailArgs;
use crate::mail::{Mail, MailSettings, Transport};
use crate::outbound::{Outbound, OutboundArgs};
use crate::seal::Sealer;
use crate::store::{Database, Integration, Notices as _, Store as _, Webhook, postgres, sqlite};

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
    /// Connect to the ticketing system of every account, and look for webhooks that were switched off
    #[arg(long)]
    integrations: bool,
    /// The key with which secrets are kept, where it is not in the data folder
    #[arg(long, env = "BECKON_SECRET_KEY", hide_env_values = true)]
    secret_key: Option<String>,
    #[command(flatten)]
    outbound: OutboundArgs,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    mail: MailArgs,
}

/// The largest difference between two clocks that does no harm, in seconds.
const MOST_APART: i64 = 60;

/// What was checked, and what was found: how it is, or what is wrong and what to do.
type Finding = (Cow<'static, str>, anyhow::Result<String>);

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
    let found = match &options {
        Some(options) => postgres::examine(options).await.map_err(anyhow::Error::from),
        None => database(&data),
    };
    let works = found.is_ok();
    let mut findings: Vec<Finding> = vec![
        ("data folder".into(), writable(&data)),
        ("free space".into(), free_space(&data)),
        ("database".into(), found),
        ("clock".into(), clock(options.as_ref(), &data).await),
    ];
    let settings = args.mail.settings(file.smtp);
    match &settings {
        Ok(settings) => mail(settings, &data, args.send_to, &mut findings).await,
        Err(error) => findings.push(("mail".into(), Err(anyhow::anyhow!("{error:#}")))),
    }
    if let (true, true, Ok(settings)) = (args.integrations, works, &settings) {
        let outbound = Outbound::new(args.outbound.policy(None))?;
        let sealer = match &args.secret_key {
            Some(key) => Sealer::of(key)?,
            None => Sealer::in_folder(&data)?,
        };
        let outlets = RealOutlets::new(settings, &data, outbound, sealer, Clock::default())?;
        let store = super::database::open(options.as_ref(), &data).await?;
        integrations(&store, &outlets, &mut findings).await?;
    }
    Ok(findings)
}

/// Compares the machine's clock with the one that the database goes by, or with when the database was written last.
async fn clock(options: Option<&postgres::Options>, data: &Path) -> anyhow::Result<String> {
    let now = Utc::now();
    let (other, what) = if let Some(options) = options {
        (postgres::time(options).await?, "PostgreSQL's, by which servers go")
    } else {
        let written = std::fs::metadata(data.join(sqlite::FILE)).and_then(|file| file.modified());
        let Ok(written) = written else { return Ok(now.format("%Y-%m-%d %H:%M:%S UTC").to_string()) };
        (chrono::DateTime::<Utc>::from(written), "when the database was written last")
    };
    let ahead = (now - other).num_seconds();
    let wrong = if options.is_some() { ahead.abs() > MOST_APART } else { ahead < -MOST_APART };
    if wrong {
        bail!(
            "expected this machine's clock to agree with {what}, found it {} s {}: set it right, by NTP at best, before a server starts",
            ahead.abs(),
            if ahead > 0 { "ahead" } else { "behind" }
        );
    }
    Ok(format!("{}, in line with {what}", now.format("%Y-%m-%d %H:%M:%S UTC")))
}

/// Connects to the ticketing system of each account, and looks for endpoints that were switched off.
async fn integrations(
    store: &Database,
    outlets: &RealOutlets,
    findings: &mut Vec<Finding>,
) -> anyhow::Result<()> {
    for account in store.account_ids().await? {
        if let Some(integration) = store.integration_of(account).await? {
            let what = format!("{} of account {account}", integration.vendor.name());
            let found = match integration.missing() {
                Some(missing) => {
                    Err(anyhow::anyhow!("{missing}: an account admin completes it on the page Integrations"))
                }
                None if integration.paused => Ok("paused; questions go by email".to_owned()),
                None => connect(outlets, &integration).await,
            };
            findings.push((what.into(), found));
        }
        webhooks(&store.webhooks(Some(account)).await?, findings);
    }
    webhooks(&store.webhooks(None).await?, findings);
    Ok(())
}

async fn connect(outlets: &RealOutlets, integration: &Integration) -> anyhow::Result<String> {
    let tested = match outlets.psa(integration).await {
        Ok(psa) => psa.test().await,
        Err(failed) => Err(failed),
    };
    tested.map(|()| "answers, and what was chosen is still there".to_owned()).map_err(|failed| {
        anyhow::anyhow!("{}: an account admin repairs the connection on the page Integrations", failed.detail)
    })
}

fn webhooks(endpoints: &[Webhook], findings: &mut Vec<Finding>) {
    for endpoint in endpoints.iter().filter(|endpoint| !endpoint.enabled) {
        let whose =
            endpoint.account.map_or("the operator".to_owned(), |account| format!("account {account}"));
        let why = endpoint.disabled_because.as_deref().unwrap_or("by hand");
        let found = anyhow::anyhow!(
            "{} is switched off ({why}): switch it on again on the page Webhooks",
            endpoint.url
        );
        findings.push((format!("webhook of {whose}").into(), Err(found)));
    }
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
        Err(error) => return findings.push(("mail".into(), Err(error))),
    };
    let probed = transport.probe().await.map_err(anyhow::Error::from);
    let reached = probed.is_ok();
    findings.push(("mail".into(), probed));
    if let Some(to_address) = send_to.filter(|_| reached) {
        let sent = transport.send(&test_message(settings, to_address)).await;
        findings.push(("test message".into(), sent.map_err(anyhow::Error::from)));
    }
}

fn test_message(settings: &MailSettings, to_address: String) -> Mail {
    let date = Utc::now();
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
