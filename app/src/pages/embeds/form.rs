//! What is filled in of an embed.

use beckon_core::actor::Role;
use beckon_core::api::embed::{EmbedBody, EmbedPatch, EmbedRequest, ThemeBody};
use beckon_core::embed::Mode;
use beckon_core::severity::Severity;
use leptos::prelude::*;

use crate::components::field::Field;
use crate::components::segmented::{Segment, Segmented};
use crate::components::select::select;
use crate::components::text_field::text_field;
use crate::components::tick::Tick;
use crate::components::when::When;
use crate::erased::{view, written};
use crate::state::{Signal, State};
use crate::words;

/// Says in a line what can be done in an embed, and by whom.
pub(super) fn what(one: &EmbedBody) -> String {
    let who: Vec<String> = one.roles.iter().map(|role| format!("{}s", role.label().to_lowercase())).collect();
    let who = words::join(&who, "and");
    match one.mode {
        Mode::View => format!("Shows questions to {who}"),
        Mode::Respond => match one.respond_up_to {
            Severity::Critical => format!("Shows questions to {who}, and takes answers to all of them"),
            Severity::High => format!("Shows questions to {who}, and takes answers to low and high ones"),
            Severity::Low => format!("Shows questions to {who}, and takes answers to low ones"),
        },
    }
}

/// The form. Copies are the same form.
#[derive(Clone, Copy)]
pub(super) struct Form {
    name: State<String>,
    origins: State<String>,
    mode: State<String>,
    respond_up_to: State<String>,
    admins: State<bool>,
    users: State<bool>,
    scheme: State<String>,
    accent: State<String>,
    surface: State<String>,
    text: State<String>,
    radius: State<String>,
    font: State<String>,
}

/// The typefaces; the first is Beckon's own.
const FONTS: [(&str, &str); 5] = [
    ("", "Beckon’s own"),
    ("system", "The system’s"),
    ("sans", "Without serifs"),
    ("serif", "With serifs"),
    ("mono", "Letters of one width"),
];

impl Form {
    /// Begins with nothing, or with an embed as it is.
    pub(super) fn of(one: Option<&EmbedBody>) -> Self {
        let theme = one.map(|one| one.theme.clone()).unwrap_or_default();
        let has = |role| one.is_none_or(|one| one.roles.contains(&role));
        Self {
            name: State::new(one.map(|one| one.name.clone()).unwrap_or_default()),
            origins: State::new(one.map(|one| one.origins.join("\n")).unwrap_or_default()),
            mode: State::new(one.map_or(Mode::Respond, |one| one.mode).to_string()),
            respond_up_to: State::new(one.map_or(Severity::High, |one| one.respond_up_to).to_string()),
            admins: State::new(has(Role::AccountAdmin)),
            users: State::new(has(Role::AccountUser)),
            scheme: State::new(theme.scheme.unwrap_or_else(|| "auto".to_owned())),
            accent: State::new(theme.accent.unwrap_or_default()),
            surface: State::new(theme.surface.unwrap_or_default()),
            text: State::new(theme.text.unwrap_or_default()),
            radius: State::new(theme.radius.map(|radius| radius.to_string()).unwrap_or_default()),
            font: State::new(theme.font.unwrap_or_default()),
        }
    }

    /// Returns how it looks.
    pub(super) fn theme(self) -> ThemeBody {
        let filled =
            |text: State<String>| Some(text.read().trim().to_owned()).filter(|text| !text.is_empty());
        ThemeBody {
            scheme: filled(self.scheme),
            accent: filled(self.accent),
            surface: filled(self.surface),
            text: filled(self.text),
            // What is no number is too round for anything.
            radius: filled(self.radius).map(|radius| radius.parse().unwrap_or(u8::MAX)),
            font: filled(self.font),
        }
    }

    /// Returns what is sent for a new one.
    pub(super) fn request(self) -> EmbedRequest {
        let lines = self.origins.read();
        let origins = lines.split(|c: char| c.is_whitespace() || c == ',').filter(|line| !line.is_empty());
        let roles = [(self.admins, Role::AccountAdmin), (self.users, Role::AccountUser)];
        let roles = roles.into_iter().filter(|(ticked, _)| ticked.get()).map(|(_, role)| role);
        EmbedRequest {
            name: self.name.read().trim().to_owned(),
            origins: origins.map(str::to_owned).collect(),
            mode: self.mode.read().parse().unwrap_or(Mode::View),
            roles: Some(roles.collect()),
            respond_up_to: self.respond_up_to.read().parse().ok(),
            theme: Some(self.theme()),
        }
    }

