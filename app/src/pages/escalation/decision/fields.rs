//! The typed fields of an answer. Core says what is wrong, while somebody types.

use beckon_core::field::{FieldSpec, FieldType};
use leptos::prelude::*;

use super::form::{Form, control, is_short};
use crate::components::field::Field;
use crate::components::segmented::{Segment, Segmented};
use crate::erased::{change, dynamic, view};
use crate::memo::Memo;
use crate::words::effects::capitalize_first;

/// The fields.
#[component]
pub fn Fields(
    /// Where they are filled in.
    form: Form,
) -> impl IntoView {
    let fields = Memo::new(move |_| form.plan.read().fields.clone());
    dynamic(move || fields.get().into_iter().map(|spec| field(form, spec)).collect_view())
}

fn field(form: Form, spec: FieldSpec) -> AnyView {
    let label = if spec.required { spec.label.clone() } else { format!("{} (optional)", spec.label) };
    let mistake = {
        let spec = spec.clone();
        Signal::derive(move || form.mistake(&spec))
    };
    if spec.kind == FieldType::Choice && is_short(&spec) {
        let segments = spec.options.iter().map(|one| Segment::new(&one.slug, one.label.clone())).collect();
        let (slug, shown) = (spec.slug.clone(), spec);
        let set = move |value: String| form.values.update(|values| drop(values.insert(slug.clone(), value)));
        return view! {
            <Field label=label.clone() error=mistake>
                <Segmented
                    name=format!("field-{}", shown.slug)
                    label
                    segments
                    value=Signal::derive(move || form.value(&shown))
                    set=set.into_signal_setter()
                />
            </Field>
        };
    }
    let id = control(&spec);
    view! {
        <Field label control=id error=mistake>
            {input(form, &spec, mistake)}
            {hint(spec.kind).map(|text| view! { <p class="field-hint">{text}</p> })}
        </Field>
    }
}

/// What can be typed into, or chosen from. A mistake is shown once the control is left, and goes as soon as it is mended.
fn input(form: Form, spec: &FieldSpec, mistake: Signal<Option<String>>) -> AnyView {
    let id = control(spec);
    let error_id = format!("{id}-error");
    let wrong = Signal::derive(move || mistake.with(Option::is_some).then_some("true"));
    let value = {
        let spec = spec.clone();
        move || form.value(&spec)
    };
    let slug = spec.slug.clone();
    let write = change(move |event| {
        let text = event_target_value(&event);
        form.values.update(|values| drop(values.insert(slug.clone(), text)));
    });
    let slug = spec.slug.clone();
    let left = change(move |event| {
        if !event_target_value(&event).trim().is_empty() {
            form.checked.update(|checked| {
                checked.insert(slug.clone());
            });
        }
    });
    match spec.kind {
        FieldType::Text => view! {
            <textarea
                class="input"
                id=id
                rows="2"
                maxlength="2000"
                aria-describedby=error_id
                aria-invalid=wrong
                prop:value=value
                on:input=write
                on:change=left
            ></textarea>
        },
        FieldType::Choice => {
            let option = |slug: String, label: String| view! { <option value=slug>{label}</option> };
            let options = spec.options.iter().map(|one| option(one.slug.clone(), one.label.clone()));
            view! {
                <select
                    class="input"
                    id=id
                    aria-describedby=error_id
                    aria-invalid=wrong
                    prop:value=value
                    on:change=write
                >
                    {option(String::new(), "Choose".to_owned())}
                    {options.collect_view()}
                </select>
            }
        }
        FieldType::WindowsPath | FieldType::UncPath | FieldType::Hash | FieldType::Sha256 => view! {
            <input
                class="input wide code"
                id=id
                type="text"
                maxlength="2000"
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                aria-describedby=error_id
                aria-invalid=wrong
                prop:value=value
                on:input=write
                on:change=left
            />
        },
    }
}

fn hint(kind: FieldType) -> Option<String> {
    match kind {
        FieldType::WindowsPath | FieldType::UncPath | FieldType::Hash | FieldType::Sha256 => {
            Some(capitalize_first(kind.expected()))
        }
        FieldType::Text | FieldType::Choice => None,
    }
}
