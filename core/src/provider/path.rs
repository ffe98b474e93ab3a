//! Where somebody goes after signing in.

/// Where somebody goes who asked for no other place.
pub const HOME: &str = "/";

/// The longest place, in bytes.
const MAX: usize = 1_000;

/// Reads where somebody wants to be after signing in: a place of the page, and nothing that a browser could take for another
/// site's address. Everything else is [`HOME`].
pub fn return_path(asked: &str) -> &str {
    if is_own(asked) { asked } else { HOME }
}

fn is_own(path: &str) -> bool {
    // Browsers read `\` as `/`, and leave control characters out before they look for `//`.
    let visible = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let first = path.strip_prefix('/').map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let to_place = match first {
        None | Some("v1" | "sign-in" | "demo") => false,
        // `//host`, and `/` itself.
        Some("") => !path.starts_with("//"),
        Some(_) => true,
    };
    path.len() <= MAX && visible && to_place
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_places_of_the_page_are_kept() {
        for own in
            ["/", "/escalations", "/escalations/17?tab=told#last", "/?status=open", "/a//b", "/%2f%2fevil"]
        {
            assert_eq!(return_path(own), own);
        }
        for other in [
            "",
            "escalations",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/sign-in",
            "/sign-in/provider/1",
            "/v1/session",
            "/demo/clock",
            "/ü",
            "/a b",
        ] {
            assert_eq!(return_path(other), HOME, "{other:?}");
        }
        assert_eq!(return_path(&format!("/{}", "a".repeat(MAX))), HOME);
    }

    proptest! {
        #[test]
        fn whatever_is_asked_stays_here(asked in "[/\\\\:@.a-z\t\n ?#%0-9-]{0,30}") {
            let path = return_path(&asked);
            prop_assert!(path.starts_with('/') && !path.starts_with("//"));
            prop_assert!(path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\'));
        }
    }
}
