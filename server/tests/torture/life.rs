//! A server that is killed at random moments and started again on the same folder, while questions are raised.

use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::server::{Server, client, run};

/// How many requests are in flight at once.
const CALLERS: usize = 6;

/// How often a caller tries one request, over all kills.
const MOST_TRIES: usize = 200;

/// The two admins, who hear of everything.
pub(crate) const ADMINS: [&str; 2] = ["ada@torture.example", "bo@torture.example"];

/// Somebody of the account who is no admin and hears of nothing.
const BYSTANDER: &str = "cy@torture.example";

/// Where the server is at the moment, and how far the callers may go.
#[derive(Clone, Debug, Default)]
struct Now {
    url: String,
    allowed: usize,
}

/// A server's life, over all its deaths.
pub(crate) struct Life {
    folder: TempDir,
    options: Vec<String>,
    server: Option<Server>,
    now: watch::Sender<Now>,
    account: i64,
    organization: i64,
    operator: String,
    admin: String,
    http: reqwest::Client,
}

impl Life {
    /// Starts a server with `options` on a new folder, with an account of its own.
    pub(crate) fn begin(options: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let server = Server::start_with(folder.path(), options);
        let make = |arguments: &[&str]| text(run(arguments, folder.path()));
        let account = make(&["account", "add", "Torture MSP"]);
        let organization = make(&["organization", "add", "Torture Org", "--account", &account]);
        let person = |email: &str, role: &str| {
            make(&["member", "add", email, "--email", email, "--account", &account, "--role", role])
        };
        let admins = ADMINS.map(|email| person(email, "account_admin"));
        person(BYSTANDER, "account_user");
        let admin = make(&["key", "add", "admin", "--account", &account, "--member", &admins[0]]);
        let operator = make(&["key", "add", "operator"]);
        let (now, _) = watch::channel(Now { url: server.url.clone(), allowed: 0 });
        Self {
            options: options.iter().map(ToString::to_string).collect(),
            server: Some(server),
            now,
            account: account.parse().expect("a number"),
            organization: organization.parse().expect("a number"),
            operator,
            admin,
            http: client(),
            folder,
        }
    }

    /// Kills the server as a power cut would, lets `meanwhile` happen, and starts it again.
    pub(crate) fn kill(&mut self, meanwhile: impl FnOnce()) {
        tokio::task::block_in_place(|| {
            self.server.take().expect("it runs").kill();
            meanwhile();
            let options: Vec<&str> = self.options.iter().map(String::as_str).collect();
            let server = Server::start_with(self.folder.path(), &options);
            self.now.send_modify(|now| now.url.clone_from(&server.url));
            self.server = Some(server);
        });
    }

    /// Lets the callers raise the first `questions`.
    pub(crate) fn allow(&self, questions: usize) {
        self.now.send_modify(|now| now.allowed = questions);
    }

    /// Raises `count` questions with several requests in flight, each until it is acknowledged, whatever happens to the
    /// server. Returns their numbers.
    pub(crate) fn raise(&self, count: usize) -> JoinHandle<Vec<i64>> {
        let next = Arc::new(AtomicUsize::new(0));
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| {
                let caller = Caller {
                    now: self.now.subscribe(),
                    http: self.http.clone(),
                    key: self.operator.clone(),
                    account: self.account,
                    organization: self.organization,
                };
                tokio::spawn(caller.raise_all(Arc::clone(&next), count))
            })
            .collect();
        tokio::spawn(async move {
            let mut ids = Vec::new();
            for caller in callers {
                ids.extend(caller.await.expect("every question is acknowledged in the end"));
            }
            ids
        })
    }

    /// Turns the clock: what waits for another attempt waits no longer.
    pub(crate) async fn turn(&self, seconds: u64) {
        let body = json!({ "advance_seconds": seconds });
        let (status, answer) = self.send("POST", "/demo/clock", &self.operator, &body).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Sends a request as an admin of the account.
    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.send("GET", path, &self.admin, &Value::Null).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// Tells whether there is any delivery with a status.
    pub(crate) async fn any(&self, status: &str) -> bool {
        let found = self.get(&format!("/v1/deliveries?limit=1&status={status}")).await;
        found["deliveries"].as_array().is_some_and(|list| !list.is_empty())
    }

    /// Tells whether something is still to be delivered.
    pub(crate) async fn is_busy(&self) -> bool {
        // In this order: what fails in between goes from the second to the first, and is seen in the next round.
        self.any("sending").await || self.any("waiting").await || self.any("sending").await
    }

    async fn send(&self, method: &str, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let url = self.now.borrow().url.clone();
        let (key, secret) = key.split_once(':').expect("key:secret");
        let method = method.parse().expect("a method");
        let request = self.http.request(method, format!("{url}{path}")).basic_auth(key, Some(secret));
        let response = request.json(body).send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.expect("JSON"))
    }

    /// Ends the server and checks that the account's log is whole.
    pub(crate) fn end(mut self) {
        tokio::task::block_in_place(|| {
            self.server.take().expect("it runs").kill();
            text(run(&["audit", "verify", "--account", &self.account.to_string()], self.folder.path()));
        });
    }
}

/// The subject of a question. No other begins as it does.
pub(crate) fn subject(number: usize) -> String {
    format!("Torture {number:05}")
}

/// Whoever raises questions.
struct Caller {
    now: watch::Receiver<Now>,
    http: reqwest::Client,
    key: String,
    account: i64,
    organization: i64,
}

impl Caller {
    async fn raise_all(mut self, next: Arc<AtomicUsize>, count: usize) -> Vec<i64> {
        let mut ids = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                return ids;
            }
            drop(
                self.now.wait_for(|now| now.allowed > number).await.expect("the server outlives its callers"),
            );
            ids.push(self.raise(number).await);
        }
    }

    /// Raises one question, and says it again until it is acknowledged.
    async fn raise(&mut self, number: usize) -> i64 {
        let body = json!({
            "type": "provider.question", "account_id": self.account, "organization_id": self.organization,
            "severity": "low", "subject": subject(number), "question": "Is this transfer yours?",
            "choices": [{"slug": "yes", "label": "Yes, ours"}, {"slug": "no", "label": "No"}],
        });
        let (key, secret) = self.key.split_once(':').expect("key:secret");
        for _ in 0..MOST_TRIES {
            let url = self.now.borrow_and_update().url.clone();
            let request = self.http.post(format!("{url}/v1/escalations")).basic_auth(key, Some(secret));
            let request = request.header("idempotency-key", format!("question-{number}")).json(&body);
            let answer = async {
                let response = request.send().await?;
                Ok::<_, reqwest::Error>((response.status().as_u16(), response.json::<Value>().await?))
            };
            match answer.await {
                Ok((status, answer)) => {
                    assert_eq!(status, 201, "{answer}");
                    return answer["escalation"]["id"].as_i64().expect("a number");
                }
                // It was killed: it is back soon, or was already when this failed.
                Err(_) => drop(tokio::time::timeout(Duration::from_millis(500), self.now.changed()).await),
            }
        }
        panic!("question {number} is not acknowledged");
    }
}

fn text(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}
