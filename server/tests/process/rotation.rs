//! Another key for what is sealed: nothing is lost by it, nor by an end in the middle of it.

use std::path::Path;

use beckon_core::id::ProviderId;
use beckon_server::seal::{FILE, Sealer, purpose};
use beckon_server::store::Database;
use beckon_server::store::Providers as _;
use serde_json::json;
use tempfile::TempDir;

use crate::http::{Endpoint, Request};
use crate::server::{Server, run};

const OPTIONS: &[&str] = &["--allow-private-destinations=true"];

/// Has a running server send a test to an endpoint, and checks what arrives with the endpoint's secret.
async fn is_signed(data: &Path, hook: &Endpoint, id: &str, secret: &str) {
    let before = hook.requests().len();
    let server = Server::start_with(data, OPTIONS);
    let (status, answer) = server
        .send("POST", &format!("/v1/webhooks/{id}/test"), "admin", &json!({}))
        .await
        .expect("an answer");
    assert_eq!(status, 202, "{answer}");
    while hook.requests().len() == before {
        tokio::task::yield_now().await;
    }
    let Request { headers, body, .. } = hook.requests().pop().expect("a request");
    let headers = headers.iter().filter_map(|(name, value)| {
        Some((
            name.parse::<reqwest::header::HeaderName>().ok()?,
            value.parse::<reqwest::header::HeaderValue>().ok()?,
        ))
    });
    let verifier = standardwebhooks::Webhook::new(secret).expect("a secret");
    verifier.verify(&body, &headers.collect()).expect("the signature of this endpoint");
    server.kill();
}

#[tokio::test]
async fn the_secret_of_a_sign_in_provider_is_among_them() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path();
    let (issuer, secret) = ("https://login.example", "a client secret");
    Server::start(data).kill();
    let file = data.join("client-secret");
    std::fs::write(&file, secret).expect("a file");
    let (file, domain) = (file.to_str().expect("text"), "--email-domain=example.com");
    let added = run(
        &[
            "provider",
            "add",
            "Staff",
            "--issuer",
            issuer,
            "--client-id=b",
            domain,
            "--client-secret-file",
            file,
        ],
        data,
    );
    assert!(added.status.success(), "{added:?}");
    assert!(run(&["secrets", "rotate"], data).status.success());
    let store = Database::embedded(data).expect("a database");
    let provider = store.provider(ProviderId(1)).await.expect("the store").expect("a provider");
    let sealer = Sealer::in_folder(data).expect("the new key");
    let opened = sealer.open(&purpose::sign_in_provider(provider.id), &provider.sealed.expect("a secret"));
    assert_eq!(opened.expect("opened"), secret);
}

#[tokio::test]
async fn whatever_was_sealed_opens_after_the_key_was_changed_and_while_it_is() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path();
    let hook =
        Endpoint::start("HTTP/1.1 204 No Content\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await;
    let server = Server::start_with(data, OPTIONS);
    let (status, made) =
        server.send("POST", "/v1/webhooks", "admin", &json!({ "url": hook.url })).await.expect("an answer");
    assert_eq!(status, 201, "{made}");
    let (id, secret) =
        (made["webhook"]["id"].to_string(), made["secret"].as_str().expect("a secret").to_owned());
    let refused = run(&["secrets", "rotate"], data);
    assert!(!refused.status.success(), "a server runs, which knows the old key alone");
    server.kill();

    let key = || std::fs::read_to_string(data.join(FILE)).expect("a key");
    let first = key();
    // As if the power went in the middle: both keys are there, and nothing is sealed anew.
    Sealer::add_key(data).expect("another key");
    is_signed(data, &hook, &id, &secret).await;
    let rotated = run(&["secrets", "rotate"], data);
    let said = String::from_utf8(rotated.stdout).expect("text");
    assert!(rotated.status.success() && said.contains("secrets are sealed with the key"), "{said}");
    assert!(key().lines().count() == 1 && !key().contains(first.trim()), "the old keys are forgotten");
    is_signed(data, &hook, &id, &secret).await;

    // With keys from elsewhere: the new one first.
    let chosen = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let keys = format!("{chosen},{}", key().trim());
    assert!(run(&["secrets", "rotate", "--secret-key", &keys], data).status.success());
    std::fs::write(data.join(FILE), chosen).expect("a file");
    is_signed(data, &hook, &id, &secret).await;
    let unopened = run(&["secrets", "rotate", "--secret-key", first.trim()], data);
    let why = String::from_utf8(unopened.stderr).expect("text");
    assert!(!unopened.status.success() && why.contains("nothing was changed"), "{why}");
    is_signed(data, &hook, &id, &secret).await;
}
