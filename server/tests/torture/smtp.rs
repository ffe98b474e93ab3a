//! Mail through a receiver that fails at random: every person hears of every question, and what comes twice is the same.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use mail_parser::MessageParser;

use crate::chance::Chance;
use crate::life::{ADMINS, Life, subject};
use crate::receiver::{Deed, Received, Receiver, Step};
use crate::{Form, seed};

/// How often things are looked at, and the clock turned.
const ROUND: Duration = Duration::from_millis(40);

/// How far the clock is turned in a round. All rounds together stay below the three days after which mail is given up.
const TURN: u64 = 20;

/// How many questions may be raised beyond those that were told.
const AHEAD: usize = 40;

/// How many mails the server has under way at once: as many may be told again after it was killed.
const AT_ONCE: usize = 16;

/// How much is tried.
struct Plan {
    messages: usize,
    kills: usize,
    rounds: u32,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_message_arrives_and_what_comes_twice_has_the_same_id() {
    let plan = Form::get().pick(
        Plan { messages: 300, kills: 5, rounds: 2_000 },
        Plan { messages: 10_000, kills: 30, rounds: 12_000 },
    );
    eprintln!("torture: SMTP, {} messages, seed {}", plan.messages, seed());
    let chance = Chance::new(seed());
    let mut receiver = Receiver::start(move |step, n| deed(chance, step, n)).await;
    let options = format!(
        "--smtp-host 127.0.0.1 --smtp-port {} --smtp-security none --smtp-from soc@torture.example --smtp-rate 100000",
        receiver.port()
    );
    let mut life = Life::begin(&options.split(' ').collect::<Vec<_>>());
    let questions = plan.messages / ADMINS.len();
    let lives = drive(&plan, &mut life, &mut receiver, chance.about(100)).await;
    for status in ["undelivered", "canceled"] {
        assert!(!life.any(status).await, "expected no delivery to be {status}");
    }
    life.end();
    check(questions, &lives, &receiver);
    assert_eq!(lives.len() - 1, plan.kills, "the server is killed as often as planned");
}

/// Raises the questions, kills the server and closes the receiver at random, until nothing waits any more. Returns the
/// number of the first connection of each of the server's lives.
async fn drive(plan: &Plan, life: &mut Life, receiver: &mut Receiver, mut chance: Chance) -> Vec<u64> {
    let questions = plan.messages / ADMINS.len();
    let mut lives = vec![0];
    let mut closed_for = 0_u64;
    let mut clock = tokio::time::interval(ROUND);
    let began = Instant::now();
    let every = u64::try_from(plan.messages / (plan.kills + 1)).expect("small");
    let mut next_kill = chance.next(every) + 1;
    let raising = life.raise(questions);
    for round in 0..plan.rounds {
        clock.tick().await;
        let count = receiver.count();
        life.allow(count / ADMINS.len() + AHEAD);
        life.turn(TURN).await;
        if lives.len() <= plan.kills && count as u64 >= next_kill {
            tokio::time::sleep(Duration::from_micros(chance.next(60_000))).await;
            life.kill(|| lives.push(receiver.connections()));
            next_kill = every * lives.len() as u64 + chance.next(every);
        }
        match closed_for {
            0 if chance.next(60) == 0 => {
                receiver.close().await;
                closed_for = 1 + chance.next(6);
            }
            0 => {}
            1 => {
                receiver.reopen();
                closed_for = 0;
            }
            _ => closed_for -= 1,
        }
        if round % 250 == 249 {
            let (kills, seconds) = (lives.len() - 1, began.elapsed().as_secs());
            eprintln!("torture: {count} of {} messages after {kills} kills and {seconds} s", plan.messages);
        }
        if raising.is_finished() && !life.is_busy().await {
            let mut ids = raising.await.expect("every question is acknowledged");
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), questions, "each question is one escalation");
            return lives;
        }
    }
    panic!(
        "after {} rounds, {} messages have arrived and something still waits",
        plan.rounds,
        receiver.count()
    );
}

