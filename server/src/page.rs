//! The page, as it is embedded in the binary: assets by name, and the page itself for every path that is none.
//!
//! Whatever a file is called after its content is cached for good; everything else is asked for again each time, and
//! mostly not sent again. An asset that is missing is a 404 and never the page, or an old page would read HTML as code.

use std::borrow::Cow;
use std::path::Path;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use beckon_core::place::Part;

/// A file of the page.
struct File {
    /// Where it is, from the root.
    path: &'static str,
    content_type: &'static str,
    /// Half of its SHA-256, in hexadecimal.
    digest: &'static str,
    plain: &'static [u8],
    /// Compressed, where that makes it smaller.
    brotli: Option<&'static [u8]>,
}

/// All files, ordered by path. Written by the build script.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// Returns the page's HTML: from `folder` where there is one, and else from the binary.
pub async fn html(folder: Option<&Path>) -> Option<Cow<'static, str>> {
    match folder {
        Some(folder) => tokio::fs::read_to_string(folder.join("index.html")).await.ok().map(Cow::Owned),
        None => find(FILES, "/").and_then(|file| std::str::from_utf8(file.plain).ok()).map(Cow::Borrowed),
    }
}

/// Answers with a file of the page. Meant as the fallback behind all other routes.
pub async fn serve_page(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    answer(FILES, &method, uri.path(), &headers)
}

fn answer(files: &[File], method: &Method, path: &str, headers: &HeaderMap) -> Response {
    if !matches!(*method, Method::GET | Method::HEAD) {
        let text = "expected GET or HEAD: nothing can be sent here\n";
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")], text).into_response();
    }
    let Some(file) = find(files, path) else {
        return (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-store")], "no such file\n").into_response();
    };
    let compressed = file.brotli.filter(|_| takes_brotli(headers));
    let body = compressed.unwrap_or(file.plain);
    // The two forms are different bytes, so they have different tags.
    let etag = format!("\"{}{}\"", file.digest, if compressed.is_some() { "-br" } else { "" });
    let is_same = has_tag(headers, &etag);
    let mut response = Response::new(match (is_same, method) {
        (false, &Method::GET) => Body::from(body),
        _ => Body::empty(),
    });
    if is_same {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let answer = response.headers_mut();
    answer.insert(CACHE_CONTROL, if is_hashed(file.path) { FOR_GOOD } else { ASK_AGAIN });
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    answer.extend(HeaderValue::from_str(&etag).ok().map(|etag| (ETAG, etag)));
    if !is_same {
        answer.insert(CONTENT_TYPE, HeaderValue::from_static(file.content_type));
        answer.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        answer.extend(compressed.map(|_| (CONTENT_ENCODING, HeaderValue::from_static("br"))));
    }
    response
}

/// Returns the file for a path: itself, or the part of the page where the path is a place in it.
fn find<'f>(files: &'f [File], path: &str) -> Option<&'f File> {
    let named =
        |path: &str| files.binary_search_by(|file| file.path.cmp(path)).ok().map(|index| &files[index]);
    let place = || {
        let first = named("/index.html").filter(|_| is_place(path));
        first.and_then(|first| named(part(path)).or(Some(first)))
    };
    named(path).or_else(place)
}

/// Returns the file of the part of the page that shows `path`. What `cargo xtask dev` builds has one for all.
pub fn part(path: &str) -> &'static str {
    match Part::of(path) {
        Part::Questions => "/index.html",
        Part::Account => "/account.html",
    }
}

/// Tells whether a path is a place in the page, and not an asset or something of the API.
fn is_place(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    !matches!(first, "v1" | "assets" | "snippets") && !last.contains('.')
}

/// Tells whether trunk named the file after its content: `name-0123456789abcdef.js`, `name-0123456789abcdef_bg.wasm`.
fn is_hashed(path: &str) -> bool {
    let stem = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() == 16 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Tells whether the client wants brotli: named with a weight above zero, or covered by `*` and not excluded.
pub fn takes_brotli(headers: &HeaderMap) -> bool {
    let weight = |wanted: &str| {
        let texts = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        texts.flat_map(|text| text.split(',')).find_map(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let is_wanted = parts.next()?.eq_ignore_ascii_case(wanted);
            let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok()).unwrap_or(1.0);
            is_wanted.then_some(weight)
        })
    };
    weight("br").or_else(|| weight("*")).is_some_and(|weight| weight > 0.0)
}

