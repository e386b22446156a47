//! What sketches say of scores: the most and the least that they can be.
//!
//! All of it is in points: hundredths of a percent, times the weight of the part in percent.

use crate::index::{BLOCK, Glance, VectorIndex};
use crate::score::{Brief, FULL, Scores};

/// Standard errors of a sketch within which a cosine is taken to lie.
const ERRORS: f32 = 4.0;
/// Entries of a table by what sketches are worth.
const ENTRIES: usize = 1 << 10;

const NICHE: f32 = Scores::WEIGHTS[0] as f32;
const AUDIENCE: f32 = Scores::WEIGHTS[1] as f32;
const ENGAGEMENT: f32 = Scores::WEIGHTS[2] as f32;
const BUDGET: f32 = Scores::WEIGHTS[3] as f32;
/// Of a niche match half a hundredth is rounded up; the rest is for sums in single precision.
const ROUNDED: f32 = 0.5 * NICHE + 1.0;

/// A brief, as sketches are looked up.
pub(super) struct Bounds {
    topic: Option<Side>,
    audience: Option<Side>,
}

/// One of the two queries.
struct Side {
    glance: Glance,
    /// Sketches of the same worth, but for so many low bits, are told alike.
    shift: u32,
    /// The most and the least that the part can be, in hundredths of a percent.
    most: Vec<f32>,
    least: Vec<f32>,
}

/// What a block's sketches are worth to the two queries.
#[derive(Default)]
pub(super) struct Worths {
    topic: [u16; BLOCK],
    audience: [u16; BLOCK],
}

/// What the name of a niche makes of the rest.
#[derive(Clone, Copy)]
pub(super) struct Line {
    /// The niche match of somebody who has nothing to do with the topic,
    base: f32,
    /// and what each hundredth of the topic adds to it.
    slope: f32,
}

impl Bounds {
    /// The bounds of a brief; the least ones are known only where somebody asks for them.
    pub(super) fn new(brief: &Brief, index: &VectorIndex, least: bool) -> Self {
        let side = |query: &[f32], percent: &dyn Fn(f32) -> f32| {
            (query.len() == index.dims() && query.iter().all(|x| x.is_finite()))
                .then(|| Side::new(index.glance(query), percent, least))
        };
        let percent = |which: usize| move |cosine: f32| brief.worth([cosine, cosine])[which].map_or(0.0, f32::from);
        Self { topic: side(brief.topic(), &percent(0)), audience: side(brief.audience(), &percent(1)) }
    }

    /// What the sketches of a block are worth. Answers the rows, a bit each, whose topic is worth as much as
    /// [`Bounds::least_topic`] said; where there are none of `rows` among them, the audience is not looked at.
    pub(super) fn look(&self, codes: &[u8], least_topic: u16, rows: u32, worths: &mut Worths) -> u32 {
        let near =
            self.topic.as_ref().map_or(rows, |side| rows & side.glance.worths(codes, least_topic, &mut worths.topic));
        if let Some(side) = self.audience.as_ref().filter(|_| near != 0) {
            side.glance.worths(codes, 0, &mut worths.audience);
        }
        near
    }

    /// The least that the sketch of somebody can be worth to the topic who has so many points, whatever their audience.
    pub(super) fn least_topic(&self, line: Line, points: f32, most_engagement: u16) -> u16 {
        let Some(side) = &self.topic else { return 0 };
        let rest = line.most(most_engagement) - line.points(f32::from(FULL));
        let entry = side.most.partition_point(|topic| line.points(*topic) + rest < points);
        u16::try_from(entry << side.shift).unwrap_or(u16::MAX)
    }

    /// The most that somebody of the block can have, whatever they cost.
    #[inline]
    pub(super) fn most(&self, line: Line, worths: &Worths, row: usize, engagement: u16) -> f32 {
        let topic = self.topic.as_ref().map_or(0.0, |side| side.most[side.entry(worths.topic[row])]);
        let audience = self.audience.as_ref().map_or(0.0, |side| side.most[side.entry(worths.audience[row])]);
        line.points(topic)
            + ROUNDED
            + AUDIENCE * audience
            + ENGAGEMENT * f32::from(engagement)
            + BUDGET * f32::from(FULL)
    }

