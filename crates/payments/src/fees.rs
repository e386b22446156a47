//! What stays with the platform of a payment.

use async_trait::async_trait;
use db::Tx;
use kernel::{CreatorId, Result};

/// Knows what the platform keeps of a creator's payments. Who knows creators better fills this in.
#[async_trait]
pub trait Fees: Send + Sync {
    /// The share of a payment to this creator, in hundredths of a percent, where it is usually this.
    async fn share(&self, tx: &mut Tx, usual: u32, creator: CreatorId) -> Result<u32>;
}

/// The same of everybody.
pub(crate) struct Usual;

#[async_trait]
impl Fees for Usual {
    async fn share(&self, _: &mut Tx, usual: u32, _: CreatorId) -> Result<u32> {
        Ok(usual)
    }
}
