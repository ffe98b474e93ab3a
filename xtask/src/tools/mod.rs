//! The tools that Beckon is built and tested with. Each is used where it is there already, else installed, else the
//! error says what to run by hand.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

pub(crate) mod apt;
pub(crate) mod npm;
pub(crate) mod rust;

/// Returns the path of `program` on PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(&name)).find(|path| path.is_file())
}

/// Returns a PATH that looks into `folders` first.
pub(crate) fn path_with(folders: &[&Path]) -> Result<OsString> {
    let old = env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().map(|folder| folder.to_path_buf()).chain(env::split_paths(&old));
    env::join_paths(all).context("a folder on PATH has a separator in its name")
}
