//! A server that is killed at random moments and started again on the same folder, while requests are in flight.

use std::process::Output;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;

use crate::callers::{Call, Now, Work};
use crate::chance::Chance;
use crate::database::Home;
use crate::server::{DATABASE, Server, client, run};

/// How often things are looked at, and the clock turned.
const ROUND: Duration = Duration::from_millis(40);

/// How far the clock is turned in a round. All rounds together stay below the three days after which mail is given up.
const TURN: u64 = 20;

/// How many requests may be made beyond those whose effect has arrived.
const AHEAD: usize = 40;

/// The two admins, who hear of everything.
pub(crate) const ADMINS: [&str; 2] = ["ada@torture.example", "bo@torture.example"];

/// Somebody of the account who is no admin and hears of nothing.
const BYSTANDER: &str = "cy@torture.example";

/// How much is tried.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// What it is, for whoever watches.
    pub(crate) what: &'static str,
    /// How many requests are made; each has one effect, which arrives in the end.
    pub(crate) requests: usize,
    /// How often the server is killed.
    pub(crate) kills: usize,
    /// After how many rounds it has failed.
    pub(crate) rounds: u32,
}

/// What is around the server.
pub(crate) trait World {
    /// How many effects have arrived.
    fn arrived(&self) -> usize;

    /// In each round.
    fn round(&mut self) {}

    /// While the server is dead.
    fn killed(&mut self) {}
}

/// A server's life, over all its deaths.
pub(crate) struct Life {
    folder: TempDir,
    /// There as long as the life is.
    _home: Home,
    options: Vec<String>,
    server: Option<Server>,
    now: watch::Sender<Now>,
    pub(crate) account: i64,
    organization: i64,
    operator: String,
    admin: String,
    http: reqwest::Client,
}

impl Life {
    /// Starts a server with `options` on a new folder, with an account of its own.
    pub(crate) async fn begin(options: &str) -> Self {
        let (folder, home) = (TempDir::new().expect("a folder"), Home::new().await);
        if let Some(url) = home.url() {
            std::fs::write(folder.path().join(DATABASE), url).expect("room for a line");
        }
        let options: Vec<String> = options.split(' ').map(str::to_owned).collect();
        let server = start(&folder, &options);
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
            options,
            server: Some(server),
            now,
            account: account.parse().expect("a number"),
            organization: organization.parse().expect("a number"),
            operator,
            admin,
            http: client(),
            folder,
            _home: home,
        }
    }

    /// The request that raises the question of a number.
    pub(crate) fn question(&self, number: usize) -> Call {
        let body = json!({
            "type": "provider.question", "account_id": self.account, "organization_id": self.organization,
            "severity": "low", "subject": subject(number), "question": "Is this transfer yours?",
            "choices": [{"slug": "yes", "label": "Yes, ours"}, {"slug": "no", "label": "No"}],
        });
        Call { path: "/v1/escalations".to_owned(), body, key: self.operator.clone() }
    }

    /// The request that answers an escalation.
    pub(crate) fn answer(&self, escalation: i64) -> Call {
        let path = format!("/v1/escalations/{escalation}/resolution");
        Call { path, body: json!({ "answer": "yes" }), key: self.admin.clone() }
    }

    /// Makes requests, several at once and each until it is acknowledged, turns the clock, and kills the server at random
    /// moments, until all is done and nothing waits to be delivered. Returns the answers.
    pub(crate) async fn go(
        &mut self,
        plan: Plan,
        mut chance: Chance,
        calls: Vec<Call>,
        world: &mut impl World,
    ) -> Vec<Value> {
        let (began, first) = (Instant::now(), world.arrived());
        let every = plan.requests as u64 / (plan.kills as u64 + 1);
        let (mut kills, mut next_kill) = (0, 1 + chance.next(every));
        let work = Work::begin(self.http.clone(), self.now.subscribe(), plan.what, calls);
        let mut clock = tokio::time::interval(ROUND);
        for round in 0..plan.rounds {
            clock.tick().await;
            let arrived = world.arrived() - first;
            self.now.send_modify(|now| now.allowed = arrived + AHEAD);
            self.turn(TURN).await;
            world.round();
            if kills < plan.kills && arrived as u64 >= next_kill {
                // Somewhere in the work, wherever that many more requests of our own lead to.
                for _ in 0..chance.next(AHEAD as u64) {
                    self.is_busy().await;
                }
                self.kill(|| world.killed());
                kills += 1;
                next_kill = every * kills as u64 + chance.next(every);
            }
            if round % 250 == 249 {
                let (requests, seconds) = (plan.requests, began.elapsed().as_secs());
                eprintln!(
                    "torture: {}, {arrived} of {requests} after {kills} kills and {seconds} s",
                    plan.what
                );
            }
            if work.is_done() && !self.is_busy().await {
                let answers = work.answers().await;
                assert!(
                    kills == plan.kills || world.arrived() < first + plan.requests,
                    "too few kills: {kills}"
                );
                return answers;
            }
        }
        panic!("after {} rounds, {} have arrived and something still waits", plan.rounds, world.arrived());
    }

    /// Kills the server as a power cut would, and starts it again.
    fn kill(&mut self, meanwhile: impl FnOnce()) {
        tokio::task::block_in_place(|| {
            self.server.take().expect("it runs").kill();
            meanwhile();
            let server = start(&self.folder, &self.options);
            self.now.send_modify(|now| now.url.clone_from(&server.url));
            self.server = Some(server);
        });
    }

    /// Turns the clock: what waits for another attempt waits no longer.
    async fn turn(&self, seconds: u64) {
        let body = json!({ "advance_seconds": seconds });
        let (status, answer) = self.send("POST", "/demo/clock", &self.operator, &body).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Sends a request as an admin of the account.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.send(method, path, &self.admin, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        answer
    }

    /// Shows a delivery with a status, if there is any.
    pub(crate) async fn any(&self, status: &str) -> Option<Value> {
        let found = self.ask("GET", &format!("/v1/deliveries?limit=1&status={status}"), &Value::Null).await;
        found["deliveries"].as_array().and_then(|list| list.first().cloned())
    }

    /// Tells whether something is still to be delivered.
    async fn is_busy(&self) -> bool {
        // In this order: what fails in between goes from the first to the second.
        self.any("sending").await.is_some()
            || self.any("waiting").await.is_some()
            || self.any("sending").await.is_some()
    }

    async fn send(&self, method: &str, path: &str, key: &str, body: &Value) -> (u16, Value) {
        let url = self.now.borrow().url.clone();
        let (key, secret) = key.split_once(':').expect("key:secret");
        let method = method.parse().expect("a method");
        let request = self.http.request(method, format!("{url}{path}")).basic_auth(key, Some(secret));
        let response = request.json(body).send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.unwrap_or_default())
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
    format!("Torture {number:07}")
}

/// Finds the subject of a question of ours in a title.
pub(crate) fn subject_in(title: &str) -> Option<&str> {
    title.find("Torture 0").map(|at| &title[at..at + subject(0).len()])
}

fn start(folder: &TempDir, options: &[String]) -> Server {
    Server::start_with(folder.path(), &options.iter().map(String::as_str).collect::<Vec<_>>())
}

fn text(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").trim().to_owned()
}
