//! What the tests of isolation covered, for the summary that `cargo xtask test` prints.

use std::path::Path;

/// Keeps a line under a name.
pub(crate) fn keep(name: &str, line: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("isolation");
    std::fs::create_dir_all(&folder).expect("a folder for temporary files");
    std::fs::write(folder.join(name), line).expect("room for a line");
}
