//! `beckon serve`: the server. Every option is also a variable, and a line in a TOML file; the command line wins, then
//! the variable, then the file.

use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use beckon_core::integration::Vendor;
use beckon_core::network::Network;
use clap::Args;
use serde::Deserialize;
use tokio::net::TcpListener;

use super::database::{self, DatabaseArgs, DatabaseFile};
use super::log::{self, LogFormat};
use super::say;
use crate::app::App;
use crate::clock::Clock;
use crate::deliver::outlets::RealOutlets;
use crate::listen::{self, Drain, Limits, Trigger};
use crate::mail::MailSettings;
use crate::mail::settings::{MailArgs, MailFile};
use crate::metrics::Metrics;
use crate::outbound::{Outbound, OutboundArgs, Policy};
use crate::rates::Rates;
use crate::seal::Sealer;
use crate::store::{Notices as _, Upkeep as _, postgres};

#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// A TOML file with the options below, such as `listen = "127.0.0.1:8080"`
    #[arg(long, env = "BECKON_CONFIG")]
    config: Option<PathBuf>,
    /// The address to listen on; port 0 lets the system choose [default: 127.0.0.1:8080]
    #[arg(long, env = "BECKON_LISTEN")]
    listen: Option<SocketAddr>,
    /// The folder of the embedded database [default: ./data]
    #[arg(long, env = "BECKON_DATA")]
    data: Option<PathBuf>,
    /// Where people and programs find the server, when that is not the address that it listens on
    #[arg(long, env = "BECKON_BASE_URL")]
    base_url: Option<String>,
    /// Fill an empty data folder with two accounts of believable life, and print how to sign in
    #[arg(long, env = "BECKON_DEMO", num_args = 0..=1, default_missing_value = "true")]
    demo: Option<bool>,
    /// The ticketing system that a demo's last account is connected to: `connectwise`, `autotask`, `halopsa` or `none`; it runs
    /// beside the server, and its tickets can be read at the address that it prints [default: connectwise]
    #[arg(long, env = "BECKON_DEMO_PSA")]
    demo_psa: Option<DemoPsa>,
    /// Serve the page from this folder instead of the built-in one, for working on it
    #[arg(long, env = "BECKON_PAGE_DIR")]
    page_dir: Option<PathBuf>,
    /// What to log, such as `info` or `beckon_server=debug` [default: info]
    #[arg(long, env = "BECKON_LOG")]
    log: Option<String>,
    /// The key with which secrets are kept, 32 bytes in base64; behind a comma, keys from before that still open [default: one that
    /// is made in the data folder]
    #[arg(long, env = "BECKON_SECRET_KEY", hide_env_values = true)]
    secret_key: Option<String>,
    /// Whom to tell of what is wrong with this server's security, such as `mailto:security@soc.example` or `https://…`: stands
    /// in `/.well-known/security.txt` [default: there is no such file]
    #[arg(long, env = "BECKON_SECURITY_CONTACT")]
    security_contact: Option<String>,
    /// How many requests a second one client may send in the long run; 0 for as many as it wants [default: 500]
    #[arg(long, env = "BECKON_REQUESTS_PER_SECOND")]
    requests_per_second: Option<u32>,
    /// How many connections one address may have open, other than this machine and trusted proxies [default: 512]
    #[arg(long, env = "BECKON_CONNECTIONS_PER_ADDRESS")]
    connections_per_address: Option<usize>,
    /// A reverse proxy whose `X-Forwarded-For` counts, as an address or a network; can be given more than once
    #[arg(long = "trusted-proxy", env = "BECKON_TRUSTED_PROXIES", value_delimiter = ',')]
    trusted_proxies: Vec<String>,
    /// A network from which `/metrics` can be read, beside this machine and operators' keys; can be given more than once
    #[arg(long, env = "BECKON_METRICS_FROM", value_delimiter = ',')]
    metrics_from: Vec<String>,
    /// How the log is written: `text`, or `json` with one object a line [default: text]
    #[arg(long, env = "BECKON_LOG_FORMAT")]
    log_format: Option<LogFormat>,
    /// Send traces by OpenTelemetry to this collector, such as `http://127.0.0.1:4318` (OTLP over HTTP) [default: none are made]
    #[arg(long, env = "BECKON_TRACES")]
    traces: Option<String>,
    #[command(flatten)]
    database: DatabaseArgs,
    #[command(flatten)]
    outbound: OutboundArgs,
    #[command(flatten)]
    mail: MailArgs,
}

/// The ticketing system of a demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DemoPsa {
    Connectwise,
    Autotask,
    Halopsa,
    None,
}

impl DemoPsa {
    const fn vendor(self) -> Option<Vendor> {
        match self {
            Self::Connectwise => Some(Vendor::Connectwise),
            Self::Autotask => Some(Vendor::Autotask),
            Self::Halopsa => Some(Vendor::Halopsa),
            Self::None => None,
        }
    }
}

