use super::*;
use crate::outbound::{Policy, check_url};

#[test]
fn an_issuer_is_reached_by_tls_or_on_this_machine() {
    let check = |issuer: &str, allow_private: bool, expected: Option<&str>| {
        let check_url = |url: &str| check_url(url, Policy { allow_private }).map(|url| url.to_string());
        let found = check_issuer(issuer, check_url).err().map(|refusal| refusal.to_string());
        match expected {
            None => assert_eq!(found, None, "{issuer}"),
            Some(text) => {
                assert!(found.as_ref().is_some_and(|found| found.contains(text)), "{issuer}: {found:?}");
            }
        }
    };
    for public in ["https://login.contoso.example", "https://login.contoso.example/realms/a"] {
        check(public, false, None);
        check(public, true, None);
    }
    check("http://127.0.0.1:4000", true, None);
    check("http://localhost:4000/a", true, None);
    check("http://127.0.0.1:4000", false, Some("https://"));
    check("https://127.0.0.1:4000", false, Some("public internet"));
    check("http://10.0.0.1", true, Some("whoever listens"));
    check("http://login.contoso.example", true, Some("whoever listens"));
    check("https://login.contoso.example?tenant=1", false, Some("without ?"));
    check("https://login.contoso.example#a", false, Some("without ?"));
    check(" https://login.contoso.example", false, Some("spaces"));
    check("login.contoso.example", false, Some("https://"));
}
