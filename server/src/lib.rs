//! Beckon's server: HTTP, storage and commands around `beckon-core`. Thin: a route extracts, asks core, stores what
//! came back, replies.

use std::path::PathBuf;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::services::{ServeDir, ServeFile};

pub mod app;
pub mod auth;
pub mod backup;
pub mod cli;
pub mod clock;
pub mod deliver;
pub mod demo;
pub mod error;
pub mod extract;
pub mod frame;
pub mod headers;
pub mod import;
pub mod listen;
pub mod mail;
pub mod metrics;
pub mod node;
pub mod outbound;
pub mod page;
pub mod proxies;
pub mod psa;
pub mod rates;
pub mod routes;
pub mod scheduler;
pub mod seal;
pub mod sign_in;
pub mod sources;
pub mod store;
pub mod webhook;

/// Builds everything that the server answers: the API, the page beside it, and the headers around both. The page comes
/// from `page_dir` where there is one, and else from the binary.
pub fn router(app: app::App, page_dir: Option<PathBuf>) -> Router {
    let secure = app.is_secure();
    let noted = axum::middleware::from_fn_with_state(app.clone(), proxies::note);
    let api = routes::api(app.clone()).merge(frame::frames(app.clone(), page_dir.clone()));
    let whole = match page_dir {
        Some(folder) => {
            let files = ServeDir::new(&folder);
            api.fallback_service(files.fallback(get(move |request| place(folder, request))))
        }
        None => api.fallback(page::serve_page),
    };
    let looked = axum::middleware::from_fn_with_state(app, metrics::requests::look);
    let whole = whole.layer(CatchPanicLayer::custom(error::of_panic)).layer(looked).layer(noted);
    headers::with_headers(whole, secure)
}

/// Answers with the part of the page in `folder` that shows what is asked for.
async fn place(folder: PathBuf, request: Request) -> Response {
    let part = folder.join(page::part(request.uri().path()).trim_start_matches('/'));
    let part = if part.is_file() { part } else { folder.join("index.html") };
    match ServeFile::new(part).try_call(request).await {
        Ok(response) => response.into_response(),
        Err(error) => {
            tracing::error!(%error, "the page cannot be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