/// The same options in a file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileOptions {
    listen: Option<SocketAddr>,
    pub(super) data: Option<PathBuf>,
    base_url: Option<String>,
    demo: Option<bool>,
    demo_psa: Option<DemoPsa>,
    page_dir: Option<PathBuf>,
    log: Option<String>,
    secret_key: Option<String>,
    security_contact: Option<String>,
    requests_per_second: Option<u32>,
    connections_per_address: Option<usize>,
    #[serde(default)]
    trusted_proxies: Vec<String>,
    #[serde(default)]
    metrics_from: Vec<String>,
    log_format: Option<LogFormat>,
    traces: Option<String>,
    allow_private_destinations: Option<bool>,
    database: Option<String>,
    database_connections: Option<usize>,
    database_ca: Option<PathBuf>,
    #[serde(default)]
    pub(super) smtp: MailFile,
}

impl FileOptions {
    /// Which database it names.
    pub(super) fn database(&self) -> DatabaseFile {
        DatabaseFile {
            database: self.database.clone(),
            database_connections: self.database_connections,
            database_ca: self.database_ca.clone(),
        }
    }
}

struct Options {
    listen: SocketAddr,
    data: PathBuf,
    database: Option<postgres::Options>,
    base_url: Option<String>,
    demo: bool,
    demo_psa: DemoPsa,
    page_dir: Option<PathBuf>,
    log: String,
    secret_key: Option<String>,
    security_contact: Option<String>,
    requests_per_second: Option<NonZeroU32>,
    connections_per_address: usize,
    trusted_proxies: Vec<Network>,
    metrics_from: Vec<Network>,
    log_format: LogFormat,
    traces: Option<String>,
    outbound: Policy,
    mail: MailSettings,
}

impl ServeArgs {
    fn options(self) -> anyhow::Result<Options> {
        let file = self.config.as_deref().map(read_file).transpose()?.unwrap_or_default();
        let database = self.database.options(file.database());
        let base_url = self.base_url.or(file.base_url).map(|url| url.trim_end_matches('/').to_owned());
        if let Some(url) =
            base_url.as_deref().filter(|url| !url.starts_with("http://") && !url.starts_with("https://"))
        {
            anyhow::bail!("expected a base URL that begins with http:// or https://, found `{url}`");
        }
        Ok(Options {
            listen: self.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8080))),
            data: self.data.or(file.data).unwrap_or_else(|| PathBuf::from("./data")),
            database,
            base_url,
            demo: self.demo.or(file.demo).unwrap_or(false),
            demo_psa: self.demo_psa.or(file.demo_psa).unwrap_or(DemoPsa::Connectwise),
            page_dir: self.page_dir.or(file.page_dir),
            log: self.log.or(file.log).unwrap_or_else(|| "info".to_owned()),
            secret_key: self.secret_key.or(file.secret_key),
            security_contact: contact(self.security_contact.or(file.security_contact))?,
            requests_per_second: NonZeroU32::new(
                self.requests_per_second.or(file.requests_per_second).unwrap_or(PER_SECOND),
            ),
            connections_per_address: self
                .connections_per_address
                .or(file.connections_per_address)
                .unwrap_or(Limits::default().connections_per_address),
            trusted_proxies: networks("--trusted-proxy", self.trusted_proxies, file.trusted_proxies)?,
            metrics_from: networks("--metrics-from", self.metrics_from, file.metrics_from)?,
            log_format: self.log_format.or(file.log_format).unwrap_or_default(),
            traces: self.traces.or(file.traces),
            outbound: self.outbound.policy(file.allow_private_destinations),
            mail: self.mail.settings(file.smtp)?,
        })
    }
}

/// How many requests a second one client may send, unless somebody says otherwise. A page sends some ten when it opens.
const PER_SECOND: u32 = 500;

/// Reads the networks that an option names, or else the file.
fn networks(option: &str, named: Vec<String>, in_file: Vec<String>) -> anyhow::Result<Vec<Network>> {
    let read = |text: String| {
        Network::parse(&text)
            .with_context(|| format!("expected {option} as an address or a network, found `{text}`"))
    };
    if named.is_empty() { in_file } else { named }.into_iter().map(read).collect()
}

/// Checks what is to stand in `security.txt`.
fn contact(contact: Option<String>) -> anyhow::Result<Option<String>> {
    let Some(contact) = contact else { return Ok(None) };
    let sound = ["mailto:", "https://", "tel:"].iter().any(|start| contact.starts_with(start));
    anyhow::ensure!(
        sound && !contact.chars().any(|c| c.is_control() || c.is_whitespace()),
        "expected --security-contact as mailto:…, https://… or tel:…, found `{contact}`"
    );
    Ok(Some(contact))
}

pub(super) fn read_file(path: &Path) -> anyhow::Result<FileOptions> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("expected options in {}, and cannot read it", path.display()))?;
    toml::from_str(&text).with_context(|| format!("expected options in {}", path.display()))
}

