//! `/embed/v1/{digest}/…`: the custom element for portals. Its address says what it is, so it is kept for good.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName,
    HeaderValue, VARY,
};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beckon_core::api::embed::ModuleBody;
use sha2::{Digest as _, Sha256, Sha384};

use crate::app::App;
use crate::page::takes_brotli;

const CODE: &str = include_str!("../embed_module/beckon-escalations.js");
/// The same, compressed by the build script.
const BROTLI: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/element.br"));
const TYPES: &str = include_str!("../embed_module/beckon-escalations.d.ts");
const CODE_NAME: &str = "beckon-escalations.js";
const TYPES_NAME: &str = "beckon-escalations.d.ts";

struct Module {
    /// Names both files: the first part of the digest of the code.
    digest: String,
    integrity: String,
}

static MODULE: LazyLock<Module> = LazyLock::new(|| {
    let mut digest = String::new();
    for byte in &Sha256::digest(CODE.as_bytes())[..8] {
        write!(digest, "{byte:02x}").expect("a string takes text");
    }
    let integrity = format!("sha384-{}", STANDARD.encode(Sha384::digest(CODE.as_bytes())));
    Module { digest, integrity }
});

/// Says where it is.
pub(super) fn body(app: &App) -> ModuleBody {
    let Module { digest, integrity } = &*MODULE;
    let url = |name: &str| format!("{}/embed/v1/{digest}/{name}", app.base_url);
    ModuleBody { url: url(CODE_NAME), types_url: url(TYPES_NAME), integrity: integrity.clone() }
}

/// Serves it to every origin: it holds nothing that is anybody's.
pub(super) async fn serve(Path((digest, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let module = &*MODULE;
    let (content_type, plain) = match name.as_str() {
        CODE_NAME => ("text/javascript; charset=utf-8", CODE),
        TYPES_NAME => ("text/plain; charset=utf-8", TYPES),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    if digest != module.digest {
        return StatusCode::NOT_FOUND.into_response();
    }
    let is_small = name == CODE_NAME && takes_brotli(&headers);
    let mut response = if is_small { BROTLI.into_response() } else { plain.into_response() };
    let answer = response.headers_mut();
    let values = [
        (CONTENT_TYPE, content_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        (VARY, "accept-encoding"),
    ];
    answer.extend(values.map(|(name, value)| (Some(name), HeaderValue::from_static(value))));
    if is_small {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}
