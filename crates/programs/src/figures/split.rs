//! What the branches of a split did, and how much of a difference between them is chance.
//!
//! A share has an interval by Wilson; a difference of two one by Newcombe (his method 10, which joins two of Wilson's). Both are known to hold for small
//! numbers, where the usual ones do not. With more than two branches each interval is wider (Bonferroni), so that all of them together hold in 95 of 100 cases.

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Member, Named, Params, Routes, routes};
use input::Input;
use kernel::Error;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Programs;
use crate::model::{Flow, ProgramId, Work};
use crate::routes::find;
use crate::store::sums::{self, ExitTally};

/// With fewer in a branch nothing is said about a difference.
pub(crate) const FEWEST: u64 = 30;
/// How many times the standard deviation an interval reaches, for so many comparisons together (from one): 95 % in all.
const REACH: [f64; 9] =
    [1.959_964, 2.241_403, 2.393_98, 2.497_705, 2.575_829, 2.638_257, 2.690_11, 2.734_369, 2.772_921];

/// So many of so many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Part {
    /// How many did it,
    pub(crate) did: u64,
    /// of how many.
    pub(crate) of: u64,
}

impl Part {
    /// As a share; nothing of nobody.
    pub(crate) fn share(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.did.min(self.of) as f64 / self.of as f64 }
    }

    /// Wilson's interval; all from 0 to 1, where there is nobody.
    pub(crate) fn interval(self, reach: f64) -> (f64, f64) {
        if self.of == 0 {
            return (0.0, 1.0);
        }
        let (share, of, square) = (self.share(), self.of as f64, reach * reach);
        let middle = share + square / (2.0 * of);
        let half = reach * (share * (1.0 - share) / of + square / (4.0 * of * of)).sqrt();
        let whole = 1.0 + square / of;
        (((middle - half) / whole).max(0.0), ((middle + half) / whole).min(1.0))
    }
}

/// How much larger the first share is, and Newcombe's interval of that.
pub(crate) fn difference(one: Part, other: Part, reach: f64) -> (f64, f64, f64) {
    let (p, q) = (one.share(), other.share());
    let ((p_low, p_high), (q_low, q_high)) = (one.interval(reach), other.interval(reach));
    let low = p - q - ((p - p_low).powi(2) + (q_high - q).powi(2)).sqrt();
    let high = p - q + ((p_high - p).powi(2) + (q - q_low).powi(2)).sqrt();
    (p - q, low.max(-1.0), high.min(1.0))
}

/// What may be said of a difference.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "ProgramSplitVerdict", no_column)]
pub(crate) enum Verdict {
    /// A branch has fewer than 30 people: nothing can be said.
    TooFew,
    /// The size that was decided beforehand is not reached: look again when it is.
    NotYet,
    /// What there is fits with no difference at all.
    Undecided,
    /// It looks like a difference, and no size was decided beforehand: looking again and again finds differences that are none.
    Tentative,
    /// There is a difference, at the size that was decided beforehand.
    Differs,
}

/// What may be said, with `planned` people in each branch decided beforehand, if somebody did.
pub(crate) fn verdict(one: Part, other: Part, planned: Option<u64>, reach: f64) -> Verdict {
    let fewest = one.of.min(other.of);
    let (_, low, high) = difference(one, other, reach);
    if fewest < FEWEST {
        Verdict::TooFew
    } else if planned.is_some_and(|planned| fewest < planned) {
        Verdict::NotYet
    } else if low <= 0.0 && high >= 0.0 {
        Verdict::Undecided
    } else if planned.is_none() {
        Verdict::Tentative
    } else {
        Verdict::Differs
    }
}

