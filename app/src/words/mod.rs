//! What the page says about times, dates, people and numbers. Pure functions of values, but for the browser's `Intl`.

pub mod dates;
pub mod deliveries;
pub mod effects;
pub mod health;
pub mod times;
pub mod webhooks;

use beckon_core::api::escalation::{EscalationBody, MethodBody};
use beckon_core::id::RuleId;

/// Counts in words: `1 rule`, `2 rules`, `1,204 rules`.
pub fn count(number: u64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {many}", grouped(number)) }
}

/// Says in a word how an escalation ended.
pub fn ended(one: &EscalationBody) -> &'static str {
    let withdrawn = one.resolution.as_ref().is_some_and(|how| how.method == MethodBody::Withdrawn);
    if withdrawn { "Withdrawn" } else { "Resolved" }
}

/// Writes a number with its thousands apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Sorts by the names of what is sorted, whatever that is.
pub fn sorted<T>(items: Vec<T>, name: impl Fn(&T) -> String) -> Vec<T> {
    let mut names: Vec<(String, usize)> =
        items.iter().map(name).enumerate().map(|(at, name)| (name, at)).collect();
    names.sort_unstable();
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    names.into_iter().filter_map(|(_, at)| items.get_mut(at)?.take()).collect()
}

/// Joins names: `A`, `A and B`, `A, B and C`, and from the fifth on `A, B, C and 4 others`.
pub fn join<S: AsRef<str>>(names: &[S], last: &str) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [some @ .., end] if names.len() <= 4 => format!("{} {last} {end}", some.join(", ")),
        [a, b, c, others @ ..] => {
            format!("{a}, {b}, {c} {last} {}", count(others.len() as u64, "other", "others"))
        }
        [_, _] => names.join(", "),
    }
}

/// Returns the first letters of a name's first and last word.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|word| word.chars().next());
    let last = words.next_back().and_then(|word| word.chars().next());
    upper(&first.into_iter().chain(last).collect::<String>())
}

/// Writes in small letters. The browser knows Unicode already.
pub fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// Writes in capital letters. The browser knows Unicode already.
pub fn upper(text: &str) -> String {
    js_sys::JsString::from(text).to_upper_case().into()
}

/// Names rules by number: `rule 7`, `rules 7 and 8`.
pub fn rules(ids: &[RuleId]) -> String {
    let numbers: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let word = if ids.len() == 1 { "rule" } else { "rules" };
    format!("{word} {}", join(&numbers, "and"))
}
