//! What waits stands in the store: it comes to pass after a `kill -9`, without a new observation.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::Server;

const OURS: &str = "/v1/escalations?search=ws-waiting";

async fn found(server: &Server) -> Vec<Value> {
    server.get(OURS, "admin").await["escalations"].as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_that_waits_survives_a_kill_and_fires_by_itself() {
    let folder = TempDir::new().expect("a folder");
    let server = Server::start(folder.path());
    let account = server.demo["accounts"][1]["id"].as_i64().expect("an account");
    let now = server.get("/v1/actor", "operator").await["now"].clone();
    let body = json!({
        "id": "waits", "type": "defender_status", "observed_at": now, "account_id": server.demo["accounts"][0]["id"],
        "organization_id": 900_001, "endpoint": {"id": "waiting", "hostname": "WS-WAITING"},
        "managed_antivirus": "enforce", "real_time_protection": false,
    });
    assert_ne!(json!(account), body["account_id"]);
    let (status, answer) =
        server.send("POST", "/v1/observations", "operator", &body).await.expect("an answer");
    assert_eq!((status, answer["results"][0]["outcome"].as_str()), (200, Some("pending")), "{answer}");
    server.kill();

    let server = Server::start(folder.path());
    assert_eq!(found(&server).await, Vec::<Value>::new());
    let turn = json!({"advance_seconds": 2 * 60 * 60 + 1});
    let (status, _) = server.send("POST", "/demo/clock", "operator", &turn).await.expect("an answer");
    assert_eq!(status, 200);
    assert_eq!(found(&server).await.len(), 1);
}
