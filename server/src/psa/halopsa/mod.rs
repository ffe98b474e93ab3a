//! HaloPSA. It has no field to search for a key, so a ticket's stands in brackets at the end of its summary; that of a
//! note stands in its text.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use beckon_core::error::FieldError;
use beckon_core::integration::{Choices, Vendor, priority_slot};
use beckon_core::text::escape_html;
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use super::http::{Answer, Http, MAX_PAGES, Options, Stake};
use super::secrets::Secrets;
use super::throttle::{Limits, Throttle};
use super::words::{base_url, body_of, holds_key, number, text_with_key, title, with_query};
use super::{Company, Entered, NewTicket, Note, Offer, Psa};
use crate::deliver::outcome::{Failed, Failure};
use body::{Action, Named, Outcome, Priority, Ticket, id_of, list};
use token::Token;

mod body;
mod token;

const LIMITS: Limits = Limits {
    at_once: 4,
    in_window: Some((199, Duration::from_mins(5))),
    rest: Some(Duration::from_secs(30)),
};
/// The most that a page holds.
const PAGE: usize = 100;
/// The most of a summary, with the key.
const MAX_SUMMARY: usize = 250;
const MAX_TEXT: usize = 30_000;
/// How many of a ticket's actions are asked for at first. There are no pages of them.
const ACTIONS: usize = 1_000;

/// A client of one HaloPSA.
pub struct Halopsa {
    http: Http,
    base: Url,
    token: Token,
    entered: Entered,
}

impl Halopsa {
    /// Makes a client from settings that were checked.
    ///
    /// # Errors
    /// Where they cannot be sent.
    pub fn new(entered: Entered, client: reqwest::Client, options: Options) -> Result<Self, Vec<FieldError>> {
        let base = base_url(entered.setting("url"))
            .ok_or_else(|| vec![FieldError::new("url", "expected a URL, found something else")])?;
        let secrets = Secrets::of(Vendor::Halopsa, &entered.settings);
        let http = Http::new(client, secrets, Throttle::new(LIMITS), options);
        Ok(Self { http, base, token: Token::default(), entered })
    }

    /// Sends one call, and once more with a new token where the old one is refused: what was refused was not done.
    async fn call(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer, Failed> {
        let stake = if method == Method::GET { Stake::Read } else { Stake::Write };
        let mut url = self.base.clone();
        url.set_path(&format!("{}api/{path}", self.base.path()));
        let url = with_query(url, query);
        let send = async |token: &str| {
            let request = self.http.client.request(method.clone(), url.clone()).bearer_auth(token);
            let request = match body {
                Some(body) => request.json(body),
                None => request,
            };
            self.http.send(request, stake).await
        };
        let token = self.token.get(&self.http, &self.base, &self.entered, None).await?;
        let mut answer = send(&token).await?;
        if answer.status == 401 {
            let fresh = self.token.get(&self.http, &self.base, &self.entered, Some(&token)).await?;
            answer = send(&fresh).await?;
        }
        self.http.judge(answer)
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, Failed> {
        self.http.read(self.call(Method::GET, path, query, None).await?)
    }

    /// Reads a list that has no pages.
    async fn whole<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        name: &str,
    ) -> Result<Vec<T>, Failed> {
        let body = self.get(path, query).await?;
        list(body, name).map(|list| list.items).ok_or_else(|| self.no_list(name))
    }

    /// Reads a list to its end, page by page.
    async fn pages<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
        name: &str,
    ) -> Result<Vec<T>, Failed> {
        let mut all = Vec::new();
        let size = PAGE.to_string();
        for page in 1..=MAX_PAGES {
            let page = page.to_string();
            let paged = [("pageinate", "true"), ("page_size", &size), ("page_no", &page), ("order", "id")];
            let body = self.get(path, &[query, &paged].concat()).await?;
            let found = list::<T>(body, name).ok_or_else(|| self.no_list(name))?;
            let (none, full) = (found.items.is_empty(), found.items.len() >= PAGE);
            all.extend(found.items);
            if none || found.count.map_or(!full, |count| all.len() >= count) {
                return Ok(all);
            }
        }
        let detail = format!("expected a list that ends, found more than {MAX_PAGES} pages");
        Err(self.http.failed(Failure::NotNow { after: None }, None, &detail))
    }

    fn no_list(&self, name: &str) -> Failed {
        let detail = format!("expected a list of {name}, found something else: check the URL");
        self.http.failed(Failure::NotNow { after: None }, None, &detail)
    }

    fn refused(&self, detail: &str) -> Failed {
        self.http.failed(Failure::Refused, None, detail)
    }

    /// Reads the type that was chosen, which decides what else is on offer.
    fn ticket_type(&self, chosen: &Choices) -> Result<String, Failed> {
        let entered = Entered { settings: self.entered.settings.clone(), choices: chosen.clone() };
        entered.number(&self.http, "ticket_type").map(|id| id.to_string())
    }
}

/// The key as it stands in a summary.
fn marker(key: &str) -> String {
    format!("[{key}]")
}

#[async_trait]
impl Psa for Halopsa {
    async fn test(&self) -> Result<(), Failed> {
        let query = [("pageinate", "true"), ("page_size", "1"), ("page_no", "1")];
        list::<Named>(self.get("Client", &query).await?, "clients").ok_or_else(|| self.no_list("clients"))?;
        super::test_with_choices(self, &self.http, Vendor::Halopsa, &self.entered.choices).await
    }

