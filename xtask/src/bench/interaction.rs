//! Clicks in the list of an account with many escalations, in Chromium, beside a click on nothing.

use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::report::Report;
use crate::process;
use crate::server::{self, Base, Demo};
use crate::tools::{apt, npm};
use crate::workspace::Workspace;

/// How often each is clicked.
const ROUNDS: u32 = 20;

/// The most nodes that the page is to have.
const NODES: u32 = 1_500;

/// Fills a database with `escalations` of one account, and runs `e2e/bench/interaction.mjs` on a server over it.
pub(crate) fn measure(
    workspace: &Workspace,
    beckon: &Path,
    base: &Base,
    escalations: u32,
    report: &mut Report,
) -> Result<()> {
    let (chromium, folder) = (apt::chromium()?, workspace.scratch("bench/interaction"));
    npm::for_tests(workspace)?;
    super::large::fill(workspace, &folder, base, (escalations, 1))?;
    let member = server::add_reader(beckon, &folder, base, "1")?;
    let link = ["member", "sign-in-link", "--account", "1", "--member", &member];
    let link = server::ask(beckon, &folder, base, &link)?;
    let (_, token) = link.rsplit_once('/').context("a link ends with its token")?;
    let server = Demo::serve(beckon, folder.clone(), base)?;
    process::say(&format!("bench: clicking in Chromium, {}", base.name()));
    let mut node = workspace.command("node", "e2e");
    node.args(["bench/interaction.mjs", &server.base_url, &format!("/sign-in/{token}")])
        .arg(ROUNDS.to_string())
        .env("CHROME", chromium);
    let said: Value =
        serde_json::from_str(&process::output(&mut node)?).context("interaction.mjs prints JSON")?;
    let number = |pointer: &str| {
        let found = said.pointer(pointer).and_then(Value::as_f64);
        found.with_context(|| format!("interaction.mjs prints a number at {pointer}"))
    };
    let nothing = (number("/nothing/paint")?, number("/nothing/answer")?);
    let of = format!("in the list of {escalations}, {}", base.name());
    for (what, name) in [
        ("filter", "filter"),
        ("clear the filter", "unfilter"),
        ("sort", "sort"),
        ("open a question", "open"),
    ] {
        let (paint, answer) = (number(&format!("/{name}/paint"))?, number(&format!("/{name}/answer"))?);
        report.add(
            &format!("{what} {of}"),
            format!("p75 {paint:.0} ms to the next paint, {answer:.0} ms until the answer is painted"),
            format!("{:.0} ms, {:.0} ms: a click on nothing; the aim is 50 ms", nothing.0, nothing.1),
            format!("{:.1} ×, {:.1} ×", paint / nothing.0, answer / nothing.1),
        );
    }
    let nodes = number("/nodes")?;
    let ratio = format!("{:.0} % of it", 100.0 * nodes / f64::from(NODES));
    report.add(
        &format!("nodes of the page {of}"),
        format!("{nodes:.0}"),
        format!("{NODES}: the most"),
        ratio,
    );
    Ok(())
}
