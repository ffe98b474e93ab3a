//! What follows from an observation, an answer, a comment or a new rule: decisions over values, nothing stored or sent.
//!
//! Each decision names what it needs ([`ObservationKeys`], [`CoverageFacts`](crate::rule::coverage::CoverageFacts)); the
//! store loads exactly that inside the transaction that will write, and gives it to the function here. What comes back
//! are events for the log, and the rules that were made.

mod answer;
mod comment;
mod observe;
mod rules;

pub use answer::{Answered, answer};
pub use comment::{MAX_COMMENT, comment};
pub use observe::{ObservationFacts, ObservationKeys, Observed, OpenQuestion, observe};
pub use rules::{RuleChanged, RulesMade, change_rule, delete_rule, make_rules, preview};
