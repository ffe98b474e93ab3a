//! Reading how many tests passed from the lines with which runners close.

use std::fmt;

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    /// Adds two tallies.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }

    /// Reads a closing line of nextest, cargo test or Playwright; `None` for every other line.
    pub(crate) fn of_line(line: &str) -> Option<Self> {
        let line = line.trim();
        if let Some(counts) = line.strip_prefix("test result: ") {
            return Self::of_counts(counts.split_once(". ")?.1.split(';'));
        }
        if line.starts_with("Summary [") {
            return Self::of_counts(line.split_once("run: ")?.1.split(','));
        }
        Self::of_playwright(line)
    }

    /// Playwright gives each count a line: `12 passed (8.1s)`, `1 failed`.
    fn of_playwright(line: &str) -> Option<Self> {
        let line = match line.split_once(" (") {
            Some((counts, time)) if time.ends_with(')') => counts,
            _ => line,
        };
        // What a run was stopped before is not passed; a flaky test failed first, and the tests allow no second try.
        let line = match line.rsplit_once(' ') {
            Some((count, "flaky" | "interrupted")) => format!("{count} failed"),
            _ => line.replace("did not run", "skipped"),
        };
        if line.split(' ').count() == 2 { Self::of_counts([line.as_str()].into_iter()) } else { None }
    }

    /// Reads `3 passed`, `1 failed`, `2 skipped` and the like. `None` when nothing of it is a count of ours.
    fn of_counts<'a>(counts: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut tally = None;
        for count in counts {
            let mut words = count.split_whitespace();
            let (Some(number), Some(what)) = (words.next(), words.next()) else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            let sum: &mut Self = match what {
                "passed" | "failed" | "skipped" | "ignored" | "timed" => tally.get_or_insert_default(),
                _ => continue,
            };
            match what {
                "passed" => sum.passed += number,
                "failed" | "timed" => sum.failed += number,
                _ => sum.skipped += number,
            }
        }
        tally
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(formatter, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Option<(u64, u64, u64)>) {
        let expected = expected.map(|(passed, failed, skipped)| Tally { passed, failed, skipped });
        assert_eq!(Tally::of_line(line), expected, "{line}");
    }

    #[test]
    fn closing_lines_are_counted() {
        check(
            "test result: ok. 12 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.03s",
            Some((12, 0, 2)),
        );
        check(
            "test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0s",
            Some((1, 3, 0)),
        );
        check("     Summary [   1.204s] 50 tests run: 50 passed, 1 skipped", Some((50, 0, 1)));
        check(
            "     Summary [   9.9s] 50 tests run: 47 passed (1 slow), 2 failed, 1 timed out, 0 skipped",
            Some((47, 3, 0)),
        );
        check("  24 passed (31.5s)", Some((24, 0, 0)));
        check("  1 failed", Some((0, 1, 0)));
        check("  2 flaky", Some((0, 2, 0)));
        check("  3 did not run", Some((0, 0, 3)));
        check("  1 skipped", Some((0, 0, 1)));
    }

    #[test]
    fn other_lines_are_not() {
        check("running 3 tests", None);
        check("Running 24 tests using 2 workers", None);
        check("test rule::tests::all_or_none ... ok", None);
        check("3 passed the door", None);
        check("", None);
    }
}
