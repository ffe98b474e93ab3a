//! The API, through the real router over a real database. Each module stands for the route of its name.

mod access_rules;
mod escalations;
mod events;
mod fakes;
mod harness;
mod idempotency;
mod isolation;
mod kinds;
mod notices;
mod observations;
mod oidc;
mod outbox;
mod resolution;
mod session;
mod store;
