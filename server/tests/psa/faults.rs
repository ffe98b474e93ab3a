//! Each way to fail, and what the client makes of it; and the protocol that the outbox follows over the client.

use std::time::Duration;

use beckon_core::integration::Vendor;
use beckon_emulators::{Chaos, Emulator, Fault, Kind, Running};
use beckon_server::clock::Clock;
use beckon_server::deliver::outcome::{Failed, Failure};
use beckon_server::psa::Psa;
use beckon_server::psa::http::Options;

use crate::{VENDORS, a_company, anywhere, client, client_of, note, now, start, ticket};

const NOT_NOW: Failure = Failure::NotNow { after: None };

/// Returns a client that does not wait long for what never comes.
fn impatient(emulator: &Running) -> Box<dyn Psa> {
    let options = Options { timeout: Duration::from_secs(1), clock: Clock::stopped(now()) };
    client_of(emulator.vendor(), &emulator.settings(), &emulator.choices(), options)
}

/// Creates a ticket while the emulator fails, and tells what came of it and how many tickets there are.
async fn create(vendor: Vendor, fault: Fault) -> (Result<String, Failed>, usize) {
    let emulator = start(vendor).await;
    let company = a_company(&*client(&emulator)).await;
    emulator.fail_next(Kind::CreateTicket, fault);
    let hangs = matches!(fault, Fault::Hang { .. });
    let psa = if hangs { impatient(&emulator) } else { client(&emulator) };
    let result = psa.create_ticket(&ticket("k", &company)).await;
    (result, emulator.tickets().len())
}

#[tokio::test]
async fn creating_tells_doubt_from_what_was_certainly_not_taken() {
    let tries = [
        (Fault::CommitAndDrop, Failure::Doubt, 1),
        (Fault::DropBefore, Failure::Doubt, 0),
        (Fault::Garbled, Failure::Doubt, 1),
        (Fault::Truncated, Failure::Doubt, 1),
        (Fault::ServerError { committed: false }, Failure::Doubt, 0),
        (Fault::ServerError { committed: true }, Failure::Doubt, 1),
        (Fault::Hang { committed: false }, Failure::Doubt, 0),
        (Fault::Hang { committed: true }, Failure::Doubt, 1),
        (Fault::TooMany(Some(120)), Failure::NotNow { after: Some(Duration::from_mins(2)) }, 0),
    ];
    for vendor in VENDORS {
        for (fault, failure, tickets) in tries {
            let (result, made) = create(vendor, fault).await;
            let failed = result.unwrap_err();
            assert_eq!((failed.failure, made), (failure, tickets), "{vendor} {fault:?} {failed:?}");
        }
    }
}

#[tokio::test]
async fn a_lost_note_or_change_is_in_doubt_too() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let psa = client(&emulator);
        let id = psa.create_ticket(&ticket("k", &a_company(&*psa).await)).await.unwrap();
        emulator.fail_next(Kind::AddNote, Fault::CommitAndDrop);
        assert_eq!(psa.add_note(&id, &note("n-1")).await.unwrap_err().failure, Failure::Doubt, "{vendor}");
        assert!(psa.has_note(&id, "n-1").await.unwrap(), "{vendor}");
        emulator.fail_next(Kind::Update, Fault::CommitAndDrop);
        assert_eq!(psa.close(&id).await.unwrap_err().failure, Failure::Doubt, "{vendor}");
        psa.close(&id).await.unwrap();
        assert_eq!(emulator.calls(Kind::Update), 1, "{vendor}");
    }
}

#[tokio::test]
async fn a_change_done_twice_is_done_once() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let psa = client(&emulator);
        let id = psa.create_ticket(&ticket("k", &a_company(&*psa).await)).await.unwrap();
        emulator.fail_next(Kind::Update, Fault::Twice);
        psa.close(&id).await.unwrap();
        assert!(emulator.tickets()[0].closed, "{vendor}");
    }
}

#[tokio::test]
async fn what_only_reads_is_tried_later() {
    let faults = [
        Fault::CommitAndDrop,
        Fault::DropBefore,
        Fault::Garbled,
        Fault::Truncated,
        Fault::ServerError { committed: true },
    ];
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let psa = client(&emulator);
        let id = psa.create_ticket(&ticket("k", &a_company(&*psa).await)).await.unwrap();
        for fault in faults {
            emulator.fail_next(Kind::Search, fault);
            let failed = psa.find_ticket("k").await.unwrap_err();
            assert_eq!(failed.failure, NOT_NOW, "{vendor} {fault:?} {failed:?}");
            emulator.fail_next(Kind::ReadNotes, fault);
            assert_eq!(psa.has_note(&id, "n").await.unwrap_err().failure, NOT_NOW, "{vendor} {fault:?}");
        }
    }
}

