//! Mails to an SMTP server on loopback: through the outbox, with all that is kept of them, beside lettre alone over one
//! connection.

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use beckon_server::app::App;
use beckon_server::clock::Clock;
use beckon_server::deliver;
use beckon_server::deliver::outlets::RealOutlets;
use beckon_server::listen::Drain;
use beckon_server::mail::MailSettings;
use beckon_server::mail::settings::{Security, SmtpSettings};
use beckon_server::outbound::{Outbound, Policy};
use beckon_server::seal::Sealer;
use lettre::address::Envelope;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use serde_json::{Value, json};

use crate::fill::{self, ADMINS, raised_at};
use crate::receiver::{Received, Receiver};

pub(crate) async fn measure(folder: &Path, count: usize) -> Result<Value> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = Receiver::good().await;
    let store = fill::new_store(folder).await?;
    fill::add_admins(&store).await?;
    fill::raise(&store, count / ADMINS).await?;
    let smtp = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: server.port(),
        security: Security::None,
        login: None,
        ca: None,
    };
    let mail = MailSettings {
        smtp: Some(smtp),
        from: "Beckon <beckon@bench.example>".parse()?,
        rate: NonZeroU32::new(1_000_000).context("not zero")?,
    };
    let base_url = "http://beckon.bench.example";
    let outbound = Outbound::new(Policy { allow_private: false })?;
    let outlets = RealOutlets::new(&mail, folder, outbound, Sealer::passing()?, Clock::default())?;
    let (_stop, drain) = Drain::new();
    let app = App {
        store,
        outlets: Arc::new(outlets),
        clock: Clock::stopped(raised_at()),
        node: 1,
        base_url: base_url.into(),
        rates: Arc::default(),
        proxies: Arc::default(),
        directory: Arc::default(),
        readiness: Arc::default(),
        metrics: Arc::new(beckon_server::metrics::Metrics::new(
            beckon_server::metrics::DatabaseTimes::default(),
        )),
        metrics_from: Arc::default(),
        security_contact: None,
        demo: false,
        drain,
    };
    let start = Instant::now();
    deliver::run_due(&app).await?;
    let seconds = start.elapsed().as_secs_f64();
    let received = server.received();
    let expected = count / ADMINS * ADMINS;
    ensure!(received.len() == expected, "expected {expected} mails, found {}", received.len());
    let alone = alone(&received).await?;
    Ok(json!({ "mails": expected, "seconds": seconds, "alone_seconds": alone }))
}

/// Sends the same messages by lettre alone, over one connection, and returns how many seconds that takes.
async fn alone(messages: &[Received]) -> Result<f64> {
    let server = Receiver::good().await;
    let stream = tokio::net::TcpStream::connect(("127.0.0.1", server.port())).await?;
    stream.set_nodelay(true)?;
    let mut connection =
        AsyncSmtpConnection::connect_with_transport(Box::new(stream), &ClientId::default()).await?;
    let start = Instant::now();
    for message in messages {
        let to = message.to.iter().map(|to| to.parse()).collect::<std::result::Result<_, _>>()?;
        let envelope = Envelope::new(Some(message.from.parse()?), to)?;
        connection.send(&envelope, &message.raw).await?;
    }
    let seconds = start.elapsed().as_secs_f64();
    ensure!(server.count() == messages.len(), "expected {} mails, found {}", messages.len(), server.count());
    Ok(seconds)
}
