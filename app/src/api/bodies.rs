//! What the bodies of core consist of, by the names that their fields have on the wire.

use beckon_core::actor::{Party, Role, Scope as KeyScope};
use beckon_core::api::access::{
    KeyBody, KeysResponse, RecoveryCodesResponse, SecondFactorResponse, SessionBody, SessionsResponse,
    SignInMethod, UserAccessBody,
};
use beckon_core::api::activity::ActivityBody;
use beckon_core::api::delivery::{
    AttemptBody, DeliveryBody, DeliveryDetailBody, DeliveryResponse, DeliveryStatus,
};
use beckon_core::api::embed::{
    EmbedBody, EmbedResponse, EmbedsResponse, ExchangeResponse, FrameBody, ModuleBody, ThemeBody,
};
use beckon_core::api::escalation::{
    AnswerBody, ChoiceBody, EntitiesBody, EntityBody, EntityDetails, EntityStanding, EntityStateBody,
    EscalationBody, EscalationDetailBody, EscalationsResponse, GuidanceBody, MethodBody, OriginBody,
    RemedyStateBody, ResolutionBody, StatusBody, StepBody, StepKind, StepState, TimelineEntryBody,
};
use beckon_core::api::integration::{
    CompaniesResponse, CompanyBody, ConnectionTestResponse, IntegrationBody, IntegrationsResponse,
    MappedOrganizationBody, OfferBody, OffersResponse, SettingBody, SlotBody, VendorBody,
};
use beckon_core::api::notification::{
    HealthBody, KindRouteBody, MailBody, MessagePreviewResponse, NotificationSettingsBody,
    NotificationSettingsResponse, PsaBody, QueuedResponse, TeamMemberBody,
};
use beckon_core::api::people::{AccountBody, Counts, IdentityBody, MembershipBody, RemovalBody};
use beckon_core::api::provider::SignInOption;
use beckon_core::api::rule::{AppliedTo, CoverageResponse, RuleBody, RulesResponse};
use beckon_core::api::webhook::{WebhookBody, WebhookEvent, WebhookResponse, WebhooksResponse};
use beckon_core::api::{ActorBody, ActorResponse, Blocked, ErrorBody, Pagination, Proof, UserBody};
use beckon_core::embed::Mode as EmbedMode;
use beckon_core::error::FieldError;
use beckon_core::field::{FieldSpec, FieldType, OptionSpec};
use beckon_core::id::{
    AccountId, DeliveryId, EntityId, EscalationId, IdentityId, IntegrationId, OrganizationId, ProviderId,
    RuleId, SessionId, UserId, WebhookId,
};
use beckon_core::integration::Vendor;
use beckon_core::notice::Channel;
use beckon_core::observation::IsolatedBy;
use beckon_core::remedy::{RemedyAction, RemedyStatus};
use beckon_core::request::Evidence;
use beckon_core::rule::coverage::{CoverageFacts, OpenIdentity, OpenLogins, Origin, PastLogins};
use beckon_core::rule::{
    AccessRule, Category, Determination, Level, Logic, RuleStatus, Schedule, Scope, Subject,
};
use beckon_core::severity::Severity;
use wasm_bindgen::JsValue;

use super::body::{Body, field, number, text, wrong};

/// Ids are numbers.
macro_rules! ids {
    ($($id:ident)+) => {$(
        impl Body for $id {
            fn read(value: &JsValue) -> Self {
                Self(number(value))
            }
        }
    )+};
}

ids! {
    AccountId DeliveryId EntityId EscalationId IdentityId IntegrationId OrganizationId ProviderId RuleId SessionId UserId WebhookId
}

/// Enums without fields are words. The value stands in for a word that nobody knows.
macro_rules! words {
    ($($word:ident: $some:ident,)+) => {$(
        impl Body for $word {
            fn read(value: &JsValue) -> Self {
                text(value).parse().unwrap_or_else(|_| {
                    wrong(concat!("a ", stringify!($word)));
                    Self::$some
                })
            }
        }
    )+};
}

words! {
    Category: Country,
    Channel: Email,
    DeliveryStatus: Waiting,
    EmbedMode: View,
    Determination: Expected,
    EntityStanding: Waiting,
    FieldType: Text,
    IsolatedBy: Provider,
    Logic: Standard,
    KeyScope: ReadOnly,
    MethodBody: Direct,
    Proof: Authentication,
    RemedyAction: TestConnection,
    RemedyStatus: Ordered,
    Role: AccountUser,
    RuleStatus: Expired,
    Scope: Account,
    Severity: Low,
    SignInMethod: Link,
    StatusBody: Open,
    StepKind: Evidence,
    StepState: Upcoming,
    Vendor: Connectwise,
    WebhookEvent: Test,
}

