//! `kill -9` under load: what was acknowledged is there, and everything can simply be sent again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::database::Home;
use crate::server::{DATABASE, Server, run};

/// How often servers are killed: a few times among the other tests, and as often as `cargo xtask torture` says.
fn kills(few: usize) -> usize {
    std::env::var("BECKON_KILLS").map_or(few, |number| number.parse().expect("a number of kills"))
}

/// A data folder for a server whose database `home` is.
fn folder(home: &Home) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    if let Some(url) = home.url() {
        std::fs::write(folder.path().join(DATABASE), url).expect("room for a line");
    }
    folder
}

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

/// Sends batches that no other round sends until the server is gone, and returns the numbers of those that were acknowledged. Kills the server
/// once `enough` were, while others are under way.
async fn load(server: Server, enough: usize, round: usize) -> Vec<usize> {
    let server = std::sync::Arc::new(server);
    let (sender, mut acknowledged) = tokio::sync::mpsc::unbounded_channel();
    for worker in 0..4 {
        let (server, sender) = (std::sync::Arc::clone(&server), sender.clone());
        tokio::spawn(async move {
            for number in (round * 4_000 + worker..(round + 1) * 4_000).step_by(4) {
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
    let home = Home::new().await;
    let folder = folder(&home);
    for round in 0..kills(3) {
        let enough = 10 + 7 * (round % 3);
        let acknowledged = load(Server::start(folder.path()), enough, round).await;
        assert!(acknowledged.len() >= enough);
        let server = Server::start(folder.path());
        check_kept(&server, acknowledged).await;
        server.kill();
        let verified = run(&["audit", "verify", "--account", "1"], folder.path());
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    }
}

/// Checks that all of the batches are there, whole, and that they can be sent again.
async fn check_kept(server: &Server, acknowledged: Vec<usize>) {
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
}

/// Several servers need a database that they can share.
#[tokio::test(flavor = "multi_thread")]
async fn of_three_servers_that_are_killed_one_after_the_other_nothing_is_lost_and_nothing_twice() {
    let home = Home::new().await;
    if home.url().is_none() {
        return;
    }
    let folders = [folder(&home), folder(&home), folder(&home)];
    let first = Server::start(folders[0].path());
    // How to get in, and the key of the others.
    for other in &folders[1..] {
        for file in ["demo.json", "secret.key"] {
            std::fs::copy(folders[0].path().join(file), other.path().join(file)).expect("a copy");
        }
    }
    let others = folders[1..].iter().map(|folder| Server::start(folder.path()));
    let servers: Vec<Mutex<Option<Arc<Server>>>> =
        std::iter::once(first).chain(others).map(|server| Mutex::new(Some(Arc::new(server)))).collect();
    let servers = Arc::new(servers);
    let (over, next) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let workers: Vec<_> = (0..3_usize)
        .map(|worker| {
            let (servers, over, next) = (Arc::clone(&servers), Arc::clone(&over), Arc::clone(&next));
            let acknowledged = Arc::clone(&acknowledged);
            tokio::spawn(async move {
                let mut turn = worker;
                while !over.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    // What is not acknowledged is sent again, to another server, as a load balancer would.
                    loop {
                        turn = (turn + 1) % 3;
                        let server = servers[turn].lock().await.clone();
                        let Some(server) = server else { continue };
                        let sent = server.send("POST", "/v1/observations", "operator", &batch(number)).await;
                        if matches!(sent, Ok((200, _))) {
                            break;
                        }
                    }
                    acknowledged.lock().await.push(number);
                }
            })
        })
        .collect();
    let kills = kills(6);
    for kill in 0..kills {
        let before = acknowledged.lock().await.len();
        while acknowledged.lock().await.len() < before + 5 {
            tokio::task::yield_now().await;
        }
        let victim = kill % 3;
        servers[victim].lock().await.take().expect("it runs").kill();
        let folder = folders[victim].path().to_owned();
        let again = tokio::task::spawn_blocking(move || Server::start(&folder)).await.expect("it starts");
        *servers[victim].lock().await = Some(Arc::new(again));
    }
    over.store(true, Ordering::Relaxed);
    for worker in workers {
        worker.await.expect("no panic");
    }
    let acknowledged = std::mem::take(&mut *acknowledged.lock().await);
    assert!(acknowledged.len() >= 5 * kills);
    let last = servers[0].lock().await.clone().expect("it runs");
    check_kept(&last, acknowledged).await;
    drop(last);
    let verified = run(&["audit", "verify", "--account", "1"], folders[0].path());
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}
