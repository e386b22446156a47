//! A campaign, prepared for scoring: what is known of a creator without its vector, and what its vector adds.

use std::borrow::Cow;

use kernel::Platform;

use super::budget::{Budget, Price};
use super::calibration::{Calibration, Scale};
use super::niche::{Kinship, Niche};
use super::norms::{Norms, Standing};
use super::probes::cosine;
use super::scores::{FULL, Scores, points, rounded};
use crate::embed;

/// What a brand wants, in its own words; an empty text was not given.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Wish {
    /// The product.
    pub product_name: String,
    /// What it is.
    pub product_description: String,
    /// What it is for.
    pub key_use_cases: String,
    /// One niche or a list: "Fitness, Tech, Beauty".
    pub product_niche: String,
    /// Who is to be reached.
    pub target_audience: String,
    /// What may be spent.
    pub budget: Budget,
}

impl Wish {
    /// What the campaign is about, in one text.
    pub fn topic_text(&self) -> String {
        join(&[&self.product_niche, &self.product_name, &self.product_description, &self.key_use_cases])
    }

    /// What the product is and does.
    fn product_text(&self) -> String {
        join(&[&self.product_name, &self.product_description, &self.key_use_cases])
    }

    /// Every text that [`Brief::new`] will ask for, so that a remote model can embed them in one batch.
    pub fn texts(&self) -> Vec<String> {
        let mut texts = vec![self.product_text(), join(&[&self.product_niche]), join(&[&self.target_audience])];
        texts.extend(Niche::list(&self.product_niche).into_iter().map(|niche| niche.text));
        texts.retain(|text| !text.is_empty());
        texts
    }
}

/// The text of a creator's profile that its vector is made of.
pub fn profile_text(niche: &str, about: Option<&str>, audience_type: Option<&str>) -> String {
    join(&[niche, about.unwrap_or_default(), audience_type.unwrap_or_default()])
}

fn join(parts: &[&str]) -> String {
    let parts: Vec<_> =
        parts.iter().map(|part| part.trim().trim_end_matches('.')).filter(|part| !part.is_empty()).collect();
    parts.join(". ")
}

/// How a creator's niche is related to those of the campaign.
#[derive(Clone, PartialEq, Debug)]
pub struct Label {
    /// In hundredths of a percent, or [`Facts::NO_LABEL`] where one of the two names no niche.
    pub score: u16,
    /// The campaign's niche that comes nearest, and how.
    pub nearest: Option<(String, Kinship)>,
}

/// A creator's niche, or list of niches, read once for many briefs.
#[derive(Clone, PartialEq, Debug)]
pub struct KnownNiche {
    list: Vec<Niche>,
    vector: Vec<f32>,
}

impl KnownNiche {
    /// Reads a niche; `vector` is that of its text.
    pub fn new(niche: &str, vector: Vec<f32>) -> Self {
        Self { list: Niche::list(niche), vector }
    }
}

/// What is known of a creator for a brief without any vector, in hundredths of a percent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Facts {
    /// From [`Brief::label`]: one for each distinct niche of the directory.
    pub niche_score: u16,
    /// From [`Norms::score`].
    pub engagement_score: u16,
    /// From [`Budget::fit`].
    pub budget_fit: u16,
}

impl Facts {
    /// In the place of a niche score: one of the two names no niche.
    pub const NO_LABEL: u16 = u16::MAX;
}

/// The most that a total can be for creators of one niche, whatever their vectors and prices: one of these for each niche, and
/// a directory is bounded as fast as it is read. Above every [`Brief::bound`], and seldom far above.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ceiling(u32);

impl Ceiling {
    /// The same for a creator whose engagement has this score.
    #[inline]
    pub fn of(self, engagement_score: u16) -> u16 {
        const WEIGHT: u16 = Scores::WEIGHTS[2];
        rounded(self.0 + points(engagement_score, WEIGHT))
    }
}

