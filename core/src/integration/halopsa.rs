//! HaloPSA: what an account enters, and what it chooses.

use super::{Setting, Slot, optional, required, secret, slot};

#[rustfmt::skip]
pub(super) const SETTINGS: &[Setting] = &[
    required("url",           "URL",           "The address at which you sign in, such as https://contoso.halopsa.com").url(),
    required("client_id",     "Client ID",     "From Configuration, Integrations, Halo API: an application that signs in with client credentials"),
    secret(  "client_secret", "Client secret", "Shown once, when the application is made"),
    optional("tenant",        "Tenant",        "From Configuration, Integrations, Halo API, if your instance is hosted and shows one"),
];

#[rustfmt::skip]
pub(super) const SLOTS: &[Slot] = &[
    slot("ticket_type",       "Ticket type"),
    slot("closed_status",     "Status of a closed ticket").of("ticket_type"),
    slot("note_outcome",      "Action that adds a note").of("ticket_type"),
    slot("priority_critical", "Priority of critical escalations"),
    slot("priority_high",     "Priority of high escalations"),
    slot("priority_low",      "Priority of low escalations"),
];
