//! What comes with the system: a Chromium for the browser tests.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use super::on_path;
use crate::process;

/// The names under which Chromium is packaged; the tests need nothing that Chrome has beyond it.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const BY_HAND: &str = "install Chromium (on Debian or Ubuntu: `sudo apt-get update && sudo apt-get install -y chromium`), \
                       or set CHROME to the path of one";

/// Makes sure of Chromium: the one that `CHROME` names, one on PATH, or Debian's, which is then installed.
pub(crate) fn chromium() -> Result<PathBuf> {
    if let Some(path) = env::var_os("CHROME").filter(|path| !path.is_empty()).map(PathBuf::from) {
        if !path.is_file() {
            bail!("CHROME names {}, and nothing is there: {BY_HAND}", path.display());
        }
        return Ok(path);
    }
    if let Some(path) = NAMES.iter().find_map(|name| on_path(name)) {
        return Ok(path);
    }
    install()?;
    match on_path("chromium") {
        Some(path) => Ok(path),
        None => bail!("chromium was installed and is not on PATH: {BY_HAND}"),
    }
}

fn install() -> Result<()> {
    if on_path("apt-get").is_none() {
        bail!("the browser tests need Chromium: {BY_HAND}");
    }
    for (what, args) in [
        ("tools: reading Debian's package lists, a few seconds", &["update", "-q"][..]),
        (
            "tools: installing Chromium, a minute or two",
            &["install", "-y", "-q", "--no-install-recommends", "chromium"],
        ),
    ] {
        let mut apt = as_root("apt-get");
        apt.args(args).env("DEBIAN_FRONTEND", "noninteractive");
        if let Err(error) = process::run(what, &mut apt) {
            bail!("{error:#}; {BY_HAND}");
        }
    }
    Ok(())
}

/// Starts `program` as root: as it is, or by a sudo that asks nothing.
fn as_root(program: &str) -> Command {
    let is_root = process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if is_root {
        return Command::new(program);
    }
    let mut sudo = Command::new("sudo");
    sudo.args(["-n", program]);
    sudo
}
