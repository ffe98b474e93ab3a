//! Webhooks, over real connections: what receivers get, whether the public verifiers take it, and what each answer of
//! theirs means.

#[path = "../support/http.rs"]
mod http;
mod outcomes;
mod signatures;
