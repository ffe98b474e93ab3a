//! Autotask: what an account enters, and what it chooses.

use super::{Setting, Slot, optional, required, secret, slot};

/// Where an Autotask user's zone is asked for, unless the settings say otherwise.
pub const DISCOVERY_URL: &str = "https://webservices.autotask.net";

#[rustfmt::skip]
pub(super) const SETTINGS: &[Setting] = &[
    required("username",         "Username",         "The key of an API user: Admin, Resources, API User (system)"),
    secret(  "secret",           "Secret",           "Made together with the key"),
    secret(  "integration_code", "Integration code", "The tracking identifier of the API user"),
    optional("discovery_url",    "Discovery URL",    "Leave it empty to use https://webservices.autotask.net").url(),
];

#[rustfmt::skip]
pub(super) const SLOTS: &[Slot] = &[
    slot("queue",             "Queue"),
    slot("new_status",        "Status of a new ticket"),
    slot("closed_status",     "Status of a closed ticket"),
    slot("priority_critical", "Priority of critical escalations"),
    slot("priority_high",     "Priority of high escalations"),
    slot("priority_low",      "Priority of low escalations"),
];
