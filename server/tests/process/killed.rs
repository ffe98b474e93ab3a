//! `kill -9` under load: what was acknowledged is there, and everything can simply be sent again.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::{Server, run};

const BATCH: usize = 40;

fn batch(number: usize) -> Value {
    let logins = (0..BATCH).map(|n| {
        let country = ["UA", "PL", "DE", "BR"][n % 4];
        json!({
            "id": format!("load-{number}-{n}"), "type": "login", "observed_at": "2026-11-01T08:00:00Z", "account_id": 1,
            "organization_id": 1, "country": country, "ip_address": "198.51.100.7",
            "identity": {"id": format!("p{}", n % 7), "username": format!("p{}@load.example", n % 7), "usage_location": "NL"},
        })
    });
    Value::Array(logins.collect())
}

/// Sends batches until the server is gone, and returns the numbers of those that were acknowledged. Kills the server
/// once `enough` were, while others are under way.
async fn load(server: Server, enough: usize) -> Vec<usize> {
    let server = std::sync::Arc::new(server);
    let (sender, mut acknowledged) = tokio::sync::mpsc::unbounded_channel();
    for worker in 0..4 {
        let (server, sender) = (std::sync::Arc::clone(&server), sender.clone());
        tokio::spawn(async move {
            for number in (worker..4_000).step_by(4) {
                match server.send("POST", "/v1/observations", "operator", &batch(number)).await {
                    Ok((200, _)) if sender.send(number).is_ok() => {}
                    _ => return,
                }
            }
        });
    }
    drop(sender);
    let mut numbers = Vec::new();
    let id = server.id().to_string();
    while let Some(number) = acknowledged.recv().await {
        numbers.push(number);
        if numbers.len() == enough {
            let killed = std::process::Command::new("kill").args(["-9", &id]).status().expect("kill");
            assert!(killed.success());
        }
    }
    numbers
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_is_there_and_the_rest_can_be_sent_again() {
    let folder = TempDir::new().expect("a folder");
    for round in 0..3_usize {
        let acknowledged = load(Server::start(folder.path()), 10 + 7 * round).await;
        assert!(acknowledged.len() >= 10 + 7 * round);
        let server = Server::start(folder.path());
        for number in acknowledged {
            let ids: Vec<String> = (0..BATCH).map(|n| format!("load-{number}-{n}")).collect();
            let ask = json!({"account_id": 1, "ids": ids});
            let (_, known) =
                server.send("POST", "/v1/observations/known", "operator", &ask).await.expect("an answer");
            assert_eq!(known["known"], json!(ids), "batch {number} was acknowledged");
            let (_, again) =
                server.send("POST", "/v1/observations", "operator", &batch(number)).await.expect("an answer");
            let results = again["results"].as_array().expect("results");
            assert!(results.iter().all(|one| one["outcome"] == "duplicate"), "{again}");
        }
        server.kill();
        let verified = run(&["audit", "verify", "--account", "1"], folder.path());
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    }
}
