//! `beckon account`: customers of the provider.

use beckon_core::id::AccountId;
use beckon_core::retention::{LEAST_DAYS, MOST_DAYS, Retention};
use clap::{Args, Subcommand};

use super::database::DataArgs;
use super::say;
use crate::clock::Clock;
use crate::store::{Store as _, Upkeep as _};

#[derive(Debug, Args)]
pub(super) struct AccountArgs {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an account and print its number
    Add {
        /// The account's name
        name: String,
        /// The account's number, where the provider has one already
        #[arg(long)]
        id: Option<i64>,
    },
    /// Say for how long an account keeps observations and resolved escalations, or show it
    Retention {
        /// The account
        #[arg(long)]
        account: i64,
        /// For how many days observations are kept, at least 30
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(days()))]
        observations: Option<u32>,
        /// For how many days escalations are kept after they were resolved, at least 30
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(days()))]
        escalations: Option<u32>,
        /// Keep everything
        #[arg(long, conflicts_with_all = ["observations", "escalations"])]
        forever: bool,
    },
}

/// For how many days something can be kept, as a range of the parser's numbers.
fn days() -> std::ops::RangeInclusive<i64> {
    LEAST_DAYS.into()..=MOST_DAYS.into()
}

pub(super) async fn run(mut args: AccountArgs) -> anyhow::Result<()> {
    let store = args.data.open().await?;
    match args.command {
        Command::Add { name, id } => {
            let id = store.add_account(id.map(AccountId), &name, Clock::default().now()).await?;
            say(id);
        }
        Command::Retention { account, observations, escalations, forever } => {
            let account = AccountId(account);
            let Some(before) = store.retention(account).await? else {
                anyhow::bail!("expected an account, found none with the number {account}")
            };
            let kept = if forever {
                Retention::default()
            } else {
                Retention {
                    observations: observations.or(before.observations),
                    escalations: escalations.or(before.escalations),
                }
            };
            if kept != before {
                store.set_retention(account, kept).await?;
            }
            let told =
                |count: Option<u32>| count.map_or("for ever".to_owned(), |count| format!("{count} days"));
            say(format_args!("observations\t{}", told(kept.observations)));
            say(format_args!("resolved escalations\t{}", told(kept.escalations)));
        }
    }
    Ok(())
}
