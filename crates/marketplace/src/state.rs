//! What the routes and jobs of the marketplace reach.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use collaborations::Collaborations;
use creators::{Creator, Directory};
use db::Tx;
use http_base::App;
use kernel::{AccountId, Currency, Error, Result, Scope, UserType, time};
use matching::Matching;
use moka::sync::Cache;
use outreach::Outreach;
use tokio::sync::OnceCell;

use crate::Settings;
use crate::catalogue::{Catalogue, Searching};
use crate::model::{Categories, Known, Offer, Seeker};

/// Vectors of profiles that are kept: a kilobyte each.
const MOST_PROFILES: u64 = 20_000;
/// More claimed entries of one account than this are not looked at.
const MOST_ENTRIES: usize = 20;

/// The marketplace. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Marketplace(Arc<Inner>);

struct Inner {
    app: App,
    collaborations: Collaborations,
    matching: Matching,
    outreach: Outreach,
    settings: Settings,
    catalogue: Catalogue,
    categories: OnceCell<Categories>,
    /// The vectors of creators' profiles, by their text.
    profiles: Cache<String, Arc<[f32]>>,
    /// Who was seen to look at what on which day: whoever is here needs not be counted.
    pub(crate) seen: Cache<(kernel::OfferId, i64, Vec<u8>), ()>,
}

impl FromRef<Marketplace> for App {
    fn from_ref(market: &Marketplace) -> Self {
        market.0.app.clone()
    }
}

impl Marketplace {
    /// Puts it together.
    pub fn new(collaborations: Collaborations, matching: Matching, outreach: Outreach, settings: Settings) -> Self {
        let (app, directory) = (matching.app().clone(), matching.directory());
        let catalogue = Catalogue::new(app.db().clone(), directory.embedder().model(), directory.embedder().dims());
        Self(Arc::new(Inner {
            app,
            collaborations,
            outreach,
            settings,
            catalogue,
            matching,
            categories: OnceCell::new(),
            profiles: Cache::new(MOST_PROFILES),
            seen: Cache::builder().max_capacity(100_000).time_to_live(Duration::from_hours(24)).build(),
        }))
    }

    /// The application.
    pub fn app(&self) -> &App {
        &self.0.app
    }

    /// What accepted applications lead to.
    pub fn collaborations(&self) -> &Collaborations {
        &self.0.collaborations
    }

    /// Who fits, and what currencies are worth.
    pub fn matching(&self) -> &Matching {
        &self.0.matching
    }

    /// The directory of creators.
    pub fn directory(&self) -> &Directory {
        self.0.matching.directory()
    }

    /// What writes to creators who have no account.
    pub fn outreach(&self) -> &Outreach {
        &self.0.outreach
    }

    /// How it goes on by itself.
    pub fn settings(&self) -> Settings {
        self.0.settings
    }

    /// Published offers in memory.
    pub fn catalogue(&self) -> &Catalogue {
        &self.0.catalogue
    }

    /// Reads the offers into memory, so that the first request does not wait for it.
    pub async fn warm(&self) -> Result<()> {
        self.categories().await?;
        self.0.catalogue.fresh().await
    }

    pub(crate) fn seen(&self) -> &Cache<(kernel::OfferId, i64, Vec<u8>), ()> {
        &self.0.seen
    }

    /// How many dollars one unit of a currency is worth.
    pub fn rate(&self, currency: Currency) -> f64 {
        self.0.matching.exchange().rate(currency)
    }

    /// The most that an offer pays, in minor units of a dollar.
    pub fn budget_in_dollars(&self, offer: &Offer) -> i64 {
        crate::catalogue::in_dollars(offer.budget_max.minor(), self.rate(offer.currency))
    }

    async fn categories(&self) -> Result<&Categories> {
        self.0
            .categories
            .get_or_try_init(|| async {
                let texts = Categories::texts();
                let vectors = self.directory().embed(texts.clone()).await?;
                let vectors: std::collections::HashMap<String, Vec<f32>> = texts.into_iter().zip(vectors).collect();
                let calibration = self.directory().calibration().await?;
                Ok(Categories::new(calibration, |text| vectors.get(text).cloned().unwrap_or_default()))
            })
            .await
    }

