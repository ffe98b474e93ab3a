//! Requests in flight, each said again until it is acknowledged, whatever happens to the server.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How many requests are in flight at once.
const CALLERS: usize = 6;

/// How often one request is tried, over all kills.
const MOST_TRIES: usize = 200;

/// A request that is to be acknowledged.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) body: Value,
    /// Who makes it: `key:secret`.
    pub(crate) key: String,
}

/// Where the server is at the moment, and how many requests may be made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Now {
    pub(crate) url: String,
    pub(crate) allowed: usize,
}

/// All requests, under way.
pub(crate) struct Work(Vec<JoinHandle<Vec<(usize, Value)>>>);

impl Work {
    /// Begins; `what` tells these requests from others.
    pub(crate) fn begin(
        http: reqwest::Client,
        now: watch::Receiver<Now>,
        what: &str,
        calls: Vec<Call>,
    ) -> Self {
        let calls: VecDeque<_> = calls.into_iter().enumerate().collect();
        let calls = Arc::new(Mutex::new(calls));
        let caller = Caller { http, now, what: what.to_owned() };
        Self((0..CALLERS).map(|_| tokio::spawn(caller.clone().make_all(Arc::clone(&calls)))).collect())
    }

    pub(crate) fn is_done(&self) -> bool {
        self.0.iter().all(JoinHandle::is_finished)
    }

    /// The answers, in the order of the requests.
    pub(crate) async fn answers(self) -> Vec<Value> {
        let mut answers = Vec::new();
        for caller in self.0 {
            answers.extend(caller.await.expect("every request is acknowledged in the end"));
        }
        answers.sort_by_key(|(number, _)| *number);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }
}

#[derive(Clone)]
struct Caller {
    http: reqwest::Client,
    now: watch::Receiver<Now>,
    what: String,
}

impl Caller {
    async fn make_all(mut self, calls: Arc<Mutex<VecDeque<(usize, Call)>>>) -> Vec<(usize, Value)> {
        let mut answers = Vec::new();
        loop {
            let next = calls.lock().expect("no panic").pop_front();
            let Some((number, call)) = next else { return answers };
            drop(
                self.now.wait_for(|now| now.allowed > number).await.expect("the server outlives its callers"),
            );
            answers.push((number, self.make(number, &call).await));
        }
    }

    /// Makes one request until it is acknowledged.
    async fn make(&mut self, number: usize, call: &Call) -> Value {
        let (key, secret) = call.key.split_once(':').expect("key:secret");
        for _ in 0..MOST_TRIES {
            let url = self.now.borrow_and_update().url.clone();
            let request = self.http.post(format!("{url}{}", call.path)).basic_auth(key, Some(secret));
            let request =
                request.header("idempotency-key", format!("{}-{number}", self.what)).json(&call.body);
            let answer = async {
                let response = request.send().await?;
                Ok::<_, reqwest::Error>((response.status().as_u16(), response.json::<Value>().await?))
            };
            match answer.await {
                Ok((status, answer)) => {
                    assert_eq!(status, 201, "{answer}");
                    return answer;
                }
                // It was killed: it is back soon, or was already when this failed.
                Err(_) => drop(tokio::time::timeout(Duration::from_millis(500), self.now.changed()).await),
            }
        }
        panic!("{} {number} is not acknowledged", self.what);
    }
}
