//! The outbox as the store keeps it: leases, tokens, room, order; and that whoever hangs keeps nobody else waiting.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use beckon_core::id::DeliveryId;
use beckon_core::notice::Reason;
use beckon_core::time::Timestamp;
use beckon_server::deliver::outcome::{Failed, Failure};
use beckon_server::store::outbox::{EMAIL, Ended, SHORT_LEASE, Task};
use beckon_server::store::{Attempt, Claim, Notices as _, Room, Store as _};
use chrono::TimeDelta;
use serde_json::json;

use crate::harness::{Harness, NOW, Who, at};
use crate::notices::{failed_report, question};

/// A second after a lease that began at 0 has run out.
const AFTER_THE_LEASE: i64 = SHORT_LEASE.as_secs().cast_signed() + 1;

/// Room for all that may be under way.
fn room() -> Room {
    Room { total: 500, mails_per_second: u32::MAX, node: 1, ..Room::default() }
}

fn later(seconds: i64) -> Timestamp {
    at(NOW) + TimeDelta::seconds(seconds)
}

fn attempt(began: Timestamp, ended: Ended) -> Attempt {
    Attempt { at: began, took: Duration::ZERO, ended, ticket: None, jitter: 1.0 }
}

fn delivered() -> Ended {
    Ended::Delivered { address: None }
}

impl Harness {
    /// Claims what has room at the stopped clock, `seconds` later on the machine's.
    async fn claim_at(&self, room: Room, seconds: i64) -> Vec<Claim> {
        self.store.claim(room, self.app.clock.now(), later(seconds)).await.expect("the store works")
    }

    async fn finish(&self, claim: &Claim, ended: Ended) -> bool {
        let now = self.app.clock.now();
        self.store.finish(claim.clone(), attempt(now, ended), now).await.expect("the store works")
    }

    /// Asks `count` questions; each is told to the two admins.
    async fn questions(&self, count: usize) {
        for number in 0..count {
            self.ask(&question("low", &format!("Question {number}"))).await;
        }
    }

    async fn status(&self, id: DeliveryId) -> (String, Vec<String>) {
        let found = self.store.delivery(None, id).await.expect("the store works").expect("it is there");
        let status: &str = found.delivery.status.into();
        let outcomes = found.attempt_log.iter().map(|one| format!("{}: {}", one.number, one.outcome));
        (status.to_owned(), outcomes.collect())
    }
}

fn deliveries(claims: &[Claim]) -> BTreeSet<i64> {
    claims.iter().map(|claim| claim.delivery.0).collect()
}

#[tokio::test]
async fn a_worker_that_comes_back_after_its_lease_is_told_so_and_changes_nothing() {
    let beckon = Harness::new().await;
    beckon.questions(1).await;
    let first = beckon.claim_at(room(), 0).await;
    assert_eq!(first.len(), 2);
    assert_eq!(beckon.claim_at(room(), AFTER_THE_LEASE - 2).await, [], "the lease holds");
    let second = beckon.claim_at(room(), AFTER_THE_LEASE).await;
    assert_eq!(deliveries(&second), deliveries(&first));
    assert!(second.iter().all(|claim| claim.number == 2));
    for old in &first {
        assert!(beckon.store.errand(old.clone()).await.expect("the store works").is_none());
        assert!(!beckon.finish(old, delivered()).await, "another holds it");
        let refused = Ended::Failed(Failed::new(Failure::Refused, None, "no"));
        assert!(!beckon.finish(old, refused).await, "another holds it");
        let kept = ("sending".to_owned(), vec!["1: doubt".to_owned()]);
        assert_eq!(beckon.status(old.delivery).await, kept);
    }
    for new in &second {
        let errand = beckon.store.errand(new.clone()).await.expect("the store works").expect("it holds");
        assert!(errand.doubt, "the first attempt may have arrived");
        assert!(beckon.finish(new, delivered()).await);
        assert!(!beckon.finish(new, delivered()).await, "it ended");
        let kept = ("delivered".to_owned(), vec!["2: delivered".to_owned(), "1: doubt".to_owned()]);
        assert_eq!(beckon.status(new.delivery).await, kept);
    }
    assert_eq!(beckon.claim_at(room(), 1_000).await, []);
}