    /// The most and the least that their niche match can be, in hundredths of a percent.
    pub(super) fn niche_match(&self, line: Line, worths: &Worths, row: usize) -> [f32; 2] {
        let [most, least] = self.topic.as_ref().map_or([0.0; 2], |side| {
            let entry = side.entry(worths.topic[row]);
            [side.most[entry], side.least[entry]]
        });
        [(line.points(most) + ROUNDED) / NICHE, (line.points(least) - ROUNDED) / NICHE]
    }

    /// The least that they can have, at this budget fit.
    pub(super) fn least(&self, line: Line, worths: &Worths, row: usize, engagement: u16, budget_fit: u16) -> f32 {
        let topic = self.topic.as_ref().map_or(0.0, |side| side.least[side.entry(worths.topic[row])]);
        let audience = self.audience.as_ref().map_or(0.0, |side| side.least[side.entry(worths.audience[row])]);
        line.points(topic) - ROUNDED
            + AUDIENCE * audience
            + ENGAGEMENT * f32::from(engagement)
            + BUDGET * f32::from(budget_fit)
    }
}

/// What a budget fit leaves unused of the points that [`Bounds::most`] grants.
pub(super) fn unused(budget_fit: u16) -> f32 {
    BUDGET * f32::from(FULL - budget_fit)
}

/// The fewest points of which a total is made that is rounded to this one.
pub(super) fn points_of(total: u32) -> f32 {
    total as f32 * 100.0 - 50.0
}

impl Line {
    pub(super) fn new(brief: &Brief, niche_score: u16) -> Self {
        let [base, slope] = brief.niche_line(niche_score);
        Self { base: NICHE * base, slope: NICHE * slope }
    }

    fn points(self, topic: f32) -> f32 {
        self.base + self.slope * topic
    }

    /// The most that anybody of the niche can have with this engagement.
    pub(super) fn most(self, engagement: u16) -> f32 {
        let full = f32::from(FULL);
        self.points(full) + ROUNDED + AUDIENCE * full + ENGAGEMENT * f32::from(engagement) + BUDGET * full
    }

    /// The least engagement with which somebody of the niche can have so many points; above [`FULL`] where nobody can.
    pub(super) fn least_engagement(self, points: f32) -> u16 {
        ((points - self.most(0)) / ENGAGEMENT).ceil().clamp(0.0, f32::from(u16::MAX)) as u16
    }
}

impl Side {
    fn new(glance: Glance, percent: &dyn Fn(f32) -> f32, least: bool) -> Self {
        let greatest = glance.most();
        let shift = (u16::BITS - greatest.leading_zeros()).saturating_sub(ENTRIES.ilog2());
        // The nearer a vector is to the query, the smaller is the error: from the promise p of a sketch, so many errors further is
        // the cosine c with (c − p)² = e² (1 − c²). Of vectors that are nearly the query at least half of the error is left.
        let error = ERRORS * glance.greatest_error();
        let end = move |promise: f32, error: f32| {
            let rest = (1.0 + error * error - promise * promise).max(0.0).sqrt();
            (promise + error * rest) / (1.0 + error * error)
        };
        let entries = 0..=greatest >> shift;
        // A worth is anywhere within its entry.
        let low = |entry: u16| glance.promise(entry << shift);
        let high = |entry: u16| glance.promise(entry << shift | ((1 << shift) - 1));
        let most = entries
            .clone()
            .map(|entry| percent(end(high(entry), error).max(high(entry) + error / 2.0).min(1.0)))
            .collect();
        let least = if least {
            entries.map(|entry| percent(end(low(entry), -error).min(low(entry) - error / 2.0).max(-1.0))).collect()
        } else {
            Vec::new()
        };
        Self { glance, shift, most, least }
    }

    #[inline]
    fn entry(&self, worth: u16) -> usize {
        usize::from(worth >> self.shift)
    }
}
