//! Beckon's rules and permissions: what is asked, of whom, until when, and what an answer does.
//!
//! Core knows nothing of HTTP, SQL, files, the browser or the clock: `now` is an argument. The page and the server
//! compile the same functions, so what the page shows is what the server does.

pub mod aadsts;
pub mod actor;
pub mod api;
pub mod country;
pub mod decide;
pub mod embed;
pub mod error;
pub mod escalation;
pub mod field;
pub mod id;
pub mod integration;
pub mod key;
pub mod kinds;
pub mod network;
pub mod notice;
pub mod observation;
pub mod password;
pub mod permission;
pub mod place;
pub mod provider;
pub mod remedy;
pub mod request;
pub mod retention;
pub mod rule;
pub mod session;
pub mod severity;
#[cfg(test)]
mod testing;
pub mod text;
pub mod time;
pub mod tries;
pub mod vpn;
pub mod watch;
pub mod webhook;
