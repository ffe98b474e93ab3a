//! The operations of [`Counts`].

use async_trait::async_trait;
use beckon_core::time::Timestamp;

use crate::store::tables::reach::Reach;
use crate::store::tables::{Database, Result, counts};
use crate::store::{Asked, Counts, Tried};

#[async_trait]
impl Counts for Database {
    async fn count_tries(&self, subjects: Vec<Tried>, now: Timestamp) -> Result<Option<u64>> {
        self.write(Reach::Installation, move |tx| counts::tried(tx, &subjects, now)).await
    }

    async fn uncount_tries(&self, subjects: Vec<Tried>) -> Result<()> {
        self.write(Reach::Installation, move |tx| counts::untried(tx, &subjects)).await
    }

    async fn share_requests(&self, asked: Vec<Asked>, now: Timestamp) -> Result<Vec<u64>> {
        self.write(Reach::Installation, move |tx| counts::asked(tx, &asked, now)).await
    }
}
