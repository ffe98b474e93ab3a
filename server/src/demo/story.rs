//! What happens in the demo beside logins: as data, in the order of the subjects. Each beat is so many minutes ago.

/// Something that happened.
pub(super) struct Beat {
    pub(super) minutes: i64,
    pub(super) account: &'static str,
    pub(super) act: Act,
}

/// What happened.
pub(super) enum Act {
    /// A detector reported: the type's own fields, as on the wire.
    Observe { organization: Option<&'static str>, kind: &'static str, fields: &'static str },
    /// The operator asked: the request without account and organization.
    Ask { organization: Option<&'static str>, request: &'static str },
    /// An admin answered: by the names of entities where by entities.
    Answer { about: About, admin: usize, body: &'static str },
    /// The operator carried a remedy out, or could not.
    Outcome { about: About, action: &'static str, failed: Option<&'static str> },
    /// The operator took it back.
    Withdraw { about: About, reason: &'static str },
    /// An admin commented.
    Comment { about: About, admin: usize, text: &'static str },
}

/// Which open escalation: its kind, and a word of its subject, organization or entities.
#[derive(Clone, Copy)]
pub(super) struct About(pub(super) &'static str, pub(super) &'static str);

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;
const NORTHWIND: &str = "Northwind IT";
const ALPINE: &str = "Alpine Managed Services";

const fn beat(minutes: i64, account: &'static str, act: Act) -> Beat {
    Beat { minutes, account, act }
}

const fn observe(organization: &'static str, kind: &'static str, fields: &'static str) -> Act {
    Act::Observe { organization: Some(organization), kind, fields }
}

const fn ask(organization: &'static str, request: &'static str) -> Act {
    Act::Ask { organization: Some(organization), request }
}

const fn answer(about: About, admin: usize, body: &'static str) -> Act {
    Act::Answer { about, admin, body }
}

const fn done(about: About, action: &'static str) -> Act {
    Act::Outcome { about, action, failed: None }
}

const fn failed(about: About, action: &'static str, why: &'static str) -> Act {
    Act::Outcome { about, action, failed: Some(why) }
}

const DEFENDER: &str = "system_health.defender_disabled";
const ISOLATION: &str = "host_isolation.org_wide";
const TENANT: &str = "integration.tenant_inaccessible";
const REPORTS: &str = "integration.reports_undeliverable";
const FALSE_POSITIVE: &str = "potential_threat.false_positive";
const INFORMATION: &str = "potential_threat.more_information";
const QUESTION: &str = "provider.question";

#[rustfmt::skip]
pub(super) const STORY: &[Beat] = &[
    // Isolated a moment ago, and nobody has decided yet.
    beat(56, NORTHWIND, observe("Tailspin Toys", "isolation", r#"{"endpoint": {"id": "tt-cad-03", "hostname": "TT-CAD-03", "os": "Windows 11"}, "incident": {"id": "inc-2207", "title": "Files encrypted by LockBit"}, "isolated": true, "by": "provider"}"#)),
    beat(51, NORTHWIND, observe("Tailspin Toys", "isolation", r#"{"endpoint": {"id": "tt-cad-07", "hostname": "TT-CAD-07", "os": "Windows 11"}, "incident": {"id": "inc-2207", "title": "Files encrypted by LockBit"}, "isolated": true, "by": "provider"}"#)),

    // One kept, one released, one that could not be.
    beat(9 * HOUR,       NORTHWIND, observe("Woodgrove Clinics", "isolation", r#"{"endpoint": {"id": "wg-front-01", "hostname": "WG-FRONT-01", "os": "Windows 10"}, "incident": {"id": "inc-2198", "title": "Passwords read from memory"}, "isolated": true, "by": "provider"}"#)),
    beat(9 * HOUR - 4,   NORTHWIND, observe("Woodgrove Clinics", "isolation", r#"{"endpoint": {"id": "wg-lab-02", "hostname": "WG-LAB-02", "os": "Windows 10"}, "incident": {"id": "inc-2198", "title": "Passwords read from memory"}, "isolated": true, "by": "provider"}"#)),
    beat(9 * HOUR - 11,  NORTHWIND, observe("Woodgrove Clinics", "isolation", r#"{"endpoint": {"id": "wg-lab-04", "hostname": "WG-LAB-04", "os": "Windows 11"}, "incident": {"id": "inc-2198", "title": "Passwords read from memory"}, "isolated": true, "by": "account_admin"}"#)),
    beat(3 * HOUR,       NORTHWIND, answer(About(ISOLATION, "Woodgrove"), 0, r#"{"entities": {"WG-FRONT-01": "keep_isolated", "WG-LAB-02": "release", "WG-LAB-04": "release"}, "note": "The lab needs its two machines by noon"}"#)),
    beat(3 * HOUR - 6,   NORTHWIND, done(About(ISOLATION, "Woodgrove"), "release_host")),
    beat(3 * HOUR - 9,   NORTHWIND, observe("Woodgrove Clinics", "isolation", r#"{"endpoint": {"id": "wg-lab-02", "hostname": "WG-LAB-02", "os": "Windows 10"}, "incident": {"id": "inc-2198", "title": "Passwords read from memory"}, "isolated": false, "by": "provider"}"#)),
    beat(3 * HOUR - 14,  NORTHWIND, failed(About(ISOLATION, "Woodgrove"), "release_host", "WG-LAB-04 has not answered for two hours: is it switched off?")),

    // Released before anybody had to decide.
    beat(6 * DAY,        NORTHWIND, observe("Fabrikam Legal", "isolation", r#"{"endpoint": {"id": "fl-ws-11", "hostname": "FL-WS-11", "os": "Windows 11"}, "incident": {"id": "inc-2150", "title": "A macro that starts PowerShell"}, "isolated": true, "by": "provider"}"#)),
    beat(6 * DAY - 3,    NORTHWIND, observe("Fabrikam Legal", "isolation", r#"{"endpoint": {"id": "fl-ws-12", "hostname": "FL-WS-12", "os": "Windows 11"}, "incident": {"id": "inc-2150", "title": "A macro that starts PowerShell"}, "isolated": true, "by": "provider"}"#)),
    beat(6 * DAY - 190,  NORTHWIND, observe("Fabrikam Legal", "isolation", r#"{"endpoint": {"id": "fl-ws-11", "hostname": "FL-WS-11", "os": "Windows 11"}, "incident": {"id": "inc-2150", "title": "A macro that starts PowerShell"}, "isolated": false, "by": "provider"}"#)),
    beat(6 * DAY - 195,  NORTHWIND, observe("Fabrikam Legal", "isolation", r#"{"endpoint": {"id": "fl-ws-12", "hostname": "FL-WS-12", "os": "Windows 11"}, "incident": {"id": "inc-2150", "title": "A macro that starts PowerShell"}, "isolated": false, "by": "provider"}"#)),

    // Unprotected endpoints of several organizations, each one in another state.
    beat(24 * HOUR,      NORTHWIND, observe("Contoso Dental", "defender_status", r#"{"endpoint": {"id": "cd-reception", "hostname": "CD-RECEPTION", "os": "Windows 10"}, "managed_antivirus": "enforce", "real_time_protection": false}"#)),
    beat(23 * HOUR,      NORTHWIND, observe("Dutch Masterz", "defender_status", r#"{"endpoint": {"id": "dm-render-14", "hostname": "DM-RENDER-14", "os": "Windows Server 2022"}, "managed_antivirus": "enforce", "real_time_protection": false}"#)),
    beat(22 * HOUR,      NORTHWIND, observe("Tailspin Toys", "defender_status", r#"{"endpoint": {"id": "tt-ws-02", "hostname": "TT-WS-02", "os": "Windows 11"}, "managed_antivirus": "enforce", "real_time_protection": false}"#)),
    beat(22 * HOUR - 20, NORTHWIND, observe("Tailspin Toys", "defender_status", r#"{"endpoint": {"id": "tt-ws-09", "hostname": "TT-WS-09", "os": "Windows 11"}, "managed_antivirus": "enforce", "real_time_protection": false}"#)),
    beat(16 * HOUR,      NORTHWIND, observe("Fabrikam Legal", "defender_status", r#"{"endpoint": {"id": "fl-partner-3", "hostname": "FL-PARTNER-3", "os": "Windows 11"}, "managed_antivirus": "enforce", "real_time_protection": false}"#)),
    beat(12 * HOUR,      NORTHWIND, answer(About(DEFENDER, ""), 1, r#"{"entities": {"DM-RENDER-14": "exclude"}, "note": "The render farm runs another product until March"}"#)),
    beat(2 * HOUR,       NORTHWIND, answer(About(DEFENDER, ""), 0, r#"{"entities": {"TT-WS-02": "turn_on", "TT-WS-09": "turn_on"}}"#)),
    beat(2 * HOUR - 8,   NORTHWIND, done(About(DEFENDER, ""), "turn_on_protection")),
    beat(2 * HOUR - 9,   NORTHWIND, done(About(DEFENDER, ""), "turn_on_protection")),
    beat(2 * HOUR - 31,  NORTHWIND, observe("Tailspin Toys", "defender_status", r#"{"endpoint": {"id": "tt-ws-02", "hostname": "TT-WS-02", "os": "Windows 11"}, "managed_antivirus": "enforce", "real_time_protection": true}"#)),

    // Nobody has looked into it, and the time is over.
    beat(15 * HOUR,      NORTHWIND, observe("Contoso Dental", "tenant_access", r#"{"tenant_id": "6f1d0f0e-3b7a-4c1e-9a55-0f0a7c1d2b34", "error": "AADSTS700016: Application with identifier '8a3c55d2-71b4-4f0e-9f6c-2d1f5c7e9a10' was not found in the directory 'Contoso Dental'."}"#)),
    // Said to be done, and not observed yet.
    beat(70,             NORTHWIND, observe("Dutch Masterz", "tenant_access", r#"{"tenant_id": "2b9e7f41-5d0c-4a86-8e1b-93c7d6a4f512", "error": "AADSTS53003: Access has been blocked by Conditional Access policies."}"#)),
    beat(22,             NORTHWIND, answer(About(TENANT, "Dutch"), 0, r#"{"answer": "done", "note": "Excluded the application from “Block legacy clients”"}"#)),
    beat(20,             NORTHWIND, done(About(TENANT, "Dutch"), "verify_access")),
    // Mended, and observed to be.
    beat(3 * DAY,        NORTHWIND, observe("Fabrikam Legal", "tenant_access", r#"{"tenant_id": "c41f6d09-2e58-4b7f-a3d0-7b6e15f8c921", "error": "AADSTS65001: The user or administrator has not consented to use the application."}"#)),
    beat(3 * DAY - 95,   NORTHWIND, answer(About(TENANT, "Fabrikam"), 1, r#"{"answer": "done"}"#)),
    beat(3 * DAY - 97,   NORTHWIND, done(About(TENANT, "Fabrikam"), "verify_access")),
    beat(3 * DAY - 104,  NORTHWIND, observe("Fabrikam Legal", "tenant_access", r#"{"tenant_id": "c41f6d09-2e58-4b7f-a3d0-7b6e15f8c921", "error": null}"#)),

    // Reports that do not get through, the last of them critical.
    beat(5 * HOUR,       NORTHWIND, observe("Tailspin Toys", "report_delivery", r#"{"report": {"id": "rep-5510", "title": "Unwanted browser extension on TT-WS-05", "severity": "low"}, "integration": "connectwise", "error": "401 Unauthorized: API member is inactive"}"#)),
    beat(4 * HOUR,       NORTHWIND, observe("Fabrikam Legal", "report_delivery", r#"{"report": {"id": "rep-5514", "title": "Mailbox rule that forwards to the outside", "severity": "high"}, "integration": "connectwise", "error": "401 Unauthorized: API member is inactive"}"#)),
    beat(50,             NORTHWIND, observe("Tailspin Toys", "report_delivery", r#"{"report": {"id": "rep-5519", "title": "Files encrypted by LockBit on TT-CAD-03", "severity": "critical"}, "integration": "connectwise", "error": "401 Unauthorized: API member is inactive"}"#)),
    // The connection was not repaired after all.
    beat(8 * HOUR,       ALPINE,    observe("Bergbahn Arosa", "report_delivery", r#"{"report": {"id": "rep-71", "title": "Remote access tool on BA-KASSE-2", "severity": "high"}, "integration": "halopsa", "error": "400: ticket type 31 does not exist"}"#)),
    beat(40,             ALPINE,    answer(About(REPORTS, ""), 0, r#"{"answer": "repaired", "note": "The ticket type is back"}"#)),
    beat(38,             ALPINE,    failed(About(REPORTS, ""), "test_connection", "400: ticket type 31 does not exist")),
    // By email, eleven days ago.
    beat(11 * DAY,       NORTHWIND, observe("Dutch Masterz", "report_delivery", r#"{"report": {"id": "rep-5402", "title": "Cryptominer on DM-RENDER-02", "severity": "high"}, "integration": "autotask", "error": "500: queue 8 is inactive"}"#)),
    beat(11 * DAY - 200, NORTHWIND, answer(About(REPORTS, "Autotask"), 0, r#"{"answer": "send_by_email", "note": "Autotask is being retired"}"#)),
    beat(11 * DAY - 202, NORTHWIND, done(About(REPORTS, "Autotask"), "send_reports_by_email")),
    beat(11 * DAY - 203, NORTHWIND, observe("Dutch Masterz", "report_delivery", r#"{"report": {"id": "rep-5402", "title": "Cryptominer on DM-RENDER-02", "severity": "high"}, "integration": "email", "error": null}"#)),

    // Protected again before anybody answered.
    beat(4 * DAY,        ALPINE,    observe("Bergbahn Arosa", "defender_status", r#"{"endpoint": {"id": "ba-kasse-2", "hostname": "BA-KASSE-2", "os": "Windows 11"}, "managed_antivirus": "enforce", "real_time_protection": false}"#)),
    beat(4 * DAY - 180,  ALPINE,    observe("Bergbahn Arosa", "defender_status", r#"{"endpoint": {"id": "ba-kasse-2", "hostname": "BA-KASSE-2", "os": "Windows 11"}, "managed_antivirus": "enforce", "real_time_protection": true}"#)),

    // May this run?
    beat(20 * HOUR,      NORTHWIND, ask("Contoso Dental", r#"{"type": "potential_threat.false_positive", "severity": "high", "subject": "DentalImaging.exe",
        "evidence": [{"label": "Path", "value": "C:\\Program Files\\VistaDent\\DentalImaging.exe"}, {"label": "Signer", "value": "Not signed"}, {"label": "SHA-256", "value": "9f2b6d0c4e7a8135b0c9d2e4f6a81b3c5d7e9f0a1b2c3d4e5f60718293a4b5c6"}, {"label": "Seen on", "value": "14 endpoints since Monday"}]}"#)),
    beat(5 * DAY,        NORTHWIND, ask("Dutch Masterz", r#"{"type": "potential_threat.false_positive", "severity": "low", "subject": "dm-render-node.exe",
        "evidence": [{"label": "Path", "value": "D:\\Render\\dm-render-node.exe"}, {"label": "Behaviour", "value": "Opens port 7400 to the whole network"}]}"#)),
    beat(4 * DAY + 300,  NORTHWIND, answer(About(FALSE_POSITIVE, "dm-render-node"), 1, r#"{"answer": "allow_list", "scope": "organization", "note": "Our own build, ticket 8651"}"#)),
    beat(4 * DAY + 290,  NORTHWIND, done(About(FALSE_POSITIVE, "dm-render-node"), "allow_list_application")),
    beat(5 * HOUR + 30,  NORTHWIND, ask("Woodgrove Clinics", r#"{"type": "potential_threat.false_positive", "severity": "critical", "subject": "PatientSync.ps1",
        "evidence": [{"label": "Path", "value": "C:\\Scripts\\PatientSync.ps1"}, {"label": "Behaviour", "value": "Copies 2 GB to an address in the Netherlands each night"}]}"#)),
    beat(2 * HOUR + 12,  NORTHWIND, answer(About(FALSE_POSITIVE, "PatientSync"), 0, r#"{"answer": "malicious", "note": "Nobody here has ever heard of it"}"#)),

    // What only they know.
    beat(3 * HOUR + 20,  NORTHWIND, ask("Fabrikam Legal", r#"{"type": "potential_threat.more_information", "severity": "critical", "subject": "A scheduled task that starts a deleted program",
        "question": "Where did the program lie before it was deleted, and do you have its hash?",
        "fields": [{"slug": "path", "label": "Path of the program", "type": "windows_path", "required": true}, {"slug": "hash", "label": "Hash, if you have it", "type": "hash"}, {"slug": "remark", "label": "What it was for", "type": "text"}],
        "evidence": [{"label": "Endpoint", "value": "FL-PARTNER-3"}, {"label": "Task", "value": "\\Microsoft\\Windows\\Sync\\Daily"}]}"#)),
    beat(7 * DAY,        NORTHWIND, ask("Tailspin Toys", r#"{"type": "potential_threat.more_information", "severity": "high", "subject": "An installer that came by a shared folder",
        "question": "On which share does the installer lie?",
        "fields": [{"slug": "share", "label": "Path on the share", "type": "unc_path", "required": true}], "evidence": [{"label": "File", "value": "setup_cad_2026.exe"}]}"#)),
    beat(6 * DAY + 700,  NORTHWIND, answer(About(INFORMATION, "installer"), 1, r#"{"fields": {"share": "\\\\tt-files\\cad\\setup_cad_2026.exe"}}"#)),

    // What support would have phoned about.
    beat(26 * HOUR,      NORTHWIND, Act::Ask { organization: None, request: r#"{"type": "provider.question", "severity": "low", "subject": "Maintenance on the first Sunday of December",
        "question": "May we update the agents on all endpoints that night?",
        "choices": [{"slug": "yes", "label": "Yes, all of them"}, {"slug": "no_servers", "label": "Yes, but no servers"}, {"slug": "no", "label": "No"}],
        "evidence": [{"label": "Window", "value": "6 December, 22:00 to 02:00 UTC"}, {"label": "Restarts", "value": "None expected"}]}"# }),
    beat(30 * HOUR,      NORTHWIND, ask("Dutch Masterz", r#"{"type": "provider.question", "severity": "high", "subject": "Backup traffic at night",
        "question": "Is this transfer yours?", "choices": [{"slug": "yes", "label": "Yes, ours"}, {"slug": "no", "label": "No"}],
        "fields": [{"slug": "path", "label": "Which program makes it?", "type": "windows_path", "required": true}],
        "evidence": [{"label": "Volume", "value": "40 GB each night"}, {"label": "To", "value": "storage.example, Amsterdam"}]}"#)),
    beat(6 * HOUR,       NORTHWIND, Act::Comment { about: About(QUESTION, "Backup traffic"), admin: 1, text: "It is the new NAS. Priya, can you look up the path?" }),
    beat(2 * DAY,        NORTHWIND, ask("Woodgrove Clinics", r#"{"type": "provider.question", "severity": "high", "subject": "A new domain administrator",
        "question": "Did you make the account svc-scan?", "choices": [{"slug": "yes", "label": "Yes"}, {"slug": "no", "label": "No"}]}"#)),
    beat(2 * DAY - 150,  NORTHWIND, Act::Withdraw { about: About(QUESTION, "domain administrator"), reason: "Your change calendar has it: the new scanner, 22 November" }),
    beat(3 * DAY + 100,  ALPINE,    ask("Käserei Lindt & Söhne", r#"{"type": "provider.question", "severity": "low", "subject": "An endpoint that is never online",
        "question": "Is KL-LAGER-1 still in use?", "choices": [{"slug": "yes", "label": "Yes"}, {"slug": "retired", "label": "No, it was retired"}]}"#)),
    beat(2 * DAY + 600,  ALPINE,    answer(About(QUESTION, "never online"), 0, r#"{"answer": "retired", "note": "Scrapped in October"}"#)),
];

/// What happens while somebody watches, so many minutes after the server started.
#[rustfmt::skip]
pub(super) const LIVE: &[Beat] = &[
    beat(3,  NORTHWIND, observe("Tailspin Toys", "isolation", r#"{"endpoint": {"id": "tt-files-01", "hostname": "TT-FILES-01", "os": "Windows Server 2022"}, "incident": {"id": "inc-2207", "title": "Files encrypted by LockBit"}, "isolated": true, "by": "provider"}"#)),
    beat(5,  NORTHWIND, observe("Tailspin Toys", "defender_status", r#"{"endpoint": {"id": "tt-ws-09", "hostname": "TT-WS-09", "os": "Windows 11"}, "managed_antivirus": "enforce", "real_time_protection": true}"#)),
    beat(8,  NORTHWIND, observe("Dutch Masterz", "tenant_access", r#"{"tenant_id": "2b9e7f41-5d0c-4a86-8e1b-93c7d6a4f512", "error": null}"#)),
    beat(12, NORTHWIND, ask("Tailspin Toys", r#"{"type": "provider.question", "severity": "critical", "subject": "The file server of Tailspin Toys",
        "question": "Are there backups of TT-FILES-01 that nobody can reach from the network?", "choices": [{"slug": "yes", "label": "Yes"}, {"slug": "no", "label": "No"}, {"slug": "unsure", "label": "We have to look"}]}"#)),
];
