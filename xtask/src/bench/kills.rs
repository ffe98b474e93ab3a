//! Servers killed under load: the short form of `cargo xtask torture --part kills`, which finds everything in the end, or fails.

use std::process::Command;

use anyhow::{Result, bail};

use super::report::Report;
use crate::workspace::Workspace;
use crate::{postgres, process};

/// Builds what kills them.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    process::run("bench: building what kills servers", tests(workspace).arg("--no-run"))
}

/// Kills one server on either database and three over one, and reports what had been acknowledged by then: all of it is there.
pub(crate) fn measure(workspace: &Workspace, report: &mut Report) -> Result<()> {
    let mut command = tests(workspace);
    command.args(["--", "killed::", "--nocapture", "--test-threads", "1"]);
    command.env(postgres::PROGRAMS, postgres::programs()?);
    let said = process::tee("bench: killing servers under load", &mut command)?;
    if !said.success {
        bail!("something that was acknowledged is missing, or there twice: what stands above says what");
    }
    for (whom, kills, there) in said.lines.iter().filter_map(|line| outcome(line)) {
        report.add(
            &format!("kill -9 under load, {whom}: acknowledged and lost; tickets doubled or missing"),
            "0; 0".to_owned(),
            format!("{there}, after {kills} kills"),
            String::new(),
        );
    }
    Ok(())
}

fn tests(workspace: &Workspace) -> Command {
    let mut command = workspace.cargo();
    command.args(["test", "--release", "--package", "beckon-server", "--test", "torture"]);
    command
}

/// Reads who was killed how often, and what is there in the end.
fn outcome(line: &str) -> Option<(&str, &str, &str)> {
    let (whom, rest) = line.split_once("torture: ")?.1.split_once(" killed ")?;
    let (kills, rest) = rest.split_once(" times in ")?;
    let (_, there) = rest.split_once(": ")?;
    Some((whom, kills, there.strip_suffix(", all there")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_in_the_end_is_read_off_the_last_line_of_a_test() {
        let line = "torture: three servers on PostgreSQL killed 350 times in 284 s: 3760 observations, 601 questions, all there";
        let read = ("three servers on PostgreSQL", "350", "3760 observations, 601 questions");
        assert_eq!(outcome(line), Some(read));
        assert_eq!(outcome(&format!("test killed::a ... {line}")), Some(read));
        assert_eq!(outcome("torture: 350 kills of three servers on PostgreSQL, seed 4"), None);
    }
}