fn sentence(verdict: Verdict, (one, other): (Part, Part), what: &str, planned: Option<u64>, reach: f64) -> String {
    let counts = format!("{} of {} against {} of {} {what}", one.did, one.of, other.did, other.of);
    let (by, low, high) = difference(one, other, reach);
    let points = |share: f64| format!("{:.1}", share * 100.0);
    let between =
        format!("{} points, and between {} and {} with 95 % confidence", points(by), points(low), points(high));
    match verdict {
        Verdict::TooFew => format!("Not enough people to tell: {counts}; {FEWEST} in each branch are the least"),
        Verdict::NotYet => {
            format!("Not yet: {counts}; look once, when {} people came to each branch", planned.unwrap_or_default())
        }
        Verdict::Undecided => format!("No difference can be told from chance: {counts}. It is {between}"),
        Verdict::Tentative => format!(
            "It looks like a difference, and may be chance: {counts}. It is {between}, if one looks once, at a size decided beforehand; \
             whoever looks again and again finds differences that are none"
        ),
        Verdict::Differs => format!("There is a difference: {counts}. It is {between}"),
    }
}

pub(crate) fn router() -> Routes<Programs> {
    Routes::new().with(routes!(splits))
}

/// Which figures are wanted.
#[derive(Input)]
struct ProgramSplitsQuery {
    /// Of this version alone; of the one that members begin, if none is named.
    #[input(whole(1, 1_000_000))]
    version: Option<i64>,
    /// How many people in each branch were decided on beforehand; without that, no difference is called one.
    #[input(whole(30, 100_000_000))]
    planned: Option<i64>,
}

/// The figures of a program's splits.
#[derive(Serialize, ToSchema)]
struct ProgramSplits {
    /// The program.
    program_id: ProgramId,
    /// The version.
    version: i64,
    /// Its splits, in the order of the flow.
    splits: Vec<ProgramSplit>,
}

/// The figures of a split.
#[derive(Serialize, ToSchema)]
struct ProgramSplit {
    /// The node.
    node_id: String,
    /// Its branches, in the order of the flow.
    branches: Vec<ProgramSplitBranch>,
    /// Each branch but the first, compared with the first.
    comparisons: Vec<ProgramSplitComparison>,
}

/// The figures of a branch. Who is under way still has not completed the program yet.
#[derive(Serialize, ToSchema)]
struct ProgramSplitBranch {
    /// Its id.
    branch: String,
    /// How often somebody was sent this way.
    entered: u64,
    /// How many of them completed the program,
    completed: u64,
    /// which part that is (null where nobody came),
    completion_rate: Option<f64>,
    /// and between what the part lies that one would find with ever more people, with 95 % confidence.
    completion_interval: [f64; 2],
    /// How many of them replied afterwards,
    replied: u64,
    /// and which part that is; null where nobody came.
    reply_rate: Option<f64>,
}

/// A branch, compared with the first one.
#[derive(Serialize, ToSchema)]
struct ProgramSplitComparison {
    /// The branch.
    branch: String,
    /// With which it is compared.
    with: String,
    /// By completion.
    completion: ProgramSplitDifference,
    /// By replies.
    replies: ProgramSplitDifference,
}

/// A difference between two branches.
#[derive(Serialize, ToSchema)]
struct ProgramSplitDifference {
    /// How much larger the branch's share is, from -1 to 1.
    difference: f64,
    /// Between what the difference lies that one would find with ever more people; all comparisons of a split hold together with 95 % confidence.
    interval: [f64; 2],
    /// What may be said of it.
    verdict: Verdict,
    /// The same in a sentence.
    says: String,
}

/// Compare the branches of a program's splits
///
/// How many came to each branch, completed the program and replied, and what may be said of the differences. Look once, at a size decided beforehand, and give it
/// as `planned`: without it no difference is called one.
#[utoipa::path(get, operation_id = "program_splits", path = "/api/v1/programs/{program_id}/splits", tag = "Programs",
    params(("program_id" = ProgramId, Path, description = "The program's id"), ProgramSplitsQuery),
    responses((status = 200, description = "The figures of each split", body = ProgramSplits)))]
