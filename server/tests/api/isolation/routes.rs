//! What each route demands. A route that is not here fails the test.

use beckon_core::permission::Action;

use super::world::Things;

/// What a route demands of whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Demand {
    /// Nothing: it is how one gets in or out, or it is for everybody.
    Nothing,
    /// A session, in whatever role.
    Session,
    /// An action, in the asker's own account or in the one that the operator names.
    Action(Action),
    /// An action for members, another one for the operator, about its own.
    ActionOrOwn(Action, Action),
    /// An action, and being signed in.
    SignedIn(Action),
}

/// What the id in a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Thing {
    /// There is none.
    None,
    Organization,
    Identity,
    Escalation,
    Remedy,
    Rule,
    Integration,
    /// One of an account; the operator has its own.
    Webhook,
    Delivery,
    Member,
    /// One of an account, for the operator to see; it has its own.
    Provider,
    Embed,
    /// One of the admin's.
    Session,
    /// One of an account; the operator has its own.
    Key,
}

impl Thing {
    pub(crate) fn id(self, things: &Things) -> String {
        let number = match self {
            Self::Key => return things.key.clone(),
            Self::Embed => return things.embed.clone(),
            Self::None => 0,
            Self::Organization => things.organization,
            Self::Identity => things.identity,
            Self::Escalation => things.escalation,
            Self::Remedy => things.remedy,
            Self::Rule => things.rule,
            Self::Integration => things.integration,
            Self::Webhook => things.webhook,
            Self::Delivery => things.delivery,
            Self::Member => things.member,
            Self::Provider => things.provider,
            Self::Session => things.session,
        };
        number.to_string()
    }
}

/// A route and what it demands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) demand: Demand,
    pub(crate) thing: Thing,
}

/// Finds out what a route demands.
pub(crate) fn route(method: &'static str, path: &'static str) -> Route {
    let (demand, thing) = known(method, path).unwrap_or_else(|| {
        panic!("{method} {path} is new: say in server/tests/api/isolation/routes.rs what it demands")
    });
    Route { method, path, demand, thing }
}

