//! How well a creator and an offer fit: the brands' match the other way round, from the same numbers.
//!
//! A brand's match compares one brief with many creators; here one creator is compared with many offers. What is known without the offer's
//! text (how its category and the creator's niche are related, where the engagement stands) is made ready once for a creator; the meaning is
//! one cosine for each offer. [`mind::score::Brief::combine`] makes the four scores of it, as it does for brands.

use std::sync::Arc;

use creators::Creator;
use mind::score::norms::Standing;
use mind::score::{Brief, Budget, Calibration, CreatorView, Facts, Norms, Scores, Wish, number};
use serde::Serialize;
use utoipa::ToSchema;

use super::words::{Category, Network};

/// Every category, made ready to be compared with niches.
#[derive(Clone)]
pub struct Categories(Arc<[Brief]>);

impl Categories {
    /// The texts that [`Categories::new`] asks for.
    pub fn texts() -> Vec<String> {
        Category::ALL.iter().flat_map(|category| wish(*category).texts()).collect()
    }

    /// Makes them ready. `embed` gives a text's vector by the model that made all others.
    pub fn new(calibration: &Calibration, embed: impl Fn(&str) -> Vec<f32>) -> Self {
        let briefs = Category::ALL.iter().map(|category| Brief::new(wish(*category), calibration.clone(), &embed));
        Self(briefs.collect())
    }

    /// None: for whom nothing can be compared.
    pub fn nothing() -> Self {
        Self(Arc::new([]))
    }

    fn of(&self, category: Category) -> &Brief {
        &self.0[category as usize]
    }
}

/// What a category is about. Where it says nothing, the offer's text alone is compared; some topic has to be there for that.
fn wish(category: Category) -> Wish {
    let name = if category == Category::Other { "offer" } else { category.niche() };
    Wish { product_name: name.to_owned(), product_niche: category.niche().to_owned(), ..Wish::default() }
}

/// A creator who looks for work, made ready: one entry of the directory.
#[derive(Clone)]
pub struct Seeker {
    /// The platform of the entry.
    pub network: Network,
    /// Followers there.
    pub followers: u64,
    /// The vector of the profile.
    pub vector: Arc<[f32]>,
    /// How the niche is related to each category, in the order of [`Category::ALL`].
    labels: Arc<[u16]>,
    niche: String,
    standing: Standing,
    price: Option<i64>,
}

impl Seeker {
    /// Makes an entry ready. `niche_vector` is that of its niche's name.
    pub fn new(
        entry: &Creator,
        norms: &Norms,
        categories: &Categories,
        vector: Arc<[f32]>,
        niche_vector: &[f32],
    ) -> Self {
        let view = CreatorView {
            platform: entry.platform,
            followers: entry.followers,
            engagement: entry.engagement_rate,
            niche: &entry.niche,
            about: None,
            audience_type: None,
            avg_views: entry.avg_views,
            rate_minor: entry.collaboration_rate.map(kernel::Amount::minor),
            rating: None,
            previous_brands: &[],
        };
        let labels = categories.0.iter().map(|brief| brief.label(&entry.niche, || niche_vector.to_vec()).score);
        Self {
            network: entry.platform.into(),
            followers: entry.followers,
            vector,
            labels: labels.collect(),
            niche: entry.niche.clone(),
            standing: norms.standing(entry.platform, entry.followers, entry.engagement_rate),
            price: view.price(norms).minor(),
        }
    }

    /// What is known of the match with an offer before its text is compared. The budget is in minor units of a dollar.
    pub fn facts(&self, category: Category, budget_minor: i64) -> Facts {
        Facts {
            niche_score: self.labels[category as usize],
            engagement_score: self.standing.score,
            budget_fit: Budget::of(budget_minor).fit(self.price),
        }
    }

    /// The scores with an offer of this category whose text has this cosine with the profile.
    pub fn scores(&self, categories: &Categories, category: Category, facts: Facts, cosine: f32) -> Scores {
        categories.of(category).combine(facts, cosine, cosine)
    }

