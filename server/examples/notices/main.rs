//! Measures who is told of what: through the library, on a real database on disk with full sync. Each command prints its
//! figures as one line of JSON; `cargo xtask bench` shows them.
//!
//! - `notices due FOLDER COUNT`: so many escalations fall due in the same second.
//! - `notices tick FOLDER COUNT`: what a tick costs with so many open and nothing due.
//! - `notices mail FOLDER COUNT`: so many mails to an SMTP server on loopback, beside lettre alone.
//! - `notices fill FOLDER COUNT ACCOUNTS`: fills a database for a server, and measures nothing.
//!
//! `BECKON_BENCH_DATABASE` names an empty PostgreSQL database instead of an embedded one in the folder.
#![expect(clippy::print_stdout, reason = "it is a command whose result is what it prints")]

mod due;
mod fill;
mod mail;
#[path = "../raw/mod.rs"]
mod raw;
#[path = "../../tests/support/smtp.rs"]
mod receiver;
mod tick;

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = env::args_os().skip(1);
    let (Some(what), Some(folder), Some(count)) = (args.next(), args.next(), args.next()) else {
        bail!("expected due, tick or mail, a folder and a number");
    };
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let count: usize = count.to_string_lossy().parse().context("expected a number")?;
    let figures = match what.to_str() {
        Some("due") => due::measure(&folder, count).await?,
        Some("tick") => tick::measure(&folder, count).await?,
        Some("mail") => mail::measure(&folder, count).await?,
        Some("fill") => {
            let accounts = args.next().context("expected a number of accounts")?;
            let accounts = accounts.to_string_lossy().parse().context("expected a number of accounts")?;
            fill::large(&folder, count, accounts).await?;
            serde_json::Value::Null
        }
        _ => bail!("expected due, tick, mail or fill, found {}", what.display()),
    };
    println!("{figures}");
    Ok(())
}