#[tokio::test]
async fn who_renews_a_claim_keeps_it_and_who_gives_it_up_lets_others_have_it() {
    let beckon = Harness::new().await;
    beckon.questions(1).await;
    let claims = beckon.claim_at(room(), 0).await;
    assert_eq!(claims.len(), 2);
    let (kept, left) = (vec![claims[0].clone()], vec![claims[1].clone()]);
    beckon.store.renew(kept.clone(), later(AFTER_THE_LEASE - 2)).await.expect("the store works");
    let others = beckon.claim_at(room(), AFTER_THE_LEASE).await;
    assert_eq!(deliveries(&others), deliveries(&left), "what was not renewed");
    // Neither is for whoever lost it.
    beckon.store.renew(left.clone(), later(AFTER_THE_LEASE)).await.expect("the store works");
    beckon.store.release(left, beckon.app.clock.now()).await.expect("the store works");
    assert_eq!(beckon.claim_at(room(), AFTER_THE_LEASE).await, []);
    beckon.store.release(kept.clone(), beckon.app.clock.now()).await.expect("the store works");
    let again = beckon.claim_at(room(), AFTER_THE_LEASE).await;
    assert_eq!(deliveries(&again), deliveries(&kept));
    let errand = beckon.store.errand(again[0].clone()).await.expect("the store works").expect("it holds");
    assert!(errand.doubt, "it may have arrived");
}

#[tokio::test]
async fn a_server_that_starts_again_gives_back_what_it_held_and_nothing_of_others() {
    let beckon = Harness::new().await;
    beckon.questions(1).await;
    let own = beckon.claim_at(Room { total: 1, ..room() }, 0).await;
    let others = beckon.claim_at(Room { node: 2, ..room() }, 0).await;
    assert_eq!((own.len(), others.len()), (1, 1));
    beckon.store.abandon_claims(Some(1), beckon.app.clock.now()).await.expect("the store works");
    let again = beckon.claim_at(Room { node: 3, ..room() }, 0).await;
    assert_eq!(deliveries(&again), deliveries(&own));
    assert!(beckon.finish(&others[0], delivered()).await, "the other goes on");
}

#[tokio::test]
async fn all_servers_together_send_no_more_mails_than_the_rate_allows() {
    let beckon = Harness::new().await;
    beckon.questions(3).await;
    let of = |node| Room { mails_per_second: 3, node, ..room() };
    let first = beckon.claim_at(of(1), 0).await;
    assert_eq!(first.len(), 3);
    for claim in &first {
        assert!(beckon.finish(claim, delivered()).await);
    }
    assert_eq!(beckon.claim_at(of(2), 0).await, [], "what left elsewhere counts here");
    assert_eq!(beckon.claim_at(of(2), 1).await.len(), 3);
}

#[tokio::test]
async fn what_was_claimed_without_anybody_hearing_of_it_is_given_back_at_once_and_was_no_attempt() {
    let beckon = Harness::new().await;
    beckon.questions(1).await;
    let lost = beckon.claim_at(room(), 0).await;
    let other = Room { node: 2, known: Some(Vec::new()), ..room() };
    assert_eq!(beckon.claim_at(other, 0).await, [], "another server's are not");
    let known = Room { known: Some(lost.iter().map(|claim| claim.token).collect()), ..room() };
    assert_eq!(beckon.claim_at(known, 0).await, [], "nor is what it knows of");
    let again = beckon.claim_at(Room { known: Some(vec![lost[0].token]), ..room() }, 0).await;
    assert_eq!(deliveries(&again), deliveries(&lost[1..]));
    assert_eq!(again[0].number, 1);
    let errand = beckon.store.errand(again[0].clone()).await.expect("the store works").expect("it holds");
    assert!(!errand.doubt, "nothing was sent");
}

