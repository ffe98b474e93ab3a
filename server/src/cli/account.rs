//! `beckon account`: customers of the provider.

use beckon_core::id::AccountId;
use clap::{Args, Subcommand};

use super::database::DataArgs;
use super::say;
use crate::clock::Clock;
use crate::store::Store as _;

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
}

pub(super) async fn run(mut args: AccountArgs) -> anyhow::Result<()> {
    let store = args.data.open().await?;
    match args.command {
        Command::Add { name, id } => {
            let id = store.add_account(id.map(AccountId), &name, Clock::default().now()).await?;
            say(id);
        }
    }
    Ok(())
}
