//! The language of `conditions`, as far as it is needed: comparisons for equality, joined by `and`.

use serde_json::Value;

/// A field that must have a value.
pub(super) struct Condition {
    field: String,
    value: Value,
}

impl Condition {
    /// Tells whether something fits. Text is compared without regard to case, as the database behind it does.
    pub(super) fn fits(&self, one: &Value) -> bool {
        let found = self.field.split('/').fold(one, |found, name| &found[name]);
        match (found.as_str(), self.value.as_str()) {
            (Some(found), Some(value)) => found.to_lowercase() == value.to_lowercase(),
            (Some(_) | None, _) => *found == self.value,
        }
    }
}

/// Reads conditions, if they are some.
pub(super) fn parse(text: &str) -> Option<Vec<Condition>> {
    let mut all = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (field, after) = rest.split_once('=')?;
        let field = field.trim();
        if field.is_empty() || !field.chars().all(|c| c.is_ascii_alphanumeric() || c == '/') {
            return None;
        }
        let (value, after) = value(after.trim_start())?;
        all.push(Condition { field: field.to_owned(), value });
        let after = after.trim_start();
        rest = if after.is_empty() { after } else { after.strip_prefix("and ")?.trim_start() };
    }
    Some(all)
}

/// Reads a value, and returns what follows it.
fn value(text: &str) -> Option<(Value, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(' ').unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        let word = word.to_lowercase();
        return Some((
            word.parse::<bool>().map(Value::from).or_else(|_| word.parse::<i64>().map(Value::from)).ok()?,
            rest,
        ));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((Value::from(value), &quoted[at + 1..])),
            '\\' => value.push(characters.next()?.1),
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn conditions_are_read_and_compared() {
        let one = json!({ "externalXRef": "Beckon-1", "board": { "id": 11 }, "deletedFlag": false, "name": "a\"b\\" });
        let check = |text: &str, expected: Option<bool>| {
            let found = parse(text).map(|all| all.iter().all(|condition| condition.fits(&one)));
            assert_eq!(found, expected, "{text}");
        };
        check("", Some(true));
        check(r#"externalXRef="beckon-1""#, Some(true));
        check(r#"externalXRef="beckon-17""#, Some(false));
        check(r#"externalXRef = "beckon-1" and board/id=11 and deletedFlag=False"#, Some(true));
        check(r#"name="a\"b\\""#, Some(true));
        check(r#"name="a"b\""#, None);
        check(r#"name="a"#, None);
        check("name=a", None);
        check("=1", None);
        check("id=1 or id=2", None);
    }
}
