//! Ways out that a test owns: a mail server, a PSA and webhook endpoints in memory, each able to fail on purpose.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::http::{Request, Response};
use beckon_core::id::{IntegrationId, WebhookId};
use beckon_core::integration::{Choices, Settings};
use beckon_core::time::Timestamp;
use beckon_server::deliver::outcome::{Failed, Failure};
use beckon_server::deliver::outlets::Outlets;
use beckon_server::mail::Mail;
use beckon_server::outbound::Unreachable;
use beckon_server::psa::{Company, NewTicket, Note, Offer, Psa};
use beckon_server::seal::{SealError, Sealer};
use beckon_server::store::{Integration, Webhook};

use crate::oidc::fake::FakeProvider;

/// How the next call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nobody listens.
    Down,
    /// The work is done, and the answer is lost.
    Lost,
    /// It is refused, with a code.
    Refused(u16),
    /// It asks to be left alone for so many seconds.
    Busy(u64),
}

impl Fault {
    fn failed(self) -> Failed {
        match self {
            Self::Down => Failed::new(Failure::NotNow { after: None }, None, "connection refused"),
            Self::Lost => Failed::new(Failure::Doubt, None, "the connection broke"),
            Self::Refused(code) => Failed::new(Failure::Refused, Some(code), "refused"),
            Self::Busy(seconds) => {
                let after = Some(Duration::from_secs(seconds));
                Failed::new(Failure::NotNow { after }, Some(429), "too many requests")
            }
        }
    }
}

/// A ticket in the fake PSA.
#[derive(Clone, Debug)]
pub(crate) struct FakeTicket {
    pub(crate) made: NewTicket,
    pub(crate) notes: Vec<Note>,
    pub(crate) closed: bool,
}

#[derive(Default)]
pub(crate) struct FakePsa {
    pub(crate) tickets: Mutex<Vec<FakeTicket>>,
    /// Consumed one by one, by whatever is called next.
    pub(crate) faults: Mutex<VecDeque<Fault>>,
    /// For as long as it is there.
    pub(crate) broken: Mutex<Option<Fault>>,
    /// How many searches find nothing although there is something.
    pub(crate) blind: Mutex<usize>,
    /// Whether it takes requests to make tickets and never answers them.
    pub(crate) hangs: Hangs,
}

/// Something that may take requests and never answer them.
#[derive(Default)]
pub(crate) struct Hangs {
    pub(crate) does: AtomicBool,
    /// How many wait for an answer.
    pub(crate) waiting: AtomicUsize,
}

impl Hangs {
    async fn pass(&self) {
        if self.does.load(Ordering::Relaxed) {
            self.waiting.fetch_add(1, Ordering::Relaxed);
            std::future::pending::<()>().await;
        }
    }
}

impl FakePsa {
    fn fault(&self) -> Option<Fault> {
        self.faults.lock().expect("a lock").pop_front().or(*self.broken.lock().expect("a lock"))
    }

    /// Does `work` unless a fault says otherwise.
    fn call<T>(&self, work: impl FnOnce(&mut Vec<FakeTicket>) -> T) -> Result<T, Failed> {
        let fault = self.fault();
        match fault {
            None => Ok(work(&mut self.tickets.lock().expect("a lock"))),
            Some(Fault::Lost) => {
                work(&mut self.tickets.lock().expect("a lock"));
                Err(Fault::Lost.failed())
            }
            Some(fault) => Err(fault.failed()),
        }
    }

    pub(crate) fn all(&self) -> Vec<FakeTicket> {
        self.tickets.lock().expect("a lock").clone()
    }
}

#[async_trait]
impl Psa for FakePsa {
    async fn test(&self) -> Result<(), Failed> {
        self.call(|_| ())
    }

    async fn offers(&self, slot: &str, _: &Choices) -> Result<Vec<Offer>, Failed> {
        self.call(|_| vec![Offer { id: "1".to_owned(), name: format!("The first {slot}") }])
    }

    async fn companies(&self) -> Result<Vec<Company>, Failed> {
        let named = |(id, name): (i32, &str)| Company { id: id.to_string(), name: name.to_owned() };
        self.call(|_| [(7, "Northwind IT"), (8, "Contoso"), (9, "Fabrikam Ltd")].map(named).to_vec())
    }

    async fn find_ticket(&self, key: &str) -> Result<Option<String>, Failed> {
        let blind = {
            let mut blind = self.blind.lock().expect("a lock");
            let is = *blind > 0;
            *blind = blind.saturating_sub(1);
            is
        };
        let found = self.call(|tickets| tickets.iter().position(|one| one.made.key == key))?;
        Ok(found.filter(|_| !blind).map(|index| index.to_string()))
    }

    async fn create_ticket(&self, ticket: &NewTicket) -> Result<String, Failed> {
        self.hangs.pass().await;
        self.call(|tickets| {
            tickets.push(FakeTicket { made: ticket.clone(), notes: Vec::new(), closed: false });
            (tickets.len() - 1).to_string()
        })
    }

    async fn has_note(&self, ticket: &str, key: &str) -> Result<bool, Failed> {
        let index: usize = ticket.parse().expect("an id of ours");
        self.call(|tickets| tickets[index].notes.iter().any(|note| note.key == key))
    }

