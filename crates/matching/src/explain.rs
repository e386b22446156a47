//! Why a creator fits: the same numbers that made the score, in words.

use creators::Creator;
use kernel::{Amount, Result};
use mind::score::{Analysis, CreatorView, explain};
use mind::text::fold;

use crate::{Matching, Prepared};

/// What the explanation has to know of a creator.
fn view(creator: &Creator) -> CreatorView<'_> {
    CreatorView {
        platform: creator.platform,
        followers: creator.followers,
        // As fine as the catalogue keeps it, so that both come to the same score.
        engagement: creator.engagement_rate.map(|rate| f64::from(rate as f32)),
        niche: &creator.niche,
        about: creator.about.as_deref(),
        audience_type: creator.audience_type.as_deref(),
        avg_views: creator.avg_views,
        rate_minor: creator.collaboration_rate.map(Amount::minor),
        rating: creator.rating,
        previous_brands: &creator.previous_brands.0,
    }
}

/// The analysis of one creator for a wish.
///
/// No deal has recorded results yet, so that no return can be estimated: the analysis says so.
pub(crate) async fn analyse(matching: &Matching, prepared: &Prepared, creator: &Creator) -> Result<Analysis> {
    let niche = creator.niche.clone();
    let vectors = matching.directory().niche_vectors(std::slice::from_ref(&niche)).await?;
    let niche_vector = || vectors.get(&fold(&niche)).map(|vector| vector.to_vec()).unwrap_or_default();
    let [topic, audience] = matching.cosines(prepared, creator.id).await?;
    let view = view(creator);
    let evidence = prepared.brief.weigh(&prepared.norms, &view, niche_vector, topic, audience);
    Ok(explain(&prepared.brief, &prepared.norms, &view, &evidence, None))
}