#[tokio::test]
async fn a_server_that_starts_takes_back_what_the_one_before_held() {
    let beckon = Harness::new().await;
    beckon.questions(1).await;
    let before = beckon.claim_at(room(), 0).await;
    beckon.store.abandon_claims(None, beckon.app.clock.now()).await.expect("the store works");
    let after = beckon.claim_at(room(), 0).await;
    assert_eq!(deliveries(&after), deliveries(&before));
    assert!(!beckon.finish(&before[0], delivered()).await);
    let errand = beckon.store.errand(after[0].clone()).await.expect("the store works").expect("it holds");
    assert!(errand.doubt && after[0].number == 2);
    assert!(beckon.finish(&after[0], delivered()).await);
}

#[tokio::test]
async fn no_more_is_claimed_than_there_is_room_for() {
    let beckon = Harness::new().await;
    beckon.questions(30).await;
    let check = async |room: Room, expected: usize| {
        let claims = beckon.claim_at(room.clone(), 0).await;
        assert_eq!(claims.len(), expected, "{room:?}");
        beckon.store.abandon_claims(None, beckon.app.clock.now()).await.expect("the store works");
    };
    let busy = |number| HashMap::from([(EMAIL.to_owned(), number), ("webhook:7".to_owned(), 4)]);
    check(Room { total: 0, ..room() }, 0).await;
    check(Room { total: 3, ..room() }, 3).await;
    check(Room { mails_per_second: 2, ..room() }, 2).await;
    check(room(), 4).await;
    check(Room { busy: busy(1), ..room() }, 3).await;
    check(Room { busy: busy(4), ..room() }, 0).await;
    check(Room { busy: busy(17), ..room() }, 0).await;
}