/// Tells whether the client has the form with this tag.
fn has_tag(headers: &HeaderMap, etag: &str) -> bool {
    let texts = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    texts
        .flat_map(|text| text.split(','))
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == "*" || tag == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEST: &[File] = &[
        File { digest: "d2", ..file("/account.html", "text/html; charset=utf-8", None) },
        file("/app-0123456789abcdef.js", "text/javascript; charset=utf-8", Some(b"br")),
        file("/app-0123456789abcdef_bg.wasm", "application/wasm", Some(b"br")),
        file("/boot.js", "text/javascript; charset=utf-8", None),
        file("/index.html", "text/html; charset=utf-8", Some(b"br")),
    ];

    const fn file(path: &'static str, content_type: &'static str, brotli: Option<&'static [u8]>) -> File {
        File { path, content_type, digest: "d1", plain: b"plain", brotli }
    }

    fn get(path: &str, headers: &[(&'static str, &'static str)]) -> Response {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_static(value));
        }
        answer(TEST, &Method::GET, path, &map)
    }

    fn header(response: &Response, name: &str) -> String {
        response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }

    #[test]
    fn places_are_the_page_and_missing_assets_are_not() {
        let check = |path: &str, status: u16, content_type: &str| {
            let response = get(path, &[]);
            assert_eq!(response.status().as_u16(), status, "{path}");
            assert!(header(&response, "content-type").starts_with(content_type), "{path}");
        };
        for place in ["/", "/escalations", "/escalations/17", "/sign-in/abc_-123", "/v1x", "/index.html"] {
            check(place, 200, "text/html");
        }
        check("/boot.js", 200, "text/javascript");
        check("/app-0123456789abcdef_bg.wasm", 200, "application/wasm");
        for missing in
            ["/app-1123456789abcdef.js", "/assets/x", "/favicon.ico", "/v1/nothing", "/v1", "/a/b.css"]
        {
            check(missing, 404, "text/plain");
        }
    }

    #[test]
    fn each_part_shows_its_own_places_and_one_shows_all_where_there_is_only_one() {
        let check = |files: &[File], path: &str, digest: &str| {
            let found = find(files, path).map(|file| file.digest);
            assert_eq!(found, Some(digest), "{path}");
        };
        check(TEST, "/escalations", "d1");
        check(TEST, "/members", "d2");
        check(TEST, "/embeds/emb_1", "d2");
        check(&TEST[1..], "/members", "d1");
    }

    #[test]
    fn what_is_named_after_its_content_is_kept_for_good() {
        let check = |path: &str, expected: &str| {
            let found = header(&get(path, &[]), "cache-control");
            assert!(found.contains(expected), "{path}: {found}");
        };
        check("/app-0123456789abcdef.js", "immutable");
        check("/app-0123456789abcdef_bg.wasm", "immutable");
        check("/boot.js", "no-cache");
        check("/escalations", "no-cache");
        check("/app-1123456789abcdef.js", "no-store");
    }

    #[test]
    fn brotli_is_sent_to_those_who_take_it() {
        let check = |accepted: &'static str, expected: &str| {
            let response = get("/", &[("accept-encoding", accepted)]);
            assert_eq!(header(&response, "content-encoding"), expected, "{accepted}");
            assert_eq!(header(&response, "vary"), "accept-encoding");
            assert_eq!(header(&response, "content-length"), if expected == "br" { "2" } else { "5" });
        };
        check("gzip, deflate, br, zstd", "br");
        check("gzip;q=1, BR;q=0.5", "br");
        check("*", "br");
        check("br;q=0, *", "");
        check("gzip", "");
        check("", "");
        let never = get("/boot.js", &[("accept-encoding", "br")]);
        assert_eq!(header(&never, "content-encoding"), "");
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        let check = |headers: &[(&'static str, &'static str)], status: u16| {
            assert_eq!(get("/escalations", headers).status().as_u16(), status, "{headers:?}");
        };
        check(&[("if-none-match", "\"d1\"")], 304);
        check(&[("if-none-match", "\"x\", W/\"d1\"")], 304);
        check(&[("if-none-match", "\"d1\""), ("accept-encoding", "br")], 200);
        check(&[("if-none-match", "\"d1-br\""), ("accept-encoding", "br")], 304);
        check(&[("if-none-match", "\"d0\"")], 200);
    }

    #[test]
    fn only_reading_is_possible() {
        let answer = |method: Method| answer(TEST, &method, "/", &HeaderMap::new());
        let refused = answer(Method::POST);
        assert_eq!((refused.status().as_u16(), header(&refused, "allow").as_str()), (405, "GET, HEAD"));
        let head = answer(Method::HEAD);
        assert_eq!((head.status().as_u16(), header(&head, "content-length").as_str()), (200, "5"));
    }

    #[tokio::test]
    async fn the_embedded_page_is_there() {
        let response = serve_page(Method::GET, Uri::from_static("/escalations"), HeaderMap::new()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert!(FILES.is_sorted_by_key(|file| file.path));
    }
}
