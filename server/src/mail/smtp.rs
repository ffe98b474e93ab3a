//! One attempt over SMTP: reach the server, sign in, name sender and recipient, send, hear that it was taken. What a
//! failure means depends on how far the attempt had come.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Noop, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::classify::Stage;
use super::guard::Guarded;
use super::settings::{Security, SmtpSettings};
use crate::deliver::outcome::{Failed, Failure};

/// How many connections there are at once.
const CONNECTIONS: usize = 4;

/// How long a connection is kept for the next message. Servers wait for minutes.
const KEPT: Duration = Duration::from_secs(20);

/// How long a server that is left may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(2);

/// How long the server may take.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// To be reached, with TLS, and to let Beckon sign in.
    pub connect: Duration,
    /// To answer a command.
    pub command: Duration,
    /// To take a message.
    pub content: Duration,
}

impl Patience {
    /// Returns how long an attempt may take in all, once it has one of the connections. Whoever claims a message claims
    /// it for longer.
    pub fn longest(&self) -> Duration {
        // A connection that was kept is asked whether it is there, then sender, recipient, and leave to send.
        self.connect + self.command * 4 + self.content + FAREWELL
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            command: Duration::from_secs(20),
            // Some servers look for viruses before they say that they take a message.
            content: Duration::from_mins(1),
        }
    }
}

/// An SMTP server, with connections that are kept for the next message.
pub(super) struct Smtp {
    settings: SmtpSettings,
    hello: ClientId,
    tls: Option<TlsParameters>,
    patience: Patience,
    slots: Semaphore,
    idle: Mutex<Vec<(Instant, AsyncSmtpConnection)>>,
}

impl Smtp {
    /// Prepares; reaches for nothing yet.
    pub(super) fn new(settings: SmtpSettings, from: &Address, patience: Patience) -> anyhow::Result<Self> {
        let tls = match settings.security {
            Security::None => None,
            Security::Starttls | Security::Tls => Some(tls(&settings)?),
        };
        Ok(Self {
            hello: ClientId::Domain(from.domain().to_owned()),
            settings,
            tls,
            patience,
            slots: Semaphore::new(CONNECTIONS),
            idle: Mutex::default(),
        })
    }

    /// Sends one message, and returns what the server said when it took it.
    pub(super) async fn send(&self, message: &lettre::Message) -> Result<String, Failed> {
        self.try_send(message).await.map_err(|failed| self.without_secrets(failed))
    }

    async fn try_send(&self, message: &lettre::Message) -> Result<String, Failed> {
        let _slot = self.slots.acquire().await.map_err(|_| Stage::Connect.failed_because("Beckon ends"))?;
        let mut connection = match self.kept().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let outcome = self.converse(&mut connection, message).await;
        if outcome.is_ok() {
            self.idle().push((Instant::now(), connection));
        } else {
            self.leave(connection).await;
        }
        outcome
    }

    /// Reaches the server, signs in where it should, and says what was found.
    pub(super) async fn probe(&self) -> Result<String, Failed> {
        let connection = self.connect().await.map_err(|failed| self.without_secrets(failed))?;
        let info = connection.server_info();
        let known = [
            (Extension::EightBitMime, "8BITMIME"),
            (Extension::SmtpUtfEight, "SMTPUTF8"),
            (Extension::StartTls, "STARTTLS"),
            (Extension::Authentication(Mechanism::Plain), "AUTH PLAIN"),
            (Extension::Authentication(Mechanism::Login), "AUTH LOGIN"),
        ];
        let offers = known.into_iter().filter(|(feature, _)| info.supports_feature(*feature));
        let offers: Vec<&str> = offers.map(|(_, name)| name).collect();
        let found = format!(
            "{}:{} answers as {}, {}, {}; it offers {}",
            self.settings.host,
            self.settings.port,
            info.name(),
            if connection.is_encrypted() { "over TLS" } else { "in plain text" },
            if self.settings.login.is_some() { "and lets Beckon sign in" } else { "without a login" },
            if offers.is_empty() { "nothing special".to_owned() } else { offers.join(", ") },
        );
        self.leave(connection).await;
        Ok(beckon_core::text::plain(&found))
    }

