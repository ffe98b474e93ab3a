//! Lets a beat of the story happen, through the same operations that a real provider and real admins use.

use std::collections::BTreeMap;

use anyhow::Context as _;
use beckon_core::actor::{Actor, Member, Role};
use beckon_core::api::escalation::ResolutionRequest;
use beckon_core::api::remedy::{OutcomeBody, OutcomeRequest};
use beckon_core::escalation::Escalation;
use beckon_core::id::{AccountId, OrganizationId};
use beckon_core::kinds::Kind;
use beckon_core::observation::Observation;
use beckon_core::permission::{Action, Permit, permit};
use beckon_core::remedy::RemedyStatus;
use beckon_core::request::RaiseRequest;
use beckon_core::time::Timestamp;
use serde_json::{Map, Value, json};

use super::story::{About, Act, Beat};
use crate::store::query::{EscalationQuery, StatusFilter};
use crate::store::{Cursor, RemedyQuery, Store};

/// The name of the operator in the demo.
pub(super) const OPERATOR: &str = "Provider's detectors";

/// The accounts and organizations of the demo, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) accounts: BTreeMap<&'static str, AccountId>,
    pub(super) organizations: BTreeMap<&'static str, OrganizationId>,
}

/// Lets `beat` happen at `at`; `id` tells its observation from all others.
pub(super) async fn perform(
    store: &dyn Store,
    places: &Places,
    beat: &Beat,
    id: &str,
    at: Timestamp,
) -> anyhow::Result<()> {
    let account = places.accounts[beat.account];
    let operator = permit(&Actor::operator(OPERATOR), Action::Operate, account)?;
    match &beat.act {
        Act::Observe { organization, kind, fields } => {
            let mut body: Map<String, Value> = serde_json::from_str(fields)?;
            body.insert("id".to_owned(), json!(format!("demo-{id}")));
            body.insert("type".to_owned(), json!(kind));
            body.insert("observed_at".to_owned(), json!(at));
            body.insert("account_id".to_owned(), json!(account));
            let organization = organization.map(|name| places.organizations[name]);
            body.insert("organization_id".to_owned(), json!(organization));
            let observation = Observation::parse(&Value::from(body).to_string(), at)
                .map_err(|errors| anyhow::anyhow!("{fields}: {errors:?}"))?;
            store.observe(vec![observation], None, at).await?;
        }
        Act::Ask { organization, request } => {
            let mut body: Map<String, Value> = serde_json::from_str(request)?;
            body.insert("account_id".to_owned(), json!(account));
            let organization = organization.map(|name| places.organizations[name]);
            body.insert("organization_id".to_owned(), json!(organization));
            let request: RaiseRequest = serde_json::from_value(body.into())?;
            store.raise(operator, request, None, at).await?;
        }
        Act::Answer { about, admin: number, body } => {
            let escalation = find(store, account, *about, at).await?;
            let request = answer(&escalation, body)?;
            let permit = admin(store, account, *number, Action::Answer).await?;
            store.answer(permit, escalation.head.id, request, None, at).await?;
        }
        Act::Outcome { about, action, failed } => {
            let escalation = find(store, account, *about, at).await?;
            let query = RemedyQuery {
                status: Some(RemedyStatus::Ordered),
                account: Some(account),
                escalation: Some(escalation.head.id),
            };
            let ordered = store.remedies(query, Cursor { after: None, limit: 100 }).await?.items;
            let remedy = ordered.iter().find(|remedy| remedy.action.to_string() == *action);
            let remedy = remedy.with_context(|| format!("the demo orders {action}"))?;
            let outcome = if failed.is_some() { OutcomeBody::Failed } else { OutcomeBody::Succeeded };
            let request = OutcomeRequest { outcome, message: failed.map(str::to_owned) };
            store.remedy_outcome(operator, remedy.id, request, None, at).await?;
        }
        Act::Withdraw { about, reason } => {
            let escalation = find(store, account, *about, at).await?;
            store.withdraw(operator, escalation.head.id, (*reason).to_owned(), None, at).await?;
        }
        Act::Comment { about, admin: number, text } => {
            let escalation = find(store, account, *about, at).await?;
            let permit = admin(store, account, *number, Action::Comment).await?;
            store.comment(permit, escalation.head.id, (*text).to_owned(), None, at).await?;
        }
    }
    Ok(())
}

/// Reads an answer that names entities by their names.
fn answer(escalation: &Escalation, body: &str) -> anyhow::Result<ResolutionRequest> {
    let mut request: ResolutionRequest = serde_json::from_str(body)?;
    let id = |name: &String| {
        let found = escalation.entities.values().find(|state| state.entity.name() == *name);
        found.map(|state| state.entity.id().to_string()).with_context(|| format!("the demo lists {name}"))
    };
    let named = std::mem::take(&mut request.entities);
    request.entities =
        named.iter().map(|(name, choice)| Ok((id(name)?, choice.clone()))).collect::<anyhow::Result<_>>()?;
    Ok(request)
}

/// Finds the newest open escalation of a kind with a word.
async fn find(
    store: &dyn Store,
    account: AccountId,
    About(kind, word): About,
    at: Timestamp,
) -> anyhow::Result<Escalation> {
    let query = EscalationQuery {
        status: Some(StatusFilter::Open),
        kinds: vec![Kind::parse(kind)?],
        search: (!word.is_empty()).then(|| word.to_owned()),
        ..EscalationQuery::newest(account)
    };
    let found = store.escalations(query, at).await?.items.pop();
    let id = found.with_context(|| format!("the demo asks {kind} about {word}"))?.head.id;
    Ok(store.escalation(None, id).await?.context("it was just listed")?.escalation)
}

/// Returns what permits an account's admin with a number, counted from 0, to do something.
pub(super) async fn admin(
    store: &dyn Store,
    account: AccountId,
    number: usize,
    action: Action,
) -> anyhow::Result<Permit> {
    let members = store.members(account, Cursor { after: None, limit: 100 }).await?.items;
    let admin = members.into_iter().filter(|member| member.role == Role::AccountAdmin).nth(number);
    let admin = admin.with_context(|| format!("the demo has an admin {number}"))?;
    let actor = Actor::member(Member {
        user: admin.user_id,
        name: admin.name,
        email: String::new(),
        account,
        role: admin.role,
        organization: None,
    });
    Ok(permit(&actor, action, account)?)
}
