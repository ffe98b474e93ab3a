//! Mail through a receiver that fails at random: every person hears of every question, and what comes twice is the same.

use std::collections::{BTreeMap, BTreeSet};

use mail_parser::MessageParser;

use crate::chance::Chance;
use crate::life::{ADMINS, Life, Plan, World, subject, subject_in};
use crate::receiver::{Deed, Received, Receiver, Step};
use crate::{Form, seed};

/// How many mails the server has under way at once: as many may be told again after it was killed.
const AT_ONCE: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn every_message_arrives_and_what_comes_twice_has_the_same_id() {
    let (messages, kills, rounds) = Form::get().pick((300, 5, 2_000), (10_000, 30, 12_000));
    eprintln!("torture: SMTP, {messages} messages, seed {}", seed());
    let chance = Chance::new(seed());
    let receiver = Receiver::start(move |step, n| deed(chance, step, n)).await;
    let mut life = Life::begin(&format!(
        "--smtp-host 127.0.0.1 --smtp-port {} --smtp-security none --smtp-from soc@torture.example --smtp-rate 100000",
        receiver.port()
    ))
    .await;
    let mut post = Post { receiver, chance: chance.about(100), lives: vec![0], closed_for: 0 };
    let questions = messages / ADMINS.len();
    let plan = Plan { what: "questions", requests: questions, kills, rounds };
    let calls = (0..questions).map(|number| life.question(number)).collect();
    let answers = life.go(plan, chance.about(101), calls, &mut post).await;
    let ids: BTreeSet<_> =
        answers.iter().map(|one| one["escalation"]["id"].as_i64().expect("a number")).collect();
    assert_eq!(ids.len(), questions, "each question is one escalation");
    for status in ["undelivered", "canceled"] {
        assert_eq!(life.any(status).await, None);
    }
    life.end();
    post.check(questions);
}

/// The receiver, which is closed now and then.
struct Post {
    receiver: Receiver,
    chance: Chance,
    /// The number of the first connection of each of the server's lives.
    lives: Vec<u64>,
    closed_for: u64,
}

impl World for Post {
    fn arrived(&self) -> usize {
        self.receiver.count() / ADMINS.len()
    }

    fn round(&mut self) {
        match self.closed_for {
            0 if self.chance.next(60) == 0 => {
                self.receiver.close();
                self.closed_for = 1 + self.chance.next(6);
            }
            0 => {}
            1 => {
                self.receiver.reopen();
                self.closed_for = 0;
            }
            _ => self.closed_for -= 1,
        }
    }

    fn killed(&mut self) {
        self.lives.push(self.receiver.connections());
    }
}

/// What the receiver does, in thousandths.
fn deed(chance: Chance, step: Step, n: u64) -> Deed {
    let faults: &[(u64, Deed)] = match step {
        Step::Connect => &[(30, Deed::Reply(421)), (30, Deed::HangUp)],
        Step::Ehlo => &[(20, Deed::Reply(451)), (20, Deed::HangUp)],
        Step::Auth => &[],
        Step::Rcpt => &[(20, Deed::Reply(450)), (10, Deed::Reply(421)), (10, Deed::HangUp)],
        Step::Mail | Step::Data => &[(15, Deed::Reply(451)), (10, Deed::HangUp)],
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

impl Post {
    /// Checks what was taken.
    fn check(&self, questions: usize) {
        assert_eq!(self.receiver.offences(), Vec::<String>::new());
        let received = self.receiver.received();
        let life = |message: &Received| self.lives.partition_point(|first| *first <= message.connection);
        let mut copies: BTreeMap<(String, String), Vec<(String, &Received)>> = BTreeMap::new();
        for message in &received {
            if let Some((subject, id)) = read(message) {
                copies.entry((subject, message.to[0].clone())).or_default().push((id, message));
            }
        }
        let (mut ids, mut repeated, mut after_kills) = (BTreeMap::new(), 0, 0);
        for (number, person) in (0..questions).flat_map(|number| ADMINS.map(|person| (number, person))) {
            let key = (subject(number), person.to_owned());
            let copies =
                copies.remove(&key).unwrap_or_else(|| panic!("{person} never heard of question {number}"));
            for (id, _) in &copies {
                assert_eq!(*id, copies[0].0, "{key:?}: a repeated message has the same Message-ID");
            }
            for ((_, before), (_, after)) in copies.iter().zip(&copies[1..]) {
                repeated += 1;
                if before.answered {
                    assert!(life(before) < life(after), "{key:?}: told again although nothing was in doubt");
                    after_kills += 1;
                }
            }
            let other = ids.insert(copies[0].0.clone(), key);
            assert_eq!(other, None, "each message has an id of its own");
        }
        assert!(copies.is_empty(), "somebody else heard: {:?}", copies.keys().collect::<Vec<_>>());
        assert!(repeated > 0, "expected messages that were taken and not acknowledged, found none");
        let kills = self.lives.len() - 1;
        assert!(after_kills <= AT_ONCE * kills, "{after_kills} were told again after they were taken");
        let failed =
            self.receiver.reached(Step::Taken) - received.iter().filter(|one| one.answered).count() as u64;
        eprintln!(
            "torture: {} messages, none missing after {kills} kills; {repeated} came again with the same id, {after_kills} \
             of them since the server was killed; the receiver failed {failed} times after the final dot",
            ids.len(),
        );
    }
}

/// Reads a message of ours, which has to be one that any mail program reads, and returns the question and the id.
fn read(message: &Received) -> Option<(String, String)> {
    let parsed = MessageParser::new().parse(&message.raw).expect("a message");
    let title = parsed.subject().expect("a subject");
    let subject = subject_in(title)?;
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
