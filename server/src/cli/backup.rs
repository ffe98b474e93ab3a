//! `beckon backup` and `beckon restore`: all that is kept at one moment, in one encrypted file, and back.

use std::fs;
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use anyhow::{Context as _, bail};
use chrono::Utc;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::database::{DatabaseArgs, DatabaseFile};
use super::{say, serve};
use crate::backup::{self, Lock, Opener};
use crate::store::postgres::Options;
use crate::store::postgres::moving::Move;
use crate::store::{backup as copying, sqlite};

/// The name of the key in the data folder.
const KEY: &str = "secret.key";

#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    /// The file to make, or a folder in which it is named by the time
    #[arg(long, default_value = ".")]
    to: PathBuf,
    /// Who can open it: an age recipient, `age1…`; can be given more than once
    #[arg(long = "recipient", value_name = "AGE1", env = "BECKON_BACKUP_RECIPIENTS", value_delimiter = ',')]
    recipients: Vec<String>,
    /// A file with a passphrase instead
    #[arg(long, conflicts_with = "recipients")]
    passphrase_file: Option<PathBuf>,
    /// Make an identity in this file, which opens backups, print its recipient, and do nothing else
    #[arg(long, value_name = "FILE", conflicts_with_all = ["recipients", "passphrase_file"])]
    make_identity: Option<PathBuf>,
    /// The folder of the embedded database and of `secret.key`
    #[arg(long, env = "BECKON_DATA", default_value = "./data")]
    data: PathBuf,
    /// The key with which secrets are kept, where it is not in the data folder
    #[arg(long, env = "BECKON_SECRET_KEY", hide_env_values = true)]
    secret_key: Option<String>,
    #[command(flatten)]
    database: DatabaseArgs,
}

