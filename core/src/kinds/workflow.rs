//! Workflows as data: the stages of a kind, and how their states follow from what was logged.

use crate::actor::Party;
use crate::api::escalation::{StepBody, StepKind, StepState};
use crate::escalation::{Head, SetbackKind};
use crate::remedy::{RemedyAction, RemedyStatus};
use crate::time::Timestamp;

/// One stage of a workflow.
pub(super) struct Stage {
    slug: &'static str,
    kind: StepKind,
    title: String,
    done: bool,
    by: Option<Party>,
    at: Option<Timestamp>,
    problem: Option<String>,
}

/// A stage of a kind, and whether it is done.
pub(super) fn stage(slug: &'static str, kind: StepKind, title: impl Into<String>, done: bool) -> Stage {
    Stage { slug, kind, title: title.into(), done, by: None, at: None, problem: None }
}

impl Stage {
    /// Says who answered, when that is done, and what stands against it, when that is not.
    pub(super) fn answered(mut self, head: &Head) -> Self {
        if let Some(answer) = head.answer.as_ref() {
            self.by = Some(answer.by.clone());
            self.at = Some(answer.at);
        }
        if !self.done {
            self.problem = setback_text(head);
        }
        self
    }
}

impl Stage {
    /// Says who chose and when, where somebody else may have completed the answer later.
    pub(super) fn chosen(self, head: &Head) -> Self {
        let chosen = head.answer.as_ref().map(crate::escalation::Answer::chosen);
        let stage = self.answered(head);
        match chosen {
            Some((by, at)) => Self { by: Some(by.clone()), at: Some(at), ..stage },
            None => stage,
        }
    }
}

/// Gives each stage its state: what is done is done, the first that is not is what everybody waits for.
pub(super) fn steps(head: &Head, stages: impl IntoIterator<Item = Stage>) -> Vec<StepBody> {
    let mut waiting = false;
    let state = |done: bool| match (done, head.is_open()) {
        (true, _) => StepState::Done,
        (false, false) => StepState::Skipped,
        (false, true) if waiting => StepState::Upcoming,
        (false, true) => {
            waiting = true;
            StepState::Current
        }
    };
    let mut state = state;
    stages
        .into_iter()
        .map(|Stage { slug, kind, title, done, by, at, problem }| StepBody {
            slug: slug.to_owned(),
            title,
            kind,
            state: state(done),
            by: by.filter(|_| done),
            at: at.filter(|_| done),
            problem: problem.filter(|_| head.is_open() || head.progress.failed > 0),
        })
        .collect()
}

/// The workflow of the kinds that are answered entity by entity; `see` and `verify` are the titles of its first and its
/// last stage.
pub(super) fn one_by_one(head: &Head, see: &str, verify: &str) -> Vec<StepBody> {
    let decided = head.answer.is_some() && head.progress.undecided == 0;
    let settled = head.progress.settled == head.entity_count;
    let carried_out = settled || decided && head.progress.ordered == 0;
    let stages = [
        stage("evidence", StepKind::Evidence, see, true),
        stage("decide", StepKind::Choose, "Decide about each endpoint", decided || settled).answered(head),
        stage("remedy", StepKind::Act, "We carry it out", carried_out),
        stage("verify", StepKind::Verify, verify, settled),
    ];
    steps(head, stages)
}

/// Says what keeps the last answer from having its effect, for people.
pub(super) fn setback_text(head: &Head) -> Option<String> {
    let setback = head.setback.as_ref()?;
    Some(match &setback.what {
        SetbackKind::RemedyFailed { action, message } => {
            format!("“{}” failed: {}", action.label(), crate::text::plain(message))
        }
        SetbackKind::Unheard => {
            "Nothing was heard in the time that this takes. Look again, then answer once more.".to_owned()
        }
    })
}

/// Tells whether the answer stands: somebody answered, and nothing came in its way.
pub(super) fn stands(head: &Head) -> bool {
    head.answer.is_some() && head.setback.is_none()
}

/// Tells whether the provider has carried `action` out since the last answer.
pub(super) fn carried_out(head: &Head, action: RemedyAction) -> bool {
    let answered = head.answer.as_ref().map(|answer| answer.at);
    head.remedy(action).is_some_and(|remedy| {
        remedy.status == RemedyStatus::Succeeded && answered.is_none_or(|at| remedy.at >= at)
    })
}
