//! One import: reads the log piece by piece, gathers observations, asks which the server has, and sends the others.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use beckon_core::observation::Outcome;

use super::args::Options;
use super::client::Client;
use super::countries::Countries;
use super::drafts::{Draft, Drafts};
use super::exit::{Exit, Failure};
use super::input::{Input, no_records};
use super::summary::Summary;
use crate::sources::split::{Piece, Position};
use crate::sources::{Fact, Facts, Reason, Record, Source};

/// How many observations go into one request.
const MAX_BATCH: usize = 500;

/// How many statuses are held back, so that they go out in the order of time.
const MAX_HELD: usize = 50_000;

/// How much is read at once, in bytes.
const CHUNK: usize = 64 << 10;

/// An import under way.
pub(super) struct Session<'a, C> {
    source: Source,
    options: &'a Options,
    client: &'a Client,
    drafts: Drafts<C>,
    seen: Seen,
    /// What waits to be sent, and where it stands in the log.
    waiting: Vec<(Position, Draft)>,
    /// The log that the file seems to be instead.
    other: Option<Source>,
    summary: Summary,
}

/// The ids that this run met, as hashes of 128 bits: few bytes for each of millions, and no two alike in practice.
struct Seen {
    ids: HashSet<u128>,
    hashers: [RandomState; 2],
}

impl<'a, C: Countries> Session<'a, C> {
    /// Makes an import that has not begun.
    pub(super) fn new(source: Source, options: &'a Options, client: &'a Client, drafts: Drafts<C>) -> Self {
        let seen = Seen { ids: HashSet::new(), hashers: [RandomState::new(), RandomState::new()] };
        let summary = Summary::new(source.facts());
        Self { source, options, client, drafts, seen, waiting: Vec::new(), other: None, summary }
    }

    /// Imports all that `input` holds, and returns what was done, also where it stopped early.
    pub(super) async fn run(mut self, input: &mut Input) -> (Summary, Exit) {
        let result = self.read(input).await.and_then(|()| self.judge(input));
        input.progress().finish_and_clear();
        let exit = match result {
            Ok(()) if self.summary.malformed.count + self.summary.rejected.count > 0 => Exit::Partly,
            Ok(()) => Exit::Done,
            Err(failure) => {
                self.summary.error = Some(failure.message);
                failure.exit
            }
        };
        (self.summary, exit)
    }

    async fn read(&mut self, input: &mut Input) -> Result<(), Failure> {
        let mut splitter = input.format().splitter();
        let mut buffer = vec![0; CHUNK];
        let mut pieces = Vec::new();
        loop {
            let read = match input.read(&mut buffer) {
                Ok(read) => read,
                Err(failure) => {
                    // What was good goes in before the damage is told.
                    self.send().await?;
                    let at = splitter.position();
                    return Err(Failure::new(failure.exit, format!("{} ({at})", failure.message)));
                }
            };
            splitter.push(&buffer[..read], &mut pieces);
            if read == 0 {
                splitter.finish(&mut pieces);
            }
            for piece in pieces.drain(..) {
                self.take(piece);
                if self.waiting.len() >= self.most_held() {
                    self.send().await?;
                }
            }
            if read == 0 {
                return self.send().await;
            }
        }
    }

    /// Takes the next piece of the log.
    fn take(&mut self, piece: Piece) {
        self.summary.records_read += 1;
        match piece {
            Piece::Broken { at, message } => self.summary.malformed.push(at, message),
            Piece::Record { at, text } => match self.source.read(&text) {
                Ok(Record::Fact(fact)) => self.fact(at, fact),
                Ok(Record::Ignored(reason)) => {
                    if reason == Reason::OtherLog && self.other.is_none() {
                        self.other = self.source.other(&text);
                    }
                    self.summary.ignore(reason);
                }
                Err(message) => self.summary.malformed.push(at, message),
            },
        }
    }

