//! Load with a ledger: whatever a server acknowledges is written down, and looked for in the end. What is not acknowledged is sent
//! again, to another server where there are several, as a load balancer would.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use beckon_emulators::Running;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::host::{Host, PATIENCE};
use crate::life::{subject, subject_in};
use crate::server::client;

/// How many requests are in flight at once.
const WORKERS: usize = 6;

/// How many logins one request reports.
const LOGINS: usize = 5;

/// How many questions wait for an answer before the oldest is answered.
const UNANSWERED: usize = 20;

/// Where servers are at the moment; none while they are dead.
#[derive(Debug, Default)]
pub(crate) struct Targets(Mutex<Vec<Option<String>>>);

impl Targets {
    pub(crate) fn new(urls: impl IntoIterator<Item = String>) -> Arc<Self> {
        Arc::new(Self(Mutex::new(urls.into_iter().map(Some).collect())))
    }

    pub(crate) fn set(&self, number: usize, url: Option<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)[number] = url;
    }

    /// The one whose turn it is.
    fn get(&self, turn: usize) -> Option<String> {
        let urls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        urls[turn % urls.len()].clone()
    }
}

/// An account of its own, and keys to it.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    account: i64,
    organization: i64,
    operator: String,
    admin: String,
}

impl Keys {
    /// Makes an account by the commands of the binary, on the folder of a server.
    pub(crate) fn make(host: &Host) -> Self {
        let make = |arguments: &[&str]| host.run(arguments);
        let account = make(&["account", "add", "Torture MSP"]);
        let organization = make(&["organization", "add", "Torture Org", "--account", &account]);
        let email = crate::life::ADMINS[0];
        let member = make(&[
            "member",
            "add",
            email,
            "--email",
            email,
            "--account",
            &account,
            "--role",
            "account_admin",
        ]);
        let admin = make(&["key", "add", "admin", "--account", &account, "--member", &member]);
        let operator = make(&["key", "add", "operator"]);
        let number = |text: &str| text.parse().expect("a number");
        Self { account: number(&account), organization: number(&organization), operator, admin }
    }
}

/// Speaks to whichever server answers.
#[derive(Clone)]
pub(crate) struct Caller {
    http: reqwest::Client,
    targets: Arc<Targets>,
    pub(crate) keys: Keys,
}

impl Caller {
    pub(crate) fn new(targets: &Arc<Targets>, keys: &Keys) -> Self {
        Self { http: client(), targets: Arc::clone(targets), keys: keys.clone() }
    }

    /// Speaks to one server alone, to an account of its own.
    pub(crate) fn of(host: &Host) -> Self {
        Self::new(&Targets::new([host.url()]), &Keys::make(host))
    }

    /// Goes on with a server that was started again.
    pub(crate) fn follow(&self, host: &Host) {
        self.targets.set(0, Some(host.url()));
    }

    /// Waits for a server that is dead.
    pub(crate) fn lose(&self) {
        self.targets.set(0, None);
    }

