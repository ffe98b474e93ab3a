//! The way out for mail: an SMTP server where there is one, else a folder.

use std::path::Path;

use lettre::message::Mailbox;

use super::compose::{Mail, compose};
use super::files::Folder;
use super::settings::MailSettings;
use super::smtp::{Patience, Smtp};
use crate::deliver::outcome::Failed;

/// The folder for messages in the data folder, where there is no SMTP server.
const OUTBOX: &str = "outbox";

/// Sends mail, one attempt at a time.
pub struct Transport {
    from: Mailbox,
    way: Way,
}

enum Way {
    Smtp(Box<Smtp>),
    Files(Folder),
}

impl Transport {
    /// Prepares the way out that the settings name; without an SMTP server, that is the folder `outbox` in `data`.
    /// Reaches for nothing yet.
    ///
    /// # Errors
    /// When the certificates to trust are none.
    pub fn new(settings: &MailSettings, data: &Path) -> anyhow::Result<Self> {
        Self::with_patience(settings, data, Patience::default())
    }

    /// Does the same for a server that may take as long as `patience` says.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_patience(settings: &MailSettings, data: &Path, patience: Patience) -> anyhow::Result<Self> {
        let way = match &settings.smtp {
            Some(smtp) => Way::Smtp(Box::new(Smtp::new(smtp.clone(), &settings.from.email, patience)?)),
            None => Way::Files(Folder::new(data.join(OUTBOX))),
        };
        Ok(Self { from: settings.from.clone(), way })
    }

    /// Makes one attempt, and returns what the server said when it took the message. A message that is sent again
    /// carries the same id.
    ///
    /// # Errors
    /// What became of it instead, and whether it may be tried again.
    pub async fn send(&self, mail: &Mail) -> Result<String, Failed> {
        let message = compose(mail, &self.from)?;
        match &self.way {
            Way::Smtp(smtp) => smtp.send(&message).await,
            Way::Files(folder) => folder.write(&mail.message_id, message.formatted()).await,
        }
    }

    /// Reaches the server as for a message, sends none, and says in a sentence what was found.
    ///
    /// # Errors
    /// What is wrong.
    pub async fn probe(&self) -> Result<String, Failed> {
        match &self.way {
            Way::Smtp(smtp) => smtp.probe().await,
            Way::Files(folder) => {
                Ok(format!("no SMTP server is set: messages become files in {}", folder.path().display()))
            }
        }
    }
}
