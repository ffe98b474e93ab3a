//! Who is told of what happens, when, and by which channel: from an observation to what arrives.

mod pace;
mod people;
mod tickets;
mod webhooks;

use beckon_server::mail::Mail;
use serde_json::{Value, json};

use crate::harness::{Harness, NOW, Who};

/// Hours in seconds.
pub(crate) const fn hours(n: i64) -> i64 {
    n * 60 * 60
}

/// What the operator asks, with a severity.
pub(crate) fn question(severity: &str, subject: &str) -> Value {
    json!({
        "type": "provider.question", "account_id": 1, "organization_id": 10, "severity": severity,
        "subject": subject, "question": "Is this transfer yours?",
        "choices": [{"slug": "yes", "label": "Yes, ours"}, {"slug": "no", "label": "No"}],
    })
}

/// A report that does not reach the PSA.
pub(crate) fn failed_report(id: &str, report: &str, severity: &str) -> Value {
    json!({
        "id": id, "type": "report_delivery", "observed_at": NOW, "account_id": 1,
        "report": {"id": report, "title": "Ransomware", "severity": severity},
        "integration": "connectwise", "error": "401 Unauthorized",
    })
}

/// Who got it, and the line of the text that says why.
pub(crate) fn told(letters: &[Mail]) -> Vec<String> {
    let mut told: Vec<String> = letters
        .iter()
        .map(|letter| {
            let name = letter.to_address.split('@').next().unwrap_or_default();
            format!("{name}: {}", why(letter))
        })
        .collect();
    told.sort();
    told
}

/// Why a letter was written, read off its text.
pub(crate) fn why(letter: &Mail) -> &'static str {
    let text = &letter.message.text;
    let signs = [
        ("The severity rose from", "severity raised"),
        ("Reminder ", "reminder"),
        ("The response window has passed", "overdue"),
        ("The question was", "resolved"),
        ("Please answer by", "raised"),
    ];
    signs.iter().find(|(sign, _)| text.contains(sign)).map_or("?", |(_, why)| why)
}

impl Harness {
    /// Asks as the operator, and returns the escalation's number.
    pub(crate) async fn ask(&self, body: &Value) -> i64 {
        let answer = self.post(Who::Operator, "/v1/escalations", body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["escalation"]["id"].as_i64().expect("a number")
    }

    /// Connects a PSA with everything that tickets need.
    pub(crate) async fn connect_psa(&self) -> i64 {
        let settings = json!({
            "site": "https://psa.example", "company": "northwind", "public_key": "pk", "private_key": "s3cret",
            "client_id": "c",
        });
        let body = json!({ "vendor": "connectwise", "settings": settings });
        let answer = self.post(Who::Admin, "/v1/integrations", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        let id = answer.body["integration"]["id"].as_i64().expect("a number");
        let slots = self.get(Who::Admin, "/v1/integrations").await.body["vendors"][0]["slots"].clone();
        let slots = slots.as_array().expect("slots").iter();
        let choices: Value =
            slots.map(|slot| (slot["slug"].as_str().expect("a slug").to_owned(), json!("1"))).collect();
        let patch = json!({ "choices": choices, "default_company_id": "7" });
        let answer = self.write(Who::Admin, "PATCH", &format!("/v1/integrations/{id}"), &patch).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.body["integration"]["ready"], true, "{}", answer.body);
        id
    }

    /// Changes who is told.
    pub(crate) async fn tell(&self, change: &Value) -> crate::harness::Answer {
        self.write(Who::Admin, "PATCH", "/v1/notification_settings", change).await
    }

    /// The deliveries of the account, newest first.
    pub(crate) async fn deliveries(&self, query: &str) -> Vec<Value> {
        let answer = self.get(Who::Viewer, &format!("/v1/deliveries?limit=500&{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body["deliveries"].as_array().expect("a list").clone()
    }
}