    async fn add_note(&self, ticket: &str, note: &Note) -> Result<(), Failed> {
        let index: usize = ticket.parse().expect("an id of ours");
        self.call(|tickets| tickets[index].notes.push(note.clone()))
    }

    async fn close(&self, ticket: &str) -> Result<(), Failed> {
        let index: usize = ticket.parse().expect("an id of ours");
        self.call(|tickets| tickets[index].closed = true)
    }
}

/// A request that a fake endpoint got.
#[derive(Clone, Debug)]
pub(crate) struct Hook {
    pub(crate) url: String,
    pub(crate) id: String,
    pub(crate) body: serde_json::Value,
}

pub(crate) struct Fakes {
    pub(crate) letters: Mutex<Vec<Mail>>,
    pub(crate) mail_faults: Mutex<VecDeque<Fault>>,
    pub(crate) mail_broken: Mutex<Option<Fault>>,
    pub(crate) psa: Arc<FakePsa>,
    pub(crate) hooks: Mutex<Vec<Hook>>,
    pub(crate) hook_broken: Mutex<Option<Failed>>,
    pub(crate) mail_hangs: Hangs,
    /// Of endpoints whose address ends in `hang`.
    pub(crate) hooks_hang: Hangs,
    /// A sign-in provider.
    pub(crate) provider: FakeProvider,
    sealer: Sealer,
}

impl Fakes {
    pub(crate) fn new() -> Self {
        Self {
            letters: Mutex::default(),
            mail_faults: Mutex::default(),
            mail_broken: Mutex::default(),
            psa: Arc::default(),
            hooks: Mutex::default(),
            hook_broken: Mutex::default(),
            mail_hangs: Hangs::default(),
            hooks_hang: Hangs::default(),
            provider: FakeProvider::default(),
            sealer: Sealer::passing().expect("random bytes"),
        }
    }

    /// The subjects' reasons that each address heard of, as `address: first line of the text`.
    pub(crate) fn letters(&self) -> Vec<Mail> {
        self.letters.lock().expect("a lock").clone()
    }

    /// Who got a mail since the last look, each once a mail.
    pub(crate) fn taken(&self) -> Vec<Mail> {
        std::mem::take(&mut self.letters.lock().expect("a lock"))
    }

    pub(crate) fn addresses(&self) -> BTreeSet<String> {
        self.letters().into_iter().map(|letter| letter.to_address).collect()
    }
}

#[async_trait]
impl Outlets for Fakes {
    async fn mail(&self, letter: Mail) -> Result<String, Failed> {
        self.mail_hangs.pass().await;
        let fault = self.mail_faults.lock().expect("a lock").pop_front();
        match fault.or(*self.mail_broken.lock().expect("a lock")) {
            None => {
                self.letters.lock().expect("a lock").push(letter);
                Ok("250 taken".to_owned())
            }
            Some(Fault::Lost) => {
                self.letters.lock().expect("a lock").push(letter);
                Err(Fault::Lost.failed())
            }
            Some(fault) => Err(fault.failed()),
        }
    }

    async fn psa(&self, _: &Integration) -> Result<Arc<dyn Psa>, Failed> {
        Ok(Arc::clone(&self.psa) as Arc<dyn Psa>)
    }

    async fn webhook(&self, webhook: &Webhook, id: &str, body: &str, _: Timestamp) -> Result<String, Failed> {
        if webhook.url.ends_with("hang") {
            self.hooks_hang.pass().await;
        }
        if let Some(failed) = self.hook_broken.lock().expect("a lock").clone() {
            return Err(failed);
        }
        let body = serde_json::from_str(body).expect("JSON");
        let hook = Hook { url: webhook.url.clone(), id: id.to_owned(), body };
        self.hooks.lock().expect("a lock").push(hook);
        Ok("204".to_owned())
    }

    fn check_url(&self, url: &str) -> Result<String, String> {
        if url.starts_with("https://") { Ok(url.to_owned()) } else { Err("expected https".to_owned()) }
    }

    async fn fetch(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Unreachable> {
        self.provider.answer(&request)
    }

    fn new_webhook_secret(&self, id: WebhookId, _: Option<&Webhook>) -> Result<(String, String), SealError> {
        let secret = format!("whsec_{id}");
        Ok((secret.clone(), self.sealer.seal("webhook", &secret)?))
    }

    fn seal(&self, purpose: &str, secret: &str) -> Result<String, SealError> {
        self.sealer.seal(purpose, secret)
    }

    fn open(&self, purpose: &str, sealed: &str) -> Result<String, SealError> {
        self.sealer.open(purpose, sealed)
    }

    fn seal_integration(&self, _: IntegrationId, secrets: &Settings) -> Result<String, SealError> {
        self.sealer.seal("integration", &serde_json::to_string(secrets).expect("JSON"))
    }

    fn open_integration(&self, integration: &Integration) -> Result<Settings, SealError> {
        let text = self.sealer.open("integration", &integration.sealed)?;
        Ok(serde_json::from_str::<BTreeMap<_, _>>(&text).expect("JSON"))
    }

    fn mail_transport(&self) -> &'static str {
        "smtp"
    }

    fn mails_per_second(&self) -> u32 {
        1_000_000
    }
}
