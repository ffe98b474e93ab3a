//! What is logged, however much is logged, holds no secret: each is seeded, used well and badly, and looked for.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::Endpoint;
use crate::server::{beckon, client};

/// A browser without a memory: cookies go along by hand.
struct Page {
    client: Client,
    url: String,
    cookie: String,
    /// Everything that nobody may find in a log.
    secrets: Vec<String>,
}

impl Page {
    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let request = self.client.request(method.parse().expect("a method"), format!("{}{path}", self.url));
        request.header("cookie", &self.cookie).header("sec-fetch-site", "same-origin")
    }

    async fn send(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let answer = self.request(method, path).json(body).send().await.expect("an answer");
        self.keep_cookies(&answer);
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or(Value::Null))
    }

    fn keep_cookies(&mut self, answer: &Response) {
        let set = answer.headers().get_all("set-cookie").iter();
        for cookie in set.filter_map(|cookie| cookie.to_str().ok()?.split(';').next()) {
            let (name, value) = cookie.split_once('=').expect("a cookie");
            self.secrets.push(value.to_owned());
            if name == "beckon_session" {
                cookie.clone_into(&mut self.cookie);
            }
        }
    }

    fn seed(&mut self, value: &Value) -> String {
        let secret = value.as_str().unwrap_or_else(|| panic!("expected a secret, found {value}")).to_owned();
        self.secrets.push(secret.clone());
        secret
    }
}

/// Uses everything that is secret, well and badly.
async fn use_secrets(page: &mut Page, demo: &Value, hook: &Endpoint) {
    let link = demo["accounts"][0]["sign_in"]["admin"].as_str().expect("a link");
    let token = page.seed(&json!(link.rsplit('/').next()));
    assert_eq!(page.client.get(link).send().await.expect("the page").status(), 200);
    assert_eq!(page.send("POST", "/v1/session", &json!({ "token": token })).await.0, 204);
    let wrong = page.seed(&json!("canary-wrong-token"));
    assert_eq!(page.send("POST", "/v1/session", &json!({ "token": wrong })).await.0, 401);

    let password = page.seed(&json!("canary tulips under the viaduct"));
    assert_eq!(page.send("PUT", "/v1/user/password", &json!({ "password": password })).await.0, 204);
    let (_, user) = page.send("GET", "/v1/user", &Value::Null).await;
    let email = user["user"]["email"].clone();
    let guess = page.seed(&json!("canary guess that is wrong"));
    let signing_in = json!({ "email": email, "password": guess });
    assert_eq!(page.send("POST", "/v1/session", &signing_in).await.0, 401);
    let signing_in = json!({ "email": email, "password": password });
    assert_eq!(page.send("POST", "/v1/session", &signing_in).await.0, 204);
    let (_, begun) = page.send("POST", "/v1/user/second_factor", &json!({})).await;
    page.seed(&begun["secret"]);
    assert_eq!(page.send("POST", "/v1/sign_in_links", &json!({ "email": email })).await.0, 202);

    let (status, made) = page.send("POST", "/v1/keys", &json!({"name": "x", "scope": "read_only"})).await;
    assert_eq!(status, 201, "{made}");
    let whole = page.seed(&made["secret"]);
    let (key, secret) = whole.split_once(':').expect("key:secret");
    page.secrets.push(secret.to_owned());
    let as_key = async |secret: &str| {
        let request = page.client.get(format!("{}/v1/actor", page.url)).basic_auth(key, Some(secret));
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(as_key(secret).await, 200);
    assert_eq!(as_key("canary-no-such-secret").await, 401);
    page.secrets.push("canary-no-such-secret".to_owned());

    let (status, added) = page.send("POST", "/v1/webhooks", &json!({ "url": hook.url })).await;
    assert_eq!(status, 201, "{added}");
    let signing = page.seed(&added["secret"]);
    page.secrets.push(signing.trim_start_matches("whsec_").to_owned());
    let path = format!("/v1/webhooks/{}/test", added["webhook"]["id"]);
    assert_eq!(page.send("POST", &path, &json!({})).await.0, 202);

    let private_key = page.seed(&json!("canary-private-key"));
    let settings = json!({
        "site": hook.url.trim_end_matches("/hook"), "company": "northwind", "public_key": "public",
        "private_key": private_key, "client_id": "client",
    });
    let (status, _) = page
        .send("POST", "/v1/integrations", &json!({ "vendor": "connectwise", "settings": settings }))
        .await;
    assert!(status == 400 || status == 422, "the endpoint is no PSA: {status}");
    // A secret in the address of something that is not there, as people paste it.
    let pasted = page.seed(&json!("canary-pasted-secret"));
    page.send("GET", &format!("/v1/nothing/{pasted}?token={pasted}"), &Value::Null).await;
    page.send("GET", &format!("/sign-in/{pasted}"), &Value::Null).await;
}

#[tokio::test]
async fn no_log_holds_a_secret_however_much_is_logged() {
    let folder = TempDir::new().expect("a folder");
    let log = folder.path().join("log");
    let password_file = folder.path().join("smtp-password");
    std::fs::write(&password_file, "canary-smtp-password").expect("a file");
    let data = folder.path().join("data");
    let mut server = beckon(&["serve", "--demo", "--listen", "127.0.0.1:0", "--log", "trace"], &data)
        .args(["--allow-private-destinations=true", "--smtp-host", "127.0.0.1", "--smtp-port", "1"])
        .args([
            "--smtp-security",
            "none",
            "--smtp-from",
            "Beckon <beckon@soc.test>",
            "--smtp-username",
            "beckon",
        ])
        .arg("--smtp-password-file")
        .arg(&password_file)
        .stdout(Stdio::piped())
        .stderr(File::create(&log).expect("a file"))
        .spawn()
        .expect("the binary starts");
    let mut lines = BufReader::new(server.stdout.take().expect("piped")).lines();
    let url = lines.find_map(|line| line.expect("text").strip_prefix("listening on ").map(str::to_owned));
    let demo = std::fs::read_to_string(data.join("demo.json")).expect("demo.json");
    let demo: Value = serde_json::from_str(&demo).expect("JSON");
    let hook = Endpoint::start("HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n").await;
    let mut page = Page {
        client: client(),
        url: url.expect("it listens"),
        cookie: String::new(),
        secrets: vec!["canary-smtp-password".to_owned()],
    };
    use_secrets(&mut page, &demo, &hook).await;
    while hook.requests().iter().all(|request| !request.headers.contains_key("webhook-signature")) {
        tokio::task::yield_now().await;
    }
    server.kill().expect("it runs");
    server.wait().expect("it ends");
    let log = std::fs::read_to_string(&log).expect("a log");
    assert!(log.matches("TRACE").count() > 20, "it was to log everything: {} bytes", log.len());
    assert!(page.secrets.len() > 15, "{:?}", page.secrets);
    for secret in page.secrets.iter().filter(|secret| !secret.is_empty()) {
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(line, None, "{secret}");
    }
}
