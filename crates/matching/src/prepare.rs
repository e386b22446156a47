//! A wish made ready to be compared: its vectors, its scale, and what it makes of every niche.

use std::collections::HashMap;
use std::sync::Arc;

use campaigns::{Campaign, Exclusions};
use creators::{Directory, Filter};
use kernel::Result;
use mind::score::{Brief, Budget, Facts, Norms, Wish};

/// A wish made ready. Cheap to clone.
#[derive(Clone)]
pub struct Prepared {
    /// What is compared.
    pub brief: Arc<Brief>,
    /// The score of each niche of the catalogue, by its number.
    pub labels: Arc<[u16]>,
    /// What engagement is usual.
    pub norms: Arc<Norms>,
    /// The version of the norms.
    pub norms_version: i64,
}

/// The wish that a campaign is.
pub(crate) fn wish_of(campaign: &Campaign) -> Wish {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    Wish {
        product_name: campaign.product_name.clone(),
        product_description: text(&campaign.product_description),
        key_use_cases: text(&campaign.key_use_cases),
        product_niche: text(&campaign.product_niche),
        target_audience: text(&campaign.target_audience),
        budget: Budget::of(campaign.total_budget.minor()),
    }
}

/// Whom a campaign lets through at all.
pub(crate) fn gates_of(exclusions: &Exclusions) -> Filter {
    Filter {
        excluded_platforms: exclusions.excluded_platforms.clone(),
        excluded_niches: exclusions.excluded_niches.clone(),
        excluded_countries: exclusions.excluded_countries.clone(),
        excluded_brands: exclusions.excluded_brands.clone(),
        excluded_creators: exclusions.excluded_creators.clone(),
        ..Filter::default()
    }
}

impl Prepared {
    /// Makes a wish ready for the directory as it is now.
    pub async fn new(directory: &Directory, wish: Wish) -> Result<Self> {
        directory.catalogue().fresh().await?;
        let (norms_version, norms) = directory.norms().await?;
        let calibration = directory.calibration().await?.clone();
        let texts = wish.texts();
        let vectors = directory.embed(texts.clone()).await?;
        let vectors: HashMap<String, Vec<f32>> = texts.into_iter().zip(vectors).collect();
        let brief = Brief::new(wish, calibration, |text| vectors.get(text).cloned().unwrap_or_default());
        let labels = directory.niches().await?.iter().map(|niche| brief.label_score(niche)).collect();
        Ok(Self { brief: Arc::new(brief), labels, norms, norms_version })
    }

    /// The score of a niche; one that came up since this was made ready counts as unnamed.
    pub fn label(&self, niche: u32) -> u16 {
        self.labels.get(niche as usize).copied().unwrap_or(Facts::NO_LABEL)
    }
}
