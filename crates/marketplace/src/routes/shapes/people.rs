//! Who is on the marketplace, as others see them.

use std::collections::{HashMap, HashSet};

use collaborations::Standing;
use db::Tx;
use kernel::{AccountId, Result, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

/// What is known of somebody's work.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = MarketProfile)]
pub(crate) struct ProfileBody {
    /// The mean of their ratings; null until somebody has rated them.
    #[schema(example = 4.9)]
    rating: Option<f64>,
    /// How many have rated them.
    rating_count: u64,
    /// Collaborations that they have completed.
    completed_collaborations: u64,
    /// Their tier, from 0.
    tier_level: u64,
    /// Their karma.
    karma_score: i64,
}

/// Somebody on the marketplace.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = MarketParty)]
pub(crate) struct PartyBody {
    id: AccountId,
    /// Their name.
    #[schema(example = "fashion_brand")]
    username: String,
    /// The mean of their ratings; null until somebody has rated them.
    rating: Option<f64>,
    /// What is known of their work.
    profile: ProfileBody,
}

/// People whose names and standings were looked up.
pub(crate) struct People {
    names: HashMap<AccountId, String>,
    suspended: HashSet<AccountId>,
    pub(crate) standings: HashMap<AccountId, Standing>,
    pub(crate) now: Timestamp,
}

impl People {
    pub(crate) async fn of(tx: &mut Tx, ids: impl IntoIterator<Item = AccountId>, now: Timestamp) -> Result<Self> {
        let mut ids: Vec<AccountId> = ids.into_iter().collect();
        ids.sort_unstable();
        ids.dedup();
        let standings = collaborations::standing(tx, &ids, now).await?;
        let people = accounts::store::people(tx, ids).await?;
        let suspended = people.values().filter(|one| one.suspended_at.is_some()).map(|one| one.id).collect();
        let there = people.into_iter().filter(|(_, one)| one.erased_at.is_none());
        Ok(Self { names: there.map(|(id, one)| (id, one.username)).collect(), suspended, standings, now })
    }

    /// Is this account kept out by an administrator?
    pub(crate) fn is_suspended(&self, id: AccountId) -> bool {
        self.suspended.contains(&id)
    }

    pub(crate) fn party(&self, id: AccountId) -> PartyBody {
        let standing = self.standings.get(&id).cloned().unwrap_or_else(|| Standing::of(id, self.now));
        PartyBody {
            id,
            username: self.names.get(&id).cloned().unwrap_or_else(|| "deleted account".to_owned()),
            rating: standing.rating(),
            profile: ProfileBody {
                rating: standing.rating(),
                rating_count: standing.rating_count,
                completed_collaborations: standing.completed,
                tier_level: standing.tier,
                karma_score: standing.karma(self.now),
            },
        }
    }
}
