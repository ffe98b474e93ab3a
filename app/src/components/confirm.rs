//! Asks before something is done that has consequences, and names them; asks for a word where it cannot be taken back.

use leptos::prelude::*;

use super::consequences::consequence_lines;
use super::dialog::Dialog;
use super::field::Field;
use crate::doing::Doing;
use crate::erased::{click, dynamic, submit, view, written};

/// What is asked.
#[derive(Clone)]
pub struct Question {
    /// Names what is about to be done.
    pub title: String,
    /// What it will do, one consequence each.
    pub lines: Vec<String>,
    /// What has to be typed first.
    pub word: Option<String>,
    /// What the button says.
    pub button: String,
    /// Does it.
    pub does: Callback<()>,
}

/// The dialog of whatever is asked.
#[component]
pub fn Confirm(
    /// The question; none while nothing is asked.
    #[prop(into)]
    asked: Signal<Option<Question>>,
    /// Takes it away: it was answered with no.
    on_cancel: Callback<()>,
    /// How it goes.
    doing: Doing,
) -> impl IntoView {
    let title = move || asked.get().map(|question| question.title).unwrap_or_default();
    view! {
        <Dialog title=Signal::derive(title) open=Signal::derive(move || asked.with(Option::is_some)) on_close=on_cancel>
            {form(asked, on_cancel, doing)}
        </Dialog>
    }
}

fn form(asked: Signal<Option<Question>>, on_cancel: Callback<()>, doing: Doing) -> AnyView {
    let typed = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let word = move || asked.get().and_then(|question| question.word);
    let is_right = move || word().is_none_or(|word| typed.read().trim().eq_ignore_ascii_case(&word));
    let mistake = Signal::derive(move || {
        let word = word().filter(|_| tried.get() && !is_right())?;
        Some(format!("Type “{word}” here, or cancel."))
    });
    let confirm = submit(move || {
        tried.set(true);
        if untrack(is_right) && !doing.busy.get_untracked() {
            asked.get_untracked().into_iter().for_each(|question| question.does.run(()));
        }
    });
    let field = untrack(word).map(|word| {
        view! {
            <Field label=format!("Type “{word}”") control="confirm-word" error=mistake>
                <input
                    class="input wide"
                    id="confirm-word"
                    type="text"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    autofocus
                    aria-describedby="confirm-word-error"
                    prop:value=typed
                    on:input=written(typed)
                />
            </Field>
        }
    });
    let lines = move || asked.get().map(|question| consequence_lines(question.lines));
    view! {
        <form class="dialog-body" on:submit=confirm>
            <ul class="consequences">{dynamic(lines)}</ul>
            {field}
            {doing.complaint()}
            <div class="dialog-actions">
                <button class="button primary" type="submit" disabled=doing.busy>
                    {dynamic(move || asked.get().map(|question| question.button))}
                </button>
                <button class="button" type="button" on:click=click(move |_| on_cancel.run(()))>"Cancel"</button>
            </div>
        </form>
    }
}
