//! tmp
pub mod new;
use leptos::prelude::*;
/// tmp
#[component]
pub fn RulesPage() -> impl IntoView {}
