//! ConnectWise PSA. The correlation key of a ticket is its `externalXRef`; that of a note stands in its text.

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beckon_core::error::FieldError;
use beckon_core::integration::{Choices, Vendor, priority_slot};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, LINK};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::http::{Answer, Http, MAX_PAGES, Options, Stake};
use super::secrets::Secrets;
use super::throttle::{Limits, Throttle};
use super::words::{holds_key, number, text_with_key, title, with_query};
use super::{Company, Entered, NewTicket, Note, Offer, Psa};
use crate::deliver::outcome::{Failed, Failure};
use site::Site;

mod site;

const LIMITS: Limits = Limits { at_once: 4, in_window: None, rest: None };
/// The most that a page holds.
const PAGE: usize = 1_000;
/// The most of a summary.
const MAX_SUMMARY: usize = 100;
/// The most of a text, far below what the API takes.
const MAX_TEXT: usize = 30_000;

/// A client of one ConnectWise PSA.
pub struct Connectwise {
    http: Http,
    site: Site,
    headers: HeaderMap,
    entered: Entered,
}

#[derive(Deserialize)]
struct Named {
    id: i64,
    name: String,
}

#[derive(Deserialize)]
struct Status {
    id: i64,
    name: String,
    #[serde(default, rename = "closedStatus")]
    closes: bool,
    #[serde(default)]
    inactive: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Ticket {
    id: i64,
    #[serde(rename = "externalXRef")]
    key: Option<String>,
    #[serde(default)]
    closed_flag: bool,
}

#[derive(Deserialize)]
struct Written {
    text: Option<String>,
}

impl Connectwise {
    /// Makes a client from settings that were checked.
    ///
    /// # Errors
    /// Where they cannot be sent.
    pub fn new(entered: Entered, client: reqwest::Client, options: Options) -> Result<Self, Vec<FieldError>> {
        let wrong =
            |field: &str| vec![FieldError::new(field, "expected one line of text, found something else")];
        let site =
            Site::new(entered.setting("site"), entered.setting("company")).ok_or_else(|| wrong("site"))?;
        let pair = format!(
            "{}+{}:{}",
            entered.setting("company"),
            entered.setting("public_key"),
            entered.setting("private_key")
        );
        let basic = STANDARD.encode(pair);
        let mut headers = HeaderMap::new();
        let mut authorization =
            HeaderValue::try_from(format!("Basic {basic}")).map_err(|_| wrong("private_key"))?;
        authorization.set_sensitive(true);
        headers.insert(AUTHORIZATION, authorization);
        let client_id = HeaderValue::from_bytes(entered.setting("client_id").as_bytes());
        headers.insert("clientId", client_id.map_err(|_| wrong("client_id"))?);
        let secrets = Secrets::of(Vendor::Connectwise, &entered.settings).with(&basic);
        let http = Http::new(client, secrets, Throttle::new(LIMITS), options);
        Ok(Self { http, site, headers, entered })
    }

    /// Sends one call, and once more where the API has moved meanwhile: what was not found was not done either.
    async fn call(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer, Failed> {
        let stake = if method == Method::GET { Stake::Read } else { Stake::Write };
        let send = async |base: &url::Url| {
            let url = base.join(path).map_err(|_| self.refused("expected a path, found something else"))?;
            let request = self.http.client.request(method.clone(), with_query(url, query));
            let request = request.headers(self.headers.clone());
            let request = match body {
                Some(body) => request.json(body),
                None => request,
            };
            self.http.send(request, stake).await
        };
        let base = self.site.api(&self.http).await?;
        let mut answer = send(&base).await?;
        if answer.status == 404
            && let Some(moved) = self.site.moved(&self.http, &base).await?
        {
            answer = send(&moved).await?;
        }
        self.http.judge(answer)
    }

    /// Reads a list to its end.
    async fn list<T: DeserializeOwned>(&self, path: &str, query: &[(&str, &str)]) -> Result<Vec<T>, Failed> {
        let mut all = Vec::new();
        let size = PAGE.to_string();
        for page in 1..=MAX_PAGES {
            let page = page.to_string();
            let paged = [query, &[("orderBy", "id"), ("page", &page), ("pageSize", &size)]].concat();
            let answer = self.call(Method::GET, path, &paged, None).await?;
            let linked = answer
                .headers
                .get_all(LINK)
                .iter()
                .any(|link| link.to_str().is_ok_and(|link| link.contains("rel=\"next\"")));
            let items: Vec<T> = self.http.read(answer)?;
            let full = items.len() >= PAGE;
            all.extend(items);
            if !linked && !full {
                return Ok(all);
            }
        }
        let detail = format!("expected a list that ends, found more than {MAX_PAGES} pages");
        Err(self.http.failed(Failure::NotNow { after: None }, None, &detail))
    }

    fn refused(&self, detail: &str) -> Failed {
        self.http.failed(Failure::Refused, None, detail)
    }
}

/// Makes a text fit to stand between the quotation marks of a condition.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn offers(named: Vec<Named>) -> Vec<Offer> {
    named.into_iter().map(|Named { id, name }| Offer { id: id.to_string(), name }).collect()
}

#[async_trait]
impl Psa for Connectwise {
    async fn test(&self) -> Result<(), Failed> {
        let query = [("pageSize", "1"), ("fields", "id,name")];
        let answer = self.call(Method::GET, "company/companies", &query, None).await?;
        self.http.read::<Vec<Named>>(answer)?;
        super::test_with_choices(self, &self.http, Vendor::Connectwise, &self.entered.choices).await
    }

