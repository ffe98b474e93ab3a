//! A disk that fails and a clock that is turned, for one process: a small library stands between it and the system.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// What fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    /// The number of the error, as the system has it.
    pub(crate) number: i32,
    /// Whether writes fail; 2 where they end after half of it.
    pub(crate) writes: u8,
    /// Whether flushes fail.
    pub(crate) flushes: u8,
    /// By how many seconds the machine's clock is turned.
    pub(crate) clock: i64,
}

/// No room.
pub(crate) const NO_ROOM: i32 = 28;

/// The disk is broken.
pub(crate) const BROKEN: i32 = 5;

/// Nothing may be written.
pub(crate) const READ_ONLY: i32 = 30;

/// The library, and what it is told for one data folder.
pub(crate) struct Shim {
    library: TempDir,
    control: PathBuf,
}

impl Shim {
    /// Builds it for a data folder; none where it cannot work.
    pub(crate) fn build(data: &Path) -> Option<Self> {
        if std::env::var_os(crate::database::SERVER).is_some() {
            // It is about the embedded database, or a server of its own: that ran without this.
            return None;
        }
        if !cfg!(target_os = "linux") {
            eprintln!("torture: faults of the system are made on Linux alone");
            return None;
        }
        let library = TempDir::new().expect("a folder");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torture/shim.c");
        // Whoever builds Rust programs has a linker, and that comes with a compiler.
        let mut compile = Command::new("cc");
        compile.args(["-shared", "-fPIC", "-O1", "-w", "-o"]).arg(library.path().join("shim.so")).arg(source);
        let said = compile.output().expect("a C compiler");
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        let data = data.canonicalize().expect("the folder is there");
        Some(Self { library, control: data.join("faults") })
    }

    /// The variables of a process that has it, as lines of `NAME=value`.
    pub(crate) fn environment(&self) -> String {
        let library = self.library.path().join("shim.so");
        format!("LD_PRELOAD={}\nBECKON_SHIM={}\n", library.display(), self.control.display())
    }

    /// Says what fails from now on.
    pub(crate) fn set(&self, faults: Faults) {
        let Faults { number, writes, flushes, clock } = faults;
        let next = self.control.with_extension("next");
        // Nobody reads half of it.
        fs::write(&next, format!("{number} {writes} {flushes} {clock}\n")).expect("room for a line");
        fs::rename(next, &self.control).expect("it is replaced");
    }
}
