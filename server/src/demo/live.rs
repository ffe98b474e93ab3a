//! What happens in a demo while somebody watches.

use std::time::Duration;

use super::act::{Places, perform};
use super::story::LIVE;
use crate::app::App;

/// Lets the beats of `story::LIVE` happen, each so many minutes after the start, until the server drains.
pub async fn run(app: App) {
    let Ok(places) = places(&app).await else { return };
    let began = app.clock.now();
    let drained = app.drain.clone().begun();
    tokio::pin!(drained);
    let mut waited = 0;
    for (number, beat) in LIVE.iter().enumerate() {
        let minutes = u64::try_from(beat.minutes - waited).unwrap_or(0);
        waited = beat.minutes;
        tokio::select! {
            () = &mut drained => return,
            () = tokio::time::sleep(Duration::from_secs(60 * minutes)) => {}
        }
        // Each start of the server is a story of its own.
        let id = format!("live-{}-{number}", began.timestamp());
        if let Err(error) = perform(app.store.as_ref(), &places, beat, &id, app.clock.now()).await {
            tracing::warn!(%error, "something that should have happened in the demo did not");
        }
    }
}

/// Finds the demo's accounts and organizations by their names.
async fn places(app: &App) -> anyhow::Result<Places> {
    let mut places = Places::default();
    for cast in super::cast::ACCOUNTS {
        let all =
            app.store.organizations(None, crate::store::Cursor { after: None, limit: 500 }).await?.items;
        for organization in cast.organizations {
            if let Some(found) = all.iter().find(|found| found.name == organization.name) {
                places.organizations.insert(organization.name, found.id);
                places.accounts.insert(cast.name, found.account_id);
            }
        }
    }
    Ok(places)
}
