//! The dialogue, as strictly as RFC 5321 has it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::{Deed, Received, Shared, Step};

/// The dialogue ends here: the client went, or the receiver hangs up.
struct Over;

type Next<T> = Result<T, Over>;

/// One connection.
pub(super) struct Session {
    pub(super) stream: BufReader<TcpStream>,
    pub(super) number: u64,
    pub(super) shared: Shared,
}

impl Session {
    pub(super) async fn run(mut self) {
        // However it ends, what counts is in the log.
        let _ = self.converse().await;
    }

    async fn converse(&mut self) -> Next<()> {
        self.answer(Step::Connect, "220 receiver.test ESMTP").await?;
        let mut signed_in = self.shared.login.is_none();
        let mut envelope: Option<(String, Vec<String>)> = None;
        loop {
            let line = self.line().await?;
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match (verb.to_ascii_uppercase().as_str(), envelope.as_mut()) {
                ("EHLO", _) => {
                    let auth = if self.shared.login.is_some() { "250-AUTH PLAIN LOGIN\r\n" } else { "" };
                    self.answer(Step::Ehlo, &format!("250-receiver.test\r\n{auth}250 8BITMIME")).await?;
                }
                ("AUTH", _) => signed_in = self.auth(rest).await?,
                ("NOOP", _) => self.say("250 fine").await?,
                ("RSET", _) => {
                    envelope = None;
                    self.say("250 forgotten").await?;
                }
                ("QUIT", _) => {
                    self.say("221 bye").await?;
                    return Err(Over);
                }
                ("MAIL", _) if !signed_in => self.say("530 5.7.0 Authentication required").await?,
                ("MAIL", None) => {
                    if self.answer(Step::Mail, "250 sender fine").await? {
                        envelope = Some((self.path(rest, "FROM:"), Vec::new()));
                    }
                }
                ("RCPT", Some(envelope)) => {
                    let recipient = self.path(rest, "TO:");
                    if self.answer(Step::Rcpt, "250 recipient fine").await? {
                        envelope.1.push(recipient);
                    }
                }
                ("DATA", Some((_, to))) if !to.is_empty() => {
                    if self.answer(Step::Data, "354 go on").await? {
                        let (from, to) = envelope.take().expect("matched");
                        self.message(from, to).await?;
                    }
                }
                (_, _) => {
                    self.shared.offence(format!("expected a command that fits, found {line:?}"));
                    self.say("503 out of order").await?;
                }
            }
        }
    }

    async fn auth(&mut self, rest: &str) -> Next<bool> {
        let Some((name, password)) = self.shared.login.clone() else {
            self.shared.offence("signed in where nobody asked");
            return Ok(false);
        };
        let expected = STANDARD.encode(format!("\0{name}\0{password}"));
        if rest == format!("PLAIN {expected}") {
            return self.answer(Step::Auth, "235 welcome").await;
        }
        // Some servers repeat what they do not like.
        self.say(&format!("535 5.7.8 Bad credentials: {rest}")).await?;
        Ok(false)
    }

    /// Reads a message up to its final dot, as strictly as RFC 5321 has it.
    async fn message(&mut self, from: String, to: Vec<String>) -> Next<()> {
        let mut raw = Vec::new();
        loop {
            let mut line = Vec::new();
            self.stream.read_until(b'\n', &mut line).await.map_err(|_| Over)?;
            // Whoever is killed goes in the middle of a line; that is no message.
            if !line.ends_with(b"\n") {
                return Err(Over);
            }
            let Some(text) = line.strip_suffix(b"\r\n").filter(|text| !text.contains(&b'\r')) else {
                self.shared.offence(format!("a bare CR or LF in {:?}", String::from_utf8_lossy(&line)));
                raw.extend_from_slice(&line);
                continue;
            };
            if text == b"." {
                break;
            }
            if text.len() > 998 {
                self.shared.offence(format!("a line of {} bytes", text.len()));
            }
            raw.extend_from_slice(text.strip_prefix(b".").unwrap_or(text));
            raw.extend_from_slice(b"\r\n");
            if raw.len() == text.len() + 2 {
                match self.shared.deed(Step::Body) {
                    Deed::Go => {}
                    Deed::Reply(_) | Deed::HangUp | Deed::KeepAndHangUp => return Err(Over),
                    Deed::Silence => return self.silence().await,
                }
            }
        }
        self.out_of_turn();
        let deed = self.shared.deed(Step::Taken);
        let received = Received { from, to, raw, connection: self.number, answered: deed == Deed::Go };
        match deed {
            Deed::Go => {
                self.shared.log().received.push(received);
                self.say("250 2.0.0 taken").await
            }
            Deed::KeepAndHangUp => {
                self.shared.log().received.push(received);
                Err(Over)
            }
            Deed::Reply(code) => self.say(&format!("{code} refused on purpose")).await,
            Deed::HangUp => Err(Over),
            Deed::Silence => self.silence().await,
        }
    }

    /// Returns the address of `FROM:<address> …`.
    fn path(&self, rest: &str, keyword: &str) -> String {
        let path = rest.strip_prefix(keyword).and_then(|rest| rest.strip_prefix('<')?.strip_suffix('>'));
        path.map_or_else(
            || {
                self.shared.offence(format!("expected {keyword}<address>, found {rest:?}"));
                String::new()
            },
            str::to_owned,
        )
    }

    /// Does what the script says at a step, and tells whether that was `good`.
    async fn answer(&mut self, step: Step, good: &str) -> Next<bool> {
        match self.shared.deed(step) {
            Deed::Go => self.say(good).await.map(|()| true),
            Deed::Reply(code) => self.say(&format!("{code} refused on purpose")).await.map(|()| false),
            Deed::HangUp | Deed::KeepAndHangUp => Err(Over),
            Deed::Silence => self.silence().await.map(|()| false),
        }
    }

    /// Says nothing until the client goes.
    async fn silence(&mut self) -> Next<()> {
        let mut ignored = Vec::new();
        let _ = self.stream.read_to_end(&mut ignored).await;
        Err(Over)
    }

    async fn say(&mut self, line: &str) -> Next<()> {
        self.stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.map_err(|_| Over)
    }

    async fn line(&mut self) -> Next<String> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line).await.map_err(|_| Over)?;
        if !line.ends_with(b"\n") {
            return Err(Over);
        }
        self.out_of_turn();
        let line = String::from_utf8_lossy(&line).into_owned();
        let whole = line.strip_suffix("\r\n").filter(|line| !line.contains(['\r', '\n']));
        if whole.is_none() {
            self.shared.offence(format!("a command with a bare CR or LF: {line:?}"));
        }
        whole.map(str::to_owned).ok_or(Over)
    }

    /// Nobody may speak before the receiver has answered: pipelining is not offered, so it would be smuggled.
    fn out_of_turn(&self) {
        let early = self.stream.buffer();
        if !early.is_empty() {
            self.shared.offence(format!("spoke out of turn: {:?}", String::from_utf8_lossy(early)));
        }
    }
}