pub(super) async fn run(args: ServeArgs) -> anyhow::Result<()> {
    let options = args.options()?;
    let traces = log::begin(&options.log, options.log_format, options.traces.as_deref()).await?;
    std::fs::create_dir_all(&options.data).with_context(|| {
        format!("cannot make the data folder {}: choose another with --data", options.data.display())
    })?;
    // Several servers may share a PostgreSQL database, and none its data folder.
    let _lock = lock(&options.data)?;
    let sealer = match &options.secret_key {
        Some(key) => Sealer::of(key)?,
        None => Sealer::in_folder(&options.data)?,
    };
    let outbound = Outbound::new(options.outbound)?;
    let store = Arc::new(database::open(options.database.as_ref(), &options.data).await?);
    // The address first: whoever finds it taken has changed nothing.
    let listener = TcpListener::bind(options.listen).await.with_context(|| {
        format!("cannot listen on {}: is another server there? choose another with --listen", options.listen)
    })?;
    let address = listener.local_addr()?;
    let base_url = options.base_url.unwrap_or_else(|| format!("http://{address}"));
    let clock = if options.demo { Clock::ahead(store.clock_offset().await?) } else { Clock::default() };
    clock.begin_at(store.time().await?);
    if options.demo {
        match crate::demo::prepare(store.as_ref(), &options.data, &base_url, clock.now()).await? {
            Some(demo) => say(demo),
            None => say("Another server made this demo: how to get in stands in its data folder."),
        }
    }
    store.check_key(&sealer).await?;
    let (trigger, drain) = Drain::new();
    // Settings that cannot work end the server before it listens.
    let mut outlets = RealOutlets::new(&options.mail, &options.data, outbound, sealer, clock.clone())?;
    let vendor = options.demo_psa.vendor().filter(|_| options.demo);
    let emulator = match vendor {
        Some(vendor) => Some(crate::demo::psa::start(vendor).await?),
        None => None,
    };
    if let Some(emulator) = &emulator {
        outlets.let_through(&emulator.url())?;
    }
    let node = crate::node::of(&options.data)
        .with_context(|| format!("cannot keep this server's number in {}", options.data.display()))?;
    // The lock says that nobody else serves this folder: whoever did has died. Others may work on a database that is shared.
    store.abandon_claims((!store.is_embedded()).then_some(node), clock.now()).await?;
    let (alone, times) = (store.is_embedded(), store.times());
    let rates = options.requests_per_second.map(Rates::new).unwrap_or_default();
    let rates = if alone { rates } else { rates.together() };
    let app = App {
        store,
        outlets: Arc::new(outlets),
        clock,
        node,
        base_url: base_url.into(),
        rates: Arc::new(rates),
        proxies: options.trusted_proxies.into(),
        directory: Arc::default(),
        readiness: Arc::default(),
        metrics: Arc::new(Metrics::new(times)),
        metrics_from: options.metrics_from.into(),
        security_contact: options.security_contact.map(Into::into),
        demo: options.demo,
        drain: drain.clone(),
    };
    if let Some(emulator) = &emulator {
        // Without it the demo goes on: its questions go by email.
        match crate::demo::psa::connect(&app, emulator).await {
            Ok(()) => {
                let name = emulator.vendor().name();
                say(format_args!("{name} is emulated for the demo; its tickets: {}", emulator.url()));
            }
            Err(error) => tracing::warn!("{error:#}"),
        }
    }
    let router = crate::router(app.clone(), options.page_dir);
    let proxies = Arc::clone(&app.proxies);
    // What came due while nobody served.
    crate::scheduler::run_first(&app).await?;
    say(format_args!("listening on {}", app.base_url));
    let stopping = tokio::spawn(stop_on_signal(trigger));
    let watched = options.demo.then(|| tokio::spawn(crate::demo::live::run(app.clone())));
    let scheduler = tokio::spawn(crate::scheduler::run(app.clone()));
    if !alone {
        // It ends with the drain, and keeps nothing.
        tokio::spawn(crate::rates::shared::run(app.clone()));
    }
    let deliveries = tokio::spawn(crate::deliver::run(app));
    let limits = Limits { connections_per_address: options.connections_per_address, ..Limits::default() };
    listen::serve(listener, router, limits, &proxies, drain.begun()).await?;
    stopping.abort();
    // They end with the drain: what the one is doing then is one transaction, and the others are attempts of limited time.
    drop(scheduler.await);
    drop(deliveries.await);
    if let Some(watched) = watched {
        drop(watched.await);
    }
    traces.end().await;
    Ok(())
}

/// Makes sure that one server alone serves a data folder, for as long as the file is kept: each tells only its own
/// browsers what changes. The system lets go of the lock however the process ends.
pub(super) fn lock(data: &Path) -> anyhow::Result<File> {
    let path = data.join("serve.lock");
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => anyhow::bail!(
            "another server already serves {}: end that one first, or choose another folder with --data",
            data.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

/// Waits for the signal to stop, and starts the drain.
async fn stop_on_signal(trigger: Trigger) {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            }
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
    trigger.pull();
}