    /// The most that the total can be, whatever the text.
    pub fn bound(&self, categories: &Categories, category: Category, facts: Facts) -> u16 {
        categories.of(category).bound(facts)
    }

    /// The reasons for scores, each with its number.
    pub fn reasons(&self, category: Category, scores: Scores, budget_minor: i64) -> Vec<String> {
        let price = match self.price {
            Some(price) => {
                let (price, budget) = (kernel::Amount::from_minor(price), kernel::Amount::from_minor(budget_minor));
                format!("The offer pays up to {}, a piece of yours costs about {}", budget.price(), price.price())
            }
            None => "What a piece of yours costs is not known".to_owned(),
        };
        vec![
            format!("Your niche {} and the category {category}: {}%", self.niche, number(scores.niche_match)),
            format!("Your profile and what the offer asks for: {}%", number(scores.audience_match)),
            format!("{}: {}%", self.standing.describe(), number(scores.engagement_score)),
            format!("{price}: {}%", number(scores.budget_fit)),
        ]
    }
}

/// How well an offer fits a creator.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OfferMatch)]
pub struct Fit {
    /// The match score in percent.
    #[schema(example = 78.31)]
    pub match_score: f64,
    /// `high` from 75, `medium` from 50, else `low`.
    #[schema(value_type = mind::score::MatchStatus)]
    pub match_status: &'static str,
    /// How near the niche is, in percent.
    pub niche_match: f64,
    /// How near the profile is to what is asked for, in percent.
    pub audience_match: f64,
    /// Where the engagement stands among accounts of the same platform and size, in percent.
    pub engagement_score: f64,
    /// How well the price fits the budget, in percent.
    pub budget_fit: f64,
    /// The same in sentences; empty in lists.
    pub reasons: Vec<String>,
}

impl Fit {
    /// Of these scores, with these reasons.
    pub fn new(scores: Scores, reasons: Vec<String>) -> Self {
        Self {
            match_score: number(scores.total()),
            match_status: scores.band().name(),
            niche_match: number(scores.niche_match),
            audience_match: number(scores.audience_match),
            engagement_score: number(scores.engagement_score),
            budget_fit: number(scores.budget_fit),
            reasons,
        }
    }
}

/// The place of an application among others, in hundredths of a percent, and what it is made of:
/// `0.5 · match + 0.2 · price + 0.2 · reliability + 0.1 · class`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    /// The match; half of everything where it is not known.
    pub fit: u16,
    /// The fee against the budget: all of it up to `budget_min`, nothing from twice `budget_max`.
    pub price: u16,
    /// The reliability, from karma and kept promises.
    pub reliability: u16,
    /// All of it for an influencer, half of it for a regular.
    pub class: u16,
}

impl Rank {
    const WEIGHTS: [u32; 4] = [50, 20, 20, 10];

    /// The parts of a rank: reliability is in percent, where something was due yet.
    pub fn new(
        scores: Option<Scores>,
        (fee, budget): (Option<i64>, (i64, i64)),
        reliability: Option<u64>,
        is_influencer: bool,
    ) -> Self {
        Self {
            fit: scores.map_or(5_000, Scores::total),
            price: price(fee, budget),
            reliability: reliability.map_or(5_000, |percent| (percent.min(100) * 100) as u16),
            class: if is_influencer { 10_000 } else { 5_000 },
        }
    }

    /// All of it, in hundredths of a percent.
    pub fn total(self) -> i64 {
        let parts = [self.fit, self.price, self.reliability, self.class];
        let sum: u32 = parts.into_iter().zip(Self::WEIGHTS).map(|(part, weight)| u32::from(part) * weight).sum();
        i64::from((sum + 50) / 100)
    }
}

/// How a fee stands to a budget, in hundredths of a percent: full up to its lower end, half at its upper end, nothing from twice that.
fn price(fee: Option<i64>, (least, most): (i64, i64)) -> u16 {
    const FULL: i64 = 10_000;
    let Some(fee) = fee else { return FULL as u16 };
    let score = if fee <= least {
        FULL
    } else if fee <= most {
        FULL - FULL / 2 * (fee - least) / (most - least).max(1)
    } else {
        FULL / 2 - FULL / 2 * (fee - most).min(most) / most.max(1)
    };
    score.clamp(0, FULL) as u16
}

