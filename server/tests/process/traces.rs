//! `--traces`: spans go to a collector, belong to the trace that a request brings, and none is lost when the server ends.

use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::http::Endpoint;
use crate::server::{Server, client};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_and_its_operations_on_the_database_become_spans_of_the_trace_that_it_brings() {
    let folder = TempDir::new().expect("a folder");
    let collector = Endpoint::start("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let base = collector.url.trim_end_matches("/hook").to_owned();
    let server = tokio::task::block_in_place(|| {
        Server::start_with(folder.path(), &["--traces", &base, "--demo-psa", "none"])
    });
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let (key, secret) = server.key("admin").split_once(':').expect("key:secret");
    let asked = client()
        .get(format!("{}/v1/escalations?limit=1", server.url))
        .basic_auth(key, Some(secret))
        .header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(asked.status().as_u16(), 200);
    drop(asked.json::<Value>().await.expect("JSON"));
    // It ends as it is told to, and sends what is left before.
    let ended = Command::new("kill").args(["-TERM", &server.id().to_string()]).status().expect("kill");
    assert!(ended.success());
    tokio::task::block_in_place(|| server.wait());
    let requests = collector.requests();
    assert!(requests.iter().all(|one| one.line.starts_with("POST /v1/traces ")), "{requests:?}");
    let sent: Vec<u8> = requests.into_iter().flat_map(|one| one.body).collect();
    let holds = |wanted: &[u8]| sent.windows(wanted.len()).any(|part| part == wanted);
    assert!(holds(b"/v1/escalations") && holds(b"request") && holds(b"read"), "{} bytes", sent.len());
    let id: Vec<u8> = (0..trace.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&trace[at..at + 2], 16).expect("hex"))
        .collect();
    assert!(holds(&id), "it goes on with the trace that it was given");
    assert!(!holds(secret.as_bytes()), "no secret goes along");
}
