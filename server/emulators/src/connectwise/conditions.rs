//! The little of the vendor's query language that is understood; all else is refused, so that no client relies on it.

/// Reads `externalXRef="…"`, and returns what stands between the quotes.
pub(super) fn external_key(text: &str) -> Result<String, ()> {
    match rest_quoted(
        text.trim().strip_prefix("externalXRef").ok_or(())?.trim_start().strip_prefix('=').ok_or(())?,
    ) {
        Some((key, "")) => Ok(key),
        _ => Err(()),
    }
}

/// Whether a company of that name is meant.
pub(super) type Meant = Box<dyn Fn(&str) -> bool>;

/// Reads `name="…"`, `name like "…%"` or `deletedFlag=false`.
pub(super) fn company(text: &str) -> Result<Meant, ()> {
    let text = text.trim();
    if text.split_whitespace().collect::<String>().eq_ignore_ascii_case("deletedFlag=false") {
        return Ok(Box::new(|_| true));
    }
    let rest = text.strip_prefix("name").ok_or(())?.trim_start();
    let (rest, like) = match rest.strip_prefix('=') {
        Some(rest) => (rest, false),
        None => (rest.strip_prefix("like").ok_or(())?, true),
    };
    let Some((wanted, "")) = rest_quoted(rest) else { return Err(()) };
    let wanted = wanted.to_lowercase();
    if !like {
        return Ok(Box::new(move |name| name.to_lowercase() == wanted));
    }
    let (open_start, open_end) = (wanted.starts_with('%'), wanted.ends_with('%'));
    let core = wanted.trim_matches('%').to_owned();
    Ok(Box::new(move |name| {
        let name = name.to_lowercase();
        match (open_start, open_end) {
            (true, true) => name.contains(&core),
            (true, false) => name.ends_with(&core),
            (false, true) => name.starts_with(&core),
            (false, false) => name == core,
        }
    }))
}

/// Reads a text in double quotes, in which a backslash goes before a quote and a backslash, and returns what follows it.
fn rest_quoted(text: &str) -> Option<(String, &str)> {
    let mut rest = text.trim_start().strip_prefix('"')?.chars();
    let mut read = String::new();
    loop {
        match rest.next()? {
            '"' => return Some((read, rest.as_str().trim())),
            '\\' => read.push(rest.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            other => read.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_with_its_escapes() {
        assert_eq!(external_key(r#"externalXRef="beckon-1""#), Ok("beckon-1".into()));
        assert_eq!(external_key(r#"externalXRef = "a \"b\" \\ c""#), Ok(r#"a "b" \ c"#.into()));
    }

    #[test]
    fn all_else_is_refused() {
        for text in [
            "",
            "externalXRef",
            "externalXRef=beckon-1",
            r#"externalXRef="beckon-1"#,
            r#"externalXRef="a" or id>0"#,
            r#"externalXRef="a\n""#,
            r#"externalXRef like "a%""#,
            r#"summary="a""#,
        ] {
            assert_eq!(external_key(text), Err(()), "{text}");
        }
        assert!(company("id>0").is_err() && company(r#"name="a" or id>0"#).is_err());
    }

    #[test]
    fn companies_are_meant_by_name() {
        let meant = |text, name| company(text).expect("valid")(name);
        assert!(meant(r#"name="contoso""#, "Contoso") && !meant(r#"name="conto""#, "Contoso"));
        assert!(meant(r#"name like "Con%""#, "Contoso") && !meant(r#"name like "oso%""#, "Contoso"));
        assert!(meant("deletedFlag = false", "Contoso"));
    }
}
