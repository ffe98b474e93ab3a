//! What the tests of all vendors share: an emulator, and a client that says exactly what it is told to.
#![allow(dead_code, unreachable_pub, reason = "each test uses some of it")]

use std::sync::Arc;

use beckon_emulators::{Emulator, Faults, Running, State, Vendor};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

/// An emulator and what is behind it.
pub struct Bench {
    pub vendor: Vendor,
    pub state: Arc<State>,
    pub faults: Faults,
    pub running: Running,
    pub client: reqwest::Client,
    /// Headers that every request carries.
    pub headers: Vec<(&'static str, String)>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub retry_after: Option<String>,
    pub text: String,
    pub json: Value,
}

impl Bench {
    pub fn new(vendor: Vendor, headers: Vec<(&'static str, String)>) -> Self {
        let (state, faults) = (State::demo(vendor), Faults::none());
        let running = Emulator::start(vendor, Arc::clone(&state), faults.clone()).unwrap();
        // Another test of the same process may have been quicker; either is the same.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { vendor, state, faults, running, client, headers }
    }

    /// Stops it, and serves the same state at the same address.
    pub fn restart(self) -> Self {
        let Self { vendor, state, faults, running, client, headers } = self;
        let address = running.address();
        drop(running);
        let running = Emulator::start_at(address, vendor, Arc::clone(&state), faults.clone()).unwrap();
        Self { vendor, state, faults, running, client, headers }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.running.url()))
    }

    /// A request as a client of the vendor sends it.
    pub fn signed(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.request(method, path);
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }

    pub async fn get(&self, path: &str) -> Answer {
        answer(self.signed(Method::GET, path)).await.unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        answer(self.signed(Method::POST, path).json(&body)).await.unwrap()
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        answer(self.signed(Method::PATCH, path).json(&body)).await.unwrap()
    }
}

/// Sends it.
pub async fn answer(request: RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let status = response.status();
    let retry_after = response.headers().get("retry-after").map(|value| value.to_str().unwrap().into());
    let text = response.text().await?;
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    Ok(Answer { status, retry_after, text, json })
}
