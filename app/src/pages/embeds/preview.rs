//! What a panel will look like: a list and a question with the tokens applied, while they are being chosen.

use beckon_core::embed::Theme;
use leptos::html;
use leptos::prelude::*;

use super::form::Form;
use crate::components::card::Card;
use crate::erased::{dynamic, effect, view};
use crate::state::Memo;

/// The card.
pub(super) fn preview(form: Form) -> AnyView {
    let frame = NodeRef::<html::Div>::new();
    let theme = Memo::new(move |_| Theme::read(Some(&form.theme())));
    effect(move || {
        let Some(frame) = frame.get() else { return };
        let Ok(theme) = theme.get() else { return };
        let style = web_sys::HtmlElement::style(&frame);
        style.set_css_text("");
        for (name, value) in theme.properties() {
            let _ = style.set_property(name, &value);
        }
    });
    let wrong = move || {
        let errors = theme.get().err()?;
        let lines = errors.into_iter().map(|error| view! { <p>{error.message}</p> }).collect_view();
        Some(view! { <div class="card-error" role="alert">{lines}</div> })
    };
    view! {
        <Card id="preview-title" title="Preview">
            {dynamic(wrong)}
            <div class="preview" node_ref=frame inert>
                {sample()}
            </div>
        </Card>
    }
    .into_any()
}

fn sample() -> AnyView {
    let row = |severity: &'static str, title: &'static str, line: &'static str, left: &'static str| {
        view! {
            <li>
                <span class=format!("severity {severity}")>{severity}</span>
                <div>
                    <div class="strong">{title}</div>
                    <div class="quiet">{line}</div>
                </div>
                <span class="quiet">{left}</span>
            </li>
        }
    };
    view! {
        <p class="preview-title">"Escalations"</p>
        <ul class="preview-list">
            {row("high", "Login from an unexpected country", "Joey Vos · Ukraine", "1 d 3 h left")}
            {row("low", "False positive reported", "installer.msi on WS-01", "6 d left")}
        </ul>
        <div class="preview-question">
            <p class="strong">"Was this login expected?"</p>
            <p class="quiet">"Your answer becomes a rule, so that the next login like this asks nobody."</p>
            <span class="button primary">"Make 1 rule and resolve"</span>
            <span class="button">"Dismiss"</span>
        </div>
    }
    .into_any()
}
