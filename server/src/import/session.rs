//! One import: reads the log piece by piece, gathers logins, asks which the server has, and sends the others.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use beckon_core::observation::Outcome;
use beckon_core::observation::body::{LOGIN, LoginBody};

use super::args::Options;
use super::client::Client;
use super::countries::Countries;
use super::exit::{Exit, Failure};
use super::input::{Input, no_records};
use super::networks::VpnNetworks;
use super::people::People;
use super::summary::Summary;
use crate::sources::splitter::{Piece, Splitter};
use crate::sources::{Login, Reason, Record, Source, address};

/// How many logins go into one request.
const MAX_BATCH: usize = 500;

/// How much is read at once, in bytes.
const CHUNK: usize = 64 << 10;

/// An import under way.
pub(super) struct Session<'a, C> {
    source: Source,
    options: &'a Options,
    client: &'a Client,
    countries: &'a C,
    networks: &'a VpnNetworks,
    people: People,
    seen: Seen,
    batch: Vec<Pending>,
    summary: Summary,
}

/// A login that waits to be sent.
struct Pending {
    line: u64,
    id: String,
    json: String,
    subject: String,
}

/// The ids that this run met, as hashes of 128 bits: few bytes for each of millions, and no two alike in practice.
struct Seen {
    ids: HashSet<u128>,
    hashers: [RandomState; 2],
}

impl<'a, C: Countries> Session<'a, C> {
    /// Makes an import that has not begun.
    pub(super) fn new(
        source: Source,
        options: &'a Options,
        client: &'a Client,
        countries: &'a C,
        networks: &'a VpnNetworks,
        people: People,
    ) -> Self {
        let seen = Seen { ids: HashSet::new(), hashers: [RandomState::new(), RandomState::new()] };
        Self {
            source,
            options,
            client,
            countries,
            networks,
            people,
            seen,
            batch: Vec::new(),
            summary: Summary::default(),
        }
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
        let mut splitter = Splitter::default();
        let mut buffer = vec![0; CHUNK];
        let mut pieces = Vec::new();
        loop {
            let read = match input.read(&mut buffer) {
                Ok(read) => read,
                Err(failure) => {
                    // What was good goes in before the damage is told.
                    self.send().await?;
                    let line = splitter.line();
                    return Err(Failure::new(failure.exit, format!("{} (line {line})", failure.message)));
                }
            };
            splitter.push(&buffer[..read], &mut pieces);
            if read == 0 {
                splitter.finish(&mut pieces);
            }
            for piece in pieces.drain(..) {
                self.take(piece);
                if self.batch.len() >= MAX_BATCH {
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
            Piece::Broken { line, message } => self.summary.malformed.push(line, message),
            Piece::Record { line, json } => match self.source.read(&json) {
                Ok(Record::Login(login)) => self.login(line, *login),
                Ok(Record::Ignored(reason)) => self.summary.ignore(reason),
                Err(message) => self.summary.malformed.push(line, message),
            },
        }
    }

    fn login(&mut self, line: u64, login: Login) {
        self.summary.logins += 1;
        if !self.seen.insert(&login.id) {
            self.summary.repeated += 1;
            return;
        }
        let country = login.country.or_else(|| self.countries.country(login.address?));
        // The list names the service, while a record mostly says no more than that there is one.
        let vpn = self.networks.vpn(login.address, login.system).cloned().or(login.vpn);
        // Without either, nobody could judge it; and once it was sent, a later import that knows the country could not
        // send it again.
        if country.is_none() && vpn.is_none() {
            self.summary.ignore(match login.address {
                None => Reason::Nowhere,
                Some(ip) if !address::is_public(ip) => Reason::PrivateAddress,
                Some(_) => Reason::UnknownCountry,
            });
            return;
        }
        let subject = vpn
            .as_ref()
            .map(|vpn| vpn.name().to_owned())
            .or_else(|| country.map(|country| country.name().to_owned()))
            .unwrap_or_default();
        let body = LoginBody {
            id: login.id,
            kind: LOGIN.to_owned(),
            observed_at: login.at,
            account_id: self.options.account,
            organization_id: self.options.organization,
            identity: self.people.identity(login.person),
            country,
            vpn,
            ip_address: login.address,
        };
        let json = serde_json::to_string(&body).expect("a login has text keys and no maps");
        self.batch.push(Pending { line, id: body.id, json, subject });
    }

    /// Sends what waits, except what the server has.
    async fn send(&mut self) -> Result<(), Failure> {
        if self.batch.is_empty() {
            return Ok(());
        }
        self.try_send().await.map_err(|failure| {
            let acknowledged = self.summary.acknowledged();
            let message = format!(
                "{}; {acknowledged} logins are in for sure: run the import again when this is mended, it sends only \
                 what is missing",
                failure.message
            );
            Failure::new(failure.exit, message)
        })
    }

    async fn try_send(&mut self) -> Result<(), Failure> {
        let ids: Vec<String> = self.batch.iter().map(|pending| pending.id.clone()).collect();
        let known: HashSet<String> =
            self.client.known(self.options.account, ids).await?.into_iter().collect();
        let total = self.batch.len();
        self.batch.retain(|pending| !known.contains(&pending.id));
        self.summary.already_there += (total - self.batch.len()) as u64;
        if self.batch.is_empty() {
            return Ok(());
        }
        let bodies: Vec<&str> = self.batch.iter().map(|pending| pending.json.as_str()).collect();
        let results = self.client.observe(&bodies).await?;
        for (pending, result) in std::mem::take(&mut self.batch).into_iter().zip(results) {
            self.summary.count(result.outcome, result.escalation_id, &pending.subject);
            if result.outcome == Outcome::Rejected {
                let fields = result.errors.iter().map(|error| format!("{}: {}", error.field, error.message));
                self.summary.rejected.push(pending.line, fields.collect::<Vec<_>>().join("; "));
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
            let message = format!(
                "expected {title} in {name}, found records of another log: is it one for `beckon import {}`?",
                self.source.other()
            );
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
