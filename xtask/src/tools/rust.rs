//! What comes with cargo and rustup: the WASM target, and command line tools built from source.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::on_path;
use crate::process;
use crate::workspace::{Workspace, tools_folder};

/// The target of the page.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// A command line tool that cargo builds.
struct CargoTool<'a> {
    package: &'a str,
    program: &'a str,
    version: &'a str,
    /// Further options of `cargo install`.
    options: &'a [&'a str],
    /// How long building it takes on two cores.
    takes: &'a str,
    /// How much of the version must be the same for another copy to do.
    fits: Fits,
}

/// How much of a version must be the same.
#[derive(Clone, Copy)]
enum Fits {
    Exactly,
    MajorAndMinor,
}

/// Makes sure of trunk, which builds the page. Newer ones need a newer compiler.
pub(crate) fn trunk(workspace: &Workspace) -> Result<PathBuf> {
    CargoTool {
        package: "trunk",
        program: "trunk",
        version: "0.21.14",
        options: &["--locked", "--no-default-features", "--features", "rustls"],
        takes: "about 4 minutes",
        fits: Fits::MajorAndMinor,
    }
    .find_or_install(workspace)
}

/// Makes sure of wasm-bindgen's command line tool, which must be of the version of the crate that is locked.
pub(crate) fn wasm_bindgen(workspace: &Workspace) -> Result<PathBuf> {
    let file = workspace.path("Cargo.lock");
    let lock = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
    let version = locked_version(&lock, "wasm-bindgen").with_context(|| {
        format!("{} names no wasm-bindgen: is the page in the workspace?", file.display())
    })?;
    CargoTool {
        package: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version,
        // Not --locked: its own lock file names crates that not every mirror of the registry has.
        options: &[],
        takes: "about 2 minutes",
        fits: Fits::Exactly,
    }
    .find_or_install(workspace)
}

/// Makes sure of cargo-deny, which checks licences and sources.
pub(crate) fn cargo_deny(workspace: &Workspace) -> Result<PathBuf> {
    CargoTool {
        package: "cargo-deny",
        program: "cargo-deny",
        version: "0.20.2",
        options: &["--locked"],
        takes: "about 3 minutes",
        fits: Fits::MajorAndMinor,
    }
    .find_or_install(workspace)
}

impl CargoTool<'_> {
    fn find_or_install(&self, workspace: &Workspace) -> Result<PathBuf> {
        let root = tools_folder()?;
        let ours = root.join("bin").join(format!("{}{}", self.program, std::env::consts::EXE_SUFFIX));
        if let Some(path) =
            on_path(self.program).into_iter().chain([ours.clone()]).find(|path| self.is_at(path))
        {
            return Ok(path);
        }
        let mut install = workspace.cargo();
        install
            .args(["install", self.package, "--version", &format!("={}", self.version), "--debug", "--root"])
            .arg(&root)
            .args(self.options);
        let what = format!("tools: installing {} {}, once, {}", self.package, self.version, self.takes);
        process::run(&what, &mut install).with_context(|| {
            format!(
                "{} {} could not be installed: check the network, or put it on PATH",
                self.package, self.version
            )
        })?;
        if !self.is_at(&ours) {
            bail!("expected {} {} at {}, and it is not there", self.program, self.version, ours.display());
        }
        Ok(ours)
    }

    /// Tells whether a copy that does is at `path`.
    fn is_at(&self, path: &Path) -> bool {
        path.is_file()
            && process::output(Command::new(path).arg("--version")).is_ok_and(|said| {
                said.split_whitespace().nth(1).is_some_and(|found| self.fits.accepts(self.version, found))
            })
    }
}

impl Fits {
    fn accepts(self, wanted: &str, found: &str) -> bool {
        match self {
            Self::Exactly => wanted == found,
            Self::MajorAndMinor => wanted.split('.').take(2).eq(found.split('.').take(2)),
        }
    }
}

/// Finds the version of `package` in the text of a `Cargo.lock`.
fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let (_, rest) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    rest.split('"').next()
}

/// Makes sure that the compiler can build for the browser.
pub(crate) fn wasm_target(workspace: &Workspace) -> Result<()> {
    let mut rustc = workspace.command("rustc", ".");
    let libraries = process::output(rustc.args(["--print", "target-libdir", "--target", WASM]))?;
    if Path::new(libraries.trim()).is_dir() {
        return Ok(());
    }
    let mut rustup = workspace.command("rustup", ".");
    process::run("tools: adding the compiler's target for the page", rustup.args(["target", "add", WASM]))
        .with_context(|| format!("the page needs Rust's {WASM} target: install it with your Rust toolchain"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locked_version_is_that_of_the_package_alone() {
        let lock = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(locked_version(lock, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked_version(lock, "trunk"), None);
    }

    #[test]
    fn another_patch_release_does_unless_it_must_be_the_same() {
        let check =
            |fits: Fits, found, expected| assert_eq!(fits.accepts("0.21.14", found), expected, "{found}");
        check(Fits::MajorAndMinor, "0.21.13", true);
        check(Fits::MajorAndMinor, "0.22.1", false);
        check(Fits::Exactly, "0.21.13", false);
        check(Fits::Exactly, "0.21.14", true);
    }
}
