//! The headers that every answer carries, whatever it is: what the browser may load, who may frame it, what may be kept.

use axum::Router;
use axum::http::header::{CACHE_CONTROL, HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;

/// What the page may load: its own scripts, styles and data, and nothing inline.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-src 'self'; frame-ancestors 'none'";

/// Returns the same policy for a page that `ancestors` may frame.
pub fn framed_by(ancestors: &str) -> String {
    CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", &format!("frame-ancestors {ancestors}"))
}

/// The page uses none of what a browser would ask its user for.
const PERMISSIONS_POLICY: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
    hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), xr-spatial-tracking=()";

/// Two years, the time that browsers' own lists ask for.
const STRICT_TRANSPORT_SECURITY: &str = "max-age=63072000; includeSubDomains";

/// Sets the headers on every answer of `router`, errors and unknown paths included. Whatever catches panics or limits
/// requests must be inside. `over_tls` when people reach the server by `https`.
pub fn with_headers<S: Clone + Send + Sync + 'static>(router: Router<S>, over_tls: bool) -> Router<S> {
    router.layer(tower::util::MapResponseLayer::new(move |mut response: Response| {
        set(response.headers_mut(), over_tls);
        response
    }))
}

fn set(headers: &mut HeaderMap, over_tls: bool) {
    let fixed = [
        ("content-security-policy", CONTENT_SECURITY_POLICY),
        ("permissions-policy", PERMISSIONS_POLICY),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ];
    // What brings a policy of its own says in it who may frame it too, such as the preview of a mail.
    let own = headers.get("content-security-policy").cloned();
    let shared = headers.get("cross-origin-resource-policy").cloned();
    for (name, value) in fixed {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    // What portals load says so.
    if let Some(shared) = shared {
        headers.insert("cross-origin-resource-policy", shared);
    }
    if let Some(own) = own {
        // The older header knows no origins: whoever lets others frame it goes without.
        if own.to_str().is_ok_and(|own| own.contains("frame-ancestors 'self'")) {
            headers.insert("x-frame-options", HeaderValue::from_static("SAMEORIGIN"));
        } else {
            headers.remove("x-frame-options");
        }
        headers.insert("content-security-policy", own);
    }
    // A browser that once saw this never comes back over plain HTTP, so it must not be sent where there is no TLS.
    if over_tls {
        let value = HeaderValue::from_static(STRICT_TRANSPORT_SECURITY);
        headers.insert(HeaderName::from_static("strict-transport-security"), value);
    }
    // Whoever may be cached says so; the rest is about people and must not be kept.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{Request, StatusCode};
    use axum::routing::{get, post};
    use tower::ServiceExt;

    use super::*;

    async fn ask(path: &str, over_tls: bool) -> Response {
        let cached = || async { ([(CACHE_CONTROL, "no-cache")], "page") };
        let router = Router::new()
            .route("/", get(cached))
            .route("/error", get(|| async { StatusCode::INTERNAL_SERVER_ERROR }))
            .route(
                "/own",
                get(|| async { ([("content-security-policy", "frame-ancestors 'self'")], "a mail") }),
            )
            .route("/post", post(|| async {}));
        let request = Request::get(path).body(Body::empty()).expect("a request");
        with_headers(router, over_tls).oneshot(request).await.expect("it never fails")
    }

    fn header<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
        response.headers().get(name).and_then(|value| value.to_str().ok())
    }

    #[tokio::test]
    async fn every_answer_has_them() {
        for (path, status) in [("/", 200), ("/error", 500), ("/post", 405), ("/nothing", 404)] {
            let response = ask(path, false).await;
            assert_eq!(response.status().as_u16(), status);
            let policy = header(&response, "content-security-policy").unwrap_or_default();
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"),
                "{policy}"
            );
            assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("  "), "{policy}");
            assert_eq!(header(&response, "x-frame-options"), Some("DENY"), "{path}");
            assert_eq!(header(&response, "x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(header(&response, "referrer-policy"), Some("no-referrer"), "{path}");
        }
    }

    #[tokio::test]
    async fn a_policy_of_its_own_stays() {
        let response = ask("/own", false).await;
        assert_eq!(header(&response, "content-security-policy"), Some("frame-ancestors 'self'"));
        assert_eq!(header(&response, "x-frame-options"), Some("SAMEORIGIN"));
        assert_eq!(header(&response, "x-content-type-options"), Some("nosniff"));
    }

    #[tokio::test]
    async fn nothing_is_kept_unless_it_says_so() {
        assert_eq!(header(&ask("/", false).await, "cache-control"), Some("no-cache"));
        assert_eq!(header(&ask("/error", false).await, "cache-control"), Some("no-store"));
        assert_eq!(header(&ask("/nothing", false).await, "cache-control"), Some("no-store"));
    }

    #[tokio::test]
    async fn strict_transport_is_for_tls_only() {
        assert_eq!(header(&ask("/", false).await, "strict-transport-security"), None);
        assert!(header(&ask("/nothing", true).await, "strict-transport-security").is_some());
    }
}
