//! One digest over many files, to tell whether something must be built or installed again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// A file beside something made, with the digest of what it was made from.
pub(crate) struct Stamp {
    file: PathBuf,
    digest: String,
}

impl Stamp {
    /// Reads what is there now: `file` will hold the digest of `sources` (files or folders).
    pub(crate) fn of(file: PathBuf, sources: &[PathBuf]) -> Result<Self> {
        let mut files = Vec::new();
        for source in sources {
            collect(source, &mut files)?;
        }
        files.sort();
        let mut sha = Sha256::new();
        for path in files {
            let content = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
            sha.update(path.to_string_lossy().as_bytes());
            sha.update(content.len().to_le_bytes());
            sha.update(content);
        }
        Ok(Self { file, digest: format!("{:x}", sha.finalize()) })
    }

    /// Tells whether the thing was made from just this.
    pub(crate) fn is_current(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|text| text == self.digest)
    }

    /// Forgets the last time: what is about to be made may fail half-way.
    pub(crate) fn clear(&self) {
        // It is not there the first time.
        let _ = fs::remove_file(&self.file);
    }

    /// Notes that the thing was made from this.
    pub(crate) fn set(&self) -> Result<()> {
        fs::write(&self.file, &self.digest)
            .with_context(|| format!("{} cannot be written", self.file.display()))
    }
}

/// Adds `path`, or all files below it, to `files`. Hidden files, installed packages and what is not there are left out.
pub(crate) fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
    } else if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| format!("{} cannot be read", path.display()))? {
            let entry = entry?;
            let name = entry.file_name();
            if !name.to_string_lossy().starts_with('.') && name != "node_modules" && name != "target" {
                collect(&entry.path(), files)?;
            }
        }
    }
    Ok(())
}
