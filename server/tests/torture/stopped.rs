//! Three servers whose PostgreSQL is stopped in the middle of everything, again and again: nothing that was acknowledged is lost,
//! each question has one ticket, and the servers go on by themselves when the database is back.

use std::time::{Duration, Instant};

use beckon_core::integration::Vendor;
use beckon_emulators::Emulator;

use crate::chance::Chance;
use crate::fleet::{Fleet, cluster};
use crate::load::Load;
use crate::{Form, seed};

/// The longest that the database is away, in milliseconds.
const AWAY: u64 = 3_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_stopped_in_the_middle_loses_nothing_and_doubles_no_ticket() {
    let Some(mut cluster) = cluster() else { return };
    let (stops, apart, pause) =
        Form::get().pick((3, Duration::from_secs(1), 20), (40, Duration::from_secs(30), 100));
    eprintln!("torture: PostgreSQL stopped {stops} times, {} s apart, seed {}", apart.as_secs(), seed());
    let mut chance = Chance::new(seed()).about(300);
    let fleet = Fleet::start(&[cluster.url(), cluster.url(), cluster.url()], |_| String::new());
    let emulator = Emulator::start(Vendor::Connectwise, ([127, 0, 0, 1], 0).into()).await.expect("a port");
    fleet.caller.connect(&emulator).await;
    let (began, load) = (Instant::now(), Load::begin(&fleet.caller, Duration::from_millis(pause)));
    let (mut longest, mut all) = (Duration::ZERO, Duration::ZERO);
    for stop in 1..=stops {
        load.more(20).await;
        tokio::time::sleep(apart).await;
        let away = Duration::from_millis(chance.next(AWAY));
        tokio::task::block_in_place(|| {
            cluster.stop_at_once().expect("it stops");
            std::thread::sleep(away);
            cluster.start_again().expect("it starts again");
        });
        let back = Instant::now();
        load.more(6).await;
        fleet.until_ready().await;
        longest = longest.max(back.elapsed());
        all += back.elapsed();
        if stop % 5 == 0 {
            let (acknowledged, seconds) = (load.acknowledged(), began.elapsed().as_secs());
            eprintln!("torture: {stop} stops, {acknowledged} requests acknowledged after {seconds} s");
        }
    }
    let ledger = fleet.conclude(load, &emulator).await;
    eprintln!(
        "torture: PostgreSQL stopped {stops} times in {} s: {}, all there; back {} ms after it on average, {} ms at most",
        began.elapsed().as_secs(),
        ledger.told(),
        all.as_millis() / stops,
        longest.as_millis()
    );
}