#[tokio::test]
async fn what_one_person_is_told_of_one_question_goes_out_in_its_order() {
    let beckon = Harness::new().await;
    beckon.report(&[failed_report("o1", "r1", "low")]).await;
    beckon.report(&[failed_report("o2", "r2", "critical")]).await;
    beckon.advance(12 * 60 * 60);
    beckon_server::scheduler::run_due(&beckon.app).await.expect("the store works");
    let mut told = Vec::new();
    loop {
        let claims = beckon.claim_at(room(), 0).await;
        if claims.is_empty() {
            break;
        }
        assert_eq!(claims.len(), 2, "one for each admin");
        for claim in claims {
            let errand =
                beckon.store.errand(claim.clone()).await.expect("the store works").expect("it holds");
            let Task::Mail { reason, .. } = errand.task else { panic!("expected a mail") };
            told.push(<&str>::from(&reason));
            assert!(beckon.finish(&claim, delivered()).await);
        }
    }
    let raised = <&str>::from(&Reason::Raised);
    assert_eq!(told, [raised, raised, "severity_raised", "severity_raised", "overdue", "overdue"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_claimed_twice_by_dispatchers_at_once() {
    let beckon = Harness::new().await;
    beckon.questions(40).await;
    let (now, home, finished) =
        (beckon.app.clock.now(), Arc::clone(&beckon.home), Arc::new(AtomicUsize::new(0)));
    let dispatchers: Vec<_> = (0..4)
        .map(|_| {
            // Each with a database of its own on the same file, as several processes would have it. Together they keep within the
            // room that a destination has.
            let (home, finished) = (Arc::clone(&home), Arc::clone(&finished));
            tokio::spawn(async move {
                let store = home.open().await;
                let mut claims = Vec::new();
                while finished.load(Ordering::Relaxed) < 80 {
                    let more =
                        store.claim(Room { total: 3, ..room() }, now, later(0)).await.expect("it works");
                    assert!(more.len() <= 3);
                    for claim in more {
                        assert!(
                            store
                                .finish(claim.clone(), attempt(now, delivered()), now)
                                .await
                                .expect("it works")
                        );
                        finished.fetch_add(1, Ordering::Relaxed);
                        claims.push(claim);
                    }
                }
                claims
            })
        })
        .collect();
    let mut claims = Vec::new();
    for dispatcher in dispatchers {
        claims.extend(dispatcher.await.expect("no panic"));
    }
    assert_eq!(claims.len(), 80);
    assert_eq!(deliveries(&claims).len(), 80);
    assert_eq!(claims.iter().map(|claim| claim.token).collect::<BTreeSet<_>>().len(), 80);
}

#[tokio::test]
async fn attempts_that_fail_together_fail_once() {
    let beckon = Harness::new().await;
    beckon.questions(10).await;
    let down = || Ended::Failed(Failed::new(Failure::NotNow { after: None }, None, "connection refused"));
    let together = beckon.claim_at(room(), 0).await;
    assert_eq!(together.len(), 4);
    for claim in &together {
        assert!(beckon.finish(claim, down()).await);
    }
    beckon.advance(14);
    assert_eq!(beckon.claim_at(room(), 0).await, [], "it is left alone for 15 seconds");
    beckon.advance(1);
    let probe = beckon.claim_at(room(), 0).await;
    assert_eq!(probe.len(), 1, "one finds out whether it is back");
    assert!(beckon.finish(&probe[0], down()).await);
    beckon.advance(29);
    assert_eq!(beckon.claim_at(room(), 0).await, [], "the second time for 30");
    beckon.advance(1);
    let probe = beckon.claim_at(room(), 0).await;
    assert_eq!(probe.len(), 1);
    assert!(beckon.finish(&probe[0], delivered()).await);
    assert_eq!(beckon.claim_at(room(), 0).await.len(), 4, "it is back, and all that waited goes out");
}

/// Lets a dispatcher run until it is `done`, which is looked at whenever a delivery changes.
async fn until(beckon: &Harness, done: impl Fn() -> bool) {
    let mut signals = beckon.store.signals();
    let dispatcher = tokio::spawn(beckon_server::deliver::run(beckon.app.clone()));
    let all = async {
        while !done() {
            // Whoever lags behind looks as well.
            drop(signals.recv().await);
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(30), all).await;
    dispatcher.abort();
    in_time.expect("whoever does not hang is served");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_and_a_psa_that_hang_keep_nobody_else_waiting() {
    let beckon = Harness::new().await;
    let outlets = Arc::clone(&beckon.outlets);
    beckon.connect_psa().await;
    for url in ["https://hooks.example/hang", "https://hooks.example/fine"] {
        assert_eq!(beckon.post(Who::Admin, "/v1/webhooks", &json!({ "url": url })).await.status, 201);
    }
    assert_eq!(beckon.tell(&json!({ "psa_kinds": ["provider.question"] })).await.status, 200);
    for hangs in [&outlets.hooks_hang, &outlets.psa.hangs] {
        hangs.does.store(true, Ordering::Relaxed);
    }
    beckon.questions(50).await;
    let fine = || outlets.hooks.lock().expect("a lock").len();
    until(&beckon, || fine() == 50 && outlets.letters().len() == 100).await;
    let ids: BTreeSet<_> = outlets.hooks.lock().expect("a lock").iter().map(|hook| hook.id.clone()).collect();
    assert_eq!(ids.len(), 50, "each request has an id of its own");
    let waiting = |number: &AtomicUsize| number.load(Ordering::Relaxed);
    assert_eq!(waiting(&outlets.hooks_hang.waiting), 4, "no more than its share");
    assert_eq!(waiting(&outlets.psa.hangs.waiting), 3, "no more than its share");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_hangs_keeps_no_endpoint_waiting() {
    let beckon = Harness::new().await;
    let outlets = Arc::clone(&beckon.outlets);
    let url = json!({ "url": "https://hooks.example/fine" });
    assert_eq!(beckon.post(Who::Admin, "/v1/webhooks", &url).await.status, 201);
    outlets.mail_hangs.does.store(true, Ordering::Relaxed);
    beckon.questions(50).await;
    until(&beckon, || outlets.hooks.lock().expect("a lock").len() == 50).await;
    assert_eq!(outlets.mail_hangs.waiting.load(Ordering::Relaxed), 4, "no more than its share");
    assert_eq!(outlets.letters(), []);
}
