use serde_json::json;

use super::{EMBEDS, PORTAL, make};
use crate::harness::{Harness, Who};

#[tokio::test]
async fn the_frame_s_page_lets_its_own_origins_frame_it_and_says_what_it_is() {
    let beckon = Harness::new().await;
    let body = json!({"name": "A \"<b>\"", "origins": [PORTAL, "http://localhost:3000"], "mode": "view",
        "theme": {"scheme": "dark"}});
    let embed = make(&beckon, Who::Admin, &body).await;
    let page = beckon.get(Who::Nobody, &format!("/embed/{embed}")).await;
    let header =
        |name: &str| page.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(page.status, 200);
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
    assert!(policy.ends_with(&format!("frame-ancestors {PORTAL} http://localhost:3000")), "{policy}");
    assert!(!page.headers.contains_key("x-frame-options") && !page.headers.contains_key("set-cookie"));
    assert_eq!((header("cache-control"), header("x-content-type-options")), ("no-store", "nosniff"));
    assert_eq!(header("referrer-policy"), "no-referrer");
    let html = String::from_utf8_lossy(&page.bytes);
    assert!(html.contains("<meta name=\"beckon-embed\" content=\"{&quot;embed&quot;:&quot;emb_"), "{html}");
    assert!(html.contains("&quot;origins&quot;:[&quot;https://portal.example&quot;"), "{html}");
    assert!(!html.contains("Northwind"), "nobody was launched yet");
}

#[tokio::test]
async fn the_origins_are_those_of_now_and_everything_else_refuses_to_be_framed() {
    let beckon = Harness::new().await;
    let embed = make(&beckon, Who::Admin, &json!({"name": "P", "origins": [PORTAL], "mode": "view"})).await;
    let path = format!("/embed/{embed}");
    let change = json!({"origins": ["https://other.example"]});
    beckon.write(Who::Admin, "PATCH", &format!("{EMBEDS}/{embed}"), &change).await;
    let policy = async |path: &str, status: u16| {
        let page = beckon.get(Who::Nobody, path).await;
        assert_eq!(page.status, status, "{path}");
        let policy = page.headers["content-security-policy"].to_str().expect("text").to_owned();
        let older =
            page.headers.get("x-frame-options").and_then(|value| value.to_str().ok()).map(str::to_owned);
        (policy.rsplit("; ").next().unwrap_or_default().to_owned(), older)
    };
    assert_eq!(policy(&path, 200).await, ("frame-ancestors https://other.example".to_owned(), None));
    beckon.write(Who::Admin, "DELETE", &format!("{EMBEDS}/{embed}"), &json!(null)).await;
    let never = ("frame-ancestors 'none'".to_owned(), Some("DENY".to_owned()));
    assert_eq!(policy(&path, 404).await, never);
    for path in [
        "/",
        "/escalations",
        "/embeds",
        "/embed",
        "/embed/x/y",
        "/healthz",
        "/embed/%3Cscript%3E",
        "/embed/%FF",
    ] {
        let status = if path.starts_with("/embed/%") { 404 } else { 200 };
        assert_eq!(policy(path, status).await, never, "{path}");
    }
    assert_eq!(policy("/v1/escalations", 401).await, never);
}
