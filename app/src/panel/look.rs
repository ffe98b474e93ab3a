//! How the panel looks, and how high it is.

use beckon_core::api::embed::ThemeBody;
use beckon_core::embed::Theme;
use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{HtmlElement, ResizeObserver};

use super::host;

/// Applies the tokens of the embed, and over them those of the page around. What cannot be read is left out as a whole.
pub fn apply(own: &ThemeBody, host: Option<&ThemeBody>) {
    let body = host.map_or_else(|| own.clone(), |host| over(own, host));
    let theme = Theme::read(Some(&body)).or_else(|_| Theme::read(Some(own))).unwrap_or_default();
    let Some(root) = document().document_element().and_then(|root| root.dyn_into::<HtmlElement>().ok())
    else {
        return;
    };
    let style = root.style();
    style.set_css_text("");
    for (name, value) in theme.properties() {
        let _ = style.set_property(name, &value);
    }
}

fn over(own: &ThemeBody, host: &ThemeBody) -> ThemeBody {
    // Surface and text belong together: whoever says one says both.
    let ground = if host.surface.is_some() || host.text.is_some() { host } else { own };
    ThemeBody {
        scheme: host.scheme.clone().or_else(|| own.scheme.clone()),
        accent: host.accent.clone().or_else(|| own.accent.clone()),
        surface: ground.surface.clone(),
        text: ground.text.clone(),
        radius: host.radius.or(own.radius),
        font: host.font.clone().or_else(|| own.font.clone()),
    }
}

/// Tells the page around how high the content is, now and whenever that changes.
pub fn follow_height() {
    let Some(body) = document().body() else { return };
    let observed = body.clone();
    let changed = Closure::<dyn Fn()>::new(move || {
        let height = f64::from(observed.offset_height());
        host::say("resize", &[("height", JsValue::from_f64(height))]);
    });
    if let Ok(observer) = ResizeObserver::new(changed.as_ref().unchecked_ref()) {
        observer.observe(&body);
        // It observes as long as the page lives.
        changed.forget();
        std::mem::forget(observer);
    }
}