/// What the receiver does, in thousandths.
fn deed(chance: Chance, step: Step, n: u64) -> Deed {
    let faults: &[(u64, Deed)] = match step {
        Step::Connect => &[(30, Deed::Reply(421)), (30, Deed::HangUp)],
        Step::Ehlo => &[(20, Deed::Reply(451)), (20, Deed::HangUp)],
        Step::Auth => &[],
        Step::Mail => &[(15, Deed::Reply(451)), (10, Deed::HangUp)],
        Step::Rcpt => &[(20, Deed::Reply(450)), (10, Deed::Reply(421)), (10, Deed::HangUp)],
        Step::Data => &[(15, Deed::Reply(451)), (10, Deed::HangUp)],
        Step::Body => &[(40, Deed::HangUp)],
        Step::Taken => &[(30, Deed::Reply(451)), (40, Deed::HangUp), (50, Deed::KeepAndHangUp)],
    };
    let mut roll = chance.about(step as u64).nth(n, 1_000);
    for (share, deed) in faults {
        match roll.checked_sub(*share) {
            None => return *deed,
            Some(rest) => roll = rest,
        }
    }
    Deed::Go
}

/// Checks what was taken.
fn check(questions: usize, lives: &[u64], receiver: &Receiver) {
    assert_eq!(receiver.offences(), Vec::<String>::new());
    let life = |message: &Received| lives.partition_point(|first| *first <= message.connection);
    let mut copies: BTreeMap<(String, String), Vec<(String, Received)>> = BTreeMap::new();
    for message in receiver.received() {
        if let Some((subject, id)) = read(&message) {
            copies.entry((subject, message.to[0].clone())).or_default().push((id, message));
        }
    }
    let mut ids = BTreeMap::new();
    let (mut repeated, mut after_kills) = (0, 0);
    for number in 0..questions {
        for person in ADMINS {
            let key = (subject(number), person.to_owned());
            let copies =
                copies.remove(&key).unwrap_or_else(|| panic!("{person} never heard of question {number}"));
            for (id, _) in &copies {
                assert_eq!(*id, copies[0].0, "{key:?}: a repeated message has the same Message-ID");
            }
            for pair in copies.windows(2) {
                let [(_, before), (_, after)] = pair else { unreachable!("of two") };
                repeated += 1;
                if before.answered {
                    assert!(life(before) < life(after), "{key:?}: told again although nothing was in doubt");
                    after_kills += 1;
                }
            }
            let other = ids.insert(copies[0].0.clone(), key);
            assert_eq!(other, None, "each message has an id of its own");
        }
    }
    assert!(copies.is_empty(), "somebody else heard: {:?}", copies.keys().collect::<Vec<_>>());
    assert!(repeated > 0, "expected messages that were taken and not acknowledged, found none");
    assert!(
        after_kills <= AT_ONCE * (lives.len() - 1),
        "{after_kills} were told again after they were taken"
    );
    eprintln!(
        "torture: {} messages, none missing; {repeated} came again with the same id, {after_kills} of them since the server \
         was killed; the receiver failed {} times after the final dot",
        ids.len(),
        receiver.reached(Step::Taken) - receiver.received().iter().filter(|one| one.answered).count() as u64,
    );
}

/// Reads a message of ours, which has to be one that any mail program reads, and returns the question and the id.
fn read(message: &Received) -> Option<(String, String)> {
    let parsed = MessageParser::new().parse(&message.raw).expect("a message");
    let title = parsed.subject().expect("a subject");
    let subject = title.find("Torture 0").map(|at| &title[at..at + 13])?;
    let to: Vec<_> = parsed.to().expect("a recipient").iter().filter_map(|one| one.address()).collect();
    assert_eq!(to, message.to, "{title}");
    for header in ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"] {
        let count = parsed.headers().iter().filter(|one| one.name().eq_ignore_ascii_case(header)).count();
        assert_eq!(count, 1, "{title}: {header}");
    }
    for body in [parsed.body_text(0), parsed.body_html(0)] {
        assert!(body.expect("a text").contains(subject), "{title}: its text is another's");
    }
    Some((subject.to_owned(), parsed.message_id().expect("an id").to_owned()))
}