/// An event of the log is an entry of a timeline, with the escalation that it belongs to.
impl Body for ActivityBody {
    fn read(value: &JsValue) -> Self {
        Self { entry: Body::read(value), escalation_id: field(value, "escalation_id") }
    }
}

/// The name of a field on the wire: its own, or the one that is given.
macro_rules! name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $name:literal) => {
        $name
    };
}

/// Bodies are objects.
macro_rules! bodies {
    ($($body:ident { $($field:ident $(= $name:literal)?),+ $(,)? })+) => {$(
        impl Body for $body {
            fn read(value: &JsValue) -> Self {
                Self { $($field: field(value, name!($field $($name)?)),)+ }
            }
        }
    )+};
}

bodies! {
    // Everything
    Pagination { next_page_token, next_page_url, total_count }
    ErrorBody { error, errors, blocked, prove }
    FieldError { field, message }
    Blocked { name, account, organization, ask, accounts }

    // People
    ActorResponse { reseller, account, user, actor, now }
    ActorBody { reseller, account, user, operator, scope }
    UserBody { id, name, email, role, organization_id }
    AccountBody { id, name, status, organizations_count, admins, readers_count, counts, last_answered_at }
    Counts { open, overdue, resolved, rules }
    IdentityBody {
        id, account, organization, external_id, username, name, usage_location, created_at, updated_at,
    }

    UserAccessBody {
        id, name, email, password, second_factor_since, recovery_codes, authenticated, provider_id, accounts,
    }
    SignInOption { id, name, account, url }
    SessionsResponse { sessions }
    SessionBody { id, current, method, device, address, created_at, seen_at, expires_at }
    SecondFactorResponse { secret, url, picture }
    RecoveryCodesResponse { recovery_codes }
    MembershipBody {
        id, user_id, name, email, role, organization, created_at, last_sign_in_at, second_factor,
    }
    RemovalBody { recipients_before, recipients_after, falls_back, keys, sessions, refused }
    KeysResponse { keys }
    FrameBody { embed, origins, theme }
    EmbedResponse { embed }
    EmbedsResponse { embeds, module }
    EmbedBody {
        public_id, name, origins, mode, roles, respond_up_to, theme, created_at, last_launched_at, frame_url,
    }
    ModuleBody { url, types_url, integrity }
    ThemeBody { scheme, accent, surface, text, radius, font }
    ExchangeResponse { token, expires_at, now, mode, respond_up_to, account, user }
    KeyBody { key, name, user, scope, created_at, expires_at, last_used_at, rotating_until }

    // Escalations
    EscalationsResponse { escalations, pagination }
    EscalationBody {
        id, account, organizations, created_at, updated_at, resolved_at, severity, status, subject, subtype,
        kind = "type", category, summary, about, entity_count, due_at, overdue, question, workflow, answer, resolution,
        revision, previous_id, url,
    }
    StepBody { slug, title, kind, state, by, at, problem }
    AnswerBody {
        choice, label, fields, scope, starts_at, expires_at, note, revoke_and_disable_identities, by, at,
    }
    ResolutionBody { method, by, at, rule_ids, text }
    Evidence { label, value }
    GuidanceBody { text, link, code }
    ChoiceBody { slug, label, button, hint, consequences, note_required, confirm, fields }
    OptionSpec { slug, label }
    FieldSpec { slug, label, kind = "type", required, options }
    RemedyStateBody { action, label, status, message, at }
    EntitiesBody { total_count, has_more, items }
    EntityBody { id, kind = "type", details }
    EntityDetails {
        name, external_id, sightings = "logins", first_seen_at, last_seen_at, username, usage_location, origins,
        more_origins, os, organization, isolated_by, since, error, severity, state, choice, decided_by, remedy,
    }
    EntityStateBody { slug, text, at }
    OriginBody { country, vpn, ip_address, logins }
    TimelineEntryBody { seq, at, by, event, text, note, entity_id }

    // Access rules
    RulesResponse { unwanted_access_rules, pagination }
    RuleBody {
        id, account, determination = "type", status, scope, applied_to, organization, identity, category, country_code,
        vpn, ip_address, logic, subject, note, starts_at, expires_at, created_by, created_at, updated_at,
    }
    AppliedTo { kind = "type", id, name }
    CoverageResponse { coverage, escalations }
    CoverageFacts { rules, open, history }
    AccessRule {
        id, account, level, subject, determination, schedule, note, created_by, created_at, updated_at,
    }
    Schedule { starts_at, expires_at }
    OpenLogins { escalation, organization, identities }
    OpenIdentity { identity, usage_location, origins, more_origins }
    Origin { country, vpn, address }
    PastLogins { organization, identity, usage_location, origin, logins }

    // Who hears of it
    NotificationSettingsResponse { notification_settings }
    NotificationSettingsBody { recipients, fallen_back, team, psa_and_email, psa, kinds, mail }
    TeamMemberBody { user_id, name, email, role, told }
    PsaBody { id, vendor, name, paused }
    KindRouteBody { kind = "type", category, name, email, psa, psa_optional, psa_wanted }
    MailBody { transport, health }
    HealthBody {
        last_success_at, last_failure_at, failing_since, last_error, retry_at, waiting, oldest_waiting_since,
        undelivered,
    }
    MessagePreviewResponse { title, text, html, escalation }
    QueuedResponse { deliveries }
    DeliveryResponse { delivery }
    DeliveryBody {
        id, account_id, escalation_id, channel, to, address, reason, reason_label, status, attempts, last_error,
        created_at, next_attempt_at, finished_at,
    }
    AttemptBody { number, at, duration_ms, outcome, code, detail }

    // Where it goes
    IntegrationsResponse { integrations, vendors }
    IntegrationBody {
        id, vendor, name, settings, secrets, choices, default_company, ready, missing, paused, created_at,
        created_by, health,
    }
    VendorBody { vendor, name, settings, slots }
    SettingBody { slug, label, help, secret, required }
    SlotBody { slug, label, depends_on, required }
    ConnectionTestResponse { works, error, duration_ms }
    OffersResponse { offers }
    OfferBody { id, name }
    CompaniesResponse { companies, organizations }
    CompanyBody { id, name }
    MappedOrganizationBody { id, name, company, by_hand }
    WebhooksResponse { webhooks }
    WebhookResponse { webhook, secret }
    WebhookBody { id, url, events, enabled, disabled_because, rotating_until, created_at, health }
}

