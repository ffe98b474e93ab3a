//! `beckon emulate`: a ticketing system that is none, to try Beckon with.

use std::net::SocketAddr;

use anyhow::Context as _;
use beckon_emulators::{Faults, State, Vendor};
use clap::Args;
use tokio::net::TcpListener;

use super::say;
use crate::demo::psa::settings;

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
    let listener = TcpListener::bind(args.listen)
        .await
        .with_context(|| format!("cannot listen on {}: choose another with --listen", args.listen))?;
    let url = format!("http://{}", listener.local_addr()?);
    say(format_args!("{} is emulated on {url}, where its tickets can be read.", args.vendor.title()));
    say("Connect it on the page Integrations of a server that runs with --allow-private-destinations:\n");
    for (slug, value) in settings(args.vendor, &url) {
        say(format_args!("  {slug:<17} {value}"));
    }
    tokio::select! {
        () = beckon_emulators::serve(args.vendor, listener, State::demo(args.vendor), Faults::none()) => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    Ok(())
}
