//! The part of the page that answers questions. A build for debugging shows the other part too: it has no weight to mind.

use beckon_app::{account, questions};
use beckon_core::place::Part;

fn main() {
    if beckon_app::start_panel(questions) {
        return;
    }
    if cfg!(debug_assertions) {
        beckon_app::start(None, |route| account(route).unwrap_or_else(|| questions(route)));
    } else {
        beckon_app::start(Some(Part::Questions), questions);
    }
}
