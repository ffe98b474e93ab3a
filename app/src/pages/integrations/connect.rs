//! Connecting: which PSA, and what has to be entered for it. What that is, the data says.

use beckon_core::api::integration::{ConnectRequest, SettingBody, VendorBody};
use beckon_core::integration::Settings;
use leptos::prelude::*;

use super::Psa;
use crate::api;
use crate::components::field::Field;
use crate::components::notice::Notice;
use crate::components::segmented::{Segment, Segmented};
use crate::doing::Doing;
use crate::erased::{dynamic, submit, view, written};

/// What is filled in, by slug. Copies of the signals are the same fields.
pub(super) type Entries = Vec<(String, RwSignal<String>)>;

/// The form, or what it would be for whoever may not fill it in.
pub(super) fn connect(psa: Psa) -> AnyView {
    let vendors = psa.remote.get_untracked().map(|all| all.vendors.clone()).unwrap_or_default();
    let chosen = RwSignal::new(vendors.first().map(|one| one.vendor.to_string()).unwrap_or_default());
    let segments: Vec<Segment> =
        vendors.iter().map(|one| Segment::new(&one.vendor, one.name.clone())).collect();
    let form = move || {
        let vendor = vendors.iter().find(|one| one.vendor.to_string() == *chosen.read());
        vendor.map(|vendor| form(vendor.clone(), psa))
    };
    let card = move || {
        if !psa.may_change.get() {
            return view! {
                <Notice
                    title="No PSA is connected"
                    text="Everybody is told by email. An account admin can connect ConnectWise PSA, Autotask or HaloPSA."
                />
            };
        }
        let segments = segments.clone();
        view! {
            <section class="answer-card form-card" aria-labelledby="connect-title">
                <h2 class="question" id="connect-title">"Which PSA do you use?"</h2>
                <p class="question-line">
                    "Questions become tickets there, with a note at each change, and the ticket is closed when the question is resolved. Until then everybody is told by email."
                </p>
                <div><Segmented name="vendor" label="PSA" segments value=chosen set=chosen/></div>
                {dynamic(form.clone())}
            </section>
        }
    };
    dynamic(card).into_any()
}

fn form(vendor: VendorBody, psa: Psa) -> AnyView {
    let entries = entries(&vendor.settings, &Settings::new());
    let fields = fields(&vendor.settings, &[], &entries);
    let doing = Doing::new();
    let send = submit(move || {
        let request = ConnectRequest { vendor: vendor.vendor, settings: filled(&entries) };
        doing.send(api::integrations::connect(&request), move |_| {
            psa.remote.refetch();
            Ok("Connected".to_owned())
        });
    });
    view! {
        <form class="form" on:submit=send>
            {fields}
            <ul class="consequences">
                <li>"The connection is tested first; nothing is kept where that fails"</li>
                <li>"Secrets are kept encrypted and never shown again"</li>
                <li>"No ticket is made before you have chosen where"</li>
            </ul>
            {doing.complaint()}
            <div class="actions">
                <button class="button primary" type="submit" disabled=doing.busy>
                    {format!("Test and connect {}", vendor.name)}
                </button>
            </div>
        </form>
    }
}

/// Returns a field for each thing to enter. Secrets begin empty: nobody is told what they are.
pub(super) fn entries(settings: &[SettingBody], known: &Settings) -> Entries {
    let entry = |one: &SettingBody| {
        (one.slug.clone(), RwSignal::new(known.get(&one.slug).cloned().unwrap_or_default()))
    };
    settings.iter().map(entry).collect()
}

/// Returns what is filled in.
pub(super) fn filled(entries: &Entries) -> Settings {
    let mut settings = Settings::new();
    for (slug, text) in entries {
        settings.insert(slug.clone(), text.get_untracked().trim().to_owned());
    }
    settings
}

/// Shows the fields. `kept` are the secrets that stay unless something is filled in.
pub(super) fn fields(settings: &[SettingBody], kept: &[String], entries: &Entries) -> AnyView {
    let field = |(one, (_, text)): (&SettingBody, &(String, RwSignal<String>))| {
        let id = format!("setting-{}", one.slug);
        let hint_id = format!("{id}-hint");
        let stays = kept.contains(&one.slug);
        let placeholder = if stays { "Kept. Fill in to replace it" } else { "" };
        let (text, help) = (*text, one.help.clone());
        let kind = if one.secret { "password" } else { "text" };
        let required = one.required && !stays;
        view! {
            <Field label=one.label.clone() control=id.clone()>
                <input
                    class="input wide"
                    id=id
                    type=kind
                    autocomplete="off"
                    spellcheck="false"
                    required=required
                    placeholder=placeholder
                    aria-describedby=hint_id.clone()
                    prop:value=text
                    on:input=written(text)
                />
                <p class="field-hint" id=hint_id>{help}</p>
            </Field>
        }
    };
    settings.iter().zip(entries).map(field).collect_view().into_any()
}
