//! `/embed/{embed}`: the page that a portal's frame shows. Only pages of the embed's own origins may frame it.

use std::path::PathBuf;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Serialize;

use crate::app::App;
use crate::headers;
use crate::page;
use crate::store::Embed;

/// What the page has to know before anybody has launched it. No secret: whoever knows the address can read it.
#[derive(Serialize)]
struct Known<'e> {
    embed: &'e str,
    origins: &'e [beckon_core::embed::Origin],
    theme: beckon_core::api::embed::ThemeBody,
}

/// Where the pages of embeds are.
pub fn frames(app: App, page_dir: Option<PathBuf>) -> Router {
    let show = move |State(app): State<App>, Path(embed): Path<String>| show(app, embed, page_dir);
    Router::new().route("/embed/{embed}", get(show)).with_state(app)
}

async fn show(app: App, public_id: String, page_dir: Option<PathBuf>) -> Response {
    let found = match app.store.embed(&public_id).await {
        Ok(found) => found,
        Err(error) => return crate::error::ApiError::from(error).into_response(),
    };
    let Some(embed) = found else { return missing() };
    match page::html(page_dir.as_deref()).await {
        Some(html) => framed(&embed, &html),
        None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn missing() -> Response {
    let text = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>No such panel</title>\
                <h1>No such panel</h1><p>Its address is wrong, or it was deleted. Ask whoever runs this portal.</p></html>\n";
    let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store")];
    (StatusCode::NOT_FOUND, headers, text).into_response()
}

/// Tells the page which embed it is, and the browser who may frame it.
fn framed(embed: &Embed, html: &str) -> Response {
    let origins = &embed.settings.origins;
    let known = Known { embed: &embed.public_id, origins, theme: embed.settings.theme.body() };
    let known = beckon_core::text::escape_html(&serde_json::to_string(&known).unwrap_or_default());
    let meta = format!("<meta name=\"beckon-embed\" content=\"{known}\"><title>");
    let html = html.replacen("<title>", &meta, 1);
    let ancestors: Vec<&str> = origins.iter().map(beckon_core::embed::Origin::as_str).collect();
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (CONTENT_SECURITY_POLICY, headers::framed_by(&ancestors.join(" "))),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin".to_owned()),
    ];
    (headers, html).into_response()
}
