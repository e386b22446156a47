//! How fast creators are ranked for a campaign, and whether the order is the exact one.
//!
//! `cargo bench -p mind --bench ranking -- [--rows N]`, 100,000 made-up creators unless told (the crowd and the briefs of the
//! server's bench). Beside the ranking everybody is compared, which is what it is held against.

use std::collections::HashMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use kernel::CreatorId;
use mind::embed::{DIMS, StaticModel};
use mind::index::{VectorIndex, rounded};
use mind::rank::{People, Place, Ranked, Shelves, UNKNOWN, Wanted, facts, rank};
use mind::score::{Brief, Calibration, CreatorView, KnownNiche, Norms, profile_text};
use samples::Creator;

#[path = "../../bench/src/briefs.rs"]
#[expect(dead_code, reason = "the server's bench sends them as well")]
mod briefs;

/// Always the same crowd.
const SEED: u64 = 41;
/// Each brief is ranked so many times.
const ROUNDS: usize = 10;

#[derive(Default)]
struct World {
    niches: Vec<u32>,
    numbers: HashMap<String, u32>,
    known: Vec<KnownNiche>,
    engagement: Vec<u16>,
    prices: Vec<i64>,
    ids: Vec<CreatorId>,
    shelves: Shelves,
}

impl World {
    fn put(&mut self, creator: &Creator, norms: &Norms, vectors: &mut VectorIndex) {
        let (model, slot) = (StaticModel::embedded(), self.ids.len() as u32);
        let next = self.known.len() as u32;
        let niche = *self.numbers.entry(creator.niche.clone()).or_insert(next);
        if niche == next {
            self.known.push(KnownNiche::new(&creator.niche, model.embed(&creator.niche)));
        }
        let view = CreatorView {
            platform: creator.platform,
            followers: creator.followers,
            engagement: Some(creator.engagement_rate),
            niche: &creator.niche,
            about: None,
            audience_type: None,
            avg_views: creator.avg_views,
            rate_minor: creator.collaboration_rate.map(kernel::Amount::minor),
            rating: None,
            previous_brands: &[],
        };
        let engagement = norms.score(creator.platform, creator.followers, view.engagement);
        let text = profile_text(&creator.niche, Some(&creator.about), creator.audience_type.as_deref());
        self.niches.push(niche);
        self.engagement.push(engagement);
        self.prices.push(view.price(norms).minor().unwrap_or(UNKNOWN));
        self.ids.push(CreatorId::from_uuid(uuid::Uuid::from_u128(u128::from(slot.wrapping_mul(0x9e37_79b1)))));
        vectors.set(slot, &rounded(model.embed(&text)));
        self.shelves.set(slot, niche, engagement, vectors);
    }

    fn people<'a>(&'a self, vectors: &'a VectorIndex) -> People<'a> {
        People {
            ids: &self.ids,
            niches: &self.niches,
            engagement_scores: &self.engagement,
            prices: &self.prices,
            vectors,
            shelves: &self.shelves,
        }
    }
}

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--rows").skip(1);
    let rows: usize = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(100_000);
    let model = StaticModel::embedded();
    let mut norms = Norms::builtin();
    norms.learn(samples::crowd(SEED, rows).map(|own| (own.platform, own.followers, Some(own.engagement_rate))));
    let (mut world, mut vectors, started) = (World::default(), VectorIndex::new(DIMS), Instant::now());
    for creator in samples::crowd(SEED, rows) {
        world.put(&creator, &norms, &mut vectors);
    }
    println!(
        "{rows} creators of {} niches in {:.1} s; vectors {} MB, shelves {} MB",
        world.known.len(),
        started.elapsed().as_secs_f64(),
        vectors.bytes() >> 20,
        world.shelves.bytes() >> 20
    );
    let calibration = Calibration::from_probes(|text| model.embed(text));
    for one_in in [1, 10, 100] {
        let mask: Vec<u8> = (0..rows).map(|slot| u8::from(slot * 7_919 % one_in == 0)).collect();
        for (what, wanted) in [
            ("ten best", Wanted::page(0, 10)),
            ("of the niche first", Wanted { niche_first: true, least_niche: 4_000, ..Wanted::page(0, 10) }),
            ("from 50 %", Wanted { least: 5_000, ..Wanted::page(0, 10) }),
        ] {
            let (mut prepared, mut ranked, mut compared, mut missing) = (vec![], vec![], vec![], 0);
            for number in 0..briefs::COUNT {
                let started = Instant::now();
                let brief = Brief::new(briefs::wish(number), calibration.clone(), |text| model.embed(text));
                let labels: Vec<u16> = world.known.iter().map(|niche| brief.label_score(niche)).collect();
                prepared.push(started.elapsed());
                let started = Instant::now();
                let exact = exhaustive(world.people(&vectors), &brief, &labels, &mask, wanted);
                compared.push(started.elapsed());
                let mut found = (Vec::new(), 0);
                for _ in 0..ROUNDS {
                    let started = Instant::now();
                    found = black_box(rank(world.people(&vectors), &brief, &labels, &mask, wanted));
                    ranked.push(started.elapsed());
                }
                missing += exact.0.iter().filter(|one| !found.0.contains(one)).count() + exact.1.abs_diff(found.1);
            }
            println!(
                "{:>3} % pass, {what}: prepared {}, ranked {}; everybody compared {}; {missing} wrong",
                100 / one_in,
                told(prepared),
                told(ranked),
                told(compared)
            );
        }
    }
}

/// What comparing everybody finds.
fn exhaustive(people: People<'_>, brief: &Brief, labels: &[u16], mask: &[u8], wanted: Wanted) -> (Vec<Ranked>, usize) {
    let slots: Vec<u32> = (0..mask.len() as u32).filter(|slot| mask[*slot as usize] != 0).collect();
    let mut cosines = Vec::new();
    people.vectors.dots_of_two(&slots, [brief.topic(), brief.audience()], &mut cosines);
    let places = slots.iter().zip(&cosines).filter_map(|(&slot, [topic, audience])| {
        let facts = facts(people, brief, labels, slot);
        let scores = brief.combine(facts, *topic, *audience);
        let id = people.ids[slot as usize];
        wanted.takes(scores).then(|| Place::new(wanted, id, slot, facts.niche_score, scores))
    });
    let mut places: Vec<Place> = places.collect();
    places.sort_unstable();
    (places.iter().take(wanted.limit).map(Place::ranked).collect(), places.len())
}

/// The median, the mean and the 95th of a hundred.
fn told(mut took: Vec<Duration>) -> String {
    took.sort_unstable();
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let mean = took.iter().sum::<Duration>() / took.len() as u32;
    let (median, last) = (took[took.len() / 2], took[took.len() * 95 / 100]);
    format!("{:.2} ms (mean {:.2}, p95 {:.2})", millis(median), millis(mean), millis(last))
}
