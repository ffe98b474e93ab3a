//! `GET /v1/message_preview` and `/v1/message_preview.html`: what a message says, shown with the newest escalation of its
//! kind, or with an example.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use beckon_core::api::Named;
use beckon_core::api::notification::MessagePreviewResponse;
use beckon_core::error::Refusal;
use beckon_core::id::AccountId;
use beckon_core::kinds::Kind;
use beckon_core::notice::example::{ORGANIZATION, Sample, example};
use beckon_core::notice::{Message, Told, message};
use beckon_core::permission::Action;
use beckon_core::time::Timestamp;
use strum::VariantNames as _;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Params;
use crate::store::NamedEscalation;
use crate::store::query::EscalationQuery;

/// What the document may do: have its own styles, and be framed by our own pages. Nothing else.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";

/// Shows a message.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<MessagePreviewResponse>, ApiError> {
    let (message, named) = preview(&app, &caller, &params).await?;
    let about = |named: &NamedEscalation| {
        let head = &named.escalation.head;
        Named { id: head.id, name: head.kind.definition().subject(head) }
    };
    Ok(Json(MessagePreviewResponse {
        title: message.title,
        text: message.text,
        html: message.html,
        escalation: named.as_ref().map(about),
    }))
}

/// Shows a message as the document that a mail program shows.
pub(crate) async fn document(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    let (message, _) = preview(&app, &caller, &params).await?;
    let headers = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, POLICY)];
    Ok((headers, message.html).into_response())
}

async fn preview(
    app: &App,
    caller: &Caller,
    params: &Params,
) -> Result<(Message, Option<NamedEscalation>), ApiError> {
    let account = caller.account(Action::SeeSetup, params.account()?)?;
    let kind = params.with("type", Kind::parse)?;
    let kind = kind.ok_or_else(|| Refusal::field("type", "a kind of the catalogue, and missing"))?;
    let sample = params.one("reason", &Sample::VARIANTS.join(", "))?.unwrap_or(Sample::Raised);
    let query = EscalationQuery { kinds: vec![kind], ..EscalationQuery::newest(account) };
    let now = app.clock.now();
    let newest = app.store.escalations(query, now).await?.items.pop();
    let found = match newest {
        Some(newest) => app.store.escalation(Some(newest.head.account), newest.head.id).await?,
        None => None,
    };
    let is_example = found.is_none();
    let found = match found {
        Some(found) => found,
        None => an_example(app, account, kind, sample, now).await?,
    };
    let head = &found.escalation.head;
    let entities = found.escalation.entities_by_need();
    let names = app.names(&found.account, found.organization.as_deref());
    let (reason, now) = sample.reason(head, names, now);
    let told = Told { head, entities: &entities, names, now };
    Ok((message(&told, &reason), Some(found).filter(|_| !is_example)))
}

/// Makes up an escalation of a kind that nobody was asked yet.
async fn an_example(
    app: &App,
    account: AccountId,
    kind: Kind,
    sample: Sample,
    now: Timestamp,
) -> Result<NamedEscalation, ApiError> {
    let escalation = example(kind, account, sample == Sample::Resolved, now).ok_or(Refusal::Invisible)?;
    let account = app.store.account(account, now).await?.ok_or(Refusal::Invisible)?.name;
    let organization = escalation.head.organization.map(|_| ORGANIZATION.to_owned());
    Ok(NamedEscalation { escalation, account, organization })
}
