//! From an empty cache to the first list in Chromium, beside a navigation to an answer of two bytes.

use anyhow::{Context, Result};
use serde_json::Value;

use super::report::Report;
use crate::process;
use crate::server::Demo;
use crate::tools::{apt, npm};
use crate::workspace::Workspace;

/// Runs `e2e/bench/cold-load.mjs`, which prints medians in milliseconds as JSON.
pub(crate) fn measure(workspace: &Workspace, demo: &Demo, loads: u32, report: &mut Report) -> Result<()> {
    let chromium = apt::chromium()?;
    npm::for_tests(workspace)?;
    let mut node = workspace.command("node", "e2e");
    node.args(["bench/cold-load.mjs", &demo.base_url, demo.text("/accounts/0/sign_in/viewer")?])
        .arg(loads.to_string())
        .env("CHROME", chromium);
    let said: Value =
        serde_json::from_str(&process::output(&mut node)?).context("cold-load.mjs prints JSON")?;
    let number = |name: &str| said[name].as_f64().with_context(|| format!("cold-load.mjs prints `{name}`"));
    let nothing = number("nothing")?;
    for (what, time) in [
        ("cold load to first paint", number("paint")?),
        ("cold load to first list", number("list")?),
        ("the same, processor 4 × slower", number("slow_list")?),
    ] {
        let ratio = format!("{:.1} ×", time / nothing);
        report.add(what, format!("{time:.0} ms"), format!("{nothing:.0} ms: an empty answer"), ratio);
    }
    Ok(())
}
