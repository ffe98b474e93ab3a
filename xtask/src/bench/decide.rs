//! How often core decides in a second, natively, with nothing stored.

use anyhow::{Context, Result};

use super::report::Report;
use crate::process;
use crate::workspace::Workspace;

/// Runs `core/examples/decide.rs`, which prints how many decisions it made in a second, then how many
/// of the same observations it read from JSON.
pub(crate) fn measure(workspace: &Workspace, report: &mut Report) -> Result<()> {
    let mut build = workspace.cargo();
    build.args(["build", "--release", "--package", "beckon-core", "--example", "decide"]);
    process::run("bench: building core's example", &mut build)?;
    let program = workspace.built("release/examples", "decide");
    let said = process::output(&mut workspace.command(program, "."))?;
    let numbers: Vec<f64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [decisions, reads] = numbers[..] else {
        return Err(anyhow::anyhow!("expected two numbers, found `{}`", said.trim()))
            .context("core/examples/decide.rs");
    };
    report.add(
        "core decides, one thread",
        format!("{decisions:.0}/s"),
        format!("{reads:.0}/s: the same observations read from JSON"),
        format!("{:.1} ×", decisions / reads),
    );
    Ok(())
}
