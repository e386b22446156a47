use kernel::CreatorId;

use super::*;
use crate::embed::normalise;
use crate::index::rounded;
use crate::score::{Budget, Calibration, Scale, Wish};

const DIMS: usize = 256;
const NICHES: u32 = 9;

/// A fixed sequence of numbers.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(sides)) as u32
    }

    fn vector(&mut self) -> Vec<f32> {
        (0..DIMS).map(|_| self.below(2_001) as f32 / 1_000.0 - 1.0).collect()
    }
}

/// A directory whose columns, index and shelves are kept as a catalogue keeps them.
struct World {
    dice: Dice,
    ids: Vec<CreatorId>,
    niches: Vec<u32>,
    engagement: Vec<u16>,
    prices: Vec<i64>,
    mask: Vec<u8>,
    vectors: VectorIndex,
    shelves: Shelves,
    centres: Vec<Vec<f32>>,
}

impl World {
    fn new(rows: u32) -> Self {
        let mut dice = Dice(7);
        let centres = (0..NICHES).map(|_| dice.vector()).collect();
        let mut world = Self {
            dice,
            ids: Vec::new(),
            niches: Vec::new(),
            engagement: Vec::new(),
            prices: Vec::new(),
            mask: Vec::new(),
            vectors: VectorIndex::new(DIMS),
            shelves: Shelves::default(),
            centres,
        };
        for slot in 0..rows {
            let id = uuid::Uuid::from_u128(u128::from(slot.wrapping_mul(0x9e37_79b1)));
            world.ids.push(CreatorId::from_uuid(id));
            world.niches.push(0);
            world.engagement.push(0);
            world.prices.push(UNKNOWN);
            world.mask.push(0);
            world.put(slot);
        }
        world
    }

    /// Gives a slot another creator.
    fn put(&mut self, slot: u32) {
        let at = slot as usize;
        // Half of all are of one niche: more than are put on one shelf.
        let niche = self.dice.below(2 * NICHES).checked_sub(NICHES).unwrap_or(0);
        self.niches[at] = niche;
        self.engagement[at] = self.dice.below(u32::from(FULL) + 1) as u16;
        self.prices[at] = if self.dice.below(4) == 0 { UNKNOWN } else { i64::from(self.dice.below(200_000)) };
        self.mask[at] = u8::from(self.dice.below(10) > 0);
        if self.dice.below(20) == 0 {
            self.vectors.clear(slot);
        } else {
            let (share, noise) = (self.dice.below(100) as f32 / 100.0, self.dice.vector());
            let mut vector: Vec<f32> =
                self.centres[niche as usize].iter().zip(noise).map(|(centre, noise)| centre + share * noise).collect();
            normalise(&mut vector);
            self.vectors.set(slot, &if self.dice.below(9) == 0 { vector } else { rounded(vector) });
        }
        self.shelves.set(slot, niche, self.engagement[at], &self.vectors);
    }

    fn people(&self) -> People<'_> {
        People {
            ids: &self.ids,
            niches: &self.niches,
            engagement_scores: &self.engagement,
            prices: &self.prices,
            vectors: &self.vectors,
            shelves: &self.shelves,
        }
    }

    /// A campaign near the middle of two niches, whose names are the wished one and a like one.
    fn brief(&self, product: &str, audience: &str) -> (Brief, Vec<u16>) {
        let scale = |top| Scale::new(vec![(0.05, 0), (0.3, 2_500), (top, 9_000), (1.0, FULL)]).unwrap();
        let calibration = Calibration { labels: scale(0.6), topics: scale(0.7), audiences: scale(0.8) };
        let wish = Wish {
            product_name: product.into(),
            target_audience: audience.into(),
            budget: Budget::of(90_000),
            ..Wish::default()
        };
        let embed = |text: &str| {
            let mut vector = self.centres[text.len() % NICHES as usize].clone();
            vector.iter_mut().zip(&self.centres[0]).for_each(|(part, other)| *part += 0.7 * other);
            vector
        };
        let labels = (0..NICHES).map(|niche| [FULL, 8_500, 4_000, 100, Facts::NO_LABEL][niche as usize % 5]).collect();
        (Brief::new(wish, calibration, embed), labels)
    }
}

