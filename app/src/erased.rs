//! Parts of views in one type each, whatever closure is in them.
//!
//! Leptos compiles its machinery once for each type of closure; what is downloaded should not grow with their number.

use leptos::ev::{Event, MouseEvent};
use leptos::prelude::*;

/// A part that is made anew when a signal changes that `part` reads.
pub fn dynamic<V: IntoView + 'static>(
    mut part: impl FnMut() -> V + Send + 'static,
) -> Box<dyn FnMut() -> AnyView + Send> {
    Box::new(move || part().into_any())
}

/// What a click does.
pub fn click(does: impl FnMut(MouseEvent) + 'static) -> Box<dyn FnMut(MouseEvent)> {
    Box::new(does)
}

/// What a change of a control does.
pub fn change(does: impl FnMut(Event) + 'static) -> Box<dyn FnMut(Event)> {
    Box::new(does)
}
