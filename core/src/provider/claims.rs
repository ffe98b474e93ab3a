//! What a provider says of a person.

use serde_json::Value;

/// The most values that are looked at.
const MAX_VALUES: usize = 1_000;

/// What a provider says of a person, verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    /// How the provider knows the person; never given to somebody else.
    pub subject: String,
    /// The name.
    pub name: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// Whether the provider says that it verified the address.
    pub email_verified: bool,
    /// The values of the claim about roles.
    pub values: Vec<String>,
}

/// Returns the values at `path` of what a provider says: of the claim with just this name, since some have dots in theirs, else
/// of what lies along the dots. One text is one value; what is no text says nothing.
pub fn values_at(claims: &Value, path: &str) -> Vec<String> {
    let along = || path.split('.').try_fold(claims, |value, name| value.get(name));
    match claims.get(path).or_else(along) {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(values)) => {
            values.iter().filter_map(Value::as_str).take(MAX_VALUES).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_found_by_name_and_along_dots() {
        let claims = json!({
            "groups": ["a", "b", 7, null],
            "role": "admin",
            "realm_access": {"roles": ["x"]},
            "https://contoso.example/roles": ["y"],
            "count": 3,
        });
        let check = |path: &str, expected: &[&str]| assert_eq!(values_at(&claims, path), expected, "{path}");
        check("groups", &["a", "b"]);
        check("role", &["admin"]);
        check("realm_access.roles", &["x"]);
        check("https://contoso.example/roles", &["y"]);
        check("realm_access", &[]);
        check("realm_access.roles.deeper", &[]);
        check("count", &[]);
        check("", &[]);
    }
}