/// A campaign that is ready to score any number of creators.
#[derive(Clone, PartialEq, Debug)]
pub struct Brief {
    wish: Wish,
    niches: Vec<(Niche, Vec<f32>)>,
    topic: Vec<f32>,
    audience: Vec<f32>,
    calibration: Calibration,
    /// What the best cosines are worth, for [`Brief::bound`].
    most: Vectors,
}

/// What the vectors of a creator are worth, in hundredths of a percent; nothing where the campaign has none to compare with.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Vectors {
    topic: Option<u16>,
    audience: Option<u16>,
}

/// The niche is weighed by its name already: in the topic it is a reminder of what the product belongs to.
const NICHE_IN_TOPIC: f32 = 0.25;
/// An audience is told from others by what it wants the product for as well.
const TOPIC_IN_AUDIENCE: f32 = 0.6;
/// What the same niche by its name is worth at the least, in percent,
const SAME_NICHE: u32 = 70;
/// and one that has nothing to do with it at the most.
const OTHER_NICHE: u32 = 60;

/// A narrower niche than the campaign's is as good as the same one, as far as names can tell;
const NARROWER: u16 = 9_500;
/// a wider one covers it, among other things;
const WIDER: u16 = 8_000;
/// and no likeness of meaning is better than that.
const MOST_BY_MEANING: u16 = 8_500;

impl Brief {
    /// Prepares a wish. `embed` gives a text's vector by the model that made the creators' vectors and the calibration; it is
    /// asked for [`Wish::texts`].
    pub fn new(wish: Wish, calibration: Calibration, embed: impl Fn(&str) -> Vec<f32>) -> Self {
        let vector = |text: String| if text.is_empty() { Vec::new() } else { unit(embed(&text)) };
        let topic = sum(vector(wish.product_text()), &vector(join(&[&wish.product_niche])), NICHE_IN_TOPIC);
        let audience = sum(vector(join(&[&wish.target_audience])), &topic, TOPIC_IN_AUDIENCE);
        let niches =
            Niche::list(&wish.product_niche).into_iter().map(|niche| (niche.clone(), vector(niche.text))).collect();
        let most = Vectors { topic: None, audience: None };
        let brief = Self { wish, niches, topic, audience, calibration, most };
        Self { most: brief.vectors(1.0, 1.0), ..brief }
    }

    /// The unit vector to compare creators with for the topic; empty if there is nothing to compare.
    pub fn topic(&self) -> &[f32] {
        &self.topic
    }

    /// The unit vector to compare creators with for the audience; empty if there is nothing to compare.
    pub fn audience(&self) -> &[f32] {
        &self.audience
    }

    /// What was wished.
    pub fn wish(&self) -> &Wish {
        &self.wish
    }

    /// How a creator's niche (or list of niches) is related to the campaign's. `vector` gives the niche's vector, and is asked
    /// only where the names do not say it.
    pub fn label(&self, niche: &str, vector: impl FnOnce() -> Vec<f32>) -> Label {
        let (score, nearest) = self.nearest(&Niche::list(niche), || Cow::Owned(vector()));
        Label { score, nearest: nearest.map(|(own, kinship)| (own.text.clone(), kinship)) }
    }

    /// The score of [`Brief::label`] for a niche that was read before.
    pub fn label_score(&self, niche: &KnownNiche) -> u16 {
        self.nearest(&niche.list, || Cow::Borrowed(&niche.vector)).0
    }

