//! The page of an address that leads nowhere.

use leptos::prelude::*;

use super::set_title;
use crate::components::notice::Notice;
use crate::erased::view;
use crate::routes::Route;

/// Says so, and leads back.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    set_title("Not found");
    view! {
        <Notice title="There is nothing here" text="Check the address, or go back to the list.">
            <a class="button" href=Route::Escalations.path()>"Show escalations"</a>
        </Notice>
    }
}
