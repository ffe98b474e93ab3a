//! `beckon organization`: customers of an account.

use beckon_core::id::{AccountId, OrganizationId};
use clap::{Args, Subcommand};

use super::database::DataArgs;
use super::say;
use crate::clock::Clock;
use crate::store::Store as _;

#[derive(Debug, Args)]
pub(super) struct OrganizationArgs {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an organization and print its number
    Add {
        /// The organization's name
        name: String,
        /// The account that it belongs to
        #[arg(long)]
        account: i64,
        /// The organization's number, where the provider has one already
        #[arg(long)]
        id: Option<i64>,
    },
}

pub(super) async fn run(mut args: OrganizationArgs) -> anyhow::Result<()> {
    let store = args.data.open().await?;
    match args.command {
        Command::Add { name, account, id } => {
            let now = Clock::default().now();
            let id = store.add_organization(AccountId(account), id.map(OrganizationId), &name, now).await?;
            say(id);
        }
    }
    Ok(())
}
