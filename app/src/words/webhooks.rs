//! What endpoints can hear of, in words.

use beckon_core::api::webhook::WebhookEvent;

/// What somebody can choose, in the order in which it happens. A test is sent when somebody asks for it.
pub const EVENTS: [WebhookEvent; 6] = [
    WebhookEvent::EscalationCreated,
    WebhookEvent::EscalationOverdue,
    WebhookEvent::EscalationAnswered,
    WebhookEvent::EscalationClosed,
    WebhookEvent::IncidentSuspected,
    WebhookEvent::RemedyOrdered,
];

/// Says when an event happens.
pub const fn event(event: WebhookEvent) -> &'static str {
    match event {
        WebhookEvent::EscalationCreated => "A question is raised",
        WebhookEvent::EscalationOverdue => "A question becomes overdue",
        WebhookEvent::EscalationAnswered => "Somebody answers",
        WebhookEvent::EscalationClosed => "A question is resolved",
        WebhookEvent::IncidentSuspected => "An unauthorized login is seen",
        WebhookEvent::RemedyOrdered => "A remedy is ordered",
        WebhookEvent::Test => "Somebody sends a test",
    }
}
