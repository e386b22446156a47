//! The rules of karma: what earns and loses points, by which weights, and what tiers ask for. Published by `GET /api/v1/karma/rules`.

use db::Json;
use kernel::time::DAY;
use kernel::{AccountId, Amount, CollaborationId, Id, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{POINT, Standing};

/// The version of these rules: it stands beside every entry of the ledger, and moves with every change of a number here.
pub const RULES_VERSION: i64 = 1;
/// How long an earlier collaboration of the same two counts.
pub const PAIR_DAYS: i64 = 180;
/// What the first, second and third collaboration of the same two counts within that time, in percent; later ones count nothing.
pub const PAIR_WEIGHTS: [i64; 3] = [100, 50, 25];
/// From which fee on points count in full, in hundredths of the currency; a smaller one counts its part.
pub const FULL_FEE: i64 = 10_000;
/// What the word of a rater counts, in percent,
pub const RATER_WEIGHT: i64 = 25;
/// who has worked with fewer others than this.
pub const RATER_PARTNERS: u64 = 3;
/// The time in which gains are bounded.
pub const CAP_DAYS: i64 = 30;
/// The most points that an account gains in that time.
pub const CAP: i64 = 300;
/// The most of them that come from others of tier 0: new accounts cannot lift one another.
pub const NEWCOMERS_CAP: i64 = 30;
/// A tier is lost only when the score has stayed below this part of what it asks for, in percent,
pub const FALL_BELOW: i64 = 85;
/// for so long.
pub const FALL_AFTER: i64 = 14 * DAY;

/// What earns or loses points.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, kernel::Words)]
#[words(name = "KarmaRuleName")]
pub enum Rule {
    /// A collaboration was completed.
    Completed,
    /// Its payment went through this server.
    Paid,
    /// Content was handed in by its deadline.
    OnTime,
    /// Content was reviewed in time.
    ReviewedInTime,
    /// The other side rated it 5.
    Rated5,
    /// The other side rated it 4.
    Rated4,
    /// The other side rated it 3.
    Rated3,
    /// The other side rated it 2.
    Rated2,
    /// The other side rated it 1.
    Rated1,
    /// Content came up to 3 days late.
    Late,
    /// Content came later than that.
    VeryLate,
    /// Content was not reviewed in time.
    ReviewedLate,
    /// It called off with more than 7 days to go.
    CancelledEarly,
    /// It called off later than that.
    CancelledLate,
    /// Content never came.
    NoShow,
    /// What was due was not paid.
    Unpaid,
    /// A dispute was decided against it.
    DisputeLost,
}

impl Rule {
    /// What it is worth, in points.
    pub const fn points(self) -> i64 {
        match self {
            Self::Completed => 8,
            Self::Paid => 22,
            Self::OnTime | Self::ReviewedInTime | Self::Rated5 => 10,
            Self::Rated4 => 5,
            Self::Rated3 => 0,
            Self::Rated2 | Self::Late | Self::ReviewedLate => -10,
            Self::Rated1 | Self::VeryLate => -20,
            Self::CancelledEarly => -5,
            Self::CancelledLate => -30,
            Self::NoShow | Self::Unpaid => -60,
            Self::DisputeLost => -40,
        }
    }

    /// When it applies, for people.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Completed => "A collaboration was completed",
            Self::Paid => "The payment of a collaboration went through this server",
            Self::OnTime => "Creators: content was handed in by its deadline",
            Self::ReviewedInTime => "Businesses: content was reviewed in time",
            Self::Rated5 => "The other side rated it 5",
            Self::Rated4 => "The other side rated it 4",
            Self::Rated3 => "The other side rated it 3",
            Self::Rated2 => "The other side rated it 2",
            Self::Rated1 => "The other side rated it 1",
            Self::Late => "Creators: content came up to 3 days late",
            Self::VeryLate => "Creators: content came more than 3 days late",
            Self::ReviewedLate => {
                "Businesses: content was approved by itself, or brought before both, because nobody reviewed it"
            }
            Self::CancelledEarly => "Called off more than 7 days before the deadline",
            Self::CancelledLate => "Called off within 7 days of the deadline, or after it",
            Self::NoShow => "Creators: content never came",
            Self::Unpaid => "Businesses: what was due was not paid for 14 days",
            Self::DisputeLost => "A dispute was decided against it",
        }
    }

    /// Of a rating of so many stars.
    pub const fn of_rating(stars: i64) -> Self {
        match stars {
            5.. => Self::Rated5,
            4 => Self::Rated4,
            3 => Self::Rated3,
            2 => Self::Rated2,
            _ => Self::Rated1,
        }
    }

    /// Is it a rating, which counts by who gave it?
    pub const fn is_rating(self) -> bool {
        matches!(self, Self::Rated1 | Self::Rated2 | Self::Rated3 | Self::Rated4 | Self::Rated5)
    }
}

