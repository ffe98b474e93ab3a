use serde_json::{Value, json};

use super::{EMBEDS, PORTAL, make, portal};
use crate::browser::Browser;
use crate::harness::{Harness, Who, fields};

#[tokio::test]
async fn an_embed_is_added_shown_changed_and_deleted_and_each_is_in_the_activity() {
    let beckon = Harness::new().await;
    let id = make(&beckon, Who::Admin, &portal()).await;
    assert!(id.starts_with("emb_") && id.len() == 26, "{id}");
    let path = format!("{EMBEDS}/{id}");
    let shown = beckon.get(Who::Viewer, &path).await.body["embed"].clone();
    assert_eq!(shown["origins"], json!([PORTAL]));
    assert_eq!(shown["roles"], json!(["account_admin", "account_user"]));
    assert_eq!(shown["respond_up_to"], "high");
    assert_eq!(shown["frame_url"], format!("http://beckon.test/embed/{id}"));
    assert_eq!(shown["last_launched_at"], Value::Null);

    let change = json!({"origins": ["https://PORTAL.example:443/", "http://localhost:3000"], "mode": "view",
        "theme": {"scheme": "dark", "accent": "#93A1FF", "radius": 4}});
    let changed = beckon.write(Who::Admin, "PATCH", &path, &change).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let changed = &changed.body["embed"];
    assert_eq!(changed["origins"], json!([PORTAL, "http://localhost:3000"]));
    assert_eq!((&changed["name"], &changed["mode"]), (&json!("Portal"), &json!("view")));
    assert_eq!(changed["theme"], json!({"scheme": "dark", "accent": "#93a1ff", "radius": 4}));
    // Nothing new is nothing done.
    beckon.write(Who::Admin, "PATCH", &path, &change).await;

    assert_eq!(beckon.write(Who::Admin, "DELETE", &path, &Value::Null).await.status, 204);
    assert_eq!(beckon.get(Who::Admin, &path).await.status, 404);
    let activity = beckon.get(Who::Admin, "/v1/activity?event=configured").await.body;
    let texts: Vec<&str> = activity["activity"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["text"].as_str())
        .collect();
    assert_eq!(
        texts,
        [
            "Priya Raman deleted the embed “Portal”",
            "Priya Raman changed the embed “Portal”",
            "Priya Raman added the embed “Portal”"
        ]
    );
}

#[tokio::test]
async fn what_is_wrong_is_named_and_nothing_is_kept() {
    let beckon = Harness::new().await;
    let wrong = json!({"name": "", "origins": ["portal.example", PORTAL], "mode": "view", "roles": ["organization_user"],
        "theme": {"accent": "#ffff00"}});
    let answer = beckon.post(Who::Admin, EMBEDS, &wrong).await;
    assert_eq!(answer.status, 400);
    assert_eq!(fields(&answer), ["name", "origins.0", "roles", "theme.accent"]);
    for unknown in [json!({"theme": {"background-image": "url(x)"}}), json!({"modes": "view"})] {
        let mut body = portal();
        body.as_object_mut().expect("an object").extend(unknown.as_object().expect("an object").clone());
        assert_eq!(beckon.post(Who::Admin, EMBEDS, &body).await.status, 400);
    }
    assert_eq!(beckon.get(Who::Admin, EMBEDS).await.body["embeds"], json!([]));
}

#[tokio::test]
async fn the_same_request_makes_one_embed() {
    let beckon = Harness::new().await;
    let mut browser = Browser::signed_in(&beckon, "admin").await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let request = Harness::request("POST", EMBEDS, Who::Admin)
            .header("content-type", "application/json")
            .header("idempotency-key", "once")
            .body(portal().to_string().into())
            .expect("a request");
        ids.push(beckon.send(request).await.body["embed"]["public_id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    assert_eq!(browser.get(EMBEDS).await.body["embeds"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn who_is_signed_in_proves_it_before_others_may_frame_beckon() {
    let beckon = Harness::new().await;
    let mut browser = Browser::signed_in(&beckon, "admin").await;
    assert_eq!(browser.post(EMBEDS, &portal()).await.status, 201);
    beckon.advance(60 * 60);
    let refused = browser.post(EMBEDS, &portal()).await;
    assert_eq!((refused.status.as_u16(), &refused.body["prove"]), (403, &json!("authentication")));
}

#[tokio::test]
async fn the_list_says_where_the_element_is_and_what_it_is() {
    use base64::Engine as _;
    use sha2::Digest as _;

    let beckon = Harness::new().await;
    let module = beckon.get(Who::Viewer, EMBEDS).await.body["module"].clone();
    let path = |name: &str| {
        let url = module[name].as_str().expect("an address");
        url.strip_prefix("http://beckon.test").expect("it is here").to_owned()
    };
    let code = beckon.get(Who::Nobody, &path("url")).await;
    let header = |name: &str| code.headers.get(name).and_then(|value| value.to_str().ok());
    assert_eq!(header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(header("access-control-allow-origin"), Some("*"));
    assert_eq!(header("cross-origin-resource-policy"), Some("cross-origin"));
    assert_eq!(header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(header("x-content-type-options"), Some("nosniff"));
    let digest = sha2::Sha384::digest(&code.bytes);
    let integrity = format!("sha384-{}", base64::engine::general_purpose::STANDARD.encode(digest));
    assert_eq!(module["integrity"], integrity);
    let request = Harness::request("GET", &path("url"), Who::Nobody).header("accept-encoding", "br");
    let small = beckon.send(request.body(axum::body::Body::empty()).expect("a request")).await;
    assert_eq!(small.headers["content-encoding"], "br");
    assert!(small.bytes.len() <= 3_000, "{} bytes", small.bytes.len());
    let types = beckon.get(Who::Nobody, &path("types_url")).await;
    assert!(String::from_utf8_lossy(&types.bytes).contains("BeckonEscalations"));
    assert_eq!(beckon.get(Who::Nobody, "/embed/v1/0123456789abcdef/beckon-escalations.js").await.status, 404);
    let other = path("url").replace("beckon-escalations.js", "other.js");
    assert_eq!(beckon.get(Who::Nobody, &other).await.status, 404);
}
