//! The routes of the API. This file reads as its table of contents; each route is one file below.
//!
//! A route extracts, permits, asks the store, and replies. It decides nothing.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodFilter, any, on};
use beckon_core::error::Refusal;

use crate::app::App;
use crate::error::ApiError;

pub(crate) use integrations::companies::map as map_companies;

mod access_rules;
mod activity;
mod deliveries;
mod demo;
mod embed_module;
mod embed_sessions;
mod embeds;
mod escalations;
mod events;
pub mod health;
mod integrations;
mod keys;
mod memberships;
mod metrics;
mod notifications;
mod observations;
mod people;
mod remedies;
mod security;
mod session;
mod sign_in;
mod sign_in_providers;
mod user;
mod vpns;
mod webhooks;

/// Makes a router and the list of what is in it from one table, so that a test can walk through all of it.
macro_rules! table {
    ($list:ident, $table:ident: $($method:ident $path:literal => $($handler:ident)::+;)+) => {
        /// Every route: its method and its path.
        pub const $list: &[(&str, &str)] = &[$((stringify!($method), $path)),+];

        fn $table() -> Router<App> {
            Router::new()$(.route($path, on(MethodFilter::$method, $($handler)::+)))+
        }
    };
}

table! { ROUTES, table:
    POST   "/v1/session"                                        => session::open::open;
    DELETE "/v1/session"                                        => session::open::close;
    PUT    "/v1/session/account"                                => session::account::switch;
    POST   "/v1/session/authentication"                         => session::authentication::prove;
    GET    "/v1/sessions"                                       => session::list::list;
    DELETE "/v1/sessions"                                       => session::list::end_others;
    DELETE "/v1/sessions/{id}"                                  => session::list::end;
    POST   "/v1/sign_in_links"                                  => session::links::send;
    GET    "/v1/sign_in_options"                                => sign_in::options::list;
    GET    "/v1/sign_in_providers"                              => sign_in_providers::list::list;
    POST   "/v1/sign_in_providers"                              => sign_in_providers::add::add;
    GET    "/v1/sign_in_providers/{id}"                         => sign_in_providers::one::show;
    PATCH  "/v1/sign_in_providers/{id}"                         => sign_in_providers::one::change;
    DELETE "/v1/sign_in_providers/{id}"                         => sign_in_providers::one::delete;
    POST   "/v1/sign_in_providers/{id}/test"                    => sign_in_providers::test::test;
    GET    "/v1/user"                                           => user::show::show;
    PUT    "/v1/user/password"                                  => user::password::set;
    POST   "/v1/user/second_factor"                             => user::second_factor::begin;
    DELETE "/v1/user/second_factor"                             => user::second_factor::drop;
    POST   "/v1/user/second_factor/confirmation"                => user::second_factor::confirm;
    POST   "/v1/user/second_factor/recovery_codes"              => user::second_factor::renew_codes;
    GET    "/v1/actor"                                          => people::actor::show;
    GET    "/v1/account"                                        => people::account::show;
    GET    "/v1/organizations"                                  => people::organizations::list;
    GET    "/v1/organizations/{id}"                             => people::organizations::show;
    GET    "/v1/identities"                                     => people::identities::list;
    GET    "/v1/identities/{id}"                                => people::identities::show;
    GET    "/v1/memberships"                                    => memberships::list::list;
    POST   "/v1/memberships"                                    => memberships::invite::invite;
    GET    "/v1/memberships/{id}"                               => memberships::list::show;
    PATCH  "/v1/memberships/{id}"                               => memberships::one::change;
    DELETE "/v1/memberships/{id}"                               => memberships::one::remove;
    POST   "/v1/memberships/{id}/invitation"                    => memberships::invite::again;
    GET    "/v1/memberships/{id}/removal"                       => memberships::list::removal;
    GET    "/v1/keys"                                           => keys::list::list;
    POST   "/v1/keys"                                           => keys::make::make;
    DELETE "/v1/keys/{key}"                                     => keys::one::revoke;
    POST   "/v1/keys/{key}/rotation"                            => keys::one::rotate;
    GET    "/v1/known_vpns"                                     => vpns::list;
    GET    "/v1/escalations"                                    => escalations::list::list;
    POST   "/v1/escalations"                                    => escalations::raise::raise;
    GET    "/v1/escalations/{id}"                               => escalations::show::show;
    GET    "/v1/escalations/{id}/entities"                      => escalations::entities::list;
    GET    "/v1/escalations/{id}/timeline"                      => escalations::timeline::list;
    POST   "/v1/escalations/{id}/resolution"                    => escalations::resolution::make;
    POST   "/v1/escalations/{id}/steps/{step}"                  => escalations::steps::complete;
    POST   "/v1/escalations/{id}/withdrawal"                    => escalations::withdrawal::make;
    POST   "/v1/escalations/{id}/comments"                      => escalations::comments::make;
    GET    "/v1/remedies"                                       => remedies::list::list;
    GET    "/v1/remedies/{id}"                                  => remedies::one::show;
    POST   "/v1/remedies/{id}/outcome"                          => remedies::one::outcome;
    GET    "/v1/unwanted_access_rules"                          => access_rules::list::list;
    POST   "/v1/unwanted_access_rules"                          => access_rules::make::make;
    POST   "/v1/unwanted_access_rules/preview"                  => access_rules::preview::preview;
    GET    "/v1/unwanted_access_rules/coverage"                 => access_rules::coverage::show;
    GET    "/v1/unwanted_access_rules/{id}"                     => access_rules::one::show;
    PATCH  "/v1/unwanted_access_rules/{id}"                     => access_rules::one::change;
    DELETE "/v1/unwanted_access_rules/{id}"                     => access_rules::one::delete;
    GET    "/v1/notification_settings"                          => notifications::settings::show;
    PATCH  "/v1/notification_settings"                          => notifications::settings::change;
    POST   "/v1/notification_settings/test"                     => notifications::test::send;
    GET    "/v1/message_preview"                                => notifications::preview::show;
    GET    "/v1/message_preview.html"                           => notifications::preview::document;
    GET    "/v1/integrations"                                   => integrations::list::list;
    POST   "/v1/integrations"                                   => integrations::connect::connect;
    GET    "/v1/integrations/{id}"                              => integrations::one::show;
    PATCH  "/v1/integrations/{id}"                              => integrations::one::change;
    DELETE "/v1/integrations/{id}"                              => integrations::one::disconnect;
    POST   "/v1/integrations/{id}/test"                         => integrations::test::test;
    GET    "/v1/integrations/{id}/offers"                       => integrations::offers::list;
    GET    "/v1/integrations/{id}/companies"                    => integrations::companies::show;
    PUT    "/v1/integrations/{id}/companies"                    => integrations::companies::change;
    GET    "/v1/webhooks"                                       => webhooks::list::list;
    POST   "/v1/webhooks"                                       => webhooks::add::add;
    PATCH  "/v1/webhooks/{id}"                                  => webhooks::one::change;
    DELETE "/v1/webhooks/{id}"                                  => webhooks::one::delete;
    POST   "/v1/webhooks/{id}/secret"                           => webhooks::secret::rotate;
    POST   "/v1/webhooks/{id}/test"                             => webhooks::test::send;
    GET    "/v1/embeds"                                         => embeds::list::list;
    POST   "/v1/embeds"                                         => embeds::add::add;
    GET    "/v1/embeds/{embed}"                                 => embeds::one::show;
    PATCH  "/v1/embeds/{embed}"                                 => embeds::one::change;
    DELETE "/v1/embeds/{embed}"                                 => embeds::one::delete;
    POST   "/v1/embed_sessions"                                 => embed_sessions::launch::launch;
    POST   "/v1/embed_sessions/exchange"                        => embed_sessions::exchange::exchange;
    DELETE "/v1/embed_sessions/current"                         => embed_sessions::end::current;
    POST   "/v1/embed_sessions/end"                             => embed_sessions::end::of_user;
    GET    "/v1/deliveries"                                     => deliveries::list::list;
    GET    "/v1/deliveries/{id}"                                => deliveries::one::show;
    POST   "/v1/deliveries/{id}/resend"                         => deliveries::one::resend;
    GET    "/v1/activity"                                       => activity::list::list;
    GET    "/v1/events"                                         => events::stream;
    POST   "/v1/observations"                                   => observations::report::report;
    POST   "/v1/observations/known"                             => observations::known::known;
    GET    "/v1/provider_faults"                                => observations::faults::list;
    POST   "/demo/clock"                                        => demo::turn_clock;
}

// What is the same for everybody: whoever asks is not looked at.
table! { PLACES, places:
    GET    "/healthz"                                           => health::alive;
    GET    "/readyz"                                            => health::ready;
    GET    "/metrics"                                           => metrics::show;
    GET    "/.well-known/security.txt"                          => security::show;
    GET    "/embed/v1/{digest}/{file}"                          => embed_module::serve;
    // Places of the browser, on its way to a sign-in provider and back: each answers with another place.
    GET    "/sign-in/provider/callback"                         => sign_in::callback::back;
    GET    "/sign-in/provider/{id}"                             => sign_in::leave::leave;
}

/// Builds the API. The page is served beside it.
pub fn api(app: App) -> Router {
    table()
        .route("/v1/{*rest}", any(missing))
        .layer(axum::middleware::from_fn_with_state(app.clone(), crate::rates::limit))
        .merge(places())
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed)
        // Each route says itself how much it reads.
        .layer(DefaultBodyLimit::disable())
        .with_state(app)
}

/// What is not there answers like what is not yours; to find out more, be signed in.
async fn missing(_caller: crate::auth::Caller) -> ApiError {
    Refusal::Invisible.into()
}
