//! The page as a panel in a partner's portal. What is different there: who is signed in comes from the portal, by a code;
//! nothing is kept but in memory; and an answer is taken only where nobody can have been deceived about it.

pub mod app;
pub mod consent;
mod host;
mod look;
mod token;

use beckon_core::api::embed::FrameBody;
use leptos::prelude::*;

use crate::api;

pub use self::token::{bearer, is_over, renew};

/// Reads what the server said; nothing where this is Beckon itself.
pub fn known() -> Option<FrameBody> {
    let meta = document().query_selector("meta[name=beckon-embed]").ok()??;
    api::read_text(&meta.get_attribute("content")?)
}

thread_local! {
    static IS_PANEL: bool = known().is_some();
}

/// Tells whether this is a panel.
pub fn is_panel() -> bool {
    IS_PANEL.with(|is| *is)
}
