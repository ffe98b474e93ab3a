//! The real binary: started, fed, killed, started again.

mod commands;
mod killed;
mod server;
mod started;
mod waiting;
