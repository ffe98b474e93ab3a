//! Debian's postfix as a throw-away server: configuration, queue and maildir in a temporary folder, ports that the
//! system chose, ended when the test ends.

#![allow(dead_code, reason = "each test target uses what it needs of it")]

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::inotify;
use tempfile::TempDir;

/// The domain whose mail it takes; every address of it is one inbox.
pub(crate) const DOMAIN: &str = "contoso.example";

const MISSING: &str = "the mail tests need postfix, a real SMTP server, and /usr/sbin/postfix is not there: run them with \
                       `cargo xtask test`, which installs it, or install it (on Debian or Ubuntu: `sudo apt-get update \
                       && sudo apt-get install -y postfix`, configuration type `No configuration`)";

/// How long a message may take to arrive before the test fails, in seconds.
const PATIENCE: i64 = 60;

pub(crate) struct Postfix {
    folder: TempDir,
    /// STARTTLS, or plain text.
    pub(crate) port: u16,
    /// TLS from the first byte.
    pub(crate) tls_port: u16,
}

impl Postfix {
    /// Starts one, and returns when it listens.
    pub(crate) fn start() -> Self {
        assert!(Path::new("/usr/sbin/postfix").exists(), "{MISSING}");
        let folder = tempfile::Builder::new().prefix("beckon-postfix-").tempdir().expect("a folder");
        let [port, tls_port] = free_ports();
        let server = Self { folder, port, tls_port };
        server.configure();
        server.run_postfix(&["check"]);
        let master = server.setting("daemon_directory").join("master");
        // It returns when the ports are bound, and ends by itself should this process die before it can say so.
        server.run_as_root(&master, &["-w", "-e", "600"]);
        server
    }

    /// The file with the certificate of the CA that its own is from.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.path("etc/ca.pem")
    }

    /// Waits until `count` messages have arrived, and returns all that have.
    pub(crate) fn inbox(&self, count: usize) -> Vec<Vec<u8>> {
        let new = self.path("mail/inbox/new");
        let watch = inotify::init(inotify::CreateFlags::CLOEXEC).expect("inotify");
        let events = inotify::WatchFlags::CREATE | inotify::WatchFlags::MOVED_TO;
        inotify::add_watch(&watch, &new, events).expect("the folder is there");
        let mut changes = [0; 4_096];
        loop {
            let paths: Vec<_> = fs::read_dir(&new)
                .expect("the folder is there")
                .map(|entry| entry.expect("an entry").path())
                .collect();
            if paths.len() >= count {
                return paths.iter().map(|path| fs::read(path).expect("a message")).collect();
            }
            let mut waiting = [PollFd::new(&watch, PollFlags::IN)];
            let patience = Timespec { tv_sec: PATIENCE, tv_nsec: 0 };
            let ready = rustix::event::poll(&mut waiting, Some(&patience)).expect("poll");
            let log = || fs::read_to_string(self.path("mail.log")).unwrap_or_default();
            assert!(ready > 0, "expected {count} messages, found {}; postfix says:\n{}", paths.len(), log());
            rustix::io::read(&watch, &mut changes).expect("an event");
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn configure(&self) {
        let everybody = |path: &Path| fs::set_permissions(path, Permissions::from_mode(0o755)).expect("ours");
        everybody(self.folder.path());
        for name in [
            "etc",
            "spool",
            "data",
            "mail",
            "mail/inbox",
            "mail/inbox/new",
            "mail/inbox/cur",
            "mail/inbox/tmp",
        ] {
            fs::create_dir(self.path(name)).expect("a new folder");
            everybody(&self.path(name));
        }
        // Postfix delivers as somebody who is not root; the test reads as whoever it is.
        let user = rustix::process::getuid().as_raw();
        let user = if user == 0 { 65_534 } else { user };
        let settings = include_str!("postfix/main.cf")
            .replace("{folder}", &self.folder.path().display().to_string())
            .replace("{domain}", DOMAIN)
            .replace("{user}", &user.to_string());
        let services = include_str!("postfix/master.cf")
            .replace("{port}", &self.port.to_string())
            .replace("{tls_port}", &self.tls_port.to_string());
        fs::write(self.path("etc/main.cf"), settings).expect("written");
        fs::write(self.path("etc/master.cf"), services).expect("written");
        self.certify();
        let chown = |owner: &str, name: &str| {
            let path = self.path(name);
            check(as_root("chown").args(["-R", owner]).arg(path));
        };
        chown("root", "etc");
        chown("root", "spool");
        chown("postfix", "data");
        chown(&user.to_string(), "mail");
    }

    /// Makes a private CA and a certificate of its for `localhost`.
    fn certify(&self) {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a CA");
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        let certificate = params.signed_by(&key, &ca).expect("signed");
        fs::write(self.path("etc/ca.pem"), ca.pem()).expect("written");
        fs::write(self.path("etc/cert.pem"), certificate.pem()).expect("written");
        fs::write(self.path("etc/key.pem"), key.serialize_pem()).expect("written");
        fs::set_permissions(self.path("etc/key.pem"), Permissions::from_mode(0o600)).expect("ours");
    }

    fn setting(&self, name: &str) -> PathBuf {
        let output =
            check(Command::new("/usr/sbin/postconf").arg("-c").arg(self.path("etc")).args(["-h", name]));
        PathBuf::from(String::from_utf8(output.stdout).expect("text").trim())
    }

    fn run_postfix(&self, args: &[&str]) {
        self.run_as_root(Path::new("/usr/sbin/postfix"), args);
    }

    fn run_as_root(&self, program: &Path, args: &[&str]) {
        let program = program.to_str().expect("text");
        check(as_root(program).arg("-c").arg(self.path("etc")).args(args));
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // It ends that one alone whose configuration this is. A failure here must not hide the test's own.
        drop(as_root("/usr/sbin/postfix").arg("-c").arg(self.path("etc")).arg("stop").output());
        if rustix::process::getuid().as_raw() != 0 {
            drop(as_root("rm").arg("-rf").arg(self.folder.path()).output());
        }
    }
}

/// Two different ports that nobody listens on.
fn free_ports() -> [u16; 2] {
    let held = [(); 2].map(|()| TcpListener::bind(("127.0.0.1", 0)).expect("a port"));
    held.each_ref().map(|listener| listener.local_addr().expect("bound").port())
}

fn as_root(program: &str) -> Command {
    if rustix::process::getuid().as_raw() == 0 {
        return Command::new(program);
    }
    let mut sudo = Command::new("sudo");
    sudo.args(["-n", program]);
    sudo
}

fn check(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?} ended with {}: {said}; postfix starts as root only: run the tests as root, or let sudo work without \
         a password",
        output.status
    );
    output
}
