//! `/embed/{embed}`: the page that a portal's frame shows. Only pages of the embed's own origins may frame it.

use std::path::PathBuf;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use beckon_core::api::embed::FrameBody;
use beckon_core::text::escape_html;

use crate::app::App;
use crate::headers;
use crate::page;
use crate::store::Embed;

/// Where the pages of embeds are.
pub fn frames(app: App, page_dir: Option<PathBuf>) -> Router {
    let show = move |State(app): State<App>, embed: Result<Path<String>, PathRejection>| async move {
        match embed {
            Ok(Path(embed)) => show(app, embed, page_dir).await,
            Err(_) => missing(),
        }
    };
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
    let settings = &embed.settings;
    let origins: Vec<String> = settings.origins.iter().map(ToString::to_string).collect();
    let policy = headers::framed_by(&origins.join(" "));
    let known = FrameBody { embed: embed.public_id.clone(), origins, theme: settings.theme.body() };
    let known = escape_html(&serde_json::to_string(&known).unwrap_or_default());
    let meta = format!("<meta name=\"beckon-embed\" content=\"{known}\"><title>");
    let html = html.replacen("<title>", &meta, 1);
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (CONTENT_SECURITY_POLICY, policy),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin".to_owned()),
    ];
    (headers, html).into_response()
}
