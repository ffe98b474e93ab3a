//! The report: one line a measurement, with what it stands beside and the ratio of the two.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// The lines so far.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<[String; 4]>,
}

impl Report {
    /// Adds a measurement, what was measured beside it in the same run, and their ratio.
    pub(crate) fn add(&mut self, what: &str, measured: String, beside: String, ratio: String) {
        self.rows.push([what.to_owned(), measured, beside, ratio]);
    }

    /// Prints the lines as a table.
    pub(crate) fn print(&self) {
        let head = ["what", "measured", "beside it, in the same run", "ratio"].map(str::to_owned);
        let rows = || std::iter::once(&head).chain(&self.rows);
        let width = |column: usize| rows().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let [what, measured, beside] = [width(0), width(1), width(2)];
        println!();
        for [one, two, three, four] in rows() {
            println!("{one:<what$}  {two:<measured$}  {three:<beside$}  {four}");
        }
    }

    /// Writes them as a page, with the machine described.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn write(&self, path: &Path, took: Duration) -> Result<()> {
        let mut text = format!(
            "# Benchmarks\n\nWritten by `cargo xtask bench`, in {} s. Each number stands beside one of the same run, and what counts is the ratio: \
             the machine is shared, and another run has other numbers. The aims are those of the design.\n\n{}\n\n\
             | what | measured | beside it, in the same run | ratio |\n|---|---|---|---|\n",
            took.as_secs(),
            machine()
        );
        let rows = self.rows.iter().map(|row| format!("| {} |\n", row.join(" | ")));
        text.extend(rows);
        if let Ok(before) = fs::read_to_string(path)
            && let Some(at) = before.find(BY_HAND)
        {
            // What people wrote about the numbers stays.
            text.extend(["\n", &before[at..]]);
        }
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}

/// What begins the part of the page that is written by hand.
const BY_HAND: &str = "## What they say";

/// Describes the machine, without naming it.
fn machine() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let (processor, memory) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    let after = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).and_then(|line| line.split_once(':'));
        line.map_or_else(|| "unknown".to_owned(), |(_, value)| value.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kilobytes = after(&memory, "MemTotal").trim_end_matches(" kB").parse::<u64>().unwrap_or(0);
    let system = read("/proc/sys/kernel/osrelease");
    // What follows the version names who built it.
    let system = system.split('-').next().unwrap_or_default();
    format!(
        "The machine: {cores} cores ({}), {} GB of memory, Linux {}; a release build; server, database, clients and browser all on it.",
        after(&processor, "model name"),
        kilobytes / 1_000_000,
        system.trim()
    )
}
