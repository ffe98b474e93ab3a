//! Beckon's server: HTTP, storage and commands around `beckon-core`. Thin: a route extracts, asks core, stores what
//! came back, replies.

use std::path::PathBuf;

use axum::Router;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::services::{ServeDir, ServeFile};

pub mod app;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod deliver;
pub mod demo;
pub mod error;
pub mod extract;
pub mod headers;
pub mod import;
pub mod listen;
pub mod mail;
pub mod outbound;
pub mod page;
pub mod psa;
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
    let api = routes::api(app);
    let whole = match page_dir {
        Some(folder) => {
            let index = ServeFile::new(folder.join("index.html"));
            api.fallback_service(ServeDir::new(folder).fallback(index))
        }
        None => api.fallback(page::serve_page),
    };
    headers::with_headers(whole.layer(CatchPanicLayer::custom(error::of_panic)), secure)
}
