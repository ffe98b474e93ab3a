//! Mail, over real connections: to a strict receiver that fails on purpose, to a real postfix, and to a folder.

mod doctor;
mod failures;
mod hostile;
mod letters;
#[path = "../support/postfix.rs"]
mod postfix;
mod real;
#[path = "../support/smtp.rs"]
mod smtp;
mod starttls;
