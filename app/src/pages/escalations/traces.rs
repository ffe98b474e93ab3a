//! What has just left the list because somebody answered it: shown a moment longer, quietly, with who did.

use std::sync::Arc;
use std::time::Duration;

use beckon_core::api::escalation::{EscalationBody, EscalationsResponse, StatusBody};
use leptos::prelude::*;

use crate::api;
use crate::erased::spawn;

/// How long a trace stays.
const STAYS: Duration = Duration::from_secs(3);

/// The most traces that one change leaves: after a rule for the whole account the list is better short at once.
const MOST: usize = 5;

/// An escalation that the list does not hold any more, and the row where it stood.
type Trace = (usize, EscalationBody);

/// The traces of one list. Copies are the same ones.
#[derive(Clone, Copy)]
pub(super) struct Traces {
    rows: RwSignal<Vec<Trace>>,
    /// Which list it is: what was looked up for an earlier one comes too late.
    list: StoredValue<u32>,
}

impl Traces {
    pub(super) fn new() -> Self {
        Self { rows: RwSignal::new(Vec::new()), list: StoredValue::new(0) }
    }

    /// Looks up what was listed `before` and is not `now`, and shows for a moment what of it was resolved.
    pub(super) fn follow(self, before: &EscalationsResponse, now: &EscalationsResponse) {
        let is_gone = |one: &EscalationBody| now.escalations.iter().all(|other| other.id != one.id);
        let gone = before.escalations.iter().enumerate().filter(|(_, one)| is_gone(one)).take(MOST);
        let list = self.list.get_value();
        for (row, id) in gone.map(|(row, one)| (row, one.id)) {
            spawn(async move {
                // A trace is a courtesy: where it cannot be fetched, the row is simply gone.
                let Ok(found) = api::escalations::one(id).await else { return };
                let is_shown = self.list.try_get_value() == Some(list);
                if is_shown && found.escalation.status == StatusBody::Resolved {
                    self.show(row, found.escalation);
                }
            });
        }
    }

    fn show(self, row: usize, escalation: EscalationBody) {
        let id = escalation.id;
        let _ = self.rows.try_update(|traces| traces.push((row, escalation)));
        let forget = move || {
            let _ = self.rows.try_update(|traces| traces.retain(|(_, one)| one.id != id));
        };
        set_timeout(forget, STAYS);
    }

    /// Forgets all of them: another list is shown.
    pub(super) fn clear(self) {
        self.list.update_value(|list| *list = list.wrapping_add(1));
        if self.rows.with_untracked(|traces| !traces.is_empty()) {
            self.rows.set(Vec::new());
        }
    }

    /// Returns the rows of `answer` with the traces among them, each with whether it is one.
    pub(super) fn among(self, answer: &Arc<EscalationsResponse>) -> Vec<(bool, EscalationBody)> {
        let mut rows: Vec<_> = answer.escalations.iter().map(|one| (false, one.clone())).collect();
        self.rows.with(|traces| {
            for (row, one) in traces {
                if rows.iter().all(|(_, other)| other.id != one.id) {
                    rows.insert((*row).min(rows.len()), (true, one.clone()));
                }
            }
        });
        rows
    }
}
