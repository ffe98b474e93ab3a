//! What a portal has to do: the lines for its page, and the request of its server.

use beckon_core::api::embed::{EmbedBody, ModuleBody};
use leptos::prelude::*;

use crate::components::card::Card;
use crate::components::snippet::Snippet;
use crate::erased::view;

/// The card.
pub(super) fn code(one: &EmbedBody, module: &ModuleBody) -> AnyView {
    let base = one.frame_url.split("/embed/").next().unwrap_or_default().to_owned();
    let (page, request) = (page(one, module), request(one, &base));
    view! {
        <Card id="code-title" title="Code">
            <p class="quiet">"In the portal’s page:"</p>
            <Snippet code=page.clone()/>
            <p class="quiet">
                "On the portal’s server, for whoever is signed in there. It needs an API key that reads and writes; the key stays on the server."
            </p>
            <Snippet code=request.clone()/>
        </Card>
    }
    .into_any()
}

fn page(one: &EmbedBody, module: &ModuleBody) -> String {
    format!(
        "<script type=\"module\" src=\"{}\"\n  integrity=\"{}\" crossorigin></script>\n<beckon-escalations embed=\"{}\"></beckon-escalations>\n\
         <script type=\"module\">\n  document.querySelector('beckon-escalations').fetchToken = async () => {{\n    \
         const response = await fetch('/beckon-code', {{ method: 'POST' }});\n    if (!response.ok) throw new Error('not signed in');\n    \
         return (await response.json()).code;\n  }};\n</script>",
        module.url, module.integrity, one.public_id
    )
}

fn request(one: &EmbedBody, base: &str) -> String {
    let origin = one.origins.first().map_or("https://portal.example", String::as_str);
    format!(
        "curl -u \"$BECKON_KEY\" {base}/v1/embed_sessions \\\n  -H 'content-type: application/json' \\\n  \
         -d '{{\"embed\": \"{}\", \"user\": \"somebody@example.com\", \"origin\": \"{origin}\"}}'",
        one.public_id
    )
}