    /// Returns what is sent for a change.
    pub(super) fn patch(self) -> EmbedPatch {
        let EmbedRequest { name, origins, mode, roles, respond_up_to, theme } = self.request();
        EmbedPatch { name: Some(name), origins: Some(origins), mode: Some(mode), roles, respond_up_to, theme }
    }

    fn responds(self) -> Signal<bool> {
        Signal::derive(move || *self.mode.read() == Mode::Respond.to_string())
    }
}

/// The fields of what it does.
pub(super) fn what_it_does(form: Form) -> AnyView {
    let modes = vec![Segment::new(&Mode::Respond, "Show and answer"), Segment::new(&Mode::View, "Show only")];
    let tick = |label: &'static str, ticked: State<bool>| {
        view! { <li><Tick label ticked on_change=ticked.into()/></li> }
    };
    view! {
        {text_field("Name", "embed-name", "text", "off", form.name)}
        <Field label="Pages that show it" control="embed-origins">
            <textarea
                class="input wide code"
                id="embed-origins"
                rows="3"
                required
                spellcheck="false"
                placeholder="https://portal.example"
                prop:value=form.origins.bare()
                on:input=written(form.origins)
            ></textarea>
            <p class="field-hint">"One origin a line: scheme, host and port. No other page can show it."</p>
        </Field>
        <Field label="It can">
            <Segmented name="embed-mode" label="What can be done" segments=modes value=form.mode set=form.mode/>
        </Field>
        <When is=form.responds()>
            <Field label="Answers questions" control="embed-severity">
                {answered(form)}
                <p class="field-hint">"More pressing ones are shown too, and lead to Beckon itself."</p>
            </Field>
        </When>
        <Field label="For">
            <ul class="ticks-list">
                {tick("Account admins", form.admins)}
                {tick("Account users, who read along", form.users)}
            </ul>
        </Field>
    }
    .into_any()
}

/// Chooses up to which severity questions are answered.
fn answered(form: Form) -> AnyView {
    let all = [(Severity::Low, "Low"), (Severity::High, "Low and high"), (Severity::Critical, "All of them")];
    let all = all.map(|(severity, label)| (severity.to_string(), label.to_owned())).to_vec();
    select("embed-severity".to_owned(), all, form.respond_up_to.get_untracked(), form.respond_up_to.into())
}

/// The fields of how it looks.
pub(super) fn how_it_looks(form: Form) -> AnyView {
    let schemes = vec![
        Segment::new("auto", "As the system is"),
        Segment::new("light", "Light"),
        Segment::new("dark", "Dark"),
    ];
    let fonts = FONTS.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
    view! {
        <Field label="Scheme">
            <Segmented name="embed-scheme" label="Scheme" segments=schemes value=form.scheme set=form.scheme/>
        </Field>
        {colour("Accent", "embed-accent", "#3d4fd6", form.accent)}
        {colour("Surface", "embed-surface", "#ffffff", form.surface)}
        {colour("Text", "embed-text", "#14161c", form.text)}
        <Field label="Corners" control="embed-radius">
            <input
                class="input"
                id="embed-radius"
                type="number"
                min="0"
                max="16"
                placeholder="10"
                prop:value=form.radius.bare()
                on:input=written(form.radius)
            />
            <span class="quiet">" px"</span>
        </Field>
        <Field label="Typeface" control="embed-font">
            {select("embed-font".to_owned(), fonts, form.font.get_untracked(), form.font.into())}
        </Field>
    }
    .into_any()
}

/// A colour, by its code or from the browser's picker.
fn colour(label: &'static str, id: &'static str, own: &'static str, text: State<String>) -> AnyView {
    let picked = Signal::derive(move || {
        let text = text.get();
        if text.len() == 7 { text } else { own.to_owned() }
    });
    view! {
        <Field label control=id>
            <div class="colour">
                <input
                    class="input code"
                    id=id
                    type="text"
                    placeholder="Beckon’s own"
                    maxlength="7"
                    spellcheck="false"
                    prop:value=text.bare()
                    on:input=written(text)
                />
                <input
                    class="swatch"
                    type="color"
                    aria-label=format!("Pick: {label}")
                    prop:value=picked.bare()
                    on:input=written(text)
                />
            </div>
        </Field>
    }
    .into_any()
}