#[derive(Debug, Args)]
pub(super) struct RestoreArgs {
    /// The backup
    file: PathBuf,
    /// A file with the identity that opens it
    #[arg(long, required_unless_present = "passphrase_file", conflicts_with = "passphrase_file")]
    identity: Option<PathBuf>,
    /// A file with the passphrase that opens it
    #[arg(long)]
    passphrase_file: Option<PathBuf>,
    /// The data folder to make: without a database, and with the same `secret.key` or none
    #[arg(long, env = "BECKON_DATA", default_value = "./data")]
    data: PathBuf,
    /// Send what waited when the backup was made: for when the server ended before that, and none has run since
    #[arg(long)]
    send_waiting: bool,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub(super) async fn backup(args: BackupArgs) -> anyhow::Result<()> {
    if let Some(path) = args.make_identity {
        let recipient = backup::make_identity(&path)?;
        say(format_args!("{recipient}"));
        return Ok(());
    }
    let lock = match &args.passphrase_file {
        Some(path) => Lock::Passphrase(passphrase(path)?),
        None if args.recipients.is_empty() => bail!(
            "expected who can open the backup: make an identity with `beckon backup --make-identity FILE`, keep that file \
             elsewhere, and name what it prints with --recipient"
        ),
        None => Lock::Recipients(backup::recipients(args.recipients.iter().map(String::as_str))?),
    };
    let now = Utc::now();
    let path = if args.to.is_dir() {
        args.to.join(format!("beckon-{}.age", now.format("%Y-%m-%dT%H%M%SZ")))
    } else {
        args.to
    };
    let options = args.database.options(DatabaseFile::default());
    if options.is_none() && !args.data.join(sqlite::FILE).exists() {
        bail!("expected a database in {}, found none: name its folder with --data", args.data.display());
    }
    // Beside the file: there has to be room for it there anyway.
    let beside = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let scratch = Scratch::make(beside)?;
    match &args.secret_key {
        Some(key) => write_key(&scratch.0, key)?,
        None => drop(fs::copy(args.data.join(KEY), scratch.0.join(KEY)).with_context(|| {
            format!("expected the key of the secrets in {}: name it with --secret-key", args.data.display())
        })?),
    }
    let bar = bar("copying");
    let progress = |done: u64, all: u64| {
        bar.set_length(all);
        bar.set_position(done);
    };
    let from = if let Some(options) = &options {
        copying::copy_postgres(options, &scratch.0, &progress).await?;
        "postgres"
    } else {
        copying::copy_embedded(&args.data, &scratch.0, &progress)?;
        "embedded"
    };
    bar.finish_and_clear();
    let contents = copying::examine(&scratch.0).context("the copy is not whole, and no backup was made")?;
    let about = backup::about(&scratch.0, from, now, contents)?;
    let bytes = backup::write(&scratch.0, &about, &lock, &path)?;
    let rows: u64 = about.contents.rows.values().sum();
    let (events, size) = (about.contents.events, indicatif::HumanBytes(bytes));
    say(format_args!(
        "{}: {size}, {rows} rows; the logs with their {events} events are whole",
        path.display()
    ));
    Ok(())
}

pub(super) async fn restore(args: RestoreArgs) -> anyhow::Result<()> {
    let opener = match (&args.identity, &args.passphrase_file) {
        (Some(path), _) => Opener::Identities(backup::identities(path)?),
        (None, Some(path)) => Opener::Passphrase(passphrase(path)?),
        (None, None) => bail!("expected what opens the backup: --identity or --passphrase-file"),
    };
    let options = args.database.options(DatabaseFile::default());
    if options.is_none() && args.data.join(sqlite::FILE).exists() {
        bail!(
            "{} holds a database already: name an empty folder with --data, or move that one away",
            args.data.display()
        );
    }
    fs::create_dir_all(&args.data).with_context(|| format!("cannot make {}", args.data.display()))?;
    let _lock = serve::lock(&args.data)?;
    let scratch = Scratch::make(&args.data)?;
    let about = backup::read(&args.file, &opener, &scratch.0)?;
    let contents = copying::examine(&scratch.0).context("what is in the backup is not whole")?;
    anyhow::ensure!(
        contents == about.contents,
        "the backup holds {contents:?}, and says that it holds {:?}",
        about.contents
    );
    let key = args.data.join(KEY);
    let (restored, there) = (fs::read(scratch.0.join(KEY))?, fs::read(&key).ok());
    anyhow::ensure!(
        there.as_ref().is_none_or(|there| *there == restored),
        "{} holds another key than the backup: move it away, or name another folder with --data",
        key.display()
    );
    let held = if args.send_waiting { 0 } else { copying::hold(&scratch.0, Utc::now())? };
    if let Some(options) = &options {
        fill(&scratch.0, options).await?;
    } else {
        fs::rename(scratch.0.join(sqlite::FILE), args.data.join(sqlite::FILE))?;
        fs::File::open(&args.data)?.sync_all()?;
    }
    if there.is_none() {
        fs::rename(scratch.0.join(KEY), &key)?;
        fs::File::open(&args.data)?.sync_all()?;
    }
    let (rows, events) = (contents.rows.values().sum::<u64>(), contents.events);
    say(format_args!(
        "What was kept on {}: {rows} rows; the logs with their {events} events are whole.",
        about.made_at.format("%Y-%m-%d at %H:%M:%S UTC")
    ));
    if held > 0 {
        say(format_args!(
            "{held} mails and requests waited then, and may have gone out since: they are listed as not delivered, and can be sent again \
             from the page Deliveries."
        ));
    }
    say("What was acknowledged after that moment is not in it: let detectors send it again.");
    Ok(())
}

/// Fills an empty PostgreSQL database with what is in a folder.
async fn fill(folder: &Path, options: &Options) -> anyhow::Result<()> {
    let moving = Move::begin(folder, options).await?;
    let tables = moving.tables();
    let bar = bar("restoring");
    bar.set_length(tables.len() as u64);
    for table in tables {
        moving.table(&table).await?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    moving.finish().await?;
    Ok(())
}

/// A folder for what is made on the way, which goes with this value.
struct Scratch(PathBuf);

impl Scratch {
    fn make(beside: &Path) -> anyhow::Result<Self> {
        let path = beside.join(format!(".beckon-{}", std::process::id()));
        let made = fs::DirBuilder::new();
        #[cfg(unix)]
        let made = {
            use std::os::unix::fs::DirBuilderExt as _;
            let mut made = made;
            made.mode(0o700);
            made
        };
        made.create(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It holds nothing that is not elsewhere; what is left says by its name whose it was.
        drop(fs::remove_dir_all(&self.0));
    }
}

fn write_key(folder: &Path, key: &str) -> anyhow::Result<()> {
    let lines: Vec<&str> = key.split(',').map(str::trim).collect();
    Ok(fs::write(folder.join(KEY), format!("{}\n", lines.join("\n")))?)
}

/// Reads a passphrase: the first line of a file.
fn passphrase(path: &Path) -> anyhow::Result<SecretString> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let phrase = text.lines().next().unwrap_or_default().to_owned();
    anyhow::ensure!(
        phrase.len() >= 12,
        "expected a passphrase of 12 characters or more in {}",
        path.display()
    );
    Ok(SecretString::from(phrase))
}

/// Shows how far it is, where somebody looks.
fn bar(what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent}% {eta}");
    ProgressBar::new(0).with_message(what).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
