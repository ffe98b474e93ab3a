//! Parts of views in one type each, whatever closure is in them.
//!
//! Leptos compiles its machinery once for each type of closure; what is downloaded should not grow with their number.

use std::future::Future;
use std::pin::Pin;

use leptos::ev::{Event, EventDescriptor, MouseEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Makes a view, as `leptos::view!` does, of the one type that all views have.
macro_rules! view {
    ($($view:tt)*) => {
        ::leptos::prelude::IntoAny::into_any(::leptos::view!($($view)*))
    };
}

pub(crate) use view;

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

/// What sending a form does; the browser does not send it itself.
pub fn submit(mut does: impl FnMut() + 'static) -> Box<dyn FnMut(SubmitEvent)> {
    Box::new(move |event| {
        event.prevent_default();
        does();
    })
}

/// What typing into a field does: `text` follows.
pub fn written(text: RwSignal<String>) -> Box<dyn FnMut(Event)> {
    Box::new(move |event| text.set(event_target_value(&event)))
}

/// Runs `future` beside everything else.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    let future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future);
    spawn_local(future);
}

/// Calls `run` now, and again whenever a signal changes that it reads.
pub fn effect(run: impl FnMut() + 'static) {
    let mut run: Box<dyn FnMut()> = Box::new(run);
    Effect::new(move |_: Option<()>| run());
}

/// Calls `handle` with each `event` of the window.
pub fn listen<E: EventDescriptor + 'static>(
    event: E,
    handle: impl Fn(E::EventType) + 'static,
) -> WindowListenerHandle
where
    E::EventType: wasm_bindgen::JsCast,
{
    let handle: Box<dyn Fn(E::EventType)> = Box::new(handle);
    window_event_listener(event, handle)
}

/// A list whose rows stay while they have the same key. Leptos' `<For>`, once for all lists.
pub fn keyed<T: Send + 'static>(
    items: impl Fn() -> Vec<T> + Send + Sync + 'static,
    key: impl Fn(&T) -> String + Send + Sync + 'static,
    row: impl Fn(T) -> AnyView + Clone + Send + Sync + 'static,
) -> AnyView {
    let later = move |item: T| -> Row {
        let (key, row) = (key(&item), row.clone());
        (key, Box::new(move || row(item)))
    };
    list(Box::new(move || items().into_iter().map(&later).collect()))
}

/// The key of a row, and what makes it.
type Row = (String, Box<dyn FnOnce() -> AnyView + Send>);

fn list(rows: Box<dyn Fn() -> Vec<Row> + Send + Sync>) -> AnyView {
    view! { <For each=rows key=|row| row.0.clone() let:row>{(row.1)()}</For> }
}