/// What comparing everybody finds.
fn exhaustive(world: &World, brief: &Brief, labels: &[u16], wanted: Wanted) -> (Vec<Ranked>, usize) {
    let mut places: Vec<Place> = (0..world.ids.len() as u32)
        .filter(|slot| world.mask[*slot as usize] != 0)
        .filter_map(|slot| {
            let facts = facts(world.people(), brief, labels, slot);
            let cosine = |query: &[f32]| if query.is_empty() { 0.0 } else { world.vectors.dot(slot, query) };
            let scores = brief.combine(facts, cosine(brief.topic()), cosine(brief.audience()));
            wanted.takes(scores).then(|| Place::new(wanted, world.ids[slot as usize], slot, facts.niche_score, scores))
        })
        .collect();
    places.sort_unstable();
    let page = places.iter().skip(wanted.offset).take(wanted.limit).map(Place::ranked).collect();
    (page, places.len())
}

fn wishes() -> Vec<Wanted> {
    vec![
        Wanted::page(0, 10),
        Wanted::page(300, 20),
        Wanted::page(7_000, 10),
        Wanted::page(0, 0),
        Wanted { niche_first: true, ..Wanted::page(0, 25) },
        Wanted { least: 6_000, ..Wanted::page(10, 20) },
        Wanted { least: 9_990, ..Wanted::page(0, 20) },
        Wanted { least: 4_000, least_niche: 4_000, niche_first: true, ..Wanted::page(0, 20) },
        Wanted { least_niche: 7_200, ..Wanted::page(0, 0) },
        Wanted { least_niche: 3_000, ..Wanted::page(0, 5) },
    ]
}

fn is_as_comparing_everybody(world: &World) {
    for (product, audience) in [("band", "runners"), ("bands", ""), ("", "cooks and bakers"), ("", "")] {
        let (brief, labels) = world.brief(product, audience);
        for wanted in wishes() {
            let found = rank(world.people(), &brief, &labels, &world.mask, wanted);
            assert_eq!(found, exhaustive(world, &brief, &labels, wanted), "{product:?} {audience:?} {wanted:?}");
        }
    }
}

#[test]
fn the_order_is_that_of_comparing_everybody() {
    is_as_comparing_everybody(&World::new(9_000));
}

#[test]
fn where_few_pass_it_is_the_same() {
    let mut world = World::new(9_000);
    for (slot, byte) in world.mask.iter_mut().enumerate() {
        *byte &= u8::from(slot % 40 == 3);
    }
    is_as_comparing_everybody(&world);
    world.mask.fill(0);
    is_as_comparing_everybody(&world);
}

#[test]
fn creators_come_go_and_move() {
    let mut world = World::new(9_000);
    for _ in 0..20_000 {
        let slot = world.dice.below(9_000);
        if world.dice.below(5) == 0 {
            world.mask[slot as usize] = 0;
            world.vectors.clear(slot);
            world.shelves.clear(slot);
        } else {
            world.put(slot);
        }
    }
    is_as_comparing_everybody(&world);
    // Everybody is on the shelves once, or on none.
    let mut seen = vec![0; 9_000];
    let on_shelves = world.shelves.shelves().flat_map(|shelf| &shelf.blocks).flat_map(|block| block.slots);
    for slot in on_shelves.chain(world.shelves.bare().iter().copied()).filter(|slot| *slot != u32::MAX) {
        seen[slot as usize] += 1;
    }
    assert!(seen.iter().zip(&world.mask).all(|(times, mask)| *times == 1 || (*times == 0 && *mask == 0)));
}

#[test]
fn equals_are_told_apart_by_their_ids() {
    let mut world = World::new(5_000);
    let (twin, vector) = (world.niches[0], rounded(world.centres[0].iter().map(|x| x / 20.0).collect()));
    for slot in 1_000..4_000 {
        let at = slot as usize;
        (world.niches[at], world.engagement[at], world.prices[at], world.mask[at]) = (twin, 9_000, 10, 1);
        world.vectors.set(slot, &vector);
        world.shelves.set(slot, twin, 9_000, &world.vectors);
    }
    is_as_comparing_everybody(&world);
}
