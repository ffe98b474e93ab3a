//! Where things are: the repository, cargo's target folder, the cache for tools.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use crate::process;

/// The repository that this command works on.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the repository that `cargo xtask` was called in, and its target folder.
    pub(crate) fn find() -> Result<Self> {
        // Cargo sets the variable for what it runs; it is right even where several clones share one target folder.
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .context("start this with `cargo xtask …`, which says where the repository is")?;
        let root = Path::new(&manifest)
            .parent()
            .ok_or_else(|| anyhow!("expected xtask/ inside the repository, found {}", manifest.display()))?
            .to_owned();
        let text = process::output(cargo(&root).args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ]))?;
        let metadata: Value = serde_json::from_str(&text).context("cargo metadata did not answer in JSON")?;
        let target =
            metadata["target_directory"].as_str().context("cargo metadata names no target folder")?;
        Ok(Self { root, target: PathBuf::from(target) })
    }

    /// Returns the path of something in the repository.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Returns the root of the repository.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the path of something that cargo built: `built("release", "beckon")`.
    pub(crate) fn built(&self, profile: &str, name: &str) -> PathBuf {
        self.target.join(profile).join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// Returns a folder of its own for `purpose` under `target/`, which git ignores.
    pub(crate) fn scratch(&self, purpose: &str) -> PathBuf {
        self.root.join("target").join(purpose)
    }

    /// Returns a folder that integration tests leave something in: cargo tells them as `CARGO_TARGET_TMPDIR` where.
    pub(crate) fn temporary(&self, name: &str) -> PathBuf {
        self.target.join("tmp").join(name)
    }

    /// Starts a cargo command in the repository.
    pub(crate) fn cargo(&self) -> Command {
        cargo(&self.root)
    }

    /// Starts a command in a folder of the repository.
    pub(crate) fn command(&self, program: impl AsRef<Path>, folder: &str) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(self.root.join(folder));
        command
    }
}

fn cargo(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    // What cargo tells this process about its own package is not for the packages that are built from here.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Returns the folder where tools are kept between clones: `$XDG_CACHE_HOME/beckon/tools` or `~/.cache/beckon/tools`.
pub(crate) fn tools_folder() -> Result<PathBuf> {
    let cache = match env::var_os("XDG_CACHE_HOME").filter(|value| !value.is_empty()) {
        Some(cache) => PathBuf::from(cache),
        None => env::home_dir()
            .context("no home folder: set XDG_CACHE_HOME to where tools may be kept")?
            .join(".cache"),
    };
    Ok(cache.join("beckon").join("tools"))
}
