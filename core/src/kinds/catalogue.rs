//! The catalogue as a page: every kind in a table, for `docs/CATALOGUE.md`.

use std::fmt::Write as _;

use super::Kind;

/// Returns the page, in Markdown.
pub fn page() -> String {
    let mut page = String::from(
        "# The catalogue\n\n\
         Every kind of escalation, as core defines it. This page is generated from `core/src/kinds/`, and a test checks \
         it; `UPDATE_CATALOGUE=1 cargo test -p beckon-core --test catalogue` writes it anew.\n\n\
         | kind | raised when | key | severity | question | answers | remedies | resolves without an answer when |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for kind in Kind::ALL {
        let definition = kind.definition();
        let row = definition.row();
        let cells =
            [row.trigger, row.key, row.severity, row.question, row.answers, row.remedies, row.resolution];
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        writeln!(page, "| `{}` | {} |", definition.slug(), cells.join(" | ")).expect("a string takes text");
    }
    page
}
