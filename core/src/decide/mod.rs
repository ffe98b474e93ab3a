//! What follows from an observation, an answer, a comment or a new rule: decisions over values, nothing stored or sent.
//!
//! Each decision names what it needs ([`ObservationKeys`], [`CoverageFacts`](crate::rule::coverage::CoverageFacts)); the
//! store loads exactly that inside the transaction that will write, and gives it to the function here. What comes back
//! are events for the log, and the rules that were made.

mod answer;
mod comment;
mod membership;
mod observe;
mod remedy;
mod request;
mod rules;
mod wake;
mod watch;

pub use answer::{Answered, Ids, answer};
pub use comment::{MAX_COMMENT, comment};
pub use membership::{change_role, check_invitation, invite_again, leave};
pub use observe::{ObservationFacts, ObservationKeys, Observed, OpenQuestion, observe};
pub use remedy::{MAX_MESSAGE, remedy_outcome};
pub use request::{MAX_REASON, raise, withdraw};
pub use rules::{RuleChanged, RulesMade, change_rule, delete_rule, make_rules, preview};
pub use wake::wake;
pub use watch::{Observing, OpenMatter, Peer, WatchFacts, WatchKeys, Watching, unjudgeable, watch};
