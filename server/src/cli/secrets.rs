//! `beckon secrets`: the key with which secrets are kept, and another in its place.

use clap::{Args, Subcommand};

use super::database::DataArgs;
use super::{say, serve};
use crate::seal::Sealer;

#[derive(Debug, Args)]
pub(super) struct SecretsArgs {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Seal everything anew with another key, while no server runs; what is interrupted can be done again
    Rotate {
        /// The new key, and behind a comma those from before, each 32 bytes in base64 [default: a new one is made in the data folder]
        #[arg(long, env = "BECKON_SECRET_KEY", hide_env_values = true)]
        secret_key: Option<String>,
    },
}

pub(super) async fn run(mut args: SecretsArgs) -> anyhow::Result<()> {
    let Command::Rotate { secret_key } = args.command;
    let store = args.data.open().await?;
    // A server that runs knows the old key alone.
    let _lock = serve::lock(&args.data.data)?;
    let sealer = match &secret_key {
        Some(keys) => Sealer::of(keys)?,
        // Both keys are in the file before the first thing is sealed with the new one, and until the last one is.
        None => Sealer::add_key(&args.data.data)?,
    };
    let name = sealer.name().to_owned();
    let count = store.reseal(sealer).await?;
    if secret_key.is_none() {
        Sealer::forget_old(&args.data.data)?;
    }
    say(format_args!(
        "{count} secrets are sealed with the key {name}; those from before are not needed any more"
    ));
    Ok(())
}
