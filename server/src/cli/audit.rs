//! `beckon audit`: checks that the log of an account is the one that was written.

use beckon_core::id::AccountId;
use clap::{Args, Subcommand};

use super::{DataArgs, say};
use crate::store::Store as _;

#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the hash chain of an account's log
    Verify {
        /// The account
        #[arg(long)]
        account: i64,
    },
}

pub(super) async fn run(args: AuditArgs) -> anyhow::Result<()> {
    let store = args.data.open()?;
    match args.command {
        Command::Verify { account } => match store.verify_log(AccountId(account)).await? {
            Ok(count) => say(format_args!("the log of account {account} is whole: {count} events")),
            Err(seq) => {
                anyhow::bail!("the log of account {account} was changed: event {seq} is not what was written")
            }
        },
    }
    Ok(())
}