    fn fact(&mut self, at: Position, fact: Fact) {
        self.summary.facts.1 += 1;
        if !self.seen.insert(fact.id()) {
            self.summary.repeated += 1;
            return;
        }
        match self.drafts.draft(fact) {
            Ok(draft) => self.waiting.push((at, draft)),
            Err(reason) => self.summary.ignore(reason),
        }
    }

    /// Sends what waits, except what the server has.
    async fn send(&mut self) -> Result<(), Failure> {
        let mut waiting = std::mem::take(&mut self.waiting);
        if self.source.facts() == Facts::Statuses {
            waiting.sort_by_key(|(_, draft)| draft.at);
        }
        let mut waiting = waiting.into_iter();
        loop {
            let batch: Vec<_> = waiting.by_ref().take(MAX_BATCH).collect();
            if batch.is_empty() {
                return Ok(());
            }
            self.send_batch(batch).await?;
        }
    }

    /// Returns how many facts are gathered before they are sent.
    ///
    /// What an endpoint said first must not come last, or what is over would look as if it went on; and logs are often
    /// written with the newest first, or begin in the middle.
    fn most_held(&self) -> usize {
        match self.source.facts() {
            Facts::Logins => MAX_BATCH,
            Facts::Statuses => MAX_HELD,
        }
    }

    /// Sends one request's worth.
    async fn send_batch(&mut self, batch: Vec<(Position, Draft)>) -> Result<(), Failure> {
        self.try_send(batch).await.map_err(|failure| {
            let (acknowledged, facts) = (self.summary.acknowledged(), self.source.facts());
            let message = format!(
                "{}; {acknowledged} {facts} are in for sure: run the import again when this is mended, it sends only \
                 what is missing",
                failure.message
            );
            Failure::new(failure.exit, message)
        })
    }

    async fn try_send(&mut self, mut batch: Vec<(Position, Draft)>) -> Result<(), Failure> {
        let ids: Vec<String> = batch.iter().map(|(_, draft)| draft.id.clone()).collect();
        let known: HashSet<String> =
            self.client.known(self.options.account, ids).await?.into_iter().collect();
        let total = batch.len();
        batch.retain(|(_, draft)| !known.contains(&draft.id));
        self.summary.already_there += (total - batch.len()) as u64;
        if batch.is_empty() {
            return Ok(());
        }
        let bodies: Vec<&str> = batch.iter().map(|(_, draft)| draft.json.as_str()).collect();
        let results = self.client.observe(&bodies).await?;
        for ((at, draft), result) in batch.into_iter().zip(results) {
            self.summary.count(result.outcome, result.escalation_id, &draft.subject);
            if result.outcome == Outcome::Rejected {
                let fields = result.errors.iter().map(|error| format!("{}: {}", error.field, error.message));
                self.summary.rejected.push(at, fields.collect::<Vec<_>>().join("; "));
            }
        }
        Ok(())
    }

    /// Looks at the whole when all was read: is it the log that it was said to be?
    fn judge(&self, input: &Input) -> Result<(), Failure> {
        let Summary { records_read, malformed, ignored, .. } = &self.summary;
        let (name, title) = (input.name(), self.source.title());
        if *records_read == 0 {
            return Err(no_records(name));
        }
        if malformed.count == *records_read {
            let message = format!("expected {title} in {name}, found no record that is whole");
            return Err(Failure::new(Exit::Data, message));
        }
        let foreign = ignored.get(&Reason::OtherLog).copied().unwrap_or_default();
        if foreign + malformed.count == *records_read {
            let hint = match self.other {
                Some(other) => format!("{}: import it with `beckon import {other}`", other.title()),
                None => "records of another log: check the file".to_owned(),
            };
            let message = format!("expected {title} in {name}, found {hint}");
            return Err(Failure::new(Exit::Data, message));
        }
        Ok(())
    }
}

impl Seen {
    fn insert(&mut self, id: &str) -> bool {
        let [high, low] = self.hashers.each_ref().map(|hasher| u128::from(hasher.hash_one(id)));
        self.ids.insert(high << 64 | low)
    }
}
