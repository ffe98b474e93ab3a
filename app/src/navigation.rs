//! Where the browser is, as a signal, and how to go elsewhere without loading the page again.
//!
//! Stands in for `leptos_router`, whose guess at what is a step back (0.8.17) forgets to push an address after
//! back and forward, and which costs more bytes than this whole file. Paths are read in [`crate::routes`].

use beckon_core::place::Part;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

use crate::erased::listen;
use crate::routes::Route;
use crate::state::State;

/// The part of the address that belongs to the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Begins with a slash.
    pub path: String,
    /// Without its question mark.
    pub query: String,
}

impl Place {
    /// Reads an address of this origin.
    fn of(href: &str) -> Self {
        let (path, query) = href.split_once('?').unwrap_or((href, ""));
        Self { path: path.to_owned(), query: query.to_owned() }
    }

    /// Returns where a panel is: what the step of the history holds, or the list.
    fn inside() -> Self {
        let state = window().history().and_then(|history| history.state()).unwrap_or_default();
        Self::of(&state.as_string().unwrap_or_else(|| Route::Escalations.path()))
    }

    fn current() -> Self {
        let location = window().location();
        Self {
            path: location.pathname().unwrap_or_default(),
            query: location.search().unwrap_or_default().trim_start_matches('?').to_owned(),
        }
    }
}

/// Knows the place and changes it. Copies are the same navigation.
#[derive(Clone, Copy)]
pub struct Navigation {
    place: State<Place>,
    /// What this binary has pages for, where that is not all: the rest is loaded by the browser.
    part: Option<Part>,
    /// Whether this is a panel: its address stays what it is, and the place is kept in the steps of the history.
    inside: bool,
}

impl Navigation {
    /// Follows the browser from now on: its back and forward buttons, and clicks on links to this origin.
    pub fn start(part: Option<Part>) -> Self {
        Self { place: State::new(Place::current()), part, inside: false }.follow()
    }

    /// Follows the browser within a panel, which begins with the list.
    pub fn inside() -> Self {
        Self { place: State::new(Place::inside()), part: None, inside: true }.follow()
    }

    fn follow(self) -> Self {
        listen(ev::popstate, move |_| self.place.set(self.now()));
        listen(ev::click, move |event| {
            if let Some(href) = plain_link(&event) {
                event.prevent_default();
                self.push(&href);
            }
        });
        self
    }

    fn now(self) -> Place {
        if self.inside { Place::inside() } else { Place::current() }
    }

    /// Returns the place and subscribes to it.
    pub fn place(self) -> Place {
        self.place.get()
    }

    /// Goes to `href` as a new step of the history.
    pub fn push(self, href: &str) {
        if self.leaves(href) {
            let _ = window().location().assign(href);
            return;
        }
        if self.inside
            && !matches!(
                Route::parse(Place::of(href).path.as_str()),
                Route::Escalations | Route::Escalation(_)
            )
        {
            let _ = window().open_with_url_and_target_and_features(href, "_blank", "noopener");
            return;
        }
        if let Ok(history) = window().history() {
            let _ = if self.inside {
                history.push_state(&JsValue::from_str(href), "")
            } else {
                history.push_state_with_url(&JsValue::NULL, "", Some(href))
            };
        }
        let before = self.place.get_untracked().path;
        self.place.set(self.now());
        if before != self.place.get_untracked().path {
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    }

    /// Tells whether another part of the page shows what is at `href`. A query alone stays where it is.
    fn leaves(self, href: &str) -> bool {
        href.starts_with('/')
            && self.part.is_some_and(|part| Part::of(href.split('?').next().unwrap_or(href)) != part)
    }

    /// Goes to `href`, of the same part, in place of the current step of the history.
    pub fn replace(self, href: &str) {
        if let Ok(history) = window().history() {
            let _ = if self.inside {
                history.replace_state(&JsValue::from_str(href), "")
            } else {
                history.replace_state_with_url(&JsValue::NULL, "", Some(href))
            };
        }
        self.place.set(self.now());
    }
}

/// Returns the navigation that [`crate::app::App`] started.
pub fn use_navigation() -> Navigation {
    expect_context()
}

/// Loads `path` anew, in place of the current step: what the old session knew is gone for good.
pub fn load(path: &str) {
    let _ = window().location().replace(path);
}

/// Loads the same place anew, for whoever is signed in now.
pub fn reload() {
    let _ = window().location().reload();
}

/// Returns where a click leads, if it is a plain click on a link that this page can follow itself.
fn plain_link(event: &web_sys::MouseEvent) -> Option<String> {
    let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if event.default_prevented() || event.button() != 0 || modified {
        return None;
    }
    let target = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let link = target.closest("a[href]").ok()??.dyn_into::<web_sys::HtmlAnchorElement>().ok()?;
    let elsewhere = link.origin() != window().location().origin().ok()?;
    let raw = link.get_attribute("href")?;
    if elsewhere || raw.is_empty() || raw.starts_with('#') || link.has_attribute("target") {
        return None;
    }
    Some(format!("{}{}", link.pathname(), link.search()))
}
