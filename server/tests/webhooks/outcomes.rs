//! What each answer of a receiver means.

use std::sync::Arc;
use std::time::Duration;

use beckon_server::deliver::outcome::{Failed, Failure};
use beckon_server::outbound::{Outbound, Policy, SystemLookup};
use beckon_server::webhook::{Receipt, Secret, Secrets, Webhook, send};

use crate::http::Endpoint;

const NOT_NOW: Failure = Failure::NotNow { after: None };

async fn to(url: &str, policy: Policy, patience: Duration) -> Result<Receipt, Failed> {
    let outbound = Outbound::with_lookup(policy, Arc::new(SystemLookup), patience).expect("a client");
    let secrets = Secrets { current: Secret::random().expect("random bytes"), previous: None };
    let webhook = Webhook { id: "msg_1".to_owned(), url: url.to_owned(), body: b"{}".to_vec() };
    send(&outbound, &secrets, &webhook, "2026-11-24T08:00:00Z".parse().expect("a literal")).await
}

/// Sends one webhook to a receiver that answers so.
async fn answered(head: &str, body: &str) -> Result<Receipt, Failed> {
    let endpoint =
        Endpoint::start(&format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())).await;
    let outcome = to(&endpoint.url, Policy { allow_private: true }, Duration::from_mins(1)).await;
    assert_eq!(endpoint.requests().len(), 1, "one attempt is one request");
    outcome
}

async fn check(head: &str, failure: Failure, code: u16) {
    let failed = answered(head, "no").await.expect_err(head);
    assert_eq!((failed.failure, failed.code), (failure, Some(code)), "{failed}");
}

#[tokio::test]
async fn only_2xx_is_success() {
    for code in [200, 201, 202, 204, 299] {
        let body = if code == 204 { "" } else { "thanks" };
        let receipt = answered(&format!("{code} Fine"), body).await.expect("taken");
        assert_eq!((receipt.code, receipt.detail.as_str()), (code, body));
    }
    for code in [300, 301, 302, 307, 308, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504] {
        check(&format!("{code} No\r\nLocation: /elsewhere"), NOT_NOW, code).await;
    }
    check("410 Gone", Failure::Gone, 410).await;
}

#[tokio::test]
async fn a_receiver_that_asks_for_time_gets_it() {
    let asked = Failure::NotNow { after: Some(Duration::from_mins(2)) };
    check("429 Too Many Requests\r\nRetry-After: 120", asked, 429).await;
    check("503 Service Unavailable\r\nRetry-After: Tue, 24 Nov 2026 08:02:00 GMT", asked, 503).await;
    check("500 Internal Server Error\r\nRetry-After: 120", NOT_NOW, 500).await;
}

#[tokio::test]
async fn the_first_kilobyte_of_the_answer_is_kept() {
    let failed = answered("500 No", &"é".repeat(100_000)).await.expect_err("a failure");
    assert!(failed.detail.starts_with('é') && failed.detail.len() <= 1_024 && failed.detail.len() > 1_000);
    let failed = answered("500 No", "").await.expect_err("a failure");
    assert_eq!(failed.detail, "expected the endpoint to answer 2xx, found 500 Internal Server Error");
    let failed = answered("302 Found\r\nLocation: /x", "").await.expect_err("a failure");
    assert!(failed.detail.contains("found a redirect"), "{failed}");
}

#[tokio::test]
async fn silence_nonsense_and_a_broken_answer_are_not_now() {
    let patience = Duration::from_millis(300);
    for answer in ["", "nonsense\r\n\r\n", "HTTP/1.1 "] {
        let endpoint = Endpoint::start(answer).await;
        let failed = to(&endpoint.url, Policy { allow_private: true }, patience).await.expect_err(answer);
        assert_eq!((failed.failure, failed.code), (NOT_NOW, None), "{failed}");
    }
    // The status says that it was taken; that the rest of the answer is lost changes nothing.
    let endpoint = Endpoint::start("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nthan").await;
    let receipt =
        to(&endpoint.url, Policy { allow_private: true }, Duration::from_mins(1)).await.expect("taken");
    assert_eq!(receipt.detail, "than");
}

#[tokio::test]
async fn what_customers_may_not_reach_is_not_reached() {
    let endpoint = Endpoint::start("HTTP/1.1 200 OK\r\n\r\n").await;
    for url in [endpoint.url.clone(), endpoint.url.replace("http://", "https://")] {
        let failed = to(&url, Policy::default(), Duration::from_mins(1)).await.expect_err("refused");
        assert_eq!(failed.failure, Failure::Refused, "{failed}");
    }
    assert_eq!(endpoint.requests().len(), 0);
}