    async fn offers(&self, slot: &str, chosen: &Choices) -> Result<Vec<Offer>, Failed> {
        match slot {
            "board" => {
                let query = [("conditions", "inactiveFlag=false"), ("fields", "id,name")];
                Ok(offers(self.list("service/boards", &query).await?))
            }
            "closed_status" => {
                let entered = Entered { settings: self.entered.settings.clone(), choices: chosen.clone() };
                let board = entered.number(&self.http, "board")?;
                let statuses: Vec<Status> =
                    self.list(&format!("service/boards/{board}/statuses"), &[]).await?;
                let closed = statuses.into_iter().filter(|status| status.closes && !status.inactive);
                Ok(offers(closed.map(|Status { id, name, .. }| Named { id, name }).collect()))
            }
            "priority_critical" | "priority_high" | "priority_low" => {
                Ok(offers(self.list("service/priorities", &[("fields", "id,name")]).await?))
            }
            other => Err(self.refused(&format!("expected a slot of ConnectWise PSA, found `{other}`"))),
        }
    }

    async fn companies(&self) -> Result<Vec<Company>, Failed> {
        let query = [("conditions", "deletedFlag=false"), ("fields", "id,name")];
        let named: Vec<Named> = self.list("company/companies", &query).await?;
        Ok(named.into_iter().map(|Named { id, name }| Company { id: id.to_string(), name }).collect())
    }

    async fn find_ticket(&self, key: &str) -> Result<Option<String>, Failed> {
        let conditions = format!("externalXRef={}", quoted(key));
        let query = [("conditions", conditions.as_str()), ("fields", "id,externalXRef")];
        let found: Vec<Ticket> = self.list("service/tickets", &query).await?;
        // The PSA compares without regard to case.
        let exact = found.into_iter().filter(|ticket| ticket.key.as_deref() == Some(key));
        Ok(exact.map(|ticket| ticket.id).min().map(|id| id.to_string()))
    }

    async fn create_ticket(&self, ticket: &NewTicket) -> Result<String, Failed> {
        let body = json!({
            "summary": title(&ticket.title, MAX_SUMMARY),
            "company": { "id": number(&self.http, "the company", &ticket.company)? },
            "board": { "id": self.entered.number(&self.http, "board")? },
            "priority": { "id": self.entered.number(&self.http, priority_slot(ticket.severity))? },
            "requiredDate": ticket.due_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "initialDescription": text_with_key(&ticket.text, &ticket.key, MAX_TEXT),
            "externalXRef": ticket.key,
        });
        let answer = self.call(Method::POST, "service/tickets", &[], Some(&body)).await?;
        self.http.read::<Ticket>(answer).map(|made| made.id.to_string())
    }

    async fn has_note(&self, ticket: &str, key: &str) -> Result<bool, Failed> {
        let path = format!("service/tickets/{}/notes", number(&self.http, "the ticket", ticket)?);
        let notes: Vec<Written> = self.list(&path, &[]).await?;
        Ok(notes.iter().any(|note| note.text.as_deref().is_some_and(|text| holds_key(text, key))))
    }

    async fn add_note(&self, ticket: &str, note: &Note) -> Result<(), Failed> {
        let path = format!("service/tickets/{}/notes", number(&self.http, "the ticket", ticket)?);
        let text = format!("{}\n\n{}", title(&note.title, MAX_SUMMARY), note.text);
        let body =
            json!({ "text": text_with_key(&text, &note.key, MAX_TEXT), "detailDescriptionFlag": true });
        self.call(Method::POST, &path, &[], Some(&body)).await.map(drop)
    }

    async fn close(&self, ticket: &str) -> Result<(), Failed> {
        let path = format!("service/tickets/{}", number(&self.http, "the ticket", ticket)?);
        let status = self.entered.number(&self.http, "closed_status")?;
        let answer = self.call(Method::GET, &path, &[("fields", "id,closedFlag")], None).await?;
        if self.http.read::<Ticket>(answer)?.closed_flag {
            return Ok(());
        }
        let body = json!([{ "op": "replace", "path": "status/id", "value": status }]);
        self.call(Method::PATCH, &path, &[], Some(&body)).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn conditions_hold_text_as_text() {
        assert_eq!(super::quoted("beckon-17"), "\"beckon-17\"");
        assert_eq!(super::quoted(r#"a" or id>0 \"#), r#""a\" or id>0 \\""#);
    }
}
