//! The ways out as they are: SMTP or files, the PSAs' APIs, the internet.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use axum::http::{Request, Response};
use beckon_core::error::Refusal;
use beckon_core::id::{IntegrationId, WebhookId};
use beckon_core::integration::{Form, Settings};
use beckon_core::time::Timestamp;
use chrono::Utc;
use serde::{Deserialize, Serialize};

use super::Outlets;
use crate::clock::Clock;
use crate::deliver::outcome::{Failed, Failure};
use crate::mail::{Mail, MailSettings, Transport};
use crate::outbound::{Outbound, Unreachable, check_url};
use crate::psa::{self, Psa};
use crate::seal::{SealError, Sealer, purpose};
use crate::store::{Integration, Webhook};
use crate::webhook::{Secret, Secrets};

/// The ways out of a running server.
pub struct RealOutlets {
    mail: Transport,
    rate: u32,
    is_smtp: bool,
    outbound: Outbound,
    sealer: Sealer,
    /// By which limits and tokens of PSAs run.
    clock: Clock,
    /// The demo's own PSA, which runs beside the server, and a client that reaches it.
    let_through: Option<(String, Outbound)>,
    clients: Mutex<HashMap<IntegrationId, Client>>,
}

/// A PSA's client, and what it was made of.
struct Client {
    made_of: Integration,
    psa: Arc<dyn Psa>,
}

/// The secrets of an endpoint, as they are sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    current: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<String>,
}

impl RealOutlets {
    /// Prepares them.
    ///
    /// # Errors
    /// When the settings for mail cannot work.
    pub fn new(
        mail: &MailSettings,
        data: &std::path::Path,
        outbound: Outbound,
        sealer: Sealer,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            mail: Transport::new(mail, data)?,
            rate: mail.rate.get(),
            is_smtp: mail.smtp.is_some(),
            outbound,
            sealer,
            clock,
            let_through: None,
            clients: Mutex::default(),
        })
    }

    /// Lets requests to exactly this address through, wherever it is: the demo's own PSA.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn let_through(&mut self, address: &str) -> anyhow::Result<()> {
        let outbound = Outbound::new(crate::outbound::Policy { allow_private: true })?;
        self.let_through = Some((address.to_owned(), outbound));
        Ok(())
    }

    /// Makes the client of an integration.
    fn connect(&self, integration: &Integration) -> Result<Arc<dyn Psa>, Failed> {
        let refused = |why: &str| Failed::new(Failure::Refused, None, why);
        let secrets = self.open_integration(integration).map_err(|error| refused(&error.to_string()))?;
        let mut settings = integration.settings.clone();
        settings.extend(secrets);
        let own = self.let_through.as_ref().filter(|(own, _)| settings.values().any(|value| value == own));
        let outbound = own.map_or(&self.outbound, |(_, outbound)| outbound);
        let addresses = integration.vendor.settings().iter().filter(|setting| setting.form != Form::Text);
        for address in addresses.filter_map(|setting| settings.get(setting.slug)) {
            let url = if address.contains("://") { address.clone() } else { format!("https://{address}") };
            check_url(&url, outbound.policy()).map_err(|why| refused(&why))?;
        }
        let options = psa::http::Options { clock: self.clock.clone(), ..psa::http::Options::default() };
        let made = psa::connect_with(
            integration.vendor,
            &settings,
            &integration.choices,
            outbound.client(),
            options,
        );
        made.map(Arc::from).map_err(|errors| refused(&Refusal::Invalid(errors).to_string()))
    }

    fn open_webhook(&self, webhook: &Webhook) -> Result<Sealed, SealError> {
        let text = self.sealer.open(&purpose::webhook(webhook.id), &webhook.sealed)?;
        serde_json::from_str(&text).map_err(|_| SealError::Closed)
    }
}

#[async_trait]
impl Outlets for RealOutlets {
    async fn mail(&self, mail: Mail) -> Result<String, Failed> {
        self.mail.send(&mail).await
    }

    async fn psa(&self, integration: &Integration) -> Result<Arc<dyn Psa>, Failed> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = clients.get(&integration.id)
            && known.made_of == *integration
        {
            return Ok(Arc::clone(&known.psa));
        }
        let psa = self.connect(integration)?;
        clients.insert(integration.id, Client { made_of: integration.clone(), psa: Arc::clone(&psa) });
        Ok(psa)
    }

    async fn webhook(
        &self,
        webhook: &Webhook,
        id: &str,
        body: &str,
        now: Timestamp,
    ) -> Result<String, Failed> {
        let refused = |why: String| Failed::new(Failure::Refused, None, &why);
        let sealed = self.open_webhook(webhook).map_err(|error| refused(error.to_string()))?;
        let previous = match (&sealed.previous, webhook.rotating_until.filter(|until| *until > now)) {
            // Whether the old secret still signs is decided by Beckon's clock, and what it signs carries the machine's.
            (Some(text), Some(_)) => Some((Secret::parse(text).map_err(refused)?, Timestamp::MAX_UTC)),
            _ => None,
        };
        let secrets = Secrets { current: Secret::parse(&sealed.current).map_err(refused)?, previous };
        let request = crate::webhook::Webhook {
            id: id.to_owned(),
            url: webhook.url.clone(),
            body: body.as_bytes().to_vec(),
        };
        let receipt = crate::webhook::send(&self.outbound, &secrets, &request, Utc::now()).await?;
        Ok(receipt.code.to_string())
    }

    fn check_url(&self, url: &str) -> Result<String, String> {
        check_url(url, self.outbound.policy()).map(|url| url.to_string())
    }

    async fn fetch(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Unreachable> {
        self.outbound.fetch(request).await
    }

    fn new_webhook_secret(
        &self,
        id: WebhookId,
        before: Option<&Webhook>,
    ) -> Result<(String, String), SealError> {
        let secret = Secret::random().map_err(SealError::Random)?.reveal();
        let previous =
            before.map(|before| self.open_webhook(before)).transpose()?.map(|sealed| sealed.current);
        let sealed = Sealed { current: secret.clone(), previous };
        let text = serde_json::to_string(&sealed).map_err(|_| SealError::Closed)?;
        Ok((secret, self.sealer.seal(&purpose::webhook(id), &text)?))
    }

    fn seal(&self, purpose: &str, secret: &str) -> Result<String, SealError> {
        self.sealer.seal(purpose, secret)
    }

    fn open(&self, purpose: &str, sealed: &str) -> Result<String, SealError> {
        self.sealer.open(purpose, sealed)
    }

    fn seal_integration(&self, id: IntegrationId, secrets: &Settings) -> Result<String, SealError> {
        let text = serde_json::to_string(secrets).map_err(|_| SealError::Closed)?;
        self.sealer.seal(&purpose::integration(id), &text)
    }

    fn open_integration(&self, integration: &Integration) -> Result<Settings, SealError> {
        let text = self.sealer.open(&purpose::integration(integration.id), &integration.sealed)?;
        serde_json::from_str(&text).map_err(|_| SealError::Closed)
    }

    fn mail_transport(&self) -> &'static str {
        if self.is_smtp { "smtp" } else { "files" }
    }

    fn mails_per_second(&self) -> u32 {
        self.rate
    }
}
