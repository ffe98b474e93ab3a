//! What an SMTP server's refusal means for the next attempt.

use lettre::transport::smtp::Error;

use crate::deliver::outcome::{Failed, Failure};

/// How far an attempt had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Reaching the server: the connection, its greeting, TLS.
    Connect,
    /// Signing in.
    Login,
    /// Naming the sender.
    Sender,
    /// Naming the recipient.
    Recipient,
    /// Asking to send the message.
    Data,
    /// Sending it, and hearing that it was taken.
    Content,
}

impl Stage {
    const fn what(self) -> &'static str {
        match self {
            Self::Connect => "cannot reach the SMTP server",
            Self::Login => {
                "the SMTP server does not let Beckon sign in (check --smtp-username and the password)"
            }
            Self::Sender => "the SMTP server does not take the sender (check --smtp-from)",
            Self::Recipient => "the SMTP server does not take the recipient",
            Self::Data => "the SMTP server does not take the message",
            Self::Content => "the SMTP server did not take the message",
        }
    }

    /// Tells what a lasting refusal (5xx) means here. What concerns every message is the operator's to mend, and the
    /// messages wait for that.
    const fn refused(self, code: u16) -> Failure {
        match self {
            Self::Connect | Self::Login | Self::Sender => Failure::NotNow { after: None },
            Self::Recipient | Self::Data | Self::Content => match code {
                // It wants a login, a stronger one, or TLS: nothing about this message.
                530 | 534 | 535 | 538 => Failure::NotNow { after: None },
                _ => Failure::Refused,
            },
        }
    }

    /// Tells what silence, a broken connection or nonsense means here.
    pub(super) const fn broken(self) -> Failure {
        match self {
            Self::Connect | Self::Login | Self::Sender | Self::Recipient | Self::Data => {
                Failure::NotNow { after: None }
            }
            Self::Content => Failure::Doubt,
        }
    }

    /// Says what failed, in words of ours and theirs.
    pub(super) fn failed(self, error: &Error) -> Failed {
        let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        let code = error.status().map(u16::from);
        let failure = match code {
            Some(code) if error.is_permanent() => self.refused(code),
            Some(_) => Failure::NotNow { after: None },
            None => self.broken(),
        };
        let detail = match code {
            Some(code) => format!("{}: {code} {said}", self.what()),
            None if said.is_empty() => format!("{}: {error}", self.what()),
            None => format!("{}: {said}", self.what()),
        };
        Failed::new(failure, code, &detail)
    }

    /// Says that something of ours, not of theirs, ended the attempt.
    pub(super) fn failed_because(self, why: &str) -> Failed {
        Failed::new(self.broken(), None, &format!("{}: {why}", self.what()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_of_everything_waits_and_one_of_this_message_ends_it() {
        let waits = Failure::NotNow { after: None };
        let check =
            |stage: Stage, code, expected| assert_eq!(stage.refused(code), expected, "{stage:?} {code}");
        check(Stage::Connect, 554, waits);
        check(Stage::Login, 535, waits);
        check(Stage::Sender, 550, waits);
        check(Stage::Recipient, 550, Failure::Refused);
        check(Stage::Recipient, 530, waits);
        check(Stage::Data, 554, Failure::Refused);
        check(Stage::Content, 552, Failure::Refused);
    }
}
