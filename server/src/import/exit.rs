//! How an import ends: exit codes in the manner of `sysexits`, and the one message that goes with a failure.

use std::process::ExitCode;

use strum::EnumIter;

/// What the exit code of `beckon import` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
#[repr(u8)]
pub enum Exit {
    /// Everything in the file is in, or was ignored for a reason.
    Done = 0,
    /// The file was read to its end; some records were malformed or rejected, the others are in.
    Partly = 1,
    /// The command line is not right.
    Usage = 2,
    /// The file is not what it should be; what was good in it is in.
    Data = 65,
    /// The log cannot be opened; or a country database or the list of VPN networks cannot, or is not one.
    NoInput = 66,
    /// There is no such organization in the account.
    NoAddressee = 67,
    /// The server cannot be reached, or does not take anything at the moment.
    Unavailable = 69,
    /// The file cannot be read any further.
    ReadError = 74,
    /// What answers is not Beckon, or another version of it.
    Protocol = 76,
    /// The key is not valid, or not an operator's.
    Refused = 77,
}

/// The exit codes, for `--help`.
pub const HELP: &str = "\
Running an import again is safe: what the server has is not sent again.

Exit codes:
   0  everything is in, or was ignored for a reason
   1  some records were malformed or rejected; the others are in
   2  the command line is not right
  65  the file is not what it should be (empty, CSV, cut off, damaged); what was good in it is in
  66  the log cannot be opened; or a country database or the list of VPN networks cannot, or is not one
  67  there is no such organization in the account
  69  the server cannot be reached, or does not take anything at the moment
  74  the file cannot be read any further
  76  what answers is not Beckon, or another version of it
  77  the key is not valid, or not an operator's";

/// Why an import stopped: what was expected, what was found, what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// For whoever runs the command.
    pub message: String,
}

impl Failure {
    /// Makes a failure.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }
}

impl Exit {
    /// Returns the number.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Says in plain words why a file cannot be opened or read.
pub(super) fn why(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file".to_owned(),
        std::io::ErrorKind::PermissionDenied => "not allowed to read it".to_owned(),
        std::io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn the_help_names_every_code() {
        let named: Vec<u8> = HELP
            .lines()
            .skip_while(|line| !line.starts_with("Exit codes"))
            .filter_map(|line| line.split_whitespace().next()?.parse().ok())
            .collect();
        assert_eq!(named, Exit::iter().map(Exit::code).collect::<Vec<_>>());
    }
}
