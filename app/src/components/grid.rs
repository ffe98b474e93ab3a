//! A plain table: a caption that is heard, columns, and rows whose first cell names them. Narrow, rows become cards.

use leptos::prelude::*;

use crate::erased::view;

/// The table. A column without a name holds what can be done.
pub fn grid(
    class: &'static str,
    caption: &'static str,
    columns: &'static [&'static str],
    rows: Vec<AnyView>,
) -> AnyView {
    let head = |name: &&'static str| match *name {
        "" => view! { <th scope="col"><span class="unseen">"Actions"</span></th> },
        name => view! { <th scope="col">{name}</th> },
    };
    view! {
        <div class="table-frame">
            <table class=format!("table stacked {class}")>
                <caption class="unseen">{caption}</caption>
                <thead>
                    <tr>{columns.iter().map(head).collect_view()}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// A row of it, with a cell for each column.
pub fn grid_row(columns: &'static [&'static str], cells: Vec<AnyView>) -> AnyView {
    let cell = |(index, cell): (usize, AnyView)| match (index, columns[index]) {
        (0, _) => view! { <th scope="row">{cell}</th> },
        (_, "") => view! { <td class="deeds">{cell}</td> },
        (_, name) => view! { <td data-label=name><div>{cell}</div></td> },
    };
    view! { <tr>{cells.into_iter().enumerate().map(cell).collect_view()}</tr> }
}

/// Two lines of a cell: what it says, and what goes with it.
pub fn two_lines(first: impl Into<String>, second: impl Into<String>) -> AnyView {
    lines(first.into(), second.into())
}

fn lines(first: String, second: String) -> AnyView {
    view! {
        <div class="breakable">{first}</div>
        {(!second.is_empty()).then(|| view! { <div class="quiet breakable">{second}</div> })}
    }
}