#[cfg(test)]
mod tests {
    use mind::embed::StaticModel;
    use proptest::prelude::*;

    use super::*;

    fn categories() -> Categories {
        let embed = |text: &str| StaticModel::embedded().embed(text);
        Categories::new(&Calibration::from_probes(embed), embed)
    }

    fn entry(niche: &str, about: &str) -> Creator {
        let clock = kernel::Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
        let body = serde_json::json!({"name": "Mia", "platform": "instagram", "niche": niche, "about": about,
            "followers_count_numeric": 120_000, "engagement_rate": 4.0, "collaboration_rate": 900});
        let new: creators::NewCreator = input::Fields::of_body(body).unwrap().read().unwrap();
        Creator::new(new, clock.new_id(), None, clock.now()).unwrap()
    }

    fn seeker(niche: &str, about: &str, categories: &Categories) -> Seeker {
        let (entry, model) = (entry(niche, about), StaticModel::embedded());
        let vector: Arc<[f32]> = model.embed(&entry.profile_text()).into();
        Seeker::new(&entry, &Norms::builtin(), categories, vector, &model.embed(niche))
    }

    #[test]
    fn the_reverse_is_the_brands_match() {
        let categories = categories();
        let model = StaticModel::embedded();
        let embed = |text: &str| model.embed(text);
        let creator = entry("fashion", "Summer outfits and sustainable clothes");
        let seeker = seeker("fashion", "Summer outfits and sustainable clothes", &categories);
        let wish = Wish {
            product_name: "Summer campaign".into(),
            product_description: "A post that shows our sustainable clothes".into(),
            product_niche: Category::Fashion.niche().into(),
            budget: Budget::of(100_000),
            ..Wish::default()
        };
        let topic = model.embed(&wish.topic_text());
        let cosine = mind::embed::cosine(&topic, &seeker.vector);
        let facts = seeker.facts(Category::Fashion, 100_000);
        let reverse = seeker.scores(&categories, Category::Fashion, facts, cosine);
        let brief = Brief::new(wish, Calibration::from_probes(embed), embed);
        let label = brief.label(&creator.niche, || embed(&creator.niche)).score;
        let brands = brief.combine(Facts { niche_score: label, ..facts }, cosine, cosine);
        assert_eq!(reverse, brands);
        assert!(reverse.niche_match >= 7_000 && seeker.bound(&categories, Category::Fashion, facts) >= reverse.total());
    }

    #[test]
    fn an_unrelated_category_fits_badly() {
        let categories = categories();
        let seeker = seeker("fashion", "Outfits", &categories);
        let facts = seeker.facts(Category::Automotive, 100_000);
        let scores = seeker.scores(&categories, Category::Automotive, facts, 0.0);
        assert!(scores.niche_match <= 3_000, "{scores:?}");
        let reasons = seeker.reasons(Category::Automotive, scores, 100_000);
        assert!(reasons.iter().any(|reason| reason.contains("$1000")), "{reasons:?}");
    }

    proptest! {
        #[test]
        fn a_rank_rises_with_each_of_its_parts(
            fee in 0_i64..10_000, less in 0_i64..10_000, least in 0_i64..5_000, span in 0_i64..5_000, kept in 0_u64..=100, more in 0_u64..=100,
        ) {
            let budget = (least, least + span);
            let of = |fee, kept, class| Rank::new(None, (Some(fee), budget), Some(kept), class).total();
            prop_assert!(of(fee.min(less), kept, false) >= of(fee, kept, false));
            prop_assert!(of(fee, kept.max(more), false) >= of(fee, kept, false));
            prop_assert!(of(fee, kept, true) > of(fee, kept, false));
            prop_assert!((0..=10_000).contains(&of(fee, kept, true)));
        }
    }
}
