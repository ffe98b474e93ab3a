//! What comes with the system: a Chromium for the browser tests, a postfix for the mail tests, and PostgreSQL.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::on_path;
use crate::process;

/// A program that a package of Debian's brings.
struct Packaged {
    /// How people call it.
    name: &'static str,
    /// The package, in Debian and Ubuntu.
    package: &'static str,
    /// What needs it.
    whom: &'static str,
    /// What else a user can do.
    or: &'static str,
}

const CHROMIUM: Packaged = Packaged {
    name: "Chromium",
    package: "chromium",
    whom: "the browser tests",
    or: ", or set CHROME to the path of one",
};

const POSTFIX: Packaged = Packaged {
    name: "postfix",
    package: "postfix",
    whom: "the mail tests",
    or: ", and answer `No configuration` when it asks: the tests bring their own",
};

const POSTGRES: Packaged = Packaged {
    name: "PostgreSQL",
    package: "postgresql",
    whom: "the tests on PostgreSQL",
    or: ", or set PG_BIN to the folder of its programs",
};

/// Where Debian keeps the programs of PostgreSQL, in a folder for each version.
const POSTGRES_FOLDER: &str = "/usr/lib/postgresql";

/// The names under which Chromium is packaged; the tests need nothing that Chrome has beyond it.
const CHROMIUM_NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Where the mail tests look for postfix; `/usr/sbin` is not on everybody's PATH.
const POSTFIX_PATH: &str = "/usr/sbin/postfix";

/// Makes sure of Chromium: the one that `CHROME` names, one on PATH, or Debian's, which is then installed.
pub(crate) fn chromium() -> Result<PathBuf> {
    if let Some(path) = env::var_os("CHROME").filter(|path| !path.is_empty()).map(PathBuf::from) {
        if !path.is_file() {
            bail!("CHROME names {}, and nothing is there: {}", path.display(), CHROMIUM.by_hand());
        }
        return Ok(path);
    }
    CHROMIUM.find_or_install(|| CHROMIUM_NAMES.iter().find_map(|name| on_path(name)))
}

/// Makes sure of postfix: the one that is there, or Debian's, which is then installed. It gets no configuration, so that
/// no mail server starts on the developer's machine.
pub(crate) fn postfix() -> Result<()> {
    let found = || Some(PathBuf::from(POSTFIX_PATH)).filter(|path| path.is_file());
    if found().is_none() {
        leave_unconfigured();
    }
    POSTFIX.find_or_install(found).map(|_| ())
}

/// Makes sure of PostgreSQL, and returns the folder with its programs: the one that `PG_BIN` names, the newest of Debian's, or
/// the one on PATH.
pub(crate) fn postgres() -> Result<PathBuf> {
    if let Some(path) = env::var_os("PG_BIN").filter(|path| !path.is_empty()).map(PathBuf::from) {
        if !path.join("initdb").is_file() {
            bail!("PG_BIN names {}, and no initdb is there: {}", path.display(), POSTGRES.by_hand());
        }
        return Ok(path);
    }
    POSTGRES.find_or_install(|| {
        let versions = std::fs::read_dir(POSTGRES_FOLDER).into_iter().flatten().flatten();
        let mut found: Vec<(u32, PathBuf)> = versions
            .filter_map(|version| {
                Some((version.file_name().to_str()?.parse().ok()?, version.path().join("bin")))
            })
            .filter(|(_, folder)| folder.join("initdb").is_file())
            .collect();
        found.sort();
        let newest = found.pop().map(|(_, folder)| folder);
        newest.or_else(|| Some(on_path("initdb")?.parent()?.to_path_buf()))
    })
}

/// Answers what postfix's package would ask. Where that fails, the package says what it needs when it is installed.
fn leave_unconfigured() {
    let answer = "echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections";
    if Path::new("/usr/bin/debconf-set-selections").is_file() {
        let _ = process::output(as_root("sh").args(["-c", answer]));
    }
}

impl Packaged {
    fn by_hand(&self) -> String {
        let Self { name, package, or, .. } = self;
        format!(
            "install {name} (on Debian or Ubuntu: `sudo apt-get update && sudo apt-get install -y {package}`){or}"
        )
    }

    /// Returns what `find` finds, after an installation where it must.
    fn find_or_install(&self, find: impl Fn() -> Option<PathBuf>) -> Result<PathBuf> {
        if let Some(path) = find() {
            return Ok(path);
        }
        self.install()?;
        match find() {
            Some(path) => Ok(path),
            None => bail!("{} was installed and is not found: {}", self.package, self.by_hand()),
        }
    }

    fn install(&self) -> Result<()> {
        if on_path("apt-get").is_none() {
            bail!("{} need {}: {}", self.whom, self.name, self.by_hand());
        }
        let installing = format!("tools: installing {}, a minute or two", self.name);
        for (what, args) in [
            ("tools: reading Debian's package lists, a few seconds", &["update", "-q"][..]),
            (&installing, &["install", "-y", "-q", "--no-install-recommends", self.package]),
        ] {
            let mut apt = as_root("apt-get");
            apt.args(args).env("DEBIAN_FRONTEND", "noninteractive");
            if let Err(error) = process::run(what, &mut apt) {
                bail!("{error:#}; {}", self.by_hand());
            }
        }
        Ok(())
    }
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
