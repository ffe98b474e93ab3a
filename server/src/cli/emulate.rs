//! `beckon emulate`: a ticketing system that is none, to try Beckon with.

use std::net::SocketAddr;

use anyhow::Context as _;
use beckon_core::integration::Vendor;
use beckon_emulators::Emulator;
use clap::Args;

use super::say;

#[derive(Debug, Args)]
pub(super) struct EmulateArgs {
    /// Whose: `connectwise`, `autotask` or `halopsa`
    vendor: Vendor,
    /// The address to listen on; port 0 lets the system choose
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

/// Serves an emulator until it is stopped; its tickets end with it.
pub(super) async fn run(args: EmulateArgs) -> anyhow::Result<()> {
    let running = Emulator::start(args.vendor, args.listen)
        .await
        .with_context(|| format!("cannot listen on {}: choose another with --listen", args.listen))?;
    say(format_args!(
        "{} is emulated on {}, where its tickets can be read.",
        args.vendor.name(),
        running.url()
    ));
    say("Connect it on the page Integrations of a server that runs with --allow-private-destinations:\n");
    for (slug, value) in running.settings() {
        say(format_args!("  {slug:<17} {value}"));
    }
    tokio::signal::ctrl_c().await?;
    Ok(())
}
