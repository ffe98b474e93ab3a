//! ConnectWise PSA: what an account enters, and what it chooses.

use super::{Setting, Slot, required, secret, slot};

#[rustfmt::skip]
pub(super) const SETTINGS: &[Setting] = &[
    required("site",       "Site",              "The address at which you sign in, such as na.myconnectwise.net; a whole URL if you host it yourself").address(),
    required("company",    "Company",           "The company name that you enter when you sign in"),
    required("public_key", "Public key",        "From the API Keys tab of an API member: System, Members, API Members"),
    secret(  "private_key", "Private key",      "Shown once, when the public key is made"),
    required("client_id",  "Client ID",         "From developer.connectwise.com, Client ID"),
];

#[rustfmt::skip]
pub(super) const SLOTS: &[Slot] = &[
    slot("board",             "Service board"),
    slot("closed_status",     "Status of a closed ticket").of("board"),
    slot("priority_critical", "Priority of critical escalations"),
    slot("priority_high",     "Priority of high escalations"),
    slot("priority_low",      "Priority of low escalations"),
];