async fn splits(
    State(programs): State<Programs>,
    member: Member,
    name: Named,
    Params(query): Params<ProgramSplitsQuery>,
) -> Answer<Json<ProgramSplits>> {
    let mut tx = programs.app().read().await?;
    let program = find(&mut tx, member.hub(), &name).await?;
    let version = query.version.unwrap_or(program.version);
    let published = programs.flows().get(&mut tx, member.hub(), program.id, version).await?;
    let splits = match published {
        Some(published) => {
            let exits = sums::exits(&mut tx, program.id, Some(version)).await?;
            told(&published.flow, &exits, query.planned.map(i64::unsigned_abs))
        }
        // A draft that was never published: nobody came to any of its branches.
        None if query.version.is_none() => told(&crate::routes::read(&program).0, &[], None),
        None => return Err(Error::not_found("Version").into()),
    };
    Ok(Json(ProgramSplits { program_id: program.id, version, splits }))
}

fn told(flow: &Flow, exits: &[ExitTally], planned: Option<u64>) -> Vec<ProgramSplit> {
    let splits = flow.nodes().iter().filter_map(|node| match &node.work {
        Work::Split(split) => Some((&node.id, split)),
        _ => None,
    });
    let one = |(node, split): (&String, &crate::model::nodes::SplitNode)| {
        let reach = REACH[(split.branches.len().saturating_sub(2)).min(REACH.len() - 1)];
        let figures: Vec<Figures> = split.branches.iter().map(|branch| Figures::of(node, &branch.id, exits)).collect();
        let compared = figures.iter().skip(1).map(|branch| ProgramSplitComparison {
            branch: branch.branch.clone(),
            with: figures[0].branch.clone(),
            completion: compare((branch.completed, figures[0].completed), "completed the program", planned, reach),
            replies: compare((branch.replied, figures[0].replied), "replied", planned, reach),
        });
        let comparisons = compared.collect();
        let branches = figures.into_iter().map(Figures::told).collect();
        ProgramSplit { node_id: node.clone(), branches, comparisons }
    };
    splits.map(one).collect()
}

struct Figures {
    branch: String,
    completed: Part,
    replied: Part,
}

impl Figures {
    fn of(node: &str, branch: &str, exits: &[ExitTally]) -> Self {
        let tally = exits.iter().find(|exit| exit.node == node && exit.exit_name == branch);
        let (passed, won, replied) = tally.map_or((0, 0, 0), |tally| (tally.passed, tally.won, tally.replied));
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        // Whoever was moved here from another version may have been sent that way there.
        let part = |did: i64| Part { did: count(did).min(count(passed)), of: count(passed) };
        Self { branch: branch.to_owned(), completed: part(won), replied: part(replied) }
    }

    fn told(self) -> ProgramSplitBranch {
        let (low, high) = self.completed.interval(REACH[0]);
        let rate = |part: Part| (part.of > 0).then(|| rounded(part.share()));
        ProgramSplitBranch {
            branch: self.branch,
            entered: self.completed.of,
            completed: self.completed.did,
            completion_rate: rate(self.completed),
            completion_interval: [rounded(low), rounded(high)],
            replied: self.replied.did,
            reply_rate: rate(self.replied),
        }
    }
}

fn compare((one, other): (Part, Part), what: &str, planned: Option<u64>, reach: f64) -> ProgramSplitDifference {
    let (by, low, high) = difference(one, other, reach);
    let verdict = verdict(one, other, planned, reach);
    let says = sentence(verdict, (one, other), what, planned, reach);
    ProgramSplitDifference { difference: rounded(by), interval: [rounded(low), rounded(high)], verdict, says }
}