#[tokio::test]
async fn nothing_is_in_doubt_before_the_call_itself_was_sent() {
    for vendor in VENDORS {
        for fault in [Fault::DropBefore, Fault::ServerError { committed: false }, Fault::Garbled] {
            let emulator = start(vendor).await;
            let psa = client(&emulator);
            emulator.fail_next(Kind::Enter, fault);
            let failed = psa.create_ticket(&ticket("k", "2")).await.unwrap_err();
            assert_eq!(failed.failure, NOT_NOW, "{vendor} {fault:?} {failed:?}");
            assert_eq!(emulator.calls(Kind::CreateTicket), 0);
        }
    }
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let psa = client(&emulator);
        let company = a_company(&*psa).await;
        drop(emulator);
        let failed = psa.create_ticket(&ticket("k", &company)).await.unwrap_err();
        // The connection that was kept may break only once it is used again.
        let failed = match failed.failure {
            Failure::Doubt => psa.create_ticket(&ticket("k", &company)).await.unwrap_err(),
            _ => failed,
        };
        assert_eq!((failed.failure, failed.code), (NOT_NOW, None), "{vendor} {failed:?}");
        assert!(failed.detail.contains("nothing listens there"), "{failed:?}");
    }
}

#[tokio::test]
async fn a_ticket_that_the_index_lacks_is_found_by_the_second_search() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let psa = client(&emulator);
        let company = a_company(&*psa).await;
        emulator.fail_next(Kind::CreateTicket, Fault::SlowIndex);
        let id = psa.create_ticket(&ticket("k", &company)).await.unwrap();
        assert_eq!(psa.find_ticket("k").await.unwrap(), None, "{vendor}");
        assert_eq!(psa.find_ticket("k").await.unwrap(), Some(id), "{vendor}");
    }
}

/// Does what the outbox does: after any doubt it searches, and creates again only after two searches found nothing.
/// The clock is turned where the outbox would wait.
async fn deliver(psa: &dyn Psa, clock: &Clock, key: &str, company: &str) -> String {
    let mut waited = 0;
    let mut wait = || {
        waited += 31;
        clock.set_ahead(waited);
    };
    loop {
        match psa.create_ticket(&ticket(key, company)).await {
            Ok(id) => return id,
            Err(Failed { failure: Failure::Doubt, .. }) => {}
            Err(Failed { failure: Failure::NotNow { .. }, .. }) => {
                wait();
                continue;
            }
            Err(failed) => panic!("{failed:?}"),
        }
        let mut empty = 0;
        while empty < 2 {
            match psa.find_ticket(key).await {
                Ok(Some(id)) => return id,
                Ok(None) => empty += 1,
                Err(failed) => assert_ne!(failed.failure, Failure::Refused, "{failed:?}"),
            }
            wait();
        }
    }
}

#[tokio::test]
async fn under_chaos_each_delivery_makes_exactly_one_ticket() {
    for (vendor, seed) in VENDORS.into_iter().zip(1_u64..) {
        let emulator = Emulator::new(vendor);
        let running = emulator.listen(anywhere()).await.unwrap();
        let company = a_company(&*client(&running)).await;
        // A second refusal of a token is refused for good, and rightly so: leave out what causes it.
        let faults: Vec<Fault> =
            Fault::PASSING.into_iter().filter(|fault| *fault != Fault::ExpireToken).collect();
        emulator.set_chaos(Some(Chaos::new(seed, 40, &faults)));
        for n in 0..60 {
            let clock = Clock::stopped(now());
            let options = Options { timeout: Duration::from_secs(30), clock: clock.clone() };
            let psa = client_of(vendor, &running.settings(), &emulator.choices(), options);
            let key = format!("beckon-{n}");
            let id = deliver(&*psa, &clock, &key, &company).await;
            let tickets = emulator.tickets();
            let made: Vec<_> = tickets
                .iter()
                .filter(|ticket| {
                    ticket.key.as_ref() == Some(&key) || ticket.summary.ends_with(&format!("[{key}]"))
                })
                .map(|ticket| ticket.id.to_string())
                .collect();
            assert_eq!(made, [id], "{vendor} {key}");
        }
    }
}
