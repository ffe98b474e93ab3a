//! The status of Defender, from Graph and from Windows: what is sent, in which order, and what is not.

use std::io::Write;

use beckon_server::import::exit::Exit;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::evtx::{self, CHUNK_HEADER, Event, FILE_HEADER, RECORD_HEADER};
use crate::fake::Fake;
use crate::{import, lines, login};

const DEFENDER: &str = "Microsoft-Windows-Windows Defender/Operational";

/// 2026-03-24T12:54:05.1234567Z, in steps of 100 ns since 1601.
const THEN: u64 = 134_188_304_451_234_567;

/// An event of the computer `WS-01`, `seconds` after a moment.
fn event(record: u64, id: u16, seconds: u64) -> Event<'static> {
    Event { record, id, filetime: THEN + seconds * 10_000_000, channel: DEFENDER, computer: "WS-01" }
}

/// The same as `wevtutil` prints it.
fn xml(event: &Event<'_>) -> String {
    let Event { record, id, filetime, channel, computer } = event;
    let second = 5 + (filetime - THEN) / 10_000_000;
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-\
         Windows Defender'/><EventID>{id}</EventID><TimeCreated SystemTime='2026-03-24T12:54:{second:02}.1234567Z'/>\
         <EventRecordID>{record}</EventRecordID><Channel>{channel}</Channel><Computer>{computer}</Computer></System>\
         <EventData><Data Name='Product Name'>Microsoft Defender Antivirus</Data></EventData></Event>\r\n"
    )
}

fn events() -> Vec<Event<'static>> {
    vec![
        event(11, 5000, 2),
        event(12, 5007, 3),
        event(13, 5004, 4),
        event(14, 5010, 5),
        Event { channel: "Security", ..event(15, 5001, 6) },
        event(10, 5001, 0),
    ]
}

fn sent(fake: &Fake) -> Vec<Value> {
    fake.inner().observations.clone()
}

#[tokio::test]
async fn devices_and_states_of_graph_become_observations() {
    let state = |id: &str, on: bool| {
        json!({"id": id, "deviceState": "clean", "realTimeProtectionEnabled": on,
               "lastReportedDateTime": "2026-03-24T12:54:05.1234567Z"})
    };
    let device = |id: &str, on: bool| {
        json!({"id": id, "deviceName": format!("WS-{id}"), "operatingSystem": "Windows", "osVersion": "10.0.22631.4169",
               "windowsProtectionState": state(id, on)})
    };
    let phone =
        json!({"id": "P1", "deviceName": "Phone", "operatingSystem": "iOS", "windowsProtectionState": null});
    let records = [device("A1", false), state("b2", true), phone];
    let page = json!({"@odata.context": "x", "value": records, "@odata.nextLink": "y"});
    for log in
        [lines(&records), json!(records).to_string().into_bytes(), serde_json::to_vec_pretty(&page).unwrap()]
    {
        let fake = Fake::start().await;
        let run = import(&fake, "defender-status", &log, &["--policy", "audit"]).await;
        assert_eq!(run.exit, Exit::Done, "{run:?}");
        let expected = json!([
            {"id": "a1/2026-03-24T12:54:05.123456Z", "type": "defender_status",
             "observed_at": "2026-03-24T12:54:05.123456Z", "account_id": 1, "organization_id": 2,
             "endpoint": {"id": "a1", "hostname": "WS-A1", "os": "Windows 10.0.22631.4169"},
             "managed_antivirus": "audit", "real_time_protection": false},
            {"id": "b2/2026-03-24T12:54:05.123456Z", "type": "defender_status",
             "observed_at": "2026-03-24T12:54:05.123456Z", "account_id": 1, "organization_id": 2,
             "endpoint": {"id": "b2", "hostname": "b2"},
             "managed_antivirus": "audit", "real_time_protection": true},
        ]);
        assert_eq!(json!(sent(&fake)), expected);
        let summary = run.summary();
        assert_eq!((&summary["statuses"], &summary["ignored"]), (&json!(2), &json!({"not_reported": 1})));
        assert_eq!((&summary["pending"], &summary["recovered"]), (&json!(1), &json!(1)), "{summary}");
    }
}