fn rounded(share: f64) -> f64 {
    (share * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn part(did: u64, of: u64) -> Part {
        Part { did, of }
    }

    #[test]
    fn intervals_are_those_that_newcombe_printed() {
        // Statistics in Medicine 17 (1998), pages 873 to 890, table II, method 10.
        let printed = [
            (part(56, 70), part(48, 80), 0.0524, 0.3339),
            (part(9, 10), part(3, 10), 0.1705, 0.8090),
            (part(6, 7), part(2, 7), 0.0582, 0.8062),
            (part(5, 56), part(0, 29), -0.0381, 0.1926),
            (part(0, 10), part(0, 20), -0.1611, 0.2775),
            (part(10, 10), part(0, 20), 0.6791, 1.0),
            (part(10, 10), part(0, 10), 0.6075, 1.0),
        ];
        for (one, other, low, high) in printed {
            let (_, found_low, found_high) = difference(one, other, REACH[0]);
            assert!(
                (found_low - low).abs() < 5e-5 && (found_high - high).abs() < 5e-5,
                "{one:?} {found_low} {found_high}"
            );
        }
    }

    #[test]
    fn what_is_said_is_no_more_than_what_is_known() {
        let said = |one, other, planned| {
            let verdict = verdict(one, other, planned, REACH[0]);
            (verdict, sentence(verdict, (one, other), "completed the program", planned, REACH[0]))
        };
        let (few, text) = said(part(12, 29), part(9, 41), None);
        assert_eq!(few, Verdict::TooFew);
        assert!(text.starts_with("Not enough people to tell: 12 of 29 against 9 of 41"), "{text}");
        assert_eq!(said(part(12, 40), part(9, 41), Some(40)).0, Verdict::Undecided);
        assert_eq!(said(part(90, 100), part(50, 100), Some(200)).0, Verdict::NotYet);
        let (unplanned, text) = said(part(90, 100), part(50, 100), None);
        assert_eq!(unplanned, Verdict::Tentative);
        assert!(text.contains("decided beforehand") && !text.contains("There is a difference"), "{text}");
        let (planned, text) = said(part(90, 100), part(50, 100), Some(100));
        assert_eq!(planned, Verdict::Differs);
        assert!(text.contains("40.0 points"), "{text}");
    }

    proptest! {
        #[test]
        fn intervals_hold_the_difference_and_turn_round_with_it(a in 0_u64..400, b in 1_u64..400, c in 0_u64..400, d in 1_u64..400, more in 0_usize..9) {
            let (one, other) = (part(a.min(b), b), part(c.min(d), d));
            let (by, low, high) = difference(one, other, REACH[more]);
            prop_assert!(-1.0 <= low && low <= by + 1e-9 && by <= high + 1e-9 && high <= 1.0, "{} {} {}", low, by, high);
            let (back, back_low, back_high) = difference(other, one, REACH[more]);
            prop_assert!((back + by).abs() < 1e-12 && (back_low + high).abs() < 1e-9 && (back_high + low).abs() < 1e-9);
            let (_, narrow_low, narrow_high) = difference(one, other, REACH[0]);
            prop_assert!(low <= narrow_low + 1e-9 && high >= narrow_high - 1e-9, "more comparisons, more doubt");
            let same = verdict(one, one, Some(30), REACH[0]);
            prop_assert!(same != Verdict::Differs && same != Verdict::Tentative);
            let found = verdict(one, other, Some(30), REACH[more]);
            prop_assert!(found != Verdict::Differs || (b >= FEWEST && d >= FEWEST && (low > 0.0 || high < 0.0)));
            prop_assert!(verdict(one, other, None, REACH[more]) != Verdict::Differs, "nothing is decided without a plan");
        }

        #[test]
        fn a_share_lies_in_its_interval(did in 0_u64..1_000, of in 0_u64..1_000) {
            let one = part(did.min(of), of);
            let (low, high) = one.interval(REACH[0]);
            prop_assert!(0.0 <= low && low <= one.share() + 1e-12 && one.share() <= high + 1e-12 && high <= 1.0);
        }
    }
}
