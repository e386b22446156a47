//! The people of collaborations, as they are told.

use std::collections::HashMap;

use accounts::store::Public;
use db::Tx;
use kernel::{AccountId, Result, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Standing, tier_of};
use crate::store;

/// What collaborations have made of somebody. It is public.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = CollaboratorStanding)]
pub(in crate::routes) struct StandingBody {
    /// The tier, from 0.
    tier_level: u64,
    /// What it is called.
    #[schema(example = "PRO")]
    tier_name: &'static str,
    karma_score: i64,
    /// The mean of the ratings, 1 to 5; null without any.
    #[schema(example = 4.8)]
    rating: Option<f64>,
    /// Of how many ratings that is the mean.
    rating_count: u64,
    completed_collaborations: u64,
    /// How often what was agreed was kept in time, in percent; null where nothing was due yet.
    reliability: Option<u64>,
}

impl StandingBody {
    pub(in crate::routes) fn new(of: &Standing, now: Timestamp) -> Self {
        Self {
            tier_level: of.tier,
            tier_name: tier_of(of.tier).name,
            karma_score: of.karma(now),
            rating: of.rating(),
            rating_count: of.rating_count,
            completed_collaborations: of.completed,
            reliability: of.reliability(),
        }
    }
}

/// One of the two.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Collaborator)]
pub(in crate::routes) struct PersonBody {
    id: AccountId,
    username: String,
    /// How they stand: karma, tier, ratings.
    profile: StandingBody,
}

/// Names and standings of everybody that some rows name: two statements for all of them.
pub(in crate::routes) struct People {
    names: HashMap<AccountId, Public>,
    standings: HashMap<AccountId, Standing>,
    now: Timestamp,
}

impl People {
    pub(in crate::routes) async fn of(
        tx: &mut Tx,
        ids: impl IntoIterator<Item = AccountId>,
        now: Timestamp,
    ) -> Result<Self> {
        let ids: Vec<AccountId> = ids.into_iter().collect();
        let names = accounts::store::people(tx, ids.iter().copied()).await?;
        Ok(Self { names, standings: store::standing(tx, &ids, now).await?, now })
    }

    pub(in crate::routes) fn person(&self, id: AccountId) -> PersonBody {
        let username = self.names.get(&id).filter(|one| one.erased_at.is_none());
        let standing = self.standings.get(&id).map_or_else(
            || StandingBody::new(&Standing::of(id, self.now), self.now),
            |one| StandingBody::new(one, self.now),
        );
        PersonBody {
            id,
            username: username.map_or_else(|| "erased".to_owned(), |one| one.username.clone()),
            profile: standing,
        }
    }
}