    /// The vector of what an offer is about; nothing if the embedder fails, in which case a job makes it later.
    pub(crate) async fn vector_of(&self, offer: &Offer) -> Option<Vec<f32>> {
        match self.directory().embed(vec![offer.topic().topic_text()]).await {
            Ok(mut vectors) => vectors.pop(),
            Err(error) => {
                tracing::warn!(%error, "the embedder failed; a job will make the offer's vector later");
                None
            }
        }
    }

    /// What is known of an account that looks for work.
    pub(crate) async fn known(&self, tx: &mut Tx, account: AccountId) -> Result<Known> {
        let scope = Scope::system();
        let row = accounts::store::by_id(scope, tx, account).await?;
        let mut ids: Vec<_> = creators::store::claims(tx, account).await?.into_iter().map(|(entry, _)| entry).collect();
        ids.truncate(MOST_ENTRIES);
        let entries = creators::store::by_ids(scope, tx, &ids).await?;
        let Some(row) = row else { return Ok(Known { entries, ..Known::default() }) };
        Ok(Known {
            entries,
            instagram_followers: row.instagram_followers,
            since: Some(row.created_at),
            country: row.country.as_deref().and_then(crate::model::country_code),
        })
    }

    /// A creator made ready to be compared with offers.
    pub(crate) async fn searching(&self, known: Known) -> Result<Searching> {
        let categories = self.categories().await?.clone();
        let (_, norms) = self.directory().norms().await?;
        let niches: Vec<String> = known.entries.iter().map(|entry| entry.niche.clone()).collect();
        let niche_vectors = self.directory().niche_vectors(&niches).await?;
        let mut seekers = Vec::with_capacity(known.entries.len());
        for entry in &known.entries {
            let niche = niche_vectors.get(&mind::text::fold(&entry.niche));
            let vector = self.profile(entry).await?;
            seekers.push(Seeker::new(entry, &norms, &categories, vector, niche.map_or(&[], |vector| vector)));
        }
        Ok(Searching { known, seekers, categories })
    }

    /// The vector of a profile; what was asked lately is kept, for another embedder is far away.
    async fn profile(&self, entry: &Creator) -> Result<Arc<[f32]>> {
        let text = entry.profile_text();
        if let Some(vector) = self.0.profiles.get(&text) {
            return Ok(vector);
        }
        let mut vectors = self.directory().embed(vec![text.clone()]).await?;
        let vector: Arc<[f32]> = vectors.pop().unwrap_or_default().into();
        self.0.profiles.insert(text, vector.clone());
        Ok(vector)
    }

    /// The creator who asks, made ready; nothing for whoever is none. An embedder that fails leaves the matches out, not the answer.
    pub(crate) async fn who_searches(&self, caller: &kernel::Caller) -> Result<Option<Searching>> {
        let Some(account) = caller.account().filter(|account| account.user_type == UserType::Creator) else {
            return Ok(None);
        };
        let known = self.known(&mut self.app().read().await?, account.id).await?;
        match self.searching(known.clone()).await {
            Ok(searching) => Ok(Some(searching)),
            Err(error) => {
                tracing::warn!(%error, "the embedder failed; offers are shown without their matches");
                let categories = Categories::nothing();
                Ok(Some(Searching { known, seekers: Vec::new(), categories }))
            }
        }
    }

    /// Refuses more applications than a creator of this tier sends in a day. The demo counts none: it has nobody to be kept from.
    pub(crate) async fn may_apply(&self, tx: &mut Tx, account: AccountId, tier: u64) -> Result<()> {
        if self.app().mode() != http_base::Mode::Serve {
            return Ok(());
        }
        let most = collaborations::model::tier_of(tier).applications_per_day;
        let since = self.app().clock().now().plus(-time::DAY);
        if crate::store::applications::sent_since(Scope::system(), tx, account, since).await? < most {
            return Ok(());
        }
        let message = format!(
            "In your tier {most} applications may be sent in 24 hours; wait, or reach the next tier (GET /api/v1/karma/rules)"
        );
        Err(Error::new(kernel::Kind::RateLimited(3_600), message))
    }
}
