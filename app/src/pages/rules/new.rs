//! tmp
use leptos::prelude::*;
/// tmp
#[component]
pub fn NewRulePage() -> impl IntoView {}
