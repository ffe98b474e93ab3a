//! What can be wrong with a request, in the domain's words. Knows nothing of HTTP.

use serde::{Deserialize, Serialize};

/// A value that is not what was expected. Says both.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found `{found}`")]
pub struct Invalid {
    expected: &'static str,
    found: String,
}

impl Invalid {
    /// Names what was expected and shows the beginning of what was found.
    pub fn new(expected: &'static str, found: &str) -> Self {
        let mut shown: String = found.chars().filter(|c| !c.is_control()).take(60).collect();
        if shown.len() < found.len() {
            shown.push('…');
        }
        Self { expected, found: shown }
    }
}

/// One field of a request that is wrong, and how to put it right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name on the wire, dotted where it is nested; empty where it is the request as a whole.
    pub field: String,
    /// What was expected and what was found.
    pub message: String,
}

impl FieldError {
    /// Names the field and what is wrong with it.
    pub fn new(field: impl Into<String>, message: impl ToString) -> Self {
        Self { field: field.into(), message: message.to_string() }
    }
}

/// Says what is wrong with the length of `text`: at most `max` characters in all, and of those that count, which are
/// `seen`, at least one.
pub(crate) fn check_length(field: &str, text: &str, seen: &str, max: usize) -> Option<FieldError> {
    let length = text.chars().count();
    if seen.is_empty() {
        Some(FieldError::new(field, format!("expected 1 to {max} characters, found none")))
    } else if length > max {
        Some(FieldError::new(field, format!("expected at most {max} characters, found {length}")))
    } else {
        None
    }
}

/// Why core does not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The actor may not even know of the thing. Told apart from nothing at all by nobody.
    #[error("no such thing here: check the id, or ask an account admin")]
    Invisible,
    /// The actor may see the thing but not do this. The text says why and who can.
    #[error("{0}")]
    Forbidden(String),
    /// The thing is no longer in a state that allows it. The text says who did what.
    #[error("{0}")]
    Conflict(String),
    /// This kind of escalation is not answered this way. The text says how it is, and the fields what is wrong.
    #[error("{0}")]
    Unsuitable(String, Vec<FieldError>),
    /// The request itself is wrong.
    #[error("the request is not valid: {}", summary(.0))]
    Invalid(Vec<FieldError>),
}

impl Refusal {
    /// Refuses because of one field.
    pub fn field(field: impl Into<String>, message: impl ToString) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }
}

fn summary(errors: &[FieldError]) -> String {
    let named = |FieldError { field, message }: &FieldError| match field.as_str() {
        "" => message.clone(),
        field => format!("{field}: {message}"),
    };
    errors.iter().map(named).collect::<Vec<_>>().join("; ")
}