/// Its own fields stand beside those that lists show too.
impl Body for EscalationDetailBody {
    fn read(value: &JsValue) -> Self {
        Self {
            escalation: EscalationBody::read(value),
            what_happened: field(value, "what_happened"),
            why: field(value, "why"),
            evidence: field(value, "evidence"),
            entities: field(value, "entities"),
            guidance: field(value, "guidance"),
            choices: field(value, "choices"),
            fields: field(value, "fields"),
            one_by_one: field(value, "one_by_one"),
            remedies: field(value, "remedies"),
            rule_subject: field(value, "rule_subject"),
        }
    }
}

/// The attempts stand beside what lists show too.
impl Body for DeliveryDetailBody {
    fn read(value: &JsValue) -> Self {
        Self { delivery: DeliveryBody::read(value), attempt_log: field(value, "attempt_log") }
    }
}

impl Body for Party {
    fn read(value: &JsValue) -> Self {
        let kind: String = field(value, "type");
        match kind.as_str() {
            "system" => Self::System,
            "operator" => Self::Operator { name: field(value, "name") },
            "user" => Self::User { id: field(value, "id"), name: field(value, "name") },
            _ => {
                wrong("a party");
                Self::System
            }
        }
    }
}

impl Body for Level {
    fn read(value: &JsValue) -> Self {
        let scope: Scope = field(value, "scope");
        match scope {
            Scope::Account => Self::Account,
            Scope::Organization => Self::Organization { organization: field(value, "organization") },
            Scope::Identity => Self::Identity {
                identity: field(value, "identity"),
                organization: field(value, "organization"),
            },
        }
    }
}

impl Body for Subject {
    fn read(value: &JsValue) -> Self {
        let subject: String = field(value, "subject");
        match subject.as_str() {
            "country" => Self::Country { country: field(value, "country") },
            "vpn" => Self::Vpn { vpn: field(value, "vpn") },
            "ip_address" => Self::IpAddress { network: field(value, "network") },
            "catchall" => Self::Catchall { category: field(value, "category") },
            "catchall_exception" => Self::CatchallException { category: field(value, "category") },
            _ => {
                wrong("a subject");
                Self::Catchall { category: Category::Country }
            }
        }
    }
}
