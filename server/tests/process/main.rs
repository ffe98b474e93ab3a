//! The real binary: started, fed, killed, started again.

mod killed;
mod server;
mod started;
mod waiting;
