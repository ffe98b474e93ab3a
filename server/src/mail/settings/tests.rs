use clap::Parser;

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    mail: MailArgs,
}

/// Decides from a command line and a file. No variable is set in the tests of this crate.
fn decide(line: &str, file: &str) -> Result<MailSettings, String> {
    let words = std::iter::once("beckon").chain(line.split_whitespace());
    let line = Line::try_parse_from(words).map_err(|error| error.to_string())?;
    let file: MailFile = toml::from_str(file).map_err(|error| error.to_string())?;
    line.mail.settings(file).map_err(|error| format!("{error:#}"))
}

fn check_fails(line: &str, file: &str, expected: &str) {
    let found = decide(line, file).expect_err("settings that make no sense");
    assert!(found.contains(expected), "expected `{expected}`, found `{found}`");
}

fn smtp(line: &str, file: &str) -> SmtpSettings {
    decide(line, file).expect("settings").smtp.expect("a server")
}

const FROM: &str = "--smtp-from beckon@soc.example --smtp-host";

#[test]
fn nothing_said_is_a_folder() {
    let settings = decide("", "").expect("settings");
    assert!(settings.smtp.is_none());
    assert_eq!((settings.rate.get(), settings.from.to_string().as_str()), (50, "Beckon <beckon@localhost>"));
}

#[test]
fn the_command_line_wins_over_the_file() {
    let file =
        "host = 'file.example'\nport = 2525\nsecurity = 'tls'\nfrom = 'File <file@soc.example>'\nrate = 7";
    let settings = decide("--smtp-host line.example --smtp-rate 9", file).expect("settings");
    let smtp = settings.smtp.expect("a server");
    assert_eq!((smtp.host.as_str(), smtp.port, smtp.security), ("line.example", 2525, Security::Tls));
    assert_eq!((settings.rate.get(), settings.from.to_string().as_str()), (9, "File <file@soc.example>"));
}

#[test]
fn the_port_follows_from_the_protection() {
    assert_eq!(smtp(&format!("{FROM} mail.example"), "").port, 587);
    assert_eq!(smtp(&format!("{FROM} mail.example --smtp-security tls"), "").port, 465);
    assert_eq!(smtp(&format!("{FROM} 127.0.0.1 --smtp-security none"), "").port, 25);
}

#[test]
fn plain_text_stays_on_this_machine() {
    check_fails(&format!("{FROM} 192.0.2.1 --smtp-security none"), "", "a loopback address only");
    assert_eq!(smtp(&format!("{FROM} [::1] --smtp-security none"), "").host, "::1");
}

#[test]
fn a_password_comes_from_one_place_and_stays_hidden() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("password");
    std::fs::write(&path, "from the file\n").expect("written");
    let (given, path) = (format!("{FROM} mail.example --smtp-username ada"), path.display().to_string());
    let revealed = |line: &str, file: &str| smtp(line, file).login.expect("a login").password;
    assert_eq!(revealed(&format!("{given} --smtp-password-file {path}"), "").reveal(), "from the file");
    let both = format!("{given} --smtp-password-file {path} --smtp-password x");
    check_fails(&both, "", "found both");
    // What the command line says wins over what the file says, whichever way.
    let file = "password = 'in the file'";
    assert_eq!(revealed(&format!("{given} --smtp-password-file {path}"), file).reveal(), "from the file");
    assert_eq!(revealed(&given, file).reveal(), "in the file");
    assert!(!format!("{:?}", smtp(&given, file)).contains("in the file"));
    check_fails(&given, "", "expected a password for --smtp-username");
    check_fails(&format!("{FROM} mail.example --smtp-password x"), "", "expected --smtp-username");
    check_fails(&format!("{given} --smtp-password-file {path}.none"), "", "cannot read it");
}

#[test]
fn what_makes_no_sense_is_said() {
    check_fails("--smtp-host mail.example", "", "expected --smtp-from");
    check_fails("--smtp-port 25", "", "expected --smtp-host");
    check_fails("--smtp-host mail.example --smtp-from nobody", "", "found `nobody`");
    check_fails("--smtp-from a@b.example\u{1}", "", "without control characters");
    check_fails("--smtp-rate 0", "", "--smtp-rate");
    check_fails("--smtp-security ssl", "", "starttls");
    check_fails("", "hots = 'mail.example'", "unknown field `hots`");
}
