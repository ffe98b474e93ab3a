//! The routes of the API. This file reads as its table of contents; each route is one file below.
//!
//! A route extracts, permits, asks the store, and replies. It decides nothing.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, patch, post, put};
use beckon_core::error::Refusal;

use crate::app::App;
use crate::error::ApiError;

pub(crate) use integrations::companies::map as map_companies;

mod access_rules;
mod deliveries;
mod demo;
mod escalations;
mod events;
mod integrations;
mod notifications;
mod observations;
mod people;
mod remedies;
mod session;
mod sign_in;
mod sign_in_providers;
mod user;
mod vpns;
mod webhooks;

/// Builds the API. The page is served beside it.
#[rustfmt::skip]
pub fn api(app: App) -> Router {
    Router::new()
        .route("/healthz",                                  get(async || "ok\n"))
        .route("/v1/session",                               post(session::open::open).delete(session::open::close))
        .route("/v1/session/account",                       put(session::account::switch))
        .route("/v1/session/authentication",                post(session::authentication::prove))
        .route("/v1/sessions",                              get(session::list::list).delete(session::list::end_others))
        .route("/v1/sessions/{id}",                         delete(session::list::end))
        .route("/v1/sign_in_links",                         post(session::links::send))
        .route("/v1/sign_in_options",                       get(sign_in::options::list))
        .route("/v1/sign_in_providers",                     get(sign_in_providers::list::list).post(sign_in_providers::add::add))
        .route("/v1/sign_in_providers/{id}",                get(sign_in_providers::one::show)
                                                                .patch(sign_in_providers::one::change)
                                                                .delete(sign_in_providers::one::delete))
        .route("/v1/sign_in_providers/{id}/test",           post(sign_in_providers::test::test))
        .route("/sign-in/provider/callback",                get(sign_in::callback::back))
        .route("/sign-in/provider/{id}",                    get(sign_in::leave::leave))
        .route("/v1/user",                                  get(user::show::show))
        .route("/v1/user/password",                         put(user::password::set))
        .route("/v1/user/second_factor",                    post(user::second_factor::begin).delete(user::second_factor::drop))
        .route("/v1/user/second_factor/confirmation",       post(user::second_factor::confirm))
        .route("/v1/user/second_factor/recovery_codes",     post(user::second_factor::renew_codes))
        .route("/v1/actor",                                 get(people::actor::show))
        .route("/v1/account",                               get(people::account::show))
        .route("/v1/organizations",                         get(people::organizations::list))
        .route("/v1/organizations/{id}",                    get(people::organizations::show))
        .route("/v1/identities",                            get(people::identities::list))
        .route("/v1/identities/{id}",                       get(people::identities::show))
        .route("/v1/memberships",                           get(people::memberships::list))
        .route("/v1/memberships/{id}",                      delete(people::memberships::remove))
        .route("/v1/known_vpns",                            get(vpns::list))
        .route("/v1/escalations",                           get(escalations::list::list).post(escalations::raise::raise))
        .route("/v1/escalations/{id}",                      get(escalations::show::show))
        .route("/v1/escalations/{id}/entities",             get(escalations::entities::list))
        .route("/v1/escalations/{id}/timeline",             get(escalations::timeline::list))
        .route("/v1/escalations/{id}/resolution",           post(escalations::resolution::make))
        .route("/v1/escalations/{id}/steps/{step}",         post(escalations::steps::complete))
        .route("/v1/escalations/{id}/withdrawal",           post(escalations::withdrawal::make))
        .route("/v1/escalations/{id}/comments",             post(escalations::comments::make))
        .route("/v1/remedies",                              get(remedies::list::list))
        .route("/v1/remedies/{id}",                         get(remedies::one::show))
        .route("/v1/remedies/{id}/outcome",                 post(remedies::one::outcome))
        .route("/v1/unwanted_access_rules",                 get(access_rules::list::list).post(access_rules::make::make))
        .route("/v1/unwanted_access_rules/preview",         post(access_rules::preview::preview))
        .route("/v1/unwanted_access_rules/coverage",        get(access_rules::coverage::show))
        .route("/v1/unwanted_access_rules/{id}",            get(access_rules::one::show)
                                                                .patch(access_rules::one::change)
                                                                .delete(access_rules::one::delete))
        .route("/v1/notification_settings",                 get(notifications::settings::show).patch(notifications::settings::change))
        .route("/v1/notification_settings/test",            post(notifications::test::send))
        .route("/v1/message_preview",                       get(notifications::preview::show))
        .route("/v1/message_preview.html",                  get(notifications::preview::document))
        .route("/v1/integrations",                          get(integrations::list::list).post(integrations::connect::connect))
        .route("/v1/integrations/{id}",                     get(integrations::one::show)
                                                                .patch(integrations::one::change)
                                                                .delete(integrations::one::disconnect))
        .route("/v1/integrations/{id}/test",                post(integrations::test::test))
        .route("/v1/integrations/{id}/offers",              get(integrations::offers::list))
        .route("/v1/integrations/{id}/companies",           get(integrations::companies::show).put(integrations::companies::change))
        .route("/v1/webhooks",                              get(webhooks::list::list).post(webhooks::add::add))
        .route("/v1/webhooks/{id}",                         patch(webhooks::one::change).delete(webhooks::one::delete))
        .route("/v1/webhooks/{id}/secret",                  post(webhooks::secret::rotate))
        .route("/v1/webhooks/{id}/test",                    post(webhooks::test::send))
        .route("/v1/deliveries",                            get(deliveries::list::list))
        .route("/v1/deliveries/{id}",                       get(deliveries::one::show))
        .route("/v1/deliveries/{id}/resend",                post(deliveries::one::resend))
        .route("/v1/events",                                get(events::stream))
        .route("/v1/observations",                          post(observations::report::report))
        .route("/v1/observations/known",                    post(observations::known::known))
        .route("/v1/provider_faults",                       get(observations::faults::list))
        .route("/demo/clock",                               post(demo::turn_clock))
        .route("/v1/{*rest}",                               get(missing).post(missing).patch(missing).put(missing).delete(missing))
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        // Each route says itself how much it reads.
        .layer(DefaultBodyLimit::disable())
        .with_state(app)
}

/// What is not there answers like what is not yours; to find out more, be signed in.
async fn missing(_caller: crate::auth::Caller) -> ApiError {
    Refusal::Invisible.into()
}
