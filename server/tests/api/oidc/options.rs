//! What is offered before anybody is known.

use serde_json::{Value, json};

use super::{add, settings};
use crate::harness::{Harness, Who};

#[tokio::test]
async fn what_is_offered_goes_by_the_domain_alone() {
    let beckon = Harness::new().await;
    let own = add(&beckon, Who::Admin, &settings()).await;
    let names = async |query: &str| {
        let answer = beckon.get(Who::Nobody, &format!("/v1/sign_in_options{query}")).await;
        assert_eq!(answer.status, 200);
        (answer.body["providers"].clone(), answer.bytes)
    };
    let (offered, member) = names("?email=admin@example.test").await;
    let url = format!("http://beckon.test/sign-in/provider/{own}");
    let expected = json!([{"id": own, "name": "Contoso sign-in", "account": "Northwind IT", "url": url}]);
    assert_eq!(offered, expected);
    assert_eq!(names("?email=nobody@EXAMPLE.test").await.1, member, "nobody has this address");
    for other in
        ["", "?email=", "?email=x", "?email=@example.test", "?email=a@b.example.test", "?email=%25@%25"]
    {
        assert_eq!(names(other).await.0, json!([]), "{other}");
    }
    let mut everywhere = settings();
    everywhere["roles"] = json!([]);
    everywhere["name"] = json!("Staff");
    let wide = add(&beckon, Who::Operator, &everywhere).await;
    assert_eq!(names("").await.0[0]["name"], "Staff");
    assert_eq!(names("?email=a@example.test").await.0.as_array().map(Vec::len), Some(2));
    let off = beckon
        .write(Who::Operator, "PATCH", &format!("/v1/sign_in_providers/{wide}"), &json!({"enabled": false}))
        .await;
    assert_eq!(off.status, 200, "{}", off.body);
    assert_eq!(names("").await.0, Value::Array(Vec::new()));
}
