//! Small pieces of sentences.

/// Returns `1 person`, `2 people`.
pub fn count(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// Returns `One person`, `Two people`, `14 people`: a number as a sentence begins with it.
pub fn count_word(n: u64, one: &str, many: &str) -> String {
    const WORDS: [&str; 10] = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
    let word = usize::try_from(n).ok().and_then(|n| WORDS.get(n));
    let number = word.map_or_else(|| n.to_string(), |word| (*word).to_owned());
    format!("{number} {}", if n == 1 { one } else { many })
}

/// Joins names as a sentence does: `Ada, Bo and Cem`.
pub fn join(names: &[impl AsRef<str>], word: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} {word} {}", first.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_read_like_sentences() {
        assert_eq!(count(1, "person", "people"), "1 person");
        assert_eq!(count(2, "person", "people"), "2 people");
        assert_eq!(count_word(2, "person", "people"), "Two people");
        assert_eq!(count_word(14, "person", "people"), "14 people");
        assert_eq!(join(&["Priya", "Tom", "Ada"], "or"), "Priya, Tom or Ada");
        assert_eq!(join(&["Priya"], "or"), "Priya");
    }
}