/// By what the points of a rule were weighed, each in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = KarmaWeights)]
pub struct Weights {
    /// How often the two have worked together lately.
    pub pair: i64,
    /// How large the fee is.
    pub fee: i64,
    /// With how many others the rater has worked.
    pub rater: i64,
}

/// What is known of an entry before it is written.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances {
    /// How many collaborations of the same two were completed within [`PAIR_DAYS`], this one left out.
    pub earlier: u64,
    /// What was paid for it.
    pub fee: Option<Amount>,
    /// With how many others the other side has worked.
    pub partners_of_other: u64,
    /// The tier of the other side.
    pub tier_of_other: u64,
    /// Gains within [`CAP_DAYS`], in [`POINT`]s.
    pub gained: i64,
    /// Those of them that came from others of tier 0.
    pub gained_from_newcomers: i64,
}

impl Rule {
    /// What it brings under these circumstances, in [`POINT`]s, and by which weights. Gains are weighed and bounded; losses count in full,
    /// but for those of ratings, which count as their rater does.
    pub fn weighed(self, under: &Circumstances) -> (i64, Weights) {
        let base = self.points();
        let rater = if self.is_rating() && under.partners_of_other < RATER_PARTNERS { RATER_WEIGHT } else { 100 };
        if base <= 0 {
            return (base * POINT * rater / 100, Weights { pair: 100, fee: 100, rater });
        }
        let pair = usize::try_from(under.earlier).ok().and_then(|at| PAIR_WEIGHTS.get(at)).copied().unwrap_or(0);
        let fee = under.fee.map_or(0, |fee| fee.minor().clamp(0, FULL_FEE) * 100 / FULL_FEE);
        let weights = Weights { pair, fee, rater };
        let weighed = base * POINT / 100 * pair / 100 * fee / 100 * rater;
        let mut most = (CAP * POINT - under.gained).max(0);
        if under.tier_of_other == 0 {
            most = most.min((NEWCOMERS_CAP * POINT - under.gained_from_newcomers).max(0));
        }
        (weighed.min(most), weights)
    }
}

/// An entry of the ledger.
#[derive(Clone, Debug, db::Row)]
#[row(table = "karma_ledger")]
pub struct Earned {
    /// Its id.
    pub id: Id<Earned>,
    /// Whose karma.
    pub account_id: AccountId,
    /// Who was the other side.
    pub partner_id: AccountId,
    /// In which collaboration.
    pub collaboration_id: CollaborationId,
    /// By which rule.
    pub rule: Rule,
    /// Of which version of the rules.
    pub rules_version: i64,
    /// What the rule is worth, in points.
    pub base: i64,
    /// What it brought, in [`POINT`]s.
    pub points: i64,
    /// Was the other side of tier 0?
    pub from_newcomer: bool,
    /// By what it was weighed.
    pub weights: Json<Weights>,
    /// When.
    pub created_at: Timestamp,
}

