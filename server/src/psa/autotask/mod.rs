//! Autotask. The correlation key of a ticket is its `externalID`; that of a note stands in its text.

use async_trait::async_trait;
use beckon_core::error::FieldError;
use beckon_core::integration::autotask::DISCOVERY_URL;
use beckon_core::integration::{Choices, Vendor, priority_slot};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use url::Url;

use super::http::{Answer, Http, MAX_PAGES, Options, Stake};
use super::secrets::Secrets;
use super::throttle::{Limits, Throttle};
use super::words::{holds_key, number, text_with_key, title};
use super::{Company, Entered, NewTicket, Note, Offer, Psa};
use crate::deliver::outcome::{Failed, Failure};
use body::{Coded, Error, Fields, Items, Kept, Named, NoteKind, Written};
use zone::Zone;

mod body;
mod zone;

const LIMITS: Limits =
    Limits { at_once: 3, in_window: Some((10_000, std::time::Duration::from_hours(1))), rest: None };
/// The most that a page holds.
const PAGE: usize = 500;
/// The most of a ticket's title and text, and of a note's.
const MAX_TITLE: usize = 255;
const MAX_TEXT: usize = 8_000;
const MAX_NOTE_TITLE: usize = 250;
const MAX_NOTE: usize = 30_000;

/// A client of one Autotask.
pub struct Autotask {
    http: Http,
    zone: Zone,
    headers: HeaderMap,
    entered: Entered,
    note_kind: OnceCell<NoteKind>,
}

/// Tells apart what an answer means. Here a validation error comes as a 500 that says what is wrong: the same will be
/// wrong again. A 500 that does not may pass.
fn judge(http: &Http, answer: Answer) -> Result<Answer, Failed> {
    if answer.status == 500
        && let Ok(error) = serde_json::from_slice::<Error>(&answer.body)
        && !error.errors.is_empty()
    {
        return Err(http.failed(Failure::Refused, Some(500), &error.errors.join("; ")));
    }
    http.judge(answer)
}

impl Autotask {
    /// Makes a client from settings that were checked.
    ///
    /// # Errors
    /// Where they cannot be sent.
    pub fn new(entered: Entered, client: reqwest::Client, options: Options) -> Result<Self, Vec<FieldError>> {
        let wrong =
            |field: &str| vec![FieldError::new(field, "expected one line of text, found something else")];
        let discovery = match entered.setting("discovery_url") {
            "" => DISCOVERY_URL,
            other => other,
        };
        let zone = Zone::new(discovery, entered.setting("username")).ok_or_else(|| wrong("discovery_url"))?;
        let mut headers = HeaderMap::new();
        for (name, slug) in
            [("UserName", "username"), ("Secret", "secret"), ("ApiIntegrationCode", "integration_code")]
        {
            let value = HeaderValue::from_bytes(entered.setting(slug).as_bytes());
            let mut value = value.map_err(|_| wrong(slug))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let secrets = Secrets::of(Vendor::Autotask, &entered.settings);
        let http = Http::new(client, secrets, Throttle::new(LIMITS), options);
        Ok(Self { http, zone, headers, entered, note_kind: OnceCell::new() })
    }

    /// Sends one call to a path of the zone.
    async fn call(
        &self,
        method: Method,
        path: &str,
        stake: Stake,
        body: Option<&Value>,
    ) -> Result<Answer, Failed> {
        let base = self.zone.api(&self.http).await?;
        let url = base.join(path).map_err(|_| self.refused("expected a path, found something else"))?;
        let answer = self.call_at(method, url, stake, body).await;
        if answer.as_ref().is_err_and(|failed| matches!(failed.code, Some(401 | 404))) {
            // The next call asks again where the user belongs: a customer can be moved to another zone.
            self.zone.forget().await;
        }
        answer
    }

    async fn call_at(
        &self,
        method: Method,
        url: Url,
        stake: Stake,
        body: Option<&Value>,
    ) -> Result<Answer, Failed> {
        let request = self.http.client.request(method, url).headers(self.headers.clone());
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        judge(&self.http, self.http.send(request, stake).await?)
    }

    /// Asks for what fits a filter, to the end: each further page by the same method and body, at the address that the
    /// one before names.
    async fn query(&self, path: &str, filter: Value, fields: &[&str]) -> Result<Vec<Value>, Failed> {
        let body = json!({ "filter": [filter], "MaxRecords": PAGE, "IncludeFields": fields });
        let zone = self.zone.api(&self.http).await?;
        let mut answer = self.call(Method::POST, path, Stake::Read, Some(&body)).await?;
        let mut all = Vec::new();
        for _ in 0..MAX_PAGES {
            let page: Items = self.http.read(answer)?;
            all.extend(page.items);
            let Some(next) = page.page_details.next_page_url else {
                return Ok(all);
            };
            let next =
                Url::parse(&next).ok().filter(|next| next.origin() == zone.origin()).ok_or_else(|| {
                    self.refused(&format!(
                        "expected the next page at {zone}, found it at `{next}`: nothing was sent there"
                    ))
                })?;
            answer = self.call_at(Method::POST, next, Stake::Read, Some(&body)).await?;
        }
        let detail = format!("expected a list that ends, found more than {MAX_PAGES} pages");
        Err(self.http.failed(Failure::NotNow { after: None }, None, &detail))
    }

    /// Reads items as what they should be.
    fn all<T: serde::de::DeserializeOwned>(&self, items: Vec<Value>) -> Result<Vec<T>, Failed> {
        serde_json::from_value(Value::Array(items)).map_err(|_| {
            let detail = "expected items with the fields asked for, found others";
            self.http.failed(Failure::NotNow { after: None }, None, detail)
        })
    }

    async fn fields(&self, entity: &str) -> Result<Fields, Failed> {
        let path = format!("{entity}/entityInformation/fields");
        self.http.read(self.call(Method::GET, &path, Stake::Read, None).await?)
    }

    /// Returns what a note must say of its kind and who may read it: the PSA's own first choices.
    async fn note_kind(&self) -> Result<NoteKind, Failed> {
        let found = self.note_kind.get_or_try_init(async || {
            let fields = self.fields("TicketNotes").await?;
            NoteKind::of(&fields).ok_or_else(|| {
                self.refused(
                    "expected kinds of notes to choose from, found none: may the API user make notes?",
                )
            })
        });
        found.await.copied()
    }

    fn refused(&self, detail: &str) -> Failed {
        self.http.failed(Failure::Refused, None, detail)
    }
}

#[async_trait]
impl Psa for Autotask {
    async fn test(&self) -> Result<(), Failed> {
        let body = json!({ "filter": [{ "op": "gte", "field": "id", "value": 0 }], "MaxRecords": 1 });
        self.http
            .read::<Items>(self.call(Method::POST, "Companies/query", Stake::Read, Some(&body)).await?)?;
        self.note_kind().await?;
        super::test_with_choices(self, &self.http, Vendor::Autotask, &self.entered.choices).await
    }

