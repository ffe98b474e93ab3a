//! What comes with Node: wasm-opt, a minifier and the font for the page, Playwright and a country database for the tests.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::digest::Stamp;
use crate::process;
use crate::workspace::Workspace;

/// The oldest Node that runs what is installed here.
const OLDEST_NODE: u32 = 20;

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };

/// Makes sure of the packages that the page is built with, and returns their folder.
pub(crate) fn for_page(workspace: &Workspace) -> Result<PathBuf> {
    install(workspace, "xtask/npm", "wasm-opt, a minifier and the font")
}

/// Makes sure of the packages that the tests use, and returns their folder.
pub(crate) fn for_tests(workspace: &Workspace) -> Result<PathBuf> {
    install(workspace, "e2e", "Playwright, axe, a country database and verifiers of webhooks")
}

/// Installs what the lock file in `folder` says, unless that is what is there.
fn install(workspace: &Workspace, folder: &str, what: &str) -> Result<PathBuf> {
    let packages = workspace.path(folder).join("node_modules");
    let lock = workspace.path(folder).join("package-lock.json");
    let stamp = Stamp::of(packages.join(".beckon-lock"), &[lock])?;
    if !stamp.is_current() {
        check_node()?;
        let mut npm = workspace.command(NPM, folder);
        // The browser is Debian's or the user's own, never a download of Playwright's.
        npm.arg("ci").args(["--no-audit", "--no-fund"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        process::run(&format!("tools: installing {what} from npm, a few seconds"), &mut npm)
            .with_context(|| format!("run `npm ci` in {folder}/ to see why, and check the network"))?;
        stamp.set()?;
    }
    Ok(packages)
}

fn check_node() -> Result<()> {
    let advice = format!("install Node {OLDEST_NODE} or newer, with npm, and put both on PATH");
    let version = process::output(Command::new("node").arg("--version")).context(advice.clone())?;
    let major =
        version.trim().trim_start_matches('v').split('.').next().and_then(|text| text.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => bail!("expected Node {OLDEST_NODE} or newer, found {}: {advice}", version.trim()),
    }
}