    async fn converse(
        &self,
        connection: &mut AsyncSmtpConnection,
        message: &lettre::Message,
    ) -> Result<String, Failed> {
        let envelope = message.envelope();
        let mut options = Vec::new();
        if envelope.to().iter().any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                let detail = "expected a server that takes addresses beyond ASCII (SMTPUTF8), found one that does not: \
                              use another address";
                return Err(Failed::new(Failure::Refused, None, detail));
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        let command = self.patience.command;
        let sender = Mail::new(envelope.from().cloned(), options);
        within(Stage::Sender, command, connection.command(sender)).await?;
        for recipient in envelope.to() {
            let recipient = Rcpt::new(recipient.clone(), vec![]);
            within(Stage::Recipient, command, connection.command(recipient)).await?;
        }
        let go = within(Stage::Data, command, connection.command(Data)).await?;
        if !go.has_code(354) {
            return Err(Stage::Data.failed_because(&format!("expected 354, found {}", shown(&go))));
        }
        // Every part is base64 and every header was checked: no line of it can end the message early.
        let formatted = message.formatted();
        let taken = within(Stage::Content, self.patience.content, connection.message(&formatted)).await?;
        let said = shown(&taken);
        if said.starts_with('2') {
            Ok(said)
        } else {
            Err(Stage::Content.failed_because(&format!("expected 250, found {said}")))
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failed> {
        let reached = timeout(self.patience.connect, self.reach());
        reached.await.unwrap_or_else(|_| Err(Stage::Connect.failed_because("it did not answer in time")))
    }

    async fn reach(&self) -> Result<AsyncSmtpConnection, Failed> {
        let SmtpSettings { host, port, security, .. } = &self.settings;
        let failed = |error: Error| Stage::Connect.failed(&error);
        let addresses: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), *port))
            .await
            .map_err(|error| Stage::Connect.failed_because(&format!("{host} is not found: {error}")))?
            .collect();
        let plain = async || {
            let stream = TcpStream::connect(&addresses[..]).await.map_err(|error| {
                Stage::Connect.failed_because(&format!("{host}:{port} does not answer: {error}"))
            })?;
            // The end of a message is a packet of its own; kept back until the one before it is acknowledged, it would cost
            // 40 ms a message.
            stream.set_nodelay(true).map_err(|error| {
                Stage::Connect.failed_because(&format!("the connection to {host}:{port} broke: {error}"))
            })?;
            let stream = Box::new(Guarded::new(stream));
            AsyncSmtpConnection::connect_with_transport(stream, &self.hello).await.map_err(failed)
        };
        let mut connection = match security {
            Security::Tls => {
                let (tls, patience) = (self.tls.clone(), Some(self.patience.connect));
                let connected =
                    AsyncSmtpConnection::connect_tokio1(&addresses[..], patience, &self.hello, tls, None);
                connected.await.map_err(failed)?
            }
            Security::Starttls => {
                let mut connection = plain().await?;
                self.encrypt(&mut connection).await?;
                connection
            }
            Security::None => {
                if !addresses.iter().all(|address| address.ip().to_canonical().is_loopback()) {
                    let why = format!(
                        "expected --smtp-security none for a loopback address only, found {host}, which is elsewhere: \
                         use starttls or tls"
                    );
                    return Err(Stage::Connect.failed_because(&why));
                }
                plain().await?
            }
        };
        if let Some(login) = &self.settings.login {
            let credentials = Credentials::new(login.username.clone(), login.password.reveal().to_owned());
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
                .await
                .map_err(|error| Stage::Login.failed(&error))?;
        }
        Ok(connection)
    }

    async fn encrypt(&self, connection: &mut AsyncSmtpConnection) -> Result<(), Failed> {
        match &self.tls {
            Some(tls) if connection.can_starttls() => {
                let encrypted = connection.starttls(tls.clone(), &self.hello).await;
                encrypted.map_err(|error| Stage::Connect.failed(&error))
            }
            Some(_) | None => Err(Stage::Connect.failed_because(
                "expected a server that offers STARTTLS, found one that does not: use --smtp-security tls, or none on \
                 a loopback address",
            )),
        }
    }

    /// Returns a connection that was kept and still answers.
    async fn kept(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (since, mut connection) = self.idle().pop()?;
            let is_young = since.elapsed() < KEPT;
            if is_young && matches!(timeout(self.patience.command, connection.command(Noop)).await, Ok(Ok(_)))
            {
                return Some(connection);
            }
            self.leave(connection).await;
        }
    }

    /// Says goodbye, and does not wait long for the answer.
    async fn leave(&self, mut connection: AsyncSmtpConnection) {
        let patience = self.patience.command.min(FAREWELL);
        // Nothing depends on it: the connection ends with its value.
        drop(timeout(patience, connection.abort()).await);
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(Instant, AsyncSmtpConnection)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the password out of what a server said: some repeat what they do not like.
    fn without_secrets(&self, mut failed: Failed) -> Failed {
        if let Some(login) = &self.settings.login {
            let password = login.password.reveal();
            let plain = format!("\0{}\0{password}", login.username);
            for secret in [password.to_owned(), STANDARD.encode(password), STANDARD.encode(plain)] {
                failed.detail = failed.detail.replace(&secret, "…");
            }
        }
        failed
    }
}

/// Waits for an answer, and says what its absence means.
async fn within(
    stage: Stage,
    patience: Duration,
    answer: impl Future<Output = Result<Response, Error>>,
) -> Result<Response, Failed> {
    match timeout(patience, answer).await {
        Ok(answered) => answered.map_err(|error| stage.failed(&error)),
        Err(_) => Err(stage.failed_because("it did not answer in time")),
    }
}

/// Returns an answer on one line.
fn shown(response: &Response) -> String {
    let text: Vec<&str> = response.message().collect();
    beckon_core::text::plain(&format!("{} {}", response.code(), text.join(" ")))
}

fn tls(settings: &SmtpSettings) -> anyhow::Result<TlsParameters> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(ca) = &settings.ca {
        let expected =
            || anyhow::anyhow!("expected certificates in PEM in --smtp-ca-file, found something else");
        if !ca.contains("-----BEGIN CERTIFICATE-----") {
            return Err(expected());
        }
        builder = builder.add_root_certificate(Certificate::from_pem(ca.as_bytes()).map_err(|_| expected())?);
    }
    builder.build().map_err(|error| anyhow::anyhow!("cannot set up TLS for {}: {error}", settings.host))
}