/// What is in one order in the file goes out in the order of time, whatever the format, and once.
#[tokio::test]
async fn events_are_the_same_observations_in_every_format() {
    let events = events();
    let row: String = events.iter().map(xml).collect();
    let document = format!("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<Events>{row}</Events>");
    let utf16: Vec<u8> = document.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (early, late) = (events[5..].to_vec(), events[..5].to_vec());
    let binary = evtx::file(&[late, early]);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&binary).unwrap();
    let fake = Fake::start().await;
    let run = import(&fake, "defender-status", row.as_bytes(), &[]).await;
    assert_eq!(run.exit, Exit::Done, "{run:?}");
    let expected = sent(&fake);
    let ids: Vec<&str> = expected.iter().map(|body| body["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["ws-01/defender/10/2026-03-24T12:54:05Z", "ws-01/defender/11/2026-03-24T12:54:07Z"]);
    let first = json!({
        "id": ids[0], "type": "defender_status", "observed_at": "2026-03-24T12:54:05.123456Z", "account_id": 1,
        "organization_id": 2, "endpoint": {"id": "ws-01", "hostname": "WS-01"}, "managed_antivirus": "enforce",
        "real_time_protection": false,
    });
    assert_eq!(expected[0], first);
    let ignored = json!({"feature_only": 1, "other_event": 1, "other_log": 1, "scanning_only": 1});
    assert_eq!(run.summary()["ignored"], ignored);
    for log in [document.as_bytes(), &utf16, &binary, &gzip.finish().unwrap()] {
        let again = import(&fake, "defender-status", log, &[]).await;
        assert_eq!((again.exit, &again.summary()["already_there"]), (Exit::Done, &json!(2)), "{again:?}");
        let fresh = Fake::start().await;
        import(&fresh, "defender-status", log, &[]).await;
        assert_eq!(sent(&fresh), expected);
    }
}

#[tokio::test]
async fn one_event_alone_is_a_log() {
    let fake = Fake::start().await;
    let run = import(&fake, "defender-status", xml(&event(1, 5001, 0)).as_bytes(), &[]).await;
    assert_eq!((run.exit, sent(&fake).len()), (Exit::Done, 1), "{run:?}");
}

#[tokio::test]
async fn a_bad_event_is_named_by_its_line_and_the_others_go_in() {
    let [first, second] = [xml(&event(1, 5001, 0)), xml(&event(3, 5000, 2))];
    let log = format!(
        "{first}<Event><System>cut\r\n{second}{}",
        second.replace("<EventRecordID>3</EventRecordID>", "")
    );
    let fake = Fake::start().await;
    let run = import(&fake, "defender-status", log.as_bytes(), &[]).await;
    assert_eq!((run.exit, sent(&fake).len()), (Exit::Partly, 2), "{run:?}");
    let malformed = &run.summary()["malformed"];
    assert_eq!((&malformed["lines"][0]["line"], &malformed["lines"][1]["line"]), (&json!(2), &json!(4)));
    assert!(malformed["lines"][1]["message"].as_str().unwrap().contains("`EventRecordID`"), "{malformed}");
}

#[tokio::test]
async fn damage_in_a_binary_log_is_named_and_the_others_go_in() {
    let whole = evtx::file(&[vec![event(1, 5001, 0), event(2, 5000, 1)], vec![event(3, 5001, 2)]]);
    // The first record's binary XML, and the second chunk from its middle.
    let mut log = whole.clone();
    log[FILE_HEADER + CHUNK_HEADER + RECORD_HEADER + 4..][..8].fill(0xee);
    log.truncate(FILE_HEADER + evtx::CHUNK + 30_000);
    let fake = Fake::start().await;
    let run = import(&fake, "defender-status", &log, &[]).await;
    assert_eq!((run.exit, sent(&fake).len()), (Exit::Partly, 1), "{run:?}");
    let malformed = &run.summary()["malformed"]["lines"];
    assert_eq!((&malformed[0]["record"], &malformed[1]["chunk"]), (&json!(1), &json!(2)), "{malformed}");
    let again = import(&fake, "defender-status", &whole, &[]).await;
    assert_eq!((again.exit, sent(&fake).len()), (Exit::Done, 3), "{again:?}");
}

/// Bytes changed anywhere cost records, never the run.
#[tokio::test]
async fn no_damage_to_a_binary_log_ends_the_import() {
    let whole = evtx::file(&[(1..40).map(|n| event(n, 5001, n % 50)).collect()]);
    for seed in 0..40_usize {
        let mut log = whole.clone();
        for step in 0..50_usize {
            let at = FILE_HEADER + 8 + (seed * 7_919 + step * 104_729) % 30_000;
            log[at] ^= u8::try_from((seed + step) % 255).unwrap() + 1;
        }
        let fake = Fake::start().await;
        let run = import(&fake, "defender-status", &log, &[]).await;
        assert!(matches!(run.exit, Exit::Done | Exit::Partly | Exit::Data), "{run:?}");
    }
}

#[tokio::test]
async fn a_wrong_file_is_told_with_the_log_that_it_seems_to_be() {
    let fake = Fake::start().await;
    let check = async |log: &str, content: &[u8], words: &[&str]| {
        import(&fake, log, content, &[]).await.fails(Exit::Data, words);
        assert_eq!(fake.inner().posts, 0);
    };
    let status = xml(&event(1, 5001, 0));
    let binary = evtx::file(&[vec![event(1, 5001, 0)]]);
    let other = Event { channel: "Security", ..event(1, 4624, 0) };
    check("m365-audit", status.as_bytes(), &["expected JSON", "beckon import defender-status"]).await;
    check("entra-sign-ins", &binary, &["expected JSON", "EVTX", "beckon import defender-status"]).await;
    let state = json!({"id": "a", "deviceState": "clean", "realTimeProtectionEnabled": true,
                       "lastReportedDateTime": "2026-03-24T12:54:05Z"});
    check("m365-audit", &lines(&[state]), &["beckon import defender-status"]).await;
    let logins = lines(&[login("1", "ana@contoso.example", "UA")]);
    check("defender-status", &logins, &["the status of Defender", "beckon import m365-audit"]).await;
    check("defender-status", xml(&other).as_bytes(), &["another log"]).await;
    check("defender-status", &evtx::file(&[vec![other]]), &["another log"]).await;
    check("defender-status", b"<html><body>no</body></html>", &["no record that is whole"]).await;
    check("defender-status", b"a,b\n1,2\n", &["EVTX", "CSV"]).await;
    check("defender-status", b"<Events/>", &["no records"]).await;
    check("defender-status", &binary[..4_000], &["no record that is whole"]).await;
    check("defender-status", &binary[..4_096], &["no records"]).await;
    check("defender-status", b"", &["no records"]).await;
}
