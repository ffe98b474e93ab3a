//! `beckon`: the server and its commands.

use std::process::ExitCode;

use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    beckon_server::cli::Cli::parse().run().await
}
