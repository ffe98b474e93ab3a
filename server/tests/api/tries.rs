//! How often something may be tried, as the database counts it.

use beckon_server::store::{Counts as _, Digest, Tried};

use crate::harness::{Harness, NOW, at};

fn of(name: &str, most: u32) -> Tried {
    Tried { subject: Digest::of(name.as_bytes()), most }
}

impl Harness {
    async fn count(&self, subjects: &[Tried]) -> Option<u64> {
        self.store.count_tries(subjects.to_vec(), self.app.clock.now()).await.expect("the store works")
    }
}

#[tokio::test]
async fn too_many_tries_wait_for_the_end_of_their_window_and_nobody_else_does() {
    let beckon = Harness::new().await;
    let login = of("priya", 10);
    for _ in 0..10 {
        assert_eq!(beckon.count(&[login]).await, None);
    }
    beckon.advance(5 * 60);
    assert_eq!(beckon.count(&[login]).await, Some(601));
    assert_eq!(beckon.count(&[of("tom", 10)]).await, None);
    beckon.advance(10 * 60);
    assert_eq!(beckon.count(&[login]).await, None);
    assert_eq!(at(NOW) + chrono::TimeDelta::minutes(15), beckon.app.clock.now());
}

#[tokio::test]
async fn what_is_refused_for_one_subject_is_counted_for_none() {
    let beckon = Harness::new().await;
    let (login, address) = (of("priya", 1), of("192.0.2.1", 2));
    assert_eq!(beckon.count(&[login]).await, None);
    for _ in 0..5 {
        assert!(beckon.count(&[address, login]).await.is_some());
    }
    assert_eq!(beckon.count(&[address]).await, None);
    assert_eq!(beckon.count(&[address]).await, None);
    assert!(beckon.count(&[address]).await.is_some());
}

#[tokio::test]
async fn a_success_is_no_failure_and_takes_back_no_more_than_was_counted() {
    let beckon = Harness::new().await;
    let login = of("priya", 2);
    for _ in 0..20 {
        assert_eq!(beckon.count(&[login]).await, None);
        beckon.store.uncount_tries(vec![login]).await.expect("the store works");
    }
    beckon.store.uncount_tries(vec![login]).await.expect("the store works");
    assert_eq!((beckon.count(&[login]).await, beckon.count(&[login]).await), (None, None));
    assert!(beckon.count(&[login]).await.is_some());
}

#[tokio::test]
async fn what_is_over_is_forgotten() {
    let beckon = Harness::new().await;
    for number in 0..30 {
        beckon.count(&[of(&number.to_string(), 10)]).await;
    }
    beckon.advance(15 * 60);
    beckon.count(&[of("last", 10)]).await;
    assert_eq!(beckon.home.numbers("SELECT count(*) FROM tries").await, [1]);
}
