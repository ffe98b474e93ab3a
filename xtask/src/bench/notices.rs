//! Who is told of what: many that fall due at once, what a tick costs while nothing is due, mails in a second. An example of
//! the server's measures, since it needs the server's library.

use std::io;

use anyhow::{Context, Result};
use serde_json::Value;

use super::Options;
use super::report::Report;
use crate::process;
use crate::server::Base;
use crate::workspace::Workspace;

/// How many escalations are open in the database that a tick is compared with.
const FEW: u32 = 1_000;

/// Measures all three on both databases and reports them. `postgres` makes an empty database of a name.
pub(crate) fn measure(
    workspace: &Workspace,
    options: &Options,
    postgres: &dyn Fn(&str) -> io::Result<Base>,
    report: &mut Report,
) -> Result<()> {
    for base in [Base::Embedded, postgres("due")?] {
        due(workspace, options.due, &base, report)?;
    }
    for bases in [(Base::Embedded, Base::Embedded), (postgres("few")?, postgres("many")?)] {
        tick(workspace, options.open, &bases, report)?;
    }
    for base in [Base::Embedded, postgres("mails")?] {
        mails(workspace, options.mails, &base, report)?;
    }
    Ok(())
}

fn tick(workspace: &Workspace, open: u32, (small, large): &(Base, Base), report: &mut Report) -> Result<()> {
    let name = small.name();
    process::say(&format!("bench: a tick with {open} escalations open and nothing due, {name}"));
    let micros = |open: u32, base: &Base| -> Result<f64> {
        Ok(1e6 * Figures::of(workspace, "tick", open, base)?.number("seconds")?)
    };
    let (few, many) = (micros(FEW, small)?, micros(open, large)?);
    report.add(
        &format!("a tick with nothing due, of {open}, {name}"),
        format!("p50 {many:.0} µs"),
        format!("p50 {few:.0} µs, of {FEW}"),
        format!("{:.2} ×", many / few),
    );
    Ok(())
}

fn mails(workspace: &Workspace, count: u32, base: &Base, report: &mut Report) -> Result<()> {
    process::say(&format!("bench: {count} mails to an SMTP server on loopback, {}", base.name()));
    let mail = Figures::of(workspace, "mail", count, base)?;
    let mails = mail.number("mails")?;
    let (ours, alone) = (mails / mail.number("seconds")?, mails / mail.number("alone_seconds")?);
    report.add(
        &format!("{mails} mails delivered, each attempt kept, {}", base.name()),
        format!("{ours:.0}/s"),
        format!("{alone:.0}/s: the same by lettre alone, one connection"),
        format!("{:.0} %", 100.0 * ours / alone),
    );
    Ok(())
}

fn due(workspace: &Workspace, count: u32, base: &Base, report: &mut Report) -> Result<()> {
    process::say(&format!("bench: {count} escalations fall due in the same second, {}", base.name()));
    let due = Figures::of(workspace, "due", count, base)?;
    let (seconds, raw) = (due.number("seconds")?, due.number("raw_seconds")?);
    report.add(
        &format!("{count} due in the same second, all notices queued, {}", base.name()),
        format!("{seconds:.2} s: {} notices, {} transactions", due.number("notices")?, due.number("parts")?),
        format!("{raw:.2} s: their {} rows, raw inserts in as many transactions", due.number("rows")?),
        format!("{:.1} ×", seconds / raw),
    );
    Ok(())
}

/// What one of the commands printed.
struct Figures(Value);

impl Figures {
    fn of(workspace: &Workspace, what: &str, count: u32, base: &Base) -> Result<Self> {
        let folder = workspace.scratch("bench").join(what);
        // What a run that broke off left behind.
        let _ = std::fs::remove_dir_all(&folder);
        let program = workspace.built("release/examples", "notices");
        let mut command = workspace.command(program, ".");
        command.envs(base.url().map(|url| ("BECKON_BENCH_DATABASE", url)));
        let said = process::output(command.arg(what).arg(&folder).arg(count.to_string()))?;
        let _ = std::fs::remove_dir_all(&folder);
        Ok(Self(serde_json::from_str(&said).context("notices prints JSON")?))
    }

    fn number(&self, name: &str) -> Result<f64> {
        self.0[name].as_f64().with_context(|| format!("notices prints the number `{name}`"))
    }
}
