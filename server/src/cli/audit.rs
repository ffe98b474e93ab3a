//! `beckon audit`: checks that the log of each account is the one that was written.

use beckon_core::id::AccountId;
use clap::{Args, Subcommand};

use super::database::DataArgs;
use super::say;
use crate::backup::hex;
use crate::store::Store;

#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the hash chain of an account's log, or of all accounts
    Verify {
        /// The account
        #[arg(long)]
        account: Option<i64>,
        /// What `beckon audit head` printed before and was kept elsewhere: a log that was cut off or written anew does not hold it
        #[arg(long, requires = "account", value_name = "NUMBER:HASH")]
        expect: Option<String>,
    },
    /// Print the number and the hash of an account's newest event, to be kept elsewhere
    Head {
        /// The account
        #[arg(long)]
        account: i64,
    },
}

pub(super) async fn run(mut args: AuditArgs) -> anyhow::Result<()> {
    let store = args.data.open().await?;
    match args.command {
        Command::Verify { account, expect } => {
            let accounts = match account {
                Some(account) => vec![AccountId(account)],
                None => store.account_ids().await?,
            };
            let mut changed = Vec::new();
            for account in accounts {
                match store.verify_log(account).await? {
                    Ok(count) => say(format_args!("the log of account {account} is whole: {count} events")),
                    Err(seq) => changed.push(format!(
                        "the log of account {account} was changed: event {seq} is not what was written"
                    )),
                }
            }
            anyhow::ensure!(changed.is_empty(), "{}", changed.join("; "));
            if let (Some(account), Some(expect)) = (account, expect) {
                check_kept(&store, AccountId(account), &expect).await?;
            }
        }
        Command::Head { account } => {
            let head = store.log_hash(AccountId(account), None).await?;
            let (seq, hash) =
                head.ok_or_else(|| anyhow::anyhow!("the log of account {account} holds nothing yet"))?;
            say(format_args!("{seq}:{}", hex(&hash)));
        }
    }
    Ok(())
}

/// Checks that the log still holds what was kept of it elsewhere.
async fn check_kept(store: &impl Store, account: AccountId, expect: &str) -> anyhow::Result<()> {
    let number = expect.split_once(':').and_then(|(seq, hash)| Some((seq.parse::<i64>().ok()?, hash)));
    let (seq, hash) = number
        .ok_or_else(|| anyhow::anyhow!("expected what `beckon audit head` printed, found `{expect}`"))?;
    let found = store.log_hash(account, Some(seq)).await?;
    anyhow::ensure!(
        found.is_some_and(|(_, found)| hex(&found) == hash.to_lowercase()),
        "the log of account {account} is not the one that event {seq} was kept of: it was cut off or written anew"
    );
    say(format_args!("event {seq} is the one that was kept"));
    Ok(())
}
