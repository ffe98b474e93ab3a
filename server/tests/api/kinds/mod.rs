//! Each kind of escalation that is not about logins, from observation or request to its end.

mod defender;
mod isolation;
mod reports;
mod requests;
mod tenant;
mod text;

use beckon_core::escalation::Escalation;
use beckon_core::id::EscalationId;
use beckon_server::store::{Cursor, Store as _};
use serde_json::{Value, json};

use crate::harness::{Answer, Harness, Who, at};

/// A moment so many minutes after the harness's clock started.
pub(crate) fn minute(offset: i64) -> String {
    let time = at(crate::harness::NOW) + chrono::TimeDelta::minutes(offset);
    time.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// An observation of `kind` in account 1, made at `observed_at`.
pub(crate) fn observation(id: &str, kind: &str, observed_at: &str, rest: &Value) -> Value {
    let mut body = json!({
        "id": id, "type": kind, "observed_at": observed_at, "account_id": 1, "organization_id": 10,
    });
    let (Some(all), Some(rest)) = (body.as_object_mut(), rest.as_object()) else { unreachable!("objects") };
    all.extend(rest.clone());
    body
}

impl Harness {
    /// Shows an escalation to the admin.
    pub(crate) async fn escalation(&self, id: i64) -> Value {
        let answer = self.get(Who::Admin, &format!("/v1/escalations/{id}")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["escalation"].clone()
    }

    /// Answers as the admin.
    pub(crate) async fn resolve(&self, id: i64, body: &Value) -> Answer {
        self.post(Who::Admin, &format!("/v1/escalations/{id}/resolution"), body).await
    }

    /// Checks that the log of an escalation rebuilds what is stored of it.
    pub(crate) async fn replays(&self, id: i64) {
        let (id, page) = (EscalationId(id), Cursor { after: None, limit: 1_000 });
        let stored =
            self.store.escalation(None, id).await.expect("it reads").expect("it is there").escalation;
        let events = self.store.timeline(stored.head.account, id, page).await.expect("a timeline").items;
        let replayed = Escalation::replay(stored.head.account, id, events.iter().map(|logged| &logged.event));
        assert_eq!(replayed, Some(stored));
    }

    /// Does what is due.
    pub(crate) async fn tick(&self) {
        beckon_server::scheduler::run_due(&self.app).await.expect("the store works");
    }

    /// Turns the clock by minutes and does what came due.
    pub(crate) async fn wait(&self, minutes: i64) {
        self.advance(minutes * 60);
        self.tick().await;
    }

    /// Lists the remedies that nobody carried out, as action and id.
    pub(crate) async fn ordered(&self, escalation: i64) -> Vec<(String, i64)> {
        let path = format!("/v1/remedies?status=ordered&escalation_id={escalation}");
        let answer = self.get(Who::Operator, &path).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let remedies = answer.body["remedies"].as_array().expect("a list").clone();
        let read = |remedy: &Value| {
            let action = remedy["action"].as_str().expect("an action").to_owned();
            (action, remedy["id"].as_i64().expect("an id"))
        };
        remedies.iter().map(read).collect()
    }

    /// Reports what became of a remedy.
    pub(crate) async fn outcome(&self, remedy: i64, body: &Value) -> Answer {
        self.post(Who::Operator, &format!("/v1/remedies/{remedy}/outcome"), body).await
    }
}

/// The steps with their states: `evidence done, decide current`.
pub(crate) fn steps(escalation: &Value) -> String {
    let steps = escalation["workflow"].as_array().expect("a workflow");
    let step = |step: &Value| {
        let text = |field: &str| step[field].as_str().expect("text").to_owned();
        format!("{} {}", text("slug"), text("state"))
    };
    steps.iter().map(step).collect::<Vec<_>>().join(", ")
}

/// The entities with where they stand: `WS-01 waiting`, in the order of their names.
pub(crate) fn standings(escalation: &Value) -> Vec<String> {
    let items = escalation["entities"]["items"].as_array().expect("entities");
    let standing = |item: &Value| {
        let details = &item["details"];
        format!(
            "{} {}",
            details["name"].as_str().expect("a name"),
            details["state"]["slug"].as_str().expect("a state")
        )
    };
    let mut standings: Vec<String> = items.iter().map(standing).collect();
    standings.sort();
    standings
}

/// The id of the entity with a name.
pub(crate) fn entity(escalation: &Value, name: &str) -> String {
    let items = escalation["entities"]["items"].as_array().expect("entities");
    let found = items.iter().find(|item| item["details"]["name"] == name);
    found.unwrap_or_else(|| panic!("{name} is listed"))["id"].to_string()
}
