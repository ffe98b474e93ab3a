//! Starting other programs: each says what it is, speaks for itself, and ends with this one.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context, Result, bail};

/// Says what comes next.
pub(crate) fn say(what: &str) {
    eprintln!("\n==> {what}");
}

/// Says `what`, runs `command` with this process's input and output, and fails when it fails.
pub(crate) fn run(what: &str, command: &mut Command) -> Result<()> {
    say(what);
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("{what}: `{}` ended with {status}; the reason stands above", line(command));
    }
    Ok(())
}

/// Runs `command` silently and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` ended with {}: {}", line(command), output.status, said.trim());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{}` did not print text", line(command)))
}

/// What a program printed and how it ended.
pub(crate) struct Said {
    /// Whether it ended well.
    pub(crate) success: bool,
    /// What it printed, without colours.
    pub(crate) lines: Vec<String>,
}

/// Says `what` and runs `command`; shows what it prints and keeps it too.
pub(crate) fn tee(what: &str, command: &mut Command) -> Result<Said> {
    say(what);
    let mut child = Owned(
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| cannot_start(command))?,
    );
    let out = child.0.stdout.take().context("its output was piped")?;
    let err = child.0.stderr.take().context("its errors were piped")?;
    let (out, err) = thread::scope(|scope| {
        let out = scope.spawn(|| copy(out, std::io::stdout()));
        let err = scope.spawn(|| copy(err, std::io::stderr()));
        (out.join(), err.join())
    });
    let status = child.0.wait().with_context(|| format!("`{}` cannot be waited for", line(command)))?;
    let lines = [out, err].into_iter().flatten().flatten().collect();
    Ok(Said { success: status.success(), lines })
}

/// Copies lines as they come and returns them without colours.
fn copy(from: impl Read, mut to: impl Write) -> Vec<String> {
    let mut lines = Vec::new();
    for bytes in BufReader::new(from).split(b'\n') {
        let Ok(bytes) = bytes else { break };
        let text = String::from_utf8_lossy(&bytes);
        // A reader that went away (`| head`) is no reason to stop the program that prints.
        let _ = writeln!(to, "{text}");
        lines.push(without_colours(&text));
    }
    lines
}

/// Removes the escape sequences with which terminals are coloured.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.trim_end_matches('\r').chars();
    while let Some(character) = rest.next() {
        if character == '\u{1b}' {
            rest.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(character);
        }
    }
    plain
}

/// A program of ours that ends at the latest when this value goes.
pub(crate) struct Owned(pub(crate) Child);

impl Drop for Owned {
    fn drop(&mut self) {
        // Either fails only when the program has ended already, which is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Returns the command as one would type it.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Returns what to say of a command that does not even start.
pub(crate) fn cannot_start(command: &Command) -> String {
    format!("`{}` cannot be started: is it installed and on PATH?", command.get_program().display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(without_colours(text), expected);
    }

    #[test]
    fn colours_go_and_text_stays() {
        check("plain", "plain");
        check("\u{1b}[32;1m     Summary\u{1b}[0m [ 0.1s]\r", "     Summary [ 0.1s]");
        check("cut \u{1b}[3", "cut ");
    }
}
