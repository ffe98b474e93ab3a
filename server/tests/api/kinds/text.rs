//! Names and titles of others are text, whatever is in them.

use serde_json::json;

use super::{minute, observation};
use crate::harness::{CONTOSO, Harness, Who, login};

#[tokio::test]
async fn directions_markup_and_formulas_change_nothing() {
    let harness = Harness::new().await;
    let rest = |host: &str, id: &str| {
        json!({
            "endpoint": {"id": id, "hostname": host, "os": "=cmd|' /C calc'!A0"},
            "incident": {"id": "i1", "title": "<img src=x onerror=alert(1)>\u{202e}\r\nBcc: a@b"},
            "isolated": true, "by": "account_admin",
        })
    };
    let outcomes = harness
        .report(&[
            observation("a", "isolation", &minute(-1), &rest("=HYPERLINK(\"x\")\u{202e}", "e1")),
            observation("b", "isolation", &minute(0), &rest("<b>WS</b>\u{0}", "e2")),
        ])
        .await;
    assert_eq!(outcomes[1].0, "raised");
    let open = harness.escalation(outcomes[1].1.expect("an escalation")).await;
    assert_eq!(open["subject"], "2 endpoints isolated: <img src=x onerror=alert(1)> Bcc: a@b");
    let names = open["entities"]["items"].to_string();
    assert!(names.contains("<b>WS</b>") && names.contains("=HYPERLINK"), "{names}");
    for odd in ['\u{202e}', '\u{0}', '\r', '\n'] {
        assert!(!open.to_string().contains(odd), "{odd:?}");
        assert!(!open.to_string().contains(&odd.escape_unicode().to_string()), "{odd:?}");
    }
    let request = json!({
        "type": "provider.question", "account_id": 1, "severity": "low", "subject": "a\u{202e}b\tc", "question": "<b>?\u{200f}",
        "choices": [{"slug": "a", "label": "\u{2066}A"}, {"slug": "b", "label": "=B()"}],
        "evidence": [{"label": "\u{202e}L", "value": "v\u{202e}"}],
    });
    let raised = harness.post(Who::Operator, "/v1/escalations", &request).await;
    assert_eq!(raised.status, 201, "{}", raised.body);
    assert_eq!(raised.body["escalation"]["subject"], "ab c");
    assert_eq!(raised.body["escalation"]["choices"][0]["label"], "A");
    assert!(!raised.body.to_string().contains('\u{202e}'), "{}", raised.body);
}

#[tokio::test]
async fn people_are_named_in_one_direction_and_one_line() {
    let harness = Harness::new().await;
    let mut odd = login("a", CONTOSO, "joey", "UA");
    odd["identity"]["name"] = json!("<i>Joey</i>\u{202e}\n=1+1");
    odd["identity"]["username"] = json!("joey\u{2066}@contoso.example");
    let id = harness.report(&[odd]).await[0].1.expect("an escalation");
    let answer = harness.resolve(id, &json!({"determination": "expected", "scope": "identity"})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    for path in [
        format!("/v1/escalations/{id}"),
        format!("/v1/escalations/{id}/timeline?limit=100"),
        format!("/v1/escalations/{id}/entities"),
        "/v1/identities".to_owned(),
        "/v1/unwanted_access_rules".to_owned(),
    ] {
        let body = harness.get(Who::Admin, &path).await.body.to_string();
        assert!(body.contains("<i>Joey</i> =1+1"), "{path}: {body}");
        assert!(!body.contains(['\u{202e}', '\u{2066}', '\n']) && !body.contains("\\n"), "{path}: {body}");
    }
}