/// A tier, and what it asks for.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = KarmaTier)]
pub struct Tier {
    /// Its number, from 0.
    pub level: u64,
    /// Its name.
    #[schema(example = "PRO")]
    pub name: &'static str,
    /// The karma that it asks for.
    pub karma: i64,
    /// How many completed collaborations it asks for,
    pub completed: u64,
    /// with how many others.
    pub partners: u64,
    /// How many applications a creator may send in a day.
    pub applications_per_day: u64,
    /// So much less of each payment stays with the platform, in hundredths of a percent.
    pub fee_discount: u64,
}

const fn tier(level: u64, name: &'static str, asks: (i64, u64, u64), gives: (u64, u64)) -> Tier {
    let ((karma, completed, partners), (applications_per_day, fee_discount)) = (asks, gives);
    Tier { level, name, karma, completed, partners, applications_per_day, fee_discount }
}

/// The tiers, the lowest first.
pub const TIERS: [Tier; 6] = [
    tier(0, "NEW", (0, 0, 0), (5, 0)),
    tier(1, "STARTER", (40, 1, 1), (10, 0)),
    tier(2, "PRO", (250, 5, 3), (20, 100)),
    tier(3, "EXPERT", (600, 12, 6), (30, 150)),
    tier(4, "ELITE", (1_200, 25, 12), (40, 200)),
    tier(5, "ICON", (2_500, 50, 25), (60, 250)),
];

/// The tier of this level.
pub fn tier_of(level: u64) -> &'static Tier {
    let at = usize::try_from(level).unwrap_or(0).min(TIERS.len() - 1);
    &TIERS[at]
}

