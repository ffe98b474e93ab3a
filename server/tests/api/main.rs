//! The API, through the real router over a real database. Each module stands for the route of its name.

mod access_rules;
mod activity;
mod browser;
#[path = "../support/database.rs"]
mod database;
mod embeds;
mod escalations;
mod events;
mod fakes;
mod fence;
mod harness;
mod health;
mod idempotency;
mod isolation;
mod keys;
mod kinds;
mod members;
mod metrics;
mod moving;
mod nodes;
mod notices;
mod observations;
mod oidc;
mod outbox;
mod poison;
mod rates;
mod resolution;
mod retention;
mod session;
mod sign_in;
mod store;
mod tries;
mod user;
