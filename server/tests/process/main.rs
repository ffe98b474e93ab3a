//! The real binary: started, fed, killed, started again.

mod commands;
#[path = "../support/database.rs"]
mod database;
#[path = "../support/http.rs"]
mod http;
mod rotation;
mod secrets;
mod server;
mod started;
mod traces;
mod waiting;