    async fn offers(&self, slot: &str, chosen: &Choices) -> Result<Vec<Offer>, Failed> {
        let offer = |id: i64, name: String| Offer { id: id.to_string(), name };
        let named = |all: Vec<Named>| all.into_iter().map(|one| offer(one.id, one.name)).collect();
        match slot {
            "ticket_type" => {
                Ok(named(self.whole("TicketType", &[("can_create_only", "true")], "tickettypes").await?))
            }
            "closed_status" => {
                let kind = self.ticket_type(chosen)?;
                Ok(named(
                    self.whole("Status", &[("type", "ticket"), ("tickettype_id", &kind)], "statuses").await?,
                ))
            }
            "note_outcome" => {
                let kind = self.ticket_type(chosen)?;
                let all: Vec<Outcome> =
                    self.whole("Outcome", &[("tickettype_id", &kind)], "outcomes").await?;
                let name = |one: &Outcome| one.name.clone().or_else(|| one.buttonname.clone());
                Ok(all.iter().map(|one| offer(one.id, name(one).unwrap_or_default())).collect())
            }
            "priority_critical" | "priority_high" | "priority_low" => {
                let all: Vec<Priority> = self.whole("Priority", &[], "priorities").await?;
                // Each service level lists the same ones again.
                let once: BTreeMap<i64, String> =
                    all.into_iter().map(|one| (one.priorityid, one.name)).collect();
                Ok(once.into_iter().map(|(id, name)| offer(id, name)).collect())
            }
            other => Err(self.refused(&format!("expected a slot of HaloPSA, found `{other}`"))),
        }
    }

    async fn companies(&self) -> Result<Vec<Company>, Failed> {
        let query = [("includeinactive", "false")];
        let named: Vec<Named> = self.pages("Client", &query, "clients").await?;
        Ok(named.into_iter().map(|Named { id, name }| Company { id: id.to_string(), name }).collect())
    }

    async fn find_ticket(&self, key: &str) -> Result<Option<String>, Failed> {
        // Without the brackets, which a search may take for a class of characters; they are compared here.
        let found: Vec<Ticket> = self.pages("Tickets", &[("search_summary", key)], "tickets").await?;
        // At the end, where the client puts it: a name in a title may look like one.
        let marker = marker(key);
        let has_marker = |ticket: &Ticket| {
            ticket.summary.as_deref().is_some_and(|text| text.trim_end().ends_with(&marker))
        };
        Ok(found.into_iter().filter(has_marker).map(|ticket| ticket.id).min().map(|id| id.to_string()))
    }

    async fn create_ticket(&self, ticket: &NewTicket) -> Result<String, Failed> {
        let marker = marker(&ticket.key);
        let short = title(&ticket.title, MAX_SUMMARY.saturating_sub(marker.len() + 1));
        let html = match body_of(&ticket.html) {
            "" => format!("<p>{}</p>", escape_html(&ticket.text)),
            body => body.to_owned(),
        };
        let body = json!([{
            "summary": format!("{short} {marker}"),
            "details_html": html,
            "client_id": number(&self.http, "the company", &ticket.company)?,
            "tickettype_id": self.entered.number(&self.http, "ticket_type")?,
            "priority_id": self.entered.number(&self.http, priority_slot(ticket.severity))?,
            "deadlinedate": ticket.due_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        }]);
        let answer = self.call(Method::POST, "Tickets", &[], Some(&body)).await?;
        let made: Option<i64> = serde_json::from_slice(&answer.body).ok().as_ref().and_then(id_of);
        made.map(|id| id.to_string()).ok_or_else(|| self.http.unreadable(&answer))
    }

    async fn has_note(&self, ticket: &str, key: &str) -> Result<bool, Failed> {
        let ticket = number(&self.http, "the ticket", ticket)?.to_string();
        let mut most = ACTIONS;
        loop {
            let asked = most.to_string();
            let query = [("ticket_id", ticket.as_str()), ("count", &asked), ("includehtmlnote", "true")];
            let found = list::<Action>(self.get("Actions", &query).await?, "actions");
            let found = found.ok_or_else(|| self.no_list("actions"))?;
            let says = |text: &Option<String>| text.as_deref().is_some_and(|text| holds_key(text, key));
            if found.items.iter().any(|action| says(&action.note) || says(&action.note_html)) {
                return Ok(true);
            }
            match found.count {
                Some(count) if count > found.items.len() && count > most => most = count,
                Some(_) | None => return Ok(false),
            }
        }
    }

    async fn add_note(&self, ticket: &str, note: &Note) -> Result<(), Failed> {
        let text = text_with_key(&note.text, &note.key, MAX_TEXT);
        let body = json!([{
            "ticket_id": number(&self.http, "the ticket", ticket)?,
            "outcome_id": self.entered.number(&self.http, "note_outcome")?,
            "note_html": format!("<p><b>{}</b></p><p>{}</p>", escape_html(&title(&note.title, MAX_SUMMARY)), escape_html(&text)),
            "hiddenfromuser": true,
        }]);
        self.call(Method::POST, "Actions", &[], Some(&body)).await.map(drop)
    }

    async fn close(&self, ticket: &str) -> Result<(), Failed> {
        let ticket = number(&self.http, "the ticket", ticket)?;
        let closed = self.entered.number(&self.http, "closed_status")?;
        let found: Ticket =
            self.http.read(self.call(Method::GET, &format!("Tickets/{ticket}"), &[], None).await?)?;
        if found.status_id == Some(closed) {
            return Ok(());
        }
        let body = json!([{ "id": ticket, "status_id": closed }]);
        self.call(Method::POST, "Tickets", &[], Some(&body)).await.map(drop)
    }
}
