//! Whether a server is alive and ready, and whether it has the key of the others.

use beckon_server::seal::Sealer;

use crate::harness::{Harness, Who};

async fn ready(beckon: &Harness) -> (u16, String) {
    let answer = beckon.get(Who::Nobody, "/readyz").await;
    (answer.status.as_u16(), String::from_utf8(answer.bytes).expect("a text"))
}

#[tokio::test]
async fn a_server_is_ready_until_it_is_told_to_end() {
    let beckon = Harness::new().await;
    assert_eq!(ready(&beckon).await, (200, "ok\n".to_owned()));
    beckon.stop.pull();
    assert_eq!(ready(&beckon).await, (503, "not ready: this server is about to end\n".to_owned()));
    assert_eq!(beckon.get(Who::Nobody, "/healthz").await.status, 200, "it is alive all the same");
}

#[tokio::test]
async fn a_server_whose_database_takes_nothing_is_not_ready_and_says_no_more_than_that() {
    let beckon = Harness::new().await;
    beckon.home.run("ALTER TABLE settings RENAME TO settings_aside").await;
    let said = "not ready: the database takes nothing; the reason stands in the log\n";
    assert_eq!(ready(&beckon).await, (503, said.to_owned()));
    assert_eq!(beckon.get(Who::Nobody, "/healthz").await.status, 200, "it is alive all the same");
}

#[tokio::test]
async fn a_server_with_another_key_than_the_others_does_not_start() {
    let beckon = Harness::new().await;
    let own = Sealer::passing().expect("random bytes");
    beckon.store.check_key(&own).await.expect("the first key is the key");
    beckon.store.check_key(&own).await.expect("the same key again");
    let other = Sealer::passing().expect("random bytes");
    let refused = beckon.store.check_key(&other).await.expect_err("it cannot open what the others seal");
    assert!(refused.to_string().contains("sealed with another key"), "{refused}");
    assert!(refused.to_string().contains("--secret-key"), "{refused}");
}