    fn nearest<'a>(
        &self,
        creators: &[Niche],
        vector: impl FnOnce() -> Cow<'a, [f32]>,
    ) -> (u16, Option<(&Niche, Kinship)>) {
        let by_name =
            self.niches.iter().flat_map(|(own, _)| creators.iter().map(move |theirs| (own.kinship(theirs), own)));
        let Some((kinship, own)) = by_name.reduce(|best, next| if next.0 > best.0 { next } else { best }) else {
            return (Facts::NO_LABEL, None);
        };
        let by_name = match kinship {
            Kinship::Same => FULL,
            Kinship::Narrower => NARROWER,
            Kinship::Wider => WIDER,
            Kinship::Meaning => 0,
        };
        if kinship != Kinship::Meaning {
            return (by_name, Some((own, kinship)));
        }
        let vector = vector();
        let scores = self.niches.iter().map(|(own, its)| (self.calibration.labels.percent(cosine(its, &vector)), own));
        let best = scores.reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.map_or((Facts::NO_LABEL, None), |(score, own)| (score.min(MOST_BY_MEANING), Some((own, Kinship::Meaning))))
    }

    /// The scores of a creator: what is known of it, and the cosines of its vector with [`Brief::topic`] and
    /// [`Brief::audience`]. No score falls when a cosine rises.
    pub fn combine(&self, facts: Facts, topic_cosine: f32, audience_cosine: f32) -> Scores {
        scores(facts, self.vectors(topic_cosine, audience_cosine))
    }

    /// The most that [`Brief::combine`]'s total can be, whatever the cosines. Where something is known of them (an int8 scan's
    /// upper ends), `combine(facts, most_topic, most_audience).total()` is a tighter bound.
    pub fn bound(&self, facts: Facts) -> u16 {
        scores(facts, self.most).total()
    }

    /// The most that the total of a creator can be whose niche has this score: see [`Ceiling`].
    pub fn ceiling(&self, niche_score: u16) -> Ceiling {
        let facts = Facts { niche_score, engagement_score: 0, budget_fit: FULL };
        Ceiling(scores(facts, self.most).sum())
    }

    /// What cosines with the topic and with the audience are worth, in hundredths of a percent; nothing where there is nothing
    /// to compare with.
    pub(crate) fn worth(&self, [topic, audience]: [f32; 2]) -> [Option<u16>; 2] {
        let worth = self.vectors(topic, audience);
        [worth.topic, worth.audience]
    }

    /// The niche match of those whose niche has this score, before it is rounded: at a topic of nothing, and what each
    /// hundredth of a percent of the topic adds.
    pub(crate) fn niche_line(&self, niche_score: u16) -> [f32; 2] {
        let full = f32::from(FULL);
        match ((niche_score != Facts::NO_LABEL).then(|| niche_score.min(FULL)), self.most.topic) {
            // See `blend`.
            (Some(label), Some(_)) => {
                let [low, high] = frame(label);
                [low as f32, (high - low) as f32 / full]
            }
            (Some(label), None) => [f32::from(label), 0.0],
            (None, Some(_)) => [0.0, 1.0],
            (None, None) => [0.0; 2],
        }
    }

    fn vectors(&self, topic_cosine: f32, audience_cosine: f32) -> Vectors {
        let percent = |query: &[f32], scale: &Scale, cosine| (!query.is_empty()).then(|| scale.percent(cosine));
        Vectors {
            topic: percent(&self.topic, &self.calibration.topics, topic_cosine),
            audience: percent(&self.audience, &self.calibration.audiences, audience_cosine),
        }
    }

    /// All that the scores of one creator are made of, for an explanation. `niche_vector` as in [`Brief::label`], cosines as
    /// in [`Brief::combine`]: the scores are the same as there.
    pub fn weigh(
        &self,
        norms: &Norms,
        creator: &CreatorView<'_>,
        niche_vector: impl FnOnce() -> Vec<f32>,
        topic_cosine: f32,
        audience_cosine: f32,
    ) -> Evidence {
        let label = self.label(creator.niche, niche_vector);
        let standing = norms.standing(creator.platform, creator.followers, creator.engagement);
        let price = creator.price(norms);
        let facts = Facts {
            niche_score: label.score,
            engagement_score: standing.score,
            budget_fit: self.wish.budget.fit(price.minor()),
        };
        let scores = self.combine(facts, topic_cosine, audience_cosine);
        let topic = self.vectors(topic_cosine, audience_cosine).topic;
        Evidence { scores, label, topic, standing, price }
    }
}

