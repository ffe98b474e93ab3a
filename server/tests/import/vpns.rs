//! Logins through networks that the operator's list gives to a VPN.

use std::io::Write;

use beckon_server::import::exit::Exit;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::fake::Fake;
use crate::{import, lines, login};

fn list(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn vpns(fake: &Fake) -> Vec<Value> {
    fake.inner().observations.iter().map(|body| body["vpn"].clone()).collect()
}

#[tokio::test]
async fn the_list_names_the_vpn_of_a_sign_in_where_entra_says_only_that_there_is_one() {
    let sign_in = |id: &str, address: &str, system: Value, risks: Value| {
        json!({
            "id": id, "createdDateTime": "2026-03-24T12:54:05Z", "userPrincipalName": "ana@contoso.example",
            "status": {"errorCode": 0}, "ipAddress": address, "autonomousSystemNumber": system,
            "riskEventTypes_v2": risks, "location": {"countryOrRegion": "CH"},
        })
    };
    let anonymous = json!(["anonymizedIPAddress"]);
    let log = lines(&[
        sign_in("1", "185.159.157.9", json!(9009), anonymous.clone()),
        sign_in("2", "185.159.158.9", json!(9009), anonymous.clone()),
        sign_in("3", "62.149.20.10", json!(9009), anonymous.clone()),
        sign_in("4", "62.149.20.10", json!(1), anonymous),
        sign_in("5", "62.149.20.10", json!(1), json!([])),
        sign_in("6", "::ffff:185.159.157.9", json!(null), json!([])),
        sign_in("7", "2001:db8::7", json!(null), json!([])),
    ]);
    let list =
        list("185.159.157.0/24 Proton VPN\n185.159.0.0/16, MULLVAD_VPN\nAS9009 M247\n2001:db8::/32 IVPN\n");
    let fake = Fake::start().await;
    let options = ["--vpn-networks", list.path().to_str().unwrap()];
    let run = import(&fake, "entra-sign-ins", &log, &options).await;
    assert_eq!(run.exit, Exit::Done, "{run:?}");
    let expected = json!(["PROTON_VPN", "MULLVAD_VPN", "M247", "UNKNOWN_VPN", null, "PROTON_VPN", "IVPN"]);
    assert_eq!(json!(vpns(&fake)), expected);
}

#[tokio::test]
async fn the_list_serves_the_audit_log_too_and_makes_up_for_a_country() {
    let mut record = login("1", "ana@contoso.example", "");
    record["ClientIP"] = json!("[2001:db8::7]:443");
    let list = list("2001:db8::/32 Mullvad VPN\n");
    let fake = Fake::start().await;
    let options = ["--vpn-networks", list.path().to_str().unwrap()];
    let run = import(&fake, "m365-audit", &lines(&[record]), &options).await;
    assert_eq!(run.exit, Exit::Done, "{run:?}");
    assert_eq!(vpns(&fake), ["MULLVAD_VPN"]);
    assert_eq!(run.summary()["escalations"], json!({"1": "Mullvad VPN"}));
}

#[tokio::test]
async fn a_list_that_is_wrong_is_told_before_anything_is_sent() {
    let fake = Fake::start().await;
    let log = lines(&[login("1", "ana@contoso.example", "UA")]);
    let list = list("# ours\nProton VPN 185.159.157.0/24\n");
    let path = list.path().to_str().unwrap();
    let run = import(&fake, "m365-audit", &log, &["--vpn-networks", path]).await;
    run.fails(
        Exit::NoInput,
        &[path, "line 2: expected a network such as", "found `Proton`", "nothing was sent"],
    );
    let run = import(&fake, "m365-audit", &log, &["--vpn-networks", "/nowhere/vpns.txt"]).await;
    run.fails(Exit::NoInput, &["/nowhere/vpns.txt", "no such file", "--vpn-networks"]);
    assert_eq!(fake.inner().posts, 0);
}
