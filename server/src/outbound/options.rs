//! What the operator allows.

use clap::Args;

use super::Policy;

/// The option, as clap reads it from the command line and the variable.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct OutboundArgs {
    /// Let customers name addresses on private networks and this machine, and plain HTTP, for webhooks and PSAs
    #[arg(
        long,
        env = "BECKON_ALLOW_PRIVATE_DESTINATIONS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    pub allow_private_destinations: Option<bool>,
}

impl OutboundArgs {
    /// Decides: what is said here wins over `file`, the line of the same name; nothing said is no.
    pub fn policy(self, file: Option<bool>) -> Policy {
        let said = self.allow_private_destinations.or(file);
        Policy { allow_private: said.unwrap_or(false) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_said_is_no_and_the_command_line_wins() {
        let check = |line, file, allow_private| {
            let args = OutboundArgs { allow_private_destinations: line };
            assert_eq!(args.policy(file), Policy { allow_private });
        };
        check(None, None, false);
        check(None, Some(true), true);
        check(Some(false), Some(true), false);
        check(Some(true), None, true);
    }
}
