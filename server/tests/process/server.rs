//! A running `beckon serve --demo`, and a client for it.

#![allow(dead_code, reason = "each test target uses what it needs of it")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;

use serde_json::Value;

pub(crate) struct Server {
    child: Mutex<Child>,
    pub(crate) url: String,
    /// `demo.json`
    pub(crate) demo: Value,
}

impl Server {
    /// Starts a server on `data` and waits until it listens.
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, &[])
    }

    /// Starts one with more options.
    pub(crate) fn start_with(data: &Path, options: &[&str]) -> Self {
        let mut child = beckon(&["serve", "--demo", "--listen", "127.0.0.1:0"], data)
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let url = lines
            .map(|line| line.expect("text"))
            .find_map(|line| line.strip_prefix("listening on ").map(str::to_owned))
            .expect("it listens");
        let demo = std::fs::read_to_string(data.join("demo.json")).expect("demo.json");
        Self { child: Mutex::new(child), url, demo: serde_json::from_str(&demo).expect("JSON") }
    }

    /// Ends it as a power cut would, whoever still speaks to it, and waits until it has ended.
    pub(crate) fn kill(&self) {
        let mut child = self.child.lock().expect("no panic");
        child.kill().expect("it runs");
        child.wait().expect("it ends");
    }

    /// Waits until it has ended by itself.
    pub(crate) fn wait(&self) {
        self.child.lock().expect("no panic").wait().expect("it ends");
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.lock().expect("no panic").id()
    }

    pub(crate) fn key<'s>(&'s self, role: &str) -> &'s str {
        let found = if role == "operator" {
            &self.demo["operator_key"]
        } else {
            &self.demo["accounts"][0]["keys"][role]
        };
        found.as_str().expect("a key")
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        role: &str,
        body: &Value,
    ) -> reqwest::Result<(u16, Value)> {
        let (key, secret) = self.key(role).split_once(':').expect("key:secret");
        let method = method.parse().expect("a method");
        let request =
            client().request(method, format!("{}{path}", self.url)).basic_auth(key, Some(secret)).json(body);
        let response = request.send().await?;
        Ok((response.status().as_u16(), response.json().await?))
    }

    pub(crate) async fn get(&self, path: &str, role: &str) -> Value {
        self.send("GET", path, role, &Value::Null).await.expect("an answer").1
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have been killed already.
        if let Ok(child) = self.child.get_mut() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// A file in the data folder that names the database, where that is not the embedded one.
pub(crate) const DATABASE: &str = "database-url";

/// A file in the data folder with variables for the binary, as lines of `NAME=value`.
pub(crate) const ENVIRONMENT: &str = "environment";

/// The binary, working on `data`.
pub(crate) fn beckon(arguments: &[&str], data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beckon"));
    command.args(arguments).arg("--data").arg(data).env_remove("BECKON_LISTEN");
    if let Ok(url) = std::fs::read_to_string(data.join(DATABASE)) {
        command.env("BECKON_DATABASE", url);
    }
    command.env("BECKON_LOG", "error");
    let environment = std::fs::read_to_string(data.join(ENVIRONMENT)).unwrap_or_default();
    command.envs(environment.lines().filter_map(|line| line.split_once('=')));
    command
}

/// Runs a command of the binary to its end.
pub(crate) fn run(arguments: &[&str], data: &Path) -> Output {
    beckon(arguments, data).output().expect("the binary starts")
}

pub(crate) fn client() -> reqwest::Client {
    // The second test finds it installed.
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::builder().no_proxy().build().expect("a client")
}
