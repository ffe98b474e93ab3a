//! Statements that do for whole lists of values what another one does for one of each: it goes out once, is planned once and answered
//! once.

use std::fmt::Write as _;

use tokio_postgres::types::Type;

use crate::store::sql::{Params, Value};

/// The column that says for which of the keys a row was found, counted from 1.
pub(super) const PLACE: &str = "place_of_key";

/// The statement that finds for each of many keys the first row that `sql` finds for one, whose parameters are of `types`.
///
/// The `LIMIT` keeps PostgreSQL from reading a whole table for them: of one that grew since it was last counted, it thinks that it is
/// small.
pub(super) fn query(sql: &str, types: &[Type]) -> String {
    let one = with_parameters(sql, |number| format!("keys.p{number}"));
    format!(
        "SELECT found.*, keys.{PLACE} FROM unnest({}) WITH ORDINALITY AS keys ({}, {PLACE})
         CROSS JOIN LATERAL (SELECT * FROM ({one}) AS all_found LIMIT 1) AS found",
        arrays(types),
        names(types)
    )
}

/// The statement that inserts many rows, with columns of `types`.
pub(super) fn insert(table: &str, columns: &[&str], types: &[Type]) -> String {
    format!("INSERT INTO {table} ({}) SELECT * FROM unnest({})", columns.join(", "), arrays(types))
}

/// The values of `rows` by column, as one list for each.
pub(super) fn lists<'r, P: Params, T>(rows: &'r [P], keep: impl Fn(Value<'r>) -> T) -> Vec<Vec<T>> {
    let mut lists = Vec::new();
    for row in rows {
        row.with(|values| {
            lists.resize_with(values.len(), || Vec::with_capacity(rows.len()));
            for (list, value) in lists.iter_mut().zip(values) {
                list.push(keep(*value));
            }
        });
    }
    lists
}

fn arrays(types: &[Type]) -> String {
    let arrays = types.iter().zip(1..).map(|(of, number)| format!("${number}::{}[]", of.name()));
    arrays.collect::<Vec<_>>().join(", ")
}

fn names(types: &[Type]) -> String {
    (1..=types.len()).map(|number| format!("p{number}")).collect::<Vec<_>>().join(", ")
}

/// Puts something else for each numbered parameter.
fn with_parameters(sql: &str, name: impl Fn(usize) -> String) -> String {
    let mut parts = sql.split('?');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(part.len());
        let (number, rest) = part.split_at(end);
        let _ = write!(out, "{}{rest}", number.parse().map_or_else(|_| "?".to_owned(), &name));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_parameter_becomes_its_column() {
        let sql = "SELECT a FROM t WHERE b = ?1 AND c = ?12 AND d = ?2";
        let put = with_parameters(sql, |number| format!("k{number}"));
        assert_eq!(put, "SELECT a FROM t WHERE b = k1 AND c = k12 AND d = k2");
    }

    #[test]
    fn rows_become_lists() {
        let rows = [(1_i64, "a"), (2, "b")];
        let lists = lists(&rows, |value| format!("{value:?}"));
        assert_eq!(lists, [["Integer(1)", "Integer(2)"], [r#"Text("a")"#, r#"Text("b")"#]]);
    }
}
