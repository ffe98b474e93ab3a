//! What makes a password good enough: its length, and that nobody guesses it from what is known of its owner. There are no
//! rules of composition; whether it is a common one is for whoever has the lists to say.
//! Source: NIST SP 800-63B, 5.1.1.2.

use crate::error::Refusal;

/// The fewest characters.
pub const MIN: usize = 12;

/// The most characters; a hash of more costs without being safer.
pub const MAX: usize = 256;

/// The fewest characters of a word that counts as guessed from what is known.
const WORD: usize = 4;

/// Checks a password that somebody chose. `known` is what everybody knows of the owner: name, address.
///
/// # Errors
/// [`Refusal::Invalid`] on `password`.
pub fn check(password: &str, known: &[&str]) -> Result<(), Refusal> {
    let refuse = |text: String| Err(Refusal::field("password", text));
    let length = password.chars().count();
    if length < MIN {
        return refuse(format!(
            "expected at least {MIN} characters, found {length}: a few words make a good one"
        ));
    }
    if length > MAX {
        return refuse(format!("expected at most {MAX} characters, found {length}"));
    }
    let rest = without(password, known);
    if rest < MIN / 2 {
        let text = "this is little more than your name or address, a word of Beckon, or one character again and again: \
                    choose something that others cannot guess";
        return refuse(text.to_owned());
    }
    Ok(())
}

/// Counts the different characters that are left of `password` without the words of `known`.
fn without(password: &str, known: &[&str]) -> usize {
    let mut left = password.to_lowercase();
    let known = known.iter().map(|text| text.to_lowercase()).collect::<Vec<_>>();
    let words = known.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    for word in words.chain(["beckon", "password"]).filter(|word| word.chars().count() >= WORD) {
        left = left.replace(word, "");
    }
    left.chars().collect::<std::collections::BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(password: &str) -> bool {
        check(password, &["Priya Raman", "priya.raman@northwind.example"]).is_ok()
    }

    #[test]
    fn length_counts_and_composition_does_not() {
        assert!(accepted("correct horse battery"));
        assert!(accepted("абвгдежзийклмн"));
        assert!(!accepted("short"));
        assert!(!accepted("elevenchars"));
        assert!(!accepted(&"x1y2z3".repeat(50)));
    }

    #[test]
    fn what_everybody_knows_of_the_owner_is_no_password() {
        for bad in [
            "aaaaaaaaaaaaaaa",
            "PriyaRaman123",
            "northwind1234",
            "beckonbeckon1",
            "passwordpassword",
            "1212121212121",
        ] {
            assert!(!accepted(bad), "{bad}");
        }
    }
}
