//! `GET` and `PATCH /v1/notification_settings`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::notification::{
    KindRouteBody, MailBody, NotificationSettingsBody, NotificationSettingsResponse, PsaBody, TeamMemberBody,
};
use beckon_core::id::AccountId;
use beckon_core::kinds::{Kind, UsualChannel};
use beckon_core::notice::{NoticeSettings, NoticeSettingsChange, RouteFacts, hears, recipients, route_kind};
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Params, Write};
use crate::store::Integration;
use crate::store::outbox::EMAIL;

/// Shows who hears of what.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<NotificationSettingsResponse>, ApiError> {
    let account = caller.account(Action::SeeSetup, params.account()?)?;
    let settings = app.store.notice_settings(account).await?;
    response(&app, account, &settings).await
}

/// Changes who hears of what.
pub(crate) async fn change(
    State(app): State<App>,
    write: Write,
) -> Result<Json<NotificationSettingsResponse>, ApiError> {
    let permit = write.caller.permit_own(Action::Configure)?;
    let account = permit.account();
    let change: NoticeSettingsChange = write.body()?;
    let now = app.clock.now();
    let settings = app.store.change_notice_settings(permit, change, write.idempotency(), now).await?;
    response(&app, account, &settings).await
}

async fn response(
    app: &App,
    account: AccountId,
    settings: &NoticeSettings,
) -> Result<Json<NotificationSettingsResponse>, ApiError> {
    let members = app.store.all_members(account).await?;
    let psa = app.store.integration_of(account).await?;
    let active = psa.as_ref().filter(|psa| psa.is_active()).map(|psa| psa.id);
    let told = recipients(settings, &members);
    let chosen = settings.recipients.as_ref();
    let fallen_back = chosen.is_some_and(|ids| told.iter().any(|member| !ids.contains(&member.user)));
    let team = members.iter().filter(|member| hears(member)).map(|member| TeamMemberBody {
        user_id: member.user,
        name: member.name.clone(),
        email: member.email.clone(),
        role: member.role,
        told: told.iter().any(|one| one.user == member.user),
    });
    let facts = RouteFacts { settings, psa: active, members: &members };
    let health = app.store.health(EMAIL.to_owned(), app.clock.now()).await?;
    Ok(Json(NotificationSettingsResponse {
        notification_settings: NotificationSettingsBody {
            recipients: chosen.map(|ids| ids.iter().copied().collect()),
            fallen_back,
            team: team.collect(),
            psa_and_email: settings.psa_and_email,
            psa: psa.as_ref().map(psa_body),
            kinds: Kind::ALL.iter().map(|kind| kind_body(*kind, facts)).collect(),
            mail: MailBody { transport: app.outlets.mail_transport().to_owned(), health },
        },
    }))
}

fn psa_body(psa: &Integration) -> PsaBody {
    PsaBody {
        id: psa.id,
        vendor: psa.vendor,
        name: psa.vendor.name().to_owned(),
        paused: psa.paused || psa.missing().is_some(),
    }
}

fn kind_body(kind: Kind, facts: RouteFacts<'_>) -> KindRouteBody {
    let (category, name) = kind.label();
    let route = route_kind(kind, facts);
    KindRouteBody {
        kind: kind.slug().to_owned(),
        category: category.to_owned(),
        name: name.to_owned(),
        email: !route.email.is_empty(),
        psa: route.psa.is_some(),
        psa_optional: kind.definition().usual_channel() == UsualChannel::Email,
        psa_wanted: facts.settings.psa_kinds.contains(&kind),
    }
}
