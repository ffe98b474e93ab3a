//! `/metrics`: what Prometheus reads, and who may. And the id that each request has.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use beckon_core::network::Network;
use serde_json::json;

use crate::harness::{Answer, CONTOSO, Harness, Who, login};
use crate::notices::question;

async fn ask(beckon: &Harness, who: Who, address: &str) -> Answer {
    let peer = SocketAddr::new(address.parse().expect("an address"), 40_000);
    let request = Harness::request("GET", "/metrics", who).extension(ConnectInfo(peer));
    beckon.send(request.body(Body::empty()).expect("a request")).await
}

fn text(answer: &Answer) -> String {
    assert_eq!(answer.status, 200);
    String::from_utf8(answer.bytes.clone()).expect("text")
}

#[tokio::test]
async fn what_happened_is_counted_and_what_is_open_is_there() {
    let beckon = Harness::new().await;
    beckon.report(&[login("a", CONTOSO, "joey", "UA"), login("b", CONTOSO, "anouk", "UA")]).await;
    beckon.ask(&question("critical", "Is this yours?")).await;
    beckon.get(Who::Admin, "/v1/escalations/1").await;
    beckon.get(Who::Admin, "/v1/escalations/99").await;
    beckon.advance(13 * 60 * 60);
    let found = text(&ask(&beckon, Who::Nobody, "127.0.0.1").await);
    for line in [
        "beckon_observations_total{outcome=\"raised\"} 1",
        "beckon_observations_total{outcome=\"joined\"} 1",
        "beckon_requests_total{method=\"GET\",route=\"/v1/escalations/{id}\",status=\"200\"} 1",
        "beckon_requests_total{method=\"GET\",route=\"/v1/escalations/{id}\",status=\"404\"} 1",
        "beckon_request_seconds_count{method=\"POST\",route=\"/v1/observations\"} 1",
        "beckon_open_escalations{severity=\"critical\"} 1",
        "beckon_overdue_escalations{severity=\"critical\"} 1",
        "beckon_open_escalations{severity=\"low\"} 1",
        "beckon_overdue_escalations{severity=\"low\"} 0",
        "beckon_waiting_deliveries{channel=\"psa\"} 0",
        "beckon_oldest_waiting_delivery_seconds{channel=\"email\"} 46800.0",
        "beckon_database_up 1",
        "beckon_clock_jump_seconds 0",
        "beckon_live_viewers 0",
    ] {
        assert!(found.lines().any(|one| one == line), "{line} is not in\n{found}");
    }
    for begins in
        ["beckon_database_seconds_count{kind=\"write\",outcome=\"done\"}", "beckon_scheduler_lag_seconds "]
    {
        assert!(found.lines().any(|one| one.starts_with(begins)), "{begins} is not in\n{found}");
    }
    for name in ["joey", "Contoso", "Northwind"] {
        assert!(!found.contains(name), "{name} is nobody's business here");
    }
}

#[tokio::test]
async fn how_attempts_end_is_counted() {
    let beckon = Harness::new().await;
    beckon.ask(&question("critical", "Is this yours?")).await;
    beckon.deliver().await;
    let found = text(&ask(&beckon, Who::Nobody, "::1").await);
    let line = "beckon_deliveries_total{channel=\"email\",outcome=\"delivered\"} 2";
    assert!(found.lines().any(|one| one == line), "{found}");
}

#[tokio::test]
async fn they_are_for_this_machine_for_named_networks_and_for_the_operator() {
    let network = Network::parse("10.1.0.0/16").expect("a network");
    let beckon = Harness::with(|app| app.metrics_from = Arc::from([network])).await;
    for (who, address, status) in [
        (Who::Nobody, "127.0.0.1", 200),
        (Who::Nobody, "::ffff:127.0.0.1", 200),
        (Who::Nobody, "10.1.2.3", 200),
        (Who::Nobody, "10.2.2.3", 403),
        (Who::Nobody, "192.0.2.1", 403),
        (Who::Admin, "192.0.2.1", 403),
        (Who::Viewer, "192.0.2.1", 403),
        (Who::OrganizationUser, "192.0.2.1", 403),
        (Who::Operator, "192.0.2.1", 200),
    ] {
        assert_eq!(ask(&beckon, who, address).await.status, status, "{who:?} at {address}");
    }
}

#[tokio::test]
async fn each_answer_names_the_id_of_its_request() {
    let beckon = Harness::new().await;
    let id = async |brought: Option<&str>| {
        let mut request = Harness::request("GET", "/v1/escalations", Who::Admin);
        if let Some(brought) = brought {
            request = request.header("x-request-id", brought);
        }
        let answer = beckon.send(request.body(Body::empty()).expect("a request")).await;
        answer.headers["x-request-id"].to_str().expect("text").to_owned()
    };
    let (one, two) = (id(None).await, id(None).await);
    assert!(one.len() == 16 && one != two, "{one} {two}");
    assert_eq!(id(Some("from-the-proxy.7")).await, "from-the-proxy.7");
    assert_ne!(id(Some("not plain\t")).await, "not plain\t");
    let failed = beckon.post(Who::Admin, "/v1/unwanted_access_rules", &json!({})).await;
    assert_eq!(failed.status, 400);
    assert!(failed.headers.contains_key("x-request-id"));
}

/// The names of metrics in a text.
fn named(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.filter(|word| word.starts_with("beckon_")).collect()
}

#[tokio::test]
async fn what_dashboard_and_alerts_name_is_there_under_that_name() {
    let beckon = Harness::new().await;
    beckon.report(&[login("a", CONTOSO, "joey", "UA")]).await;
    beckon.deliver().await;
    let found = text(&ask(&beckon, Who::Nobody, "127.0.0.1").await);
    let there = named(&found);
    for path in ["../docs/operations/alerts.yml", "../docs/operations/grafana.json"] {
        let asked = std::fs::read_to_string(path).expect("it is beside the crate");
        let asked = named(&asked);
        assert!(asked.len() > 5, "{path}");
        for name in asked {
            assert!(there.contains(name), "{path} names {name}");
        }
    }
}
