//! Where accounts stand, as accounts tell it.

use async_trait::async_trait;
use db::Tx;
use kernel::{AccountId, Clock, Result};

use crate::standing;

/// Tells accounts where they stand.
pub struct Standings(Clock);

impl Standings {
    /// By this clock: karma fades with time.
    pub fn new(clock: Clock) -> Self {
        Self(clock)
    }
}

#[async_trait]
impl accounts::Standings for Standings {
    async fn of(&self, tx: &mut Tx, account: AccountId) -> Result<accounts::Standing> {
        let now = self.0.now();
        let Some(found) = standing(tx, &[account], now).await?.remove(&account) else {
            return Ok(accounts::Standing::default());
        };
        Ok(accounts::Standing {
            tier_level: found.tier,
            karma_score: found.karma(now),
            rating: found.rating(),
            completed_collaborations: found.completed,
        })
    }
}
