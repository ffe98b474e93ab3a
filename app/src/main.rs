//! Beckon's page. Mounts the application; everything else lives in its modules.

use leptos::prelude::*;

fn main() {
    mount_to_body(|| view! { <p>"Beckon"</p> });
}
