//! `/v1/session` and what a cookie may do.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::harness::{Answer, CONTOSO, Harness, Who, login};

async fn open(beckon: &Harness, token: &str) -> Answer {
    beckon.post(Who::Nobody, "/v1/session", &json!({"token": token})).await
}

fn cookie(answer: &Answer) -> String {
    let header = answer.headers["set-cookie"].to_str().expect("text");
    header.split(';').next().expect("a cookie").to_owned()
}

async fn send(beckon: &Harness, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    beckon.send(request.body(Body::from(body.to_string())).expect("a request")).await
}

#[tokio::test]
async fn a_link_works_once_and_signing_out_ends_the_session() {
    let beckon = Harness::new().await;
    let opened = open(&beckon, "link-admin").await;
    assert_eq!(opened.status, 204);
    let header = opened.headers["set-cookie"].to_str().expect("text");
    assert!(header.starts_with("beckon_session=") && header.contains("HttpOnly; SameSite=Lax"), "{header}");
    assert_eq!(open(&beckon, "link-admin").await.status, 401, "a link works once");
    assert_eq!(open(&beckon, "nonsense").await.status, 401);
    let cookie = cookie(&opened);
    let me = send(&beckon, "GET", "/v1/actor", &[("cookie", &cookie)], &Value::Null).await;
    assert_eq!(me.body["user"]["name"], "Priya Raman");
    assert_eq!(me.body["actor"]["account"], json!({"id": 1, "name": "Northwind IT"}));
    let closed = send(&beckon, "DELETE", "/v1/session", &[("cookie", &cookie)], &Value::Null).await;
    assert_eq!(closed.status, 204);
    let gone = send(&beckon, "GET", "/v1/actor", &[("cookie", &cookie)], &Value::Null).await;
    assert_eq!(gone.status, 401);
}

#[tokio::test]
async fn a_link_is_over_after_its_time() {
    let beckon = Harness::new().await;
    beckon.advance(7 * 24 * 60 * 60);
    assert_eq!(open(&beckon, "link-admin").await.status, 401);
}

#[tokio::test]
async fn a_session_ends_when_it_rests_and_after_a_week_however_much_it_is_used() {
    let beckon = Harness::new().await;
    let status = async |cookie: &str| {
        send(&beckon, "GET", "/v1/actor", &[("cookie", cookie)], &Value::Null).await.status
    };
    let resting = cookie(&open(&beckon, "link-viewer").await);
    let used = cookie(&open(&beckon, "link-admin").await);
    for _ in 0..15 {
        beckon.advance(11 * 60 * 60);
        assert_eq!(status(&used).await, 200);
    }
    assert_eq!(status(&resting).await, 401);
    beckon.advance(3 * 60 * 60);
    assert_eq!(status(&used).await, 401, "a week has passed");
}

#[tokio::test]
async fn behind_tls_the_cookie_insists_on_it() {
    let beckon = Harness::at_address("https://beckon.test").await;
    let opened = open(&beckon, "link-admin").await;
    let header = opened.headers["set-cookie"].to_str().expect("text");
    assert!(header.starts_with("__Host-beckon_session=") && header.ends_with("; Secure"), "{header}");
    assert!(header.contains("Path=/;"), "{header}");
}

#[tokio::test]
async fn what_another_site_sends_changes_nothing() {
    let beckon = Harness::new().await;
    beckon.report(&[login("a", CONTOSO, "joey", "UA")]).await;
    let cookie = cookie(&open(&beckon, "link-admin").await);
    let path = "/v1/escalations/1/resolution";
    for foreign in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.test")]
    {
        let answer = send(&beckon, "POST", path, &[("cookie", &cookie), foreign], &json!({})).await;
        assert_eq!(answer.status, 403, "{foreign:?}");
        let answer = send(&beckon, "POST", "/v1/session", &[foreign], &json!({"token": "link-viewer"})).await;
        assert_eq!(answer.status, 403, "{foreign:?}");
    }
    let form = [("cookie", cookie.as_str()), ("content-type", "text/plain")];
    let request =
        Request::builder().method("POST").uri(path).header(form[0].0, form[0].1).header(form[1].0, form[1].1);
    assert_eq!(beckon.send(request.body(Body::from("{}")).expect("a request")).await.status, 415);
    assert_eq!(beckon.get(Who::Admin, "/v1/escalations/1").await.body["escalation"]["status"], "open");
    let own = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(send(&beckon, "POST", path, &own, &json!({})).await.status, 201);
}

#[tokio::test]
async fn a_wrong_key_or_secret_is_nobody() {
    let beckon = Harness::new().await;
    for credentials in ["Basic YWRtaW46d3Jvbmc=", "Basic eDp4", "Basic !!!", "Bearer x"] {
        let answer = send(&beckon, "GET", "/v1/actor", &[("authorization", credentials)], &Value::Null).await;
        assert_eq!(answer.status, 401, "{credentials}");
    }
}