    /// Sends a request until it is acknowledged.
    async fn say(&self, turn: usize, key: &str, method: &str, path: &str, once: &str, body: &Value) -> Value {
        let began = Instant::now();
        let (key, secret) = key.split_once(':').expect("key:secret");
        let mut last = String::new();
        for turn in turn.. {
            assert!(began.elapsed() < PATIENCE, "{method} {path} is not acknowledged: {last}");
            let Some(url) = self.targets.get(turn) else {
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            };
            let method: reqwest::Method = method.parse().expect("a method");
            let mut request = self.http.request(method, format!("{url}{path}")).basic_auth(key, Some(secret));
            if !once.is_empty() {
                request = request.header("idempotency-key", once);
            }
            if !body.is_null() {
                request = request.json(body);
            }
            let answer = async {
                let response = request.timeout(Duration::from_secs(40)).send().await?;
                Ok::<_, reqwest::Error>((response.status().as_u16(), response.text().await?))
            };
            match answer.await {
                Ok((200..=299, answer)) => return serde_json::from_str(&answer).unwrap_or_default(),
                Ok((503, answer)) => last = answer,
                Ok((status, answer)) => panic!("{path}: {status} {answer}"),
                Err(error) => last = error.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        unreachable!("turns do not end")
    }

    /// Asks as an admin of the account.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let once = if method == "GET" { "" } else { path };
        self.say(0, &self.keys.admin, method, path, once, body).await
    }

    /// All items of a list of the account.
    pub(crate) async fn all(&self, path: &str, plural: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut token = String::new();
        loop {
            let page = self.ask("GET", &format!("{path}limit=500{token}"), &Value::Null).await;
            items.extend(page[plural].as_array().expect("a list").iter().cloned());
            match page["pagination"]["next_page_token"].as_str() {
                Some(next) => token = format!("&page_token={next}"),
                None => return items,
            }
        }
    }

    /// Tells whether something is still to be delivered.
    pub(crate) async fn is_busy(&self) -> bool {
        // In this order: what fails in between goes from the first to the second.
        for status in ["sending", "waiting", "sending"] {
            let path = format!("/v1/deliveries?limit=1&status={status}");
            let found = self.ask("GET", &path, &Value::Null).await;
            if !found["deliveries"].as_array().expect("a list").is_empty() {
                return true;
            }
        }
        false
    }

    /// Waits until nothing is to be delivered any more.
    pub(crate) async fn delivered(&self) {
        let began = Instant::now();
        while self.is_busy().await {
            assert!(began.elapsed() < 3 * PATIENCE, "something is still to be delivered");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Connects the account to a PSA that gets a ticket of each question.
    pub(crate) async fn connect(&self, emulator: &Running) {
        let body = json!({ "vendor": emulator.vendor(), "settings": emulator.settings() });
        let made = self.ask("POST", "/v1/integrations", &body).await;
        let path = format!("/v1/integrations/{}", made["integration"]["id"]);
        let companies = self.ask("GET", &format!("{path}/companies"), &Value::Null).await;
        let company = &companies["companies"][0]["id"];
        let chosen = json!({ "choices": emulator.choices(), "default_company_id": company });
        let ready = self.ask("PATCH", &path, &chosen).await;
        assert_eq!(ready["integration"]["ready"], true, "{ready}");
        let told = json!({ "psa_kinds": ["provider.question"] });
        self.ask("PATCH", "/v1/notification_settings", &told).await;
    }

    /// Turns the demo's clock.
    pub(crate) async fn turn_clock(&self, seconds: i64) {
        let operator = self.keys.operator.clone();
        let body = json!({ "advance_seconds": seconds });
        // Without a key: twice the same turn is two turns.
        self.say(0, &operator, "POST", "/demo/clock", "", &body).await;
    }

    async fn report(&self, number: usize) -> Value {
        let once = format!("report-{number}");
        self.say(number, &self.keys.operator, "POST", "/v1/observations", &once, &self.logins(number)).await
    }

    fn logins(&self, number: usize) -> Value {
        let login = |n: usize| {
            let country = ["UA", "PL", "DE", "BR"][n % 4];
            json!({
                "id": format!("load-{number}-{n}"), "type": "login", "observed_at": "2026-11-01T08:00:00Z",
                "account_id": self.keys.account, "organization_id": self.keys.organization,
                "country": country, "ip_address": "198.51.100.7",
                "identity": {
                    "id": format!("p{}", number % 40), "username": format!("p{}@load.example", number % 40), "usage_location": "NL",
                },
            })
        };
        Value::Array((0..LOGINS).map(login).collect())
    }

    pub(crate) async fn question(&self, number: usize, severity: &str) -> i64 {
        let body = json!({
            "type": "provider.question", "account_id": self.keys.account, "organization_id": self.keys.organization,
            "severity": severity, "subject": subject(number), "question": "Is this transfer yours?",
            "choices": [{"slug": "yes", "label": "Yes, ours"}, {"slug": "no", "label": "No"}],
        });
        let once = format!("question-{number}");
        let made = self.say(number, &self.keys.operator, "POST", "/v1/escalations", &once, &body).await;
        made["escalation"]["id"].as_i64().expect("a number")
    }

    pub(crate) async fn answer(&self, number: usize, escalation: i64) {
        let path = format!("/v1/escalations/{escalation}/resolution");
        let once = format!("answer-{number}-{escalation}");
        self.say(number + 1, &self.keys.admin, "POST", &path, &once, &json!({ "answer": "yes" })).await;
    }

    async fn rule(&self, number: usize) {
        let body = json!({ "type": "expected", "ip_address": address(number) });
        let once = format!("rule-{number}");
        self.say(number, &self.keys.admin, "POST", "/v1/unwanted_access_rules", &once, &body).await;
    }
}

/// An address of a network that is for tests alone.
fn address(number: usize) -> String {
    format!("198.{}.{}.{}", 18 + (number >> 16) % 2, (number >> 8) % 256, number % 256)
}

/// What was acknowledged, by the number of the request.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    reports: BTreeSet<usize>,
    questions: BTreeMap<usize, i64>,
    answers: BTreeSet<usize>,
    rules: BTreeSet<usize>,
    /// The newest questions, which nobody has answered.
    unanswered: VecDeque<(usize, i64)>,
}

impl Ledger {
    /// How much was acknowledged, for whoever reads the report.
    pub(crate) fn told(&self) -> String {
        format!(
            "{} observations, {} questions, {} answers, {} rules",
            self.reports.len() * LOGINS,
            self.questions.len(),
            self.answers.len(),
            self.rules.len()
        )
    }

    /// The subjects of the questions, and whether each was answered.
    pub(crate) fn questions(&self) -> BTreeMap<String, bool> {
        self.questions.keys().map(|number| (subject(*number), self.answers.contains(number))).collect()
    }

    /// Looks for all that was acknowledged: it has to be there, once. Where that is `all`, nothing else may be there.
    pub(crate) async fn check(&self, caller: &Caller, all: bool) {
        for number in &self.reports {
            let ids: Vec<String> = (0..LOGINS).map(|n| format!("load-{number}-{n}")).collect();
            let ask = json!({"account_id": caller.keys.account, "ids": ids});
            let operator = caller.keys.operator.clone();
            let known = caller
                .say(0, &operator, "POST", "/v1/observations/known", &format!("known-{number}"), &ask)
                .await;
            assert_eq!(known["known"], json!(ids), "the observations of request {number}");
        }
        // Everything can be sent again, and changes nothing.
        for number in self.reports.iter().rev().take(20) {
            let operator = caller.keys.operator.clone();
            let once = format!("again-{number}");
            let again =
                caller.say(0, &operator, "POST", "/v1/observations", &once, &caller.logins(*number)).await;
            let results = again["results"].as_array().expect("results");
            assert!(results.iter().all(|one| one["outcome"] == "duplicate"), "{again}");
        }
        let mut found: BTreeMap<String, Vec<(i64, bool)>> = BTreeMap::new();
        for one in caller.all("/v1/escalations?type=provider.question&", "escalations").await {
            let subject =
                subject_in(one["subject"].as_str().expect("a subject")).expect("a question of ours");
            let resolved = one["status"] == "resolved";
            found.entry(subject.to_owned()).or_default().push((one["id"].as_i64().expect("an id"), resolved));
        }
        for (number, id) in &self.questions {
            let asked = found.remove(&subject(*number)).unwrap_or_default();
            let answered =
                self.answers.contains(number) || (!all && asked.iter().any(|(_, answered)| *answered));
            assert_eq!(asked, [(*id, answered)], "question {number}");
        }
        assert!(found.is_empty() || !all, "nobody heard of {found:?}");
        for number in self.answers.iter().rev().take(50) {
            let path = format!("/v1/escalations/{}/timeline?limit=100", self.questions[number]);
            let timeline = caller.ask("GET", &path, &Value::Null).await;
            let events = timeline["timeline"].as_array().expect("events");
            let answers = events.iter().filter(|event| event["event"] == "answered").count();
            assert_eq!(answers, 1, "answer {number}");
        }
        let mut rules: BTreeMap<String, usize> = BTreeMap::new();
        let expected: BTreeMap<String, usize> =
            self.rules.iter().map(|number| (address(*number), 1)).collect();
        for rule in caller.all("/v1/unwanted_access_rules?", "unwanted_access_rules").await {
            *rules.entry(rule["ip_address"].as_str().expect("an address").to_owned()).or_default() += 1;
        }
        rules.retain(|address, count| all || *count > 1 || expected.contains_key(address));
        assert_eq!(rules, expected);
    }
}

/// Requests under way.
pub(crate) struct Load {
    workers: Vec<JoinHandle<()>>,
    over: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
    ledger: Arc<Mutex<Ledger>>,
}

impl Load {
    /// Begins. Each worker rests for `pause` after each request.
    pub(crate) fn begin(caller: &Caller, pause: Duration) -> Self {
        let next = Arc::new(AtomicUsize::new(0));
        let (over, done, ledger) =
            (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default(), Arc::default());
        let workers = (0..WORKERS).map(|_| {
            let (caller, next) = (caller.clone(), Arc::clone(&next));
            let (over, done, ledger) = (Arc::clone(&over), Arc::clone(&done), Arc::clone(&ledger));
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    one(&caller, next.fetch_add(1, Ordering::Relaxed), &ledger).await;
                    done.fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(pause).await;
                }
            })
        });
        Self { workers: workers.collect(), over, done, ledger }
    }

    /// Waits until so many more are acknowledged than are now.
    pub(crate) async fn more(&self, number: usize) {
        let before = self.acknowledged();
        while self.acknowledged() < before + number {
            assert!(!self.workers.iter().all(JoinHandle::is_finished), "the load has ended");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// How many requests were acknowledged.
    pub(crate) fn acknowledged(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// Ends once each worker's last request is acknowledged, and returns what was.
    pub(crate) async fn end(self) -> Ledger {
        self.over.store(true, Ordering::Relaxed);
        for worker in self.workers {
            worker.await.expect("every request is acknowledged in the end");
        }
        std::mem::take(&mut *self.ledger.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was acknowledged up to now, as a copy, for whoever cannot wait.
    pub(crate) fn so_far(&self) -> Ledger {
        let ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        Ledger {
            reports: ledger.reports.clone(),
            questions: ledger.questions.clone(),
            answers: ledger.answers.clone(),
            rules: ledger.rules.clone(),
            unanswered: VecDeque::new(),
        }
    }

    /// Ends without waiting for anything.
    pub(crate) fn break_off(self) {
        for worker in self.workers {
            worker.abort();
        }
    }
}

/// Makes the request of a number: half report logins, most others ask a question, and most questions are answered after a while.
async fn one(caller: &Caller, number: usize, ledger: &Mutex<Ledger>) {
    let ledger = || ledger.lock().unwrap_or_else(PoisonError::into_inner);
    match number % 10 {
        0 | 2 | 4 | 6 | 8 => {
            caller.report(number).await;
            ledger().reports.insert(number);
        }
        5 => {
            caller.rule(number).await;
            ledger().rules.insert(number);
        }
        _ => {
            let id = caller.question(number, "low").await;
            ledger().questions.insert(number, id);
            let oldest = {
                let mut ledger = ledger();
                ledger.unanswered.push_back((number, id));
                if ledger.unanswered.len() > UNANSWERED { ledger.unanswered.pop_front() } else { None }
            };
            if let Some((number, id)) = oldest {
                caller.answer(number, id).await;
                ledger().answers.insert(number);
            }
        }
    }
}
