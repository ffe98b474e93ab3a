//! The catalogue as a page is what core says. `UPDATE_CATALOGUE=1` writes it anew.

use std::path::PathBuf;

use beckon_core::kinds::{Kind, catalogue};

/// The kinds that the design lists, in its order.
const DESIGNED: [&str; 9] = [
    "integration.reports_undeliverable",
    "integration.tenant_inaccessible",
    "system_health.defender_disabled",
    "host_isolation.org_wide",
    "login.unexpected_country",
    "login.unexpected_vpn",
    "potential_threat.false_positive",
    "potential_threat.more_information",
    "provider.question",
];

#[test]
fn the_page_is_what_core_says() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/CATALOGUE.md");
    let page = catalogue::page();
    if std::env::var_os("UPDATE_CATALOGUE").is_some_and(|value| value == "1") {
        std::fs::write(&path, &page).expect("the page can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/CATALOGUE.md is not what core says: `UPDATE_CATALOGUE=1 cargo test -p beckon-core --test catalogue` writes \
         it anew"
    );
}

#[test]
fn every_kind_of_the_design_is_there_and_no_other() {
    let slugs: Vec<&str> = Kind::ALL.iter().map(|kind| kind.definition().slug()).collect();
    assert_eq!(slugs, DESIGNED);
}

#[test]
fn every_slug_is_read_as_its_kind() {
    for kind in Kind::ALL {
        assert_eq!(Kind::parse(kind.definition().slug()), Ok(*kind));
        let json = serde_json::to_string(kind).expect("a kind is JSON");
        assert_eq!(serde_json::from_str::<Kind>(&json).ok(), Some(*kind));
    }
    let error = Kind::parse("login.unexpected_planet").expect_err("there is no such kind");
    assert!(error.to_string().contains("login.unexpected_planet"), "{error}");
}

#[test]
fn every_row_is_complete() {
    for kind in Kind::ALL {
        let row = kind.definition().row();
        let cells =
            [row.trigger, row.key, row.severity, row.question, row.answers, row.remedies, row.resolution];
        for cell in cells {
            assert!(!cell.trim().is_empty(), "{kind} has an empty cell");
            assert!(
                !cell.contains('\n') && !cell.contains("  "),
                "{kind} has a cell of several lines: {cell}"
            );
        }
        assert!(!kind.definition().name().is_empty() && !kind.definition().category().is_empty(), "{kind}");
    }
}
