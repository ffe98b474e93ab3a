//! Three servers whose way to PostgreSQL is cut in the middle of transactions, also between a commit and its answer, or goes silent:
//! nothing that was acknowledged is lost, nothing is done twice, and whoever is cut off says so and comes back by itself.

use std::time::{Duration, Instant};

use beckon_core::integration::Vendor;
use beckon_emulators::Emulator;

use crate::chance::Chance;
use crate::fleet::{Fleet, cluster};
use crate::load::Load;
use crate::proxy::{Mode, Proxy};
use crate::{Form, seed};

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_cut_and_a_network_that_is_silent_lose_and_double_nothing() {
    let Some(cluster) = cluster() else { return };
    let (cuts, silences) = Form::get().pick((30, 1), (1_000, 20));
    eprintln!("torture: {cuts} cuts and {silences} partitions, seed {}", seed());
    let mut chance = Chance::new(seed()).about(400);
    let mut proxies = Vec::new();
    for _ in 0..3 {
        proxies.push(Proxy::start(cluster.port()).await);
    }
    let addresses: Vec<String> = proxies.iter().map(|proxy| proxy.url(&cluster.url())).collect();
    let fleet = Fleet::start(&addresses, |_| String::new());
    let emulator = Emulator::start(Vendor::Connectwise, ([127, 0, 0, 1], 0).into()).await.expect("a port");
    fleet.caller.connect(&emulator).await;
    let (began, load) = (Instant::now(), Load::begin(&fleet.caller, Duration::from_millis(5)));
    for cut in 1..=cuts {
        let proxy = &proxies[usize::try_from(chance.next(3)).expect("small")];
        load.more(2).await;
        if cut % 2 == 0 {
            // What is committed meanwhile is not heard of.
            proxy.set(Mode::KeepsAnswers);
            tokio::time::sleep(Duration::from_millis(1 + chance.next(20))).await;
        }
        proxy.cut();
        if cut % 100 == 0 {
            let (acknowledged, seconds) = (load.acknowledged(), began.elapsed().as_secs());
            eprintln!("torture: {cut} cuts, {acknowledged} requests acknowledged after {seconds} s");
        }
    }
    for silence in 0..silences {
        let number = usize::try_from(chance.next(3)).expect("small");
        load.more(10).await;
        proxies[number].set(Mode::Silent);
        // As a load balancer does: it goes by what the server says of itself, and the others go on.
        fleet.hosts[number].until_ready(false).await;
        fleet.targets.set(number, None);
        load.more(6).await;
        if silence % 2 == 0 {
            proxies[number].set(Mode::Passes);
        } else {
            proxies[number].cut();
        }
        fleet.hosts[number].until_ready(true).await;
        fleet.targets.set(number, Some(fleet.hosts[number].url()));
    }
    let ledger = fleet.conclude(load, &emulator).await;
    eprintln!(
        "torture: {cuts} cuts and {silences} partitions in {} s: {}, all there",
        began.elapsed().as_secs(),
        ledger.told()
    );
}