    async fn offers(&self, slot: &str, _: &Choices) -> Result<Vec<Offer>, Failed> {
        let field = match slot {
            "queue" => "queueID",
            "new_status" | "closed_status" => "status",
            "priority_critical" | "priority_high" | "priority_low" => "priority",
            other => return Err(self.refused(&format!("expected a slot of Autotask, found `{other}`"))),
        };
        Ok(self.fields("Tickets").await?.values(field).map(|(id, name)| Offer { id, name }).collect())
    }

    async fn companies(&self) -> Result<Vec<Company>, Failed> {
        let filter = json!({ "op": "eq", "field": "isActive", "value": true });
        let items = self.query("Companies/query", filter, &["id", "companyName"]).await?;
        let companies = self.all::<Named>(items)?.into_iter();
        Ok(companies
            .map(|company| Company { id: company.id.to_string(), name: company.company_name })
            .collect())
    }

    async fn find_ticket(&self, key: &str) -> Result<Option<String>, Failed> {
        let filter = json!({ "op": "eq", "field": "externalID", "value": key });
        let items = self.query("Tickets/query", filter, &["id", "externalID"]).await?;
        // The PSA compares without regard to case.
        let exact = self.all::<Kept>(items)?.into_iter().filter(|ticket| ticket.key.as_deref() == Some(key));
        Ok(exact.map(|ticket| ticket.id).min().map(|id| id.to_string()))
    }

    async fn create_ticket(&self, ticket: &NewTicket) -> Result<String, Failed> {
        let body = json!({
            "companyID": number(&self.http, "the company", &ticket.company)?,
            "title": title(&ticket.title, MAX_TITLE),
            "description": text_with_key(&ticket.text, &ticket.key, MAX_TEXT),
            "queueID": self.entered.number(&self.http, "queue")?,
            "status": self.entered.number(&self.http, "new_status")?,
            "priority": self.entered.number(&self.http, priority_slot(ticket.severity))?,
            "dueDateTime": ticket.due_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "externalID": ticket.key,
        });
        let answer = self.call(Method::POST, "Tickets", Stake::Write, Some(&body)).await?;
        self.http.read::<Coded>(answer).map(|made| made.item_id.to_string())
    }

    async fn has_note(&self, ticket: &str, key: &str) -> Result<bool, Failed> {
        let ticket = number(&self.http, "the ticket", ticket)?;
        let filter = json!({ "op": "eq", "field": "ticketID", "value": ticket });
        let items = self.query("TicketNotes/query", filter, &["id", "description"]).await?;
        let notes = self.all::<Written>(items)?;
        Ok(notes.iter().any(|note| note.description.as_deref().is_some_and(|text| holds_key(text, key))))
    }

    async fn add_note(&self, ticket: &str, note: &Note) -> Result<(), Failed> {
        let ticket = number(&self.http, "the ticket", ticket)?;
        let kind = self.note_kind().await?;
        let body = json!({
            "title": title(&note.title, MAX_NOTE_TITLE),
            "description": text_with_key(&note.text, &note.key, MAX_NOTE),
            "noteType": kind.note_type,
            "publish": kind.publish,
        });
        self.call(Method::POST, &format!("Tickets/{ticket}/Notes"), Stake::Write, Some(&body)).await.map(drop)
    }

    async fn close(&self, ticket: &str) -> Result<(), Failed> {
        let ticket = number(&self.http, "the ticket", ticket)?;
        let closed = self.entered.number(&self.http, "closed_status")?;
        let filter = json!({ "op": "eq", "field": "id", "value": ticket });
        let items = self.query("Tickets/query", filter, &["id", "status", "completedDate"]).await?;
        // A new ticket may not be found yet; whether it is there at all, the change itself shows.
        let found = self.all::<Kept>(items)?.into_iter().find(|found| found.id == ticket);
        if found.is_some_and(|found| found.status == Some(closed) || found.completed_date.is_some()) {
            return Ok(());
        }
        let body = json!({ "id": ticket, "status": closed });
        self.call(Method::PATCH, "Tickets", Stake::Write, Some(&body)).await.map(drop)
    }
}