#[rustfmt::skip]
#[expect(clippy::match_same_arms, reason = "a table has a row for each route, alike or not")]
fn known(method: &str, path: &str) -> Option<(Demand, Thing)> {
    use Action::{Answer, Comment, Configure, Launch, ManageKeys, ManageRules, ManageSignIn, Operate, See, SeeSetup};
    let found = match (method, path) {
        ("POST" | "DELETE", "/v1/session")                        => (Demand::Nothing, Thing::None),
        ("PUT", "/v1/session/account")                            => (Demand::Session, Thing::None),
        ("POST", "/v1/session/authentication")                    => (Demand::SignedIn(ManageSignIn), Thing::None),
        ("GET" | "DELETE", "/v1/sessions")                        => (Demand::SignedIn(ManageSignIn), Thing::None),
        ("DELETE", "/v1/sessions/{id}")                           => (Demand::SignedIn(ManageSignIn), Thing::Session),
        ("POST", "/v1/sign_in_links")                             => (Demand::Nothing, Thing::None),
        ("GET", "/v1/sign_in_options")                            => (Demand::Nothing, Thing::None),
        ("GET", "/v1/sign_in_providers")                          => (Demand::Action(SeeSetup), Thing::None),
        ("POST", "/v1/sign_in_providers")                         => (Demand::ActionOrOwn(Configure, Operate), Thing::None),
        ("GET", "/v1/sign_in_providers/{id}")                     => (Demand::Action(SeeSetup), Thing::Provider),
        ("PATCH" | "DELETE", "/v1/sign_in_providers/{id}")        => (Demand::ActionOrOwn(Configure, Operate), Thing::Provider),
        ("POST", "/v1/sign_in_providers/{id}/test")               => (Demand::ActionOrOwn(Configure, Operate), Thing::Provider),
        ("GET", "/v1/user")                                       => (Demand::SignedIn(ManageSignIn), Thing::None),
        ("PUT", "/v1/user/password")                              => (Demand::SignedIn(ManageSignIn), Thing::None),
        (_, "/v1/user/second_factor")                             => (Demand::SignedIn(ManageSignIn), Thing::None),
        ("POST", "/v1/user/second_factor/confirmation")           => (Demand::SignedIn(ManageSignIn), Thing::None),
        ("POST", "/v1/user/second_factor/recovery_codes")         => (Demand::SignedIn(ManageSignIn), Thing::None),
        ("GET", "/v1/actor" | "/v1/known_vpns")                   => (Demand::Action(See), Thing::None),
        ("GET", "/v1/account" | "/v1/organizations" | "/v1/identities") => (Demand::Action(See), Thing::None),
        ("GET", "/v1/organizations/{id}")                         => (Demand::Action(See), Thing::Organization),
        ("GET", "/v1/identities/{id}")                            => (Demand::Action(See), Thing::Identity),
        ("GET", "/v1/memberships")                                => (Demand::Action(SeeSetup), Thing::None),
        ("POST", "/v1/memberships")                               => (Demand::Action(Configure), Thing::None),
        ("GET", "/v1/memberships/{id}")                           => (Demand::Action(SeeSetup), Thing::Member),
        ("PATCH" | "DELETE", "/v1/memberships/{id}")              => (Demand::Action(Configure), Thing::Member),
        ("POST", "/v1/memberships/{id}/invitation")               => (Demand::Action(Configure), Thing::Member),
        ("GET", "/v1/memberships/{id}/removal")                   => (Demand::Action(Configure), Thing::Member),
        ("GET" | "POST", "/v1/keys")                              => (Demand::Action(ManageKeys), Thing::None),
        ("DELETE", "/v1/keys/{key}")                              => (Demand::Action(ManageKeys), Thing::Key),
        ("POST", "/v1/keys/{key}/rotation")                       => (Demand::Action(ManageKeys), Thing::Key),
        ("GET", "/v1/escalations")                                => (Demand::Action(See), Thing::None),
        ("POST", "/v1/escalations")                               => (Demand::Action(Operate), Thing::None),
        ("GET", "/v1/escalations/{id}")                           => (Demand::Action(See), Thing::Escalation),
        ("GET", "/v1/escalations/{id}/entities")                  => (Demand::Action(See), Thing::Escalation),
        ("GET", "/v1/escalations/{id}/timeline")                  => (Demand::Action(See), Thing::Escalation),
        ("POST", "/v1/escalations/{id}/resolution")               => (Demand::Action(Answer), Thing::Escalation),
        ("POST", "/v1/escalations/{id}/steps/{step}")             => (Demand::Action(Answer), Thing::Escalation),
        ("POST", "/v1/escalations/{id}/withdrawal")               => (Demand::Action(Operate), Thing::Escalation),
        ("POST", "/v1/escalations/{id}/comments")                 => (Demand::Action(Comment), Thing::Escalation),
        ("GET", "/v1/remedies")                                   => (Demand::Action(Operate), Thing::None),
        ("GET", "/v1/remedies/{id}")                              => (Demand::Action(Operate), Thing::Remedy),
        ("POST", "/v1/remedies/{id}/outcome")                     => (Demand::Action(Operate), Thing::Remedy),
        ("GET", "/v1/unwanted_access_rules")                      => (Demand::Action(See), Thing::None),
        ("POST", "/v1/unwanted_access_rules")                     => (Demand::Action(ManageRules), Thing::None),
        ("POST", "/v1/unwanted_access_rules/preview")             => (Demand::Action(ManageRules), Thing::None),
        ("GET", "/v1/unwanted_access_rules/coverage")             => (Demand::Action(See), Thing::None),
        ("GET", "/v1/unwanted_access_rules/{id}")                 => (Demand::Action(See), Thing::Rule),
        ("PATCH" | "DELETE", "/v1/unwanted_access_rules/{id}")    => (Demand::Action(ManageRules), Thing::Rule),
        ("GET", "/v1/notification_settings")                      => (Demand::Action(SeeSetup), Thing::None),
        ("PATCH", "/v1/notification_settings")                    => (Demand::Action(Configure), Thing::None),
        ("POST", "/v1/notification_settings/test")                => (Demand::Action(Configure), Thing::None),
        ("GET", "/v1/message_preview" | "/v1/message_preview.html") => (Demand::Action(SeeSetup), Thing::None),
        ("GET", "/v1/integrations")                               => (Demand::Action(SeeSetup), Thing::None),
        ("POST", "/v1/integrations")                              => (Demand::Action(Configure), Thing::None),
        ("GET", "/v1/integrations/{id}")                          => (Demand::Action(SeeSetup), Thing::Integration),
        ("PATCH" | "DELETE", "/v1/integrations/{id}")             => (Demand::Action(Configure), Thing::Integration),
        ("POST", "/v1/integrations/{id}/test")                    => (Demand::Action(Configure), Thing::Integration),
        ("GET", "/v1/integrations/{id}/offers")                   => (Demand::Action(Configure), Thing::Integration),
        ("GET" | "PUT", "/v1/integrations/{id}/companies")        => (Demand::Action(Configure), Thing::Integration),
        ("GET", "/v1/webhooks")                                   => (Demand::Action(SeeSetup), Thing::None),
        ("POST", "/v1/webhooks")                                  => (Demand::ActionOrOwn(Configure, Operate), Thing::None),
        ("PATCH" | "DELETE", "/v1/webhooks/{id}")                 => (Demand::ActionOrOwn(Configure, Operate), Thing::Webhook),
        ("POST", "/v1/webhooks/{id}/secret" | "/v1/webhooks/{id}/test") => (Demand::ActionOrOwn(Configure, Operate), Thing::Webhook),
        ("GET", "/v1/embeds")                                     => (Demand::Action(SeeSetup), Thing::None),
        ("POST", "/v1/embeds")                                    => (Demand::Action(Configure), Thing::None),
        ("GET", "/v1/embeds/{embed}")                             => (Demand::Action(SeeSetup), Thing::Embed),
        ("PATCH" | "DELETE", "/v1/embeds/{embed}")                => (Demand::Action(Configure), Thing::Embed),
        ("POST", "/v1/embed_sessions" | "/v1/embed_sessions/end") => (Demand::Action(Launch), Thing::None),
        ("POST", "/v1/embed_sessions/exchange")                   => (Demand::Nothing, Thing::None),
        ("DELETE", "/v1/embed_sessions/current")                  => (Demand::Nothing, Thing::None),
        ("GET", "/v1/deliveries")                                 => (Demand::Action(SeeSetup), Thing::None),
        ("GET", "/v1/deliveries/{id}")                            => (Demand::Action(SeeSetup), Thing::Delivery),
        ("POST", "/v1/deliveries/{id}/resend")                    => (Demand::Action(Configure), Thing::Delivery),
        ("GET", "/v1/activity")                                   => (Demand::Action(SeeSetup), Thing::None),
        ("GET", "/v1/events")                                     => (Demand::Action(See), Thing::None),
        ("POST", "/v1/observations" | "/v1/observations/known")   => (Demand::Action(Operate), Thing::None),
        ("GET", "/v1/provider_faults")                            => (Demand::Action(Operate), Thing::None),
        ("POST", "/demo/clock")                                   => (Demand::Action(Operate), Thing::None),
        _ => return None,
    };
    Some(found)
}
