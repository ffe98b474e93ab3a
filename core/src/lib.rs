//! Beckon's rules and permissions.