impl Standing {
    /// The highest tier whose terms it meets now.
    pub fn earned(&self, now: Timestamp) -> &'static Tier {
        let score = self.score_at(now);
        let meets = |tier: &&Tier| {
            score >= tier.karma * POINT && self.completed >= tier.completed && self.partners >= tier.partners
        };
        TIERS.iter().rev().find(meets).unwrap_or(&TIERS[0])
    }

    /// The next tier above its own; nothing at the top.
    pub fn next_tier(&self) -> Option<&'static Tier> {
        TIERS.iter().find(|tier| tier.level > self.tier)
    }

    /// Adds points at a moment.
    pub fn add(&mut self, points: i64, now: Timestamp) {
        self.score = self.score_at(now) + points;
        self.score_at = now;
    }

    /// Moves it to the tier that it has earned: up at once, down only after it has stayed too low for [`FALL_AFTER`]. Tells the tier before,
    /// if it changed.
    pub fn move_tier(&mut self, now: Timestamp) -> Option<u64> {
        let (was, earned) = (self.tier, self.earned(now).level);
        let is_low = self.score_at(now) < tier_of(was).karma * POINT / 100 * FALL_BELOW;
        if earned > was {
            (self.tier, self.below_since) = (earned, None);
        } else if earned == was || !is_low {
            self.below_since = None;
        } else if self.below_since.is_some_and(|since| since.plus(FALL_AFTER) <= now) {
            (self.tier, self.below_since) = (earned, None);
        } else {
            self.below_since.get_or_insert(now);
        }
        self.updated_at = now;
        (self.tier != was).then_some(was)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn under(earlier: u64, fee: i64, tier_of_other: u64, gained: i64, from_newcomers: i64) -> Circumstances {
        Circumstances {
            earlier,
            fee: Some(Amount::from_minor(fee)),
            partners_of_other: 9,
            tier_of_other,
            gained,
            gained_from_newcomers: from_newcomers,
        }
    }

    fn account(standing_of: u128) -> AccountId {
        AccountId::from_uuid(uuid::Uuid::from_u128(standing_of))
    }

    proptest! {
        /// The kept sum is the sum of the faded entries, however they are spread over time.
        #[test]
        fn the_sum_is_that_of_its_entries(entries in prop::collection::vec((-60_i64..60, 0_i64..400), 0..60)) {
            let start = Timestamp::from_micros(1_700_000_000_000_000);
            let (mut now, mut standing, mut all) = (start, Standing::of(account(1), start), Vec::new());
            for (points, days) in entries {
                now = now.plus(days * DAY);
                standing.add(points * POINT, now);
                all.push((points * POINT, now));
            }
            let exact: f64 = all.iter().map(|(points, at)| {
                *points as f64 * (-((now.micros() - at.micros()) as f64) / super::super::HALF_LIFE as f64).exp2()
            }).sum();
            prop_assert!((standing.score_at(now) as f64 - exact).abs() <= all.len() as f64 + 1.0);
        }

        /// However much happens in 30 days, no more than the caps is gained; and losses are never weighed away.
        #[test]
        fn gains_are_bounded(moves in prop::collection::vec((0_usize..Rule::ALL.len(), 0_u64..5, 0_i64..1_000_000, 0_u64..3), 0..300)) {
            let (mut gained, mut from_newcomers) = (0, 0);
            for (rule, earlier, fee, tier) in moves {
                let rule = Rule::ALL[rule];
                let (points, _) = rule.weighed(&under(earlier, fee, tier, gained, from_newcomers));
                if rule.points() <= 0 {
                    prop_assert_eq!(points, rule.points() * POINT);
                    continue;
                }
                prop_assert!(points >= 0 && points <= rule.points() * POINT);
                gained += points;
                if tier == 0 {
                    from_newcomers += points;
                }
            }
            prop_assert!(gained <= CAP * POINT && from_newcomers <= NEWCOMERS_CAP * POINT);
        }
    }

    #[test]
    fn new_accounts_cannot_lift_one_another_to_tier_1() {
        assert!(NEWCOMERS_CAP < TIERS[1].karma);
    }

    #[test]
    fn the_same_two_count_less_each_time() {
        let gained = |earlier| Rule::Paid.weighed(&under(earlier, FULL_FEE, 1, 0, 0)).0;
        assert_eq!([0, 1, 2, 3, 9].map(gained), [22 * POINT, 11 * POINT, 22 * POINT / 4, 0, 0]);
        assert_eq!(Rule::Paid.weighed(&under(0, FULL_FEE / 2, 1, 0, 0)).0, 11 * POINT);
        assert_eq!(Rule::Paid.weighed(&Circumstances { fee: None, ..under(0, 0, 1, 0, 0) }).0, 0);
    }

    #[test]
    fn tiers_ask_for_partners_and_fall_slowly() {
        let start = Timestamp::from_micros(1_700_000_000_000_000);
        let mut standing = Standing { completed: 5, partners: 2, ..Standing::of(account(2), start) };
        standing.add(300 * POINT, start);
        assert_eq!((standing.move_tier(start), standing.tier), (Some(0), 1));
        standing.partners = 3;
        assert_eq!((standing.move_tier(start), standing.tier), (Some(1), 2));
        // Just below what PRO asks for is not enough to lose it,
        standing.add(-80 * POINT, start);
        assert_eq!((standing.move_tier(start), standing.below_since), (None, None));
        // and far below it takes 14 days.
        standing.add(-100 * POINT, start);
        assert_eq!((standing.move_tier(start), standing.below_since), (None, Some(start)));
        assert_eq!(standing.move_tier(start.plus(13 * DAY)), None);
        assert_eq!((standing.move_tier(start.plus(14 * DAY)), standing.tier), (Some(2), 1));
        assert_eq!(tier_of(2).name, "PRO");
    }

    #[test]
    fn karma_is_never_told_below_nothing() {
        let start = Timestamp::from_micros(0);
        let mut standing = Standing::of(account(3), start);
        standing.add(-60 * POINT, start);
        assert_eq!((standing.karma(start), standing.earned(start).level), (0, 0));
    }
}
