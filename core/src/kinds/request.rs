//! What the kinds that are requests share: they say what the operator said.

use crate::escalation::Head;
use crate::text::plain;

pub(super) fn subject(head: &Head) -> String {
    head.request().map(|request| plain(&request.subject)).unwrap_or_default()
}

pub(super) fn question(head: &Head) -> String {
    head.request().map(|request| plain(&request.question)).unwrap_or_default()
}
