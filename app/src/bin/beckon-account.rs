//! The part of the page that shows the account itself.

use beckon_app::{account, not_found};
use beckon_core::place::Part;

fn main() {
    beckon_app::start(Some(Part::Account), |route| account(route).unwrap_or_else(not_found));
}