fn scores(facts: Facts, vectors: Vectors) -> Scores {
    let label = (facts.niche_score != Facts::NO_LABEL).then(|| facts.niche_score.min(FULL));
    Scores {
        niche_match: match (label, vectors.topic) {
            (Some(label), Some(topic)) => blend(label, topic),
            (Some(only), None) | (None, Some(only)) => only,
            (None, None) => 0,
        },
        audience_match: vectors.audience.unwrap_or(0),
        engagement_score: facts.engagement_score.min(FULL),
        budget_fit: facts.budget_fit.min(FULL),
    }
}

/// The name of the niche sets a frame, and the topic places a creator in it: the same niche is worth 70 to 100 %, a name that
/// has nothing to do with it 0 to 60 %. The lower end falls with the square of the likeness of the names: half a likeness says
/// little, and the topic tells more. Rises with both.
fn blend(label: u16, topic: u16) -> u16 {
    let ([low, high], full) = (frame(label), u32::from(FULL));
    (low + ((high - low) * u32::from(topic.min(FULL)) + full / 2) / full) as u16
}

/// What a niche match is worth, at a name of this likeness, to somebody who has nothing to do with the topic, and to somebody
/// who has all to do with it.
fn frame(label: u16) -> [u32; 2] {
    let [label, full] = [u32::from(label.min(FULL)), u32::from(FULL)];
    let low = label * label / full * SAME_NICHE / 100;
    let high = (full * OTHER_NICHE + label * (100 - OTHER_NICHE)) / 100;
    [low, high]
}

/// One vector and some of another, of unit length; what is left of one where the other is nothing.
fn sum(mut vector: Vec<f32>, other: &[f32], weight: f32) -> Vec<f32> {
    if vector.is_empty() {
        return other.to_vec();
    }
    for (part, other) in vector.iter_mut().zip(other) {
        *part += weight * other;
    }
    unit(vector)
}

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    if embed::normalise(&mut vector) { vector } else { Vec::new() }
}

/// What an explanation has to know of a creator.
#[derive(Clone, Copy, Debug)]
pub struct CreatorView<'a> {
    /// Where.
    pub platform: Platform,
    /// How many followers.
    pub followers: u64,
    /// In percent of followers.
    pub engagement: Option<f64>,
    /// The niche, or a list of them.
    pub niche: &'a str,
    /// What the creator says of itself.
    pub about: Option<&'a str>,
    /// What is said of its audience.
    pub audience_type: Option<&'a str>,
    /// Views of a post on average.
    pub avg_views: Option<u64>,
    /// What it asks for a post, in minor units.
    pub rate_minor: Option<i64>,
    /// 1 to 5.
    pub rating: Option<f64>,
    /// Brands that it has worked for.
    pub previous_brands: &'a [String],
}

impl CreatorView<'_> {
    /// What it asks, or what is usual for its like.
    pub fn price(&self, norms: &Norms) -> Price {
        if let Some(minor) = self.rate_minor {
            return Price::Stated(minor);
        }
        let niche = super::niche::canonical(self.niche);
        let usual = norms.prices().usual(self.platform, self.followers, self.avg_views, &niche);
        usual.map_or(Price::Unknown, Price::Usual)
    }
}

/// What the scores of one creator were made of.
#[derive(Clone, PartialEq, Debug)]
pub struct Evidence {
    /// The scores.
    pub scores: Scores,
    /// How the niches are related.
    pub label: Label,
    /// How near the profile is to what the campaign is about, in hundredths of a percent.
    pub topic: Option<u16>,
    /// Where the engagement stands.
    pub standing: Standing,
    /// What a post costs.
    pub price: Price,
}
