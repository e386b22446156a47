//! How many different members came within any span of days, from sums.
//!
//! A visit is a day on which a member came. It is counted under its day and under the day of the visit of the same member before it. Within a span each
//! member who came has exactly one visit whose previous one lies before the span, or which is their first. So the number of different members in a
//! span is the number of visits in it whose previous visit lies before it: a sum of rows, however many members there are and however long the span is.
//!
//! Visits are counted three times: over each channel by itself, over all channels for spans of up to a month, and over all channels for longer spans, where
//! previous visits are told apart further back ([`Over`]). What is counted over all channels stands under the channel on which it was moved, so that only
//! those transactions wait for each other that also wait for the sums of a channel's day. The rows of all channels belong together.

use std::collections::BTreeMap;

use db::{Sql, Tx, args};
use kernel::{Day, Error, Result, WorkspaceId};

use crate::model::{Channel, Member, MemberId};

/// Stands for no day: before a first visit, and as the day of being added of whatever is no first visit.
const NEVER: Day = Day(-1_000_000);

/// What visits are counted over.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, kernel::Words)]
#[words(name = "AudienceVisitsOver")]
enum Over {
    /// One channel.
    Channel,
    /// All channels, for spans of up to a month.
    All,
    /// All channels, for longer spans.
    Long,
}

impl Over {
    /// Previous visits further back than this are counted as so far back: it is more than the longest span that is asked for.
    const fn reach(self) -> i64 {
        match self {
            Self::Channel | Self::All => 32,
            Self::Long => 400,
        }
    }
}

/// Counts every visit of `audience_member_days` over each channel, in days of UTC; a moment is in microseconds.
pub(crate) const FILL_OF_CHANNELS: &str = "
INSERT INTO audience_visits (workspace_id, counted_over, channel, day, came_before, added, members)
SELECT workspace_id, 'channel', channel, day,
    CASE WHEN prior_day IS NULL THEN -1000000 WHEN prior_day < day - 32 THEN day - 32 ELSE prior_day END AS came_before,
    CASE WHEN prior_day IS NOT NULL THEN -1000000 WHEN created < day - 32 THEN day - 32 ELSE created END AS added, count(*)
FROM (
    SELECT d.workspace_id, d.channel, d.day, lag(d.day) OVER (PARTITION BY d.member_id, d.channel ORDER BY d.day) AS prior_day,
        m.created_at / 86400000000 AS created
    FROM audience_member_days d JOIN audience_members m ON m.id = d.member_id WHERE d.came = TRUE
) AS visits GROUP BY 1, 2, 3, 4, 5, 6";

/// The same over all channels.
pub(crate) const FILL_OVER_ALL: &str = "
INSERT INTO audience_visits (workspace_id, counted_over, channel, day, came_before, added, members)
SELECT workspace_id, 'all', channel, day,
    CASE WHEN prior_day IS NULL THEN -1000000 WHEN prior_day < day - 32 THEN day - 32 ELSE prior_day END AS came_before,
    CASE WHEN prior_day IS NOT NULL THEN -1000000 WHEN created < day - 32 THEN day - 32 ELSE created END AS added, count(*)
FROM (
    SELECT v.workspace_id, v.channel, v.day, v.prior_day, m.created_at / 86400000000 AS created
    FROM (
        SELECT workspace_id, member_id, day, min(channel) AS channel, lag(day) OVER (PARTITION BY member_id ORDER BY day) AS prior_day
        FROM audience_member_days WHERE came = TRUE GROUP BY workspace_id, member_id, day
    ) AS v JOIN audience_members m ON m.id = v.member_id
) AS visits GROUP BY 1, 2, 3, 4, 5, 6";

/// The same for longer spans.
pub(crate) const FILL_LONG: &str = "
INSERT INTO audience_visits (workspace_id, counted_over, channel, day, came_before, added, members)
SELECT workspace_id, 'long', channel, day,
    CASE WHEN prior_day IS NULL THEN -1000000 WHEN prior_day < day - 400 THEN day - 400 ELSE prior_day END AS came_before,
    -1000000, count(*)
FROM (
    SELECT workspace_id, member_id, day, min(channel) AS channel, lag(day) OVER (PARTITION BY member_id ORDER BY day) AS prior_day
    FROM audience_member_days WHERE came = TRUE GROUP BY workspace_id, member_id, day
) AS visits GROUP BY 1, 2, 3, 4, 5";

/// Where a visit is counted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Place {
    over: Over,
    channel: Channel,
    day: Day,
    before: Day,
    added: Day,
}

/// One row of visits: those of a member over all channels, or over one.
#[derive(Clone, Copy)]
struct Line {
    over: Over,
    channel: Channel,
    /// When the member was added.
    added: Day,
}

impl Line {
    fn place(self, before: Option<Day>, day: Day) -> Place {
        let earliest = day.plus(-self.over.reach());
        let (before, added) = match before {
            Some(before) => (before.max(earliest), NEVER),
            None if self.over == Over::Long => (NEVER, NEVER),
            None => (NEVER, self.added.max(earliest)),
        };
        Place { over: self.over, channel: self.channel, day, before, added }
    }
}

/// By how much the counts of places move.
#[derive(Default)]
struct Moves(BTreeMap<Place, i64>);

impl Moves {
    fn add(&mut self, place: Place, by: i64) {
        *self.0.entry(place).or_default() += by;
    }

    /// Adds a visit between two others.
    fn visit(&mut self, line: Line, (before, day, after): (Option<Day>, Day, Option<Day>)) {
        self.add(line.place(before, day), 1);
        if let Some(after) = after {
            self.add(line.place(before, after), -1);
            self.add(line.place(Some(day), after), 1);
        }
    }

    /// Adds all visits of a member, or takes them away.
    fn all(&mut self, member: &Member, added: Day, visits: &[(Day, Channel)], by: i64) {
        let mut days: Vec<Day> = visits.iter().map(|(day, _)| *day).collect();
        days.dedup();
        for over in [Over::All, Over::Long] {
            self.line(Line { over, channel: member.channel, added }, &days, by);
        }
        for channel in Channel::ALL {
            let days: Vec<Day> = visits.iter().filter(|visit| visit.1 == channel).map(|(day, _)| *day).collect();
            self.line(Line { over: Over::Channel, channel, added }, &days, by);
        }
    }

    fn line(&mut self, line: Line, days: &[Day], by: i64) {
        let mut before = None;
        for day in days {
            self.add(line.place(before, *day), by);
            before = Some(*day);
        }
    }

    async fn write(self, tx: &mut Tx, workspace: WorkspaceId) -> Result<()> {
        let moved = self.0.into_iter().filter(|(_, by)| *by != 0);
        let rows = moved.map(|(place, by)| {
            let Place { over, channel, day, before, added } = place;
            args![workspace, over, channel, day, before, added, by]
        });
        let into =
            "INSERT INTO audience_visits (workspace_id, counted_over, channel, day, came_before, added, members)";
        let conflict = "ON CONFLICT (workspace_id, counted_over, channel, day, came_before, added) \
                        DO UPDATE SET members = audience_visits.members + excluded.members";
        tx.insert_rows(into, conflict, rows.collect()).await.map(drop)
    }
}

/// The visits of a member next to a day: before and after it over all channels, the same over its channel, and whether they came over another channel on it.
type Beside = (Option<Day>, Option<Day>, Option<Day>, Option<Day>, bool);

/// Counts a visit that `audience_member_days` has as of now. The sums of that day and channel come first: who holds them is who may count.
pub(crate) async fn count(tx: &mut Tx, member: &Member, added: Day, channel: Channel, day: Day) -> Result<()> {
    let of = "FROM audience_member_days WHERE member_id = $1 AND came = TRUE AND day";
    let sql = format!(
        "SELECT (SELECT max(day) {of} < $2), (SELECT min(day) {of} > $2), \
         (SELECT max(day) {of} < $2 AND channel = $3), (SELECT min(day) {of} > $2 AND channel = $3), \
         EXISTS (SELECT 1 {of} = $2 AND channel <> $3)"
    );
    let (before, after, before_here, after_here, is_elsewhere): Beside =
        tx.fetch_one(&sql, args![member.id, day, channel]).await?;
    let mut moves = Moves::default();
    if !is_elsewhere {
        for over in [Over::All, Over::Long] {
            moves.visit(Line { over, channel, added }, (before, day, after));
        }
    }
    moves.visit(Line { over: Over::Channel, channel, added }, (before_here, day, after_here));
    moves.write(tx, member.workspace_id).await
}

/// The visits of a member, by day.
pub(crate) async fn of(tx: &mut Tx, member: MemberId) -> Result<Vec<(Day, Channel)>> {
    let sql =
        "SELECT day, channel FROM audience_member_days WHERE member_id = $1 AND came = TRUE ORDER BY day, channel";
    tx.fetch_all(sql, args![member]).await
}

/// Counts the visits of two members as those of one, who was added on the earlier of the two days. Their rows are still two.
pub(crate) async fn join(tx: &mut Tx, (into, from): (&Member, &Member), (own, other): (Day, Day)) -> Result<()> {
    let (kept, gone) = (of(tx, into.id).await?, of(tx, from.id).await?);
    let mut moves = Moves::default();
    moves.all(into, own, &kept, -1);
    moves.all(from, other, &gone, -1);
    let mut both = [kept, gone].concat();
    both.sort_unstable();
    both.dedup();
    moves.all(into, own.min(other), &both, 1);
    moves.write(tx, into.workspace_id).await
}

/// Which members are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Which {
    /// All who came.
    All,
    /// Those of them who were added within the span or later.
    New,
    /// All who came over each channel.
    OfChannels,
}

impl Which {
    const fn over(self) -> Over {
        match self {
            Self::All | Self::New => Over::All,
            Self::OfChannels => Over::Channel,
        }
    }
}

/// The number of a span, and its first and last day.
type Numbered = (u64, (Day, Day));
/// The number of a span, a channel, and what is counted under it.
type Count = (u64, Channel, i64);

/// How many different members came within each of these spans of days, by the number of the span; by channel, which only [`Which::OfChannels`]
/// tells apart: of the others only the sum over all channels is a number of members. Spans of more than 32 days, and of 400 at most, are counted for
/// [`Which::All`] alone.
pub(crate) async fn distinct(
    workspace: WorkspaceId,
    tx: &mut Tx,
    spans: &[(Day, Day)],
    which: Which,
) -> Result<Vec<Count>> {
    let (mut days, mut short, mut counts) = (Vec::new(), Vec::new(), Vec::new());
    for (number, (since, until)) in (0_u64..).zip(spans.iter().copied()) {
        let length = until.0 - since.0 + 1;
        if length == 1 {
            days.push((number, (since, until)));
        } else if length <= Over::All.reach() {
            short.push((number, (since, until)));
        } else if which == Which::All && length <= Over::Long.reach() {
            counts.extend(of_long(workspace, tx, (number, (since, until))).await?);
        } else {
            return Err(Error::internal(format!("{which:?} of {length} days is not counted")));
        }
    }
    counts.extend(of_days(workspace, tx, &days, which).await?);
    counts.extend(of_short(workspace, tx, &short, which).await?);
    Ok(counts)
}

/// The same of single days. Every visit of a day counts.
async fn of_days(workspace: WorkspaceId, tx: &mut Tx, days: &[Numbered], which: Which) -> Result<Vec<Count>> {
    let all = days.iter().map(|(_, (day, _))| *day);
    let Some((first, last)) = all.clone().min().zip(all.max()) else { return Ok(Vec::new()) };
    let mut sql =
        Sql::new("SELECT day, channel, CAST(sum(members) AS BIGINT) FROM audience_visits WHERE workspace_id = ");
    sql.bind(workspace).and("counted_over = ", which.over()).and_in("channel", Channel::ALL);
    sql.and("day >= ", first).and("day <= ", last);
    if which == Which::New {
        sql.push(" AND added >= day");
    }
    let sums: Vec<(Day, Channel, i64)> = sql.push(" GROUP BY day, channel").all(tx).await?;
    let mut numbers: BTreeMap<Day, Vec<u64>> = BTreeMap::new();
    for (number, (day, _)) in days {
        numbers.entry(*day).or_default().push(*number);
    }
    let told = sums.into_iter().flat_map(|(day, channel, sum)| {
        let numbers = numbers.get(&day).into_iter().flatten();
        numbers.map(move |number| (*number, channel, sum))
    });
    Ok(told.collect())
}

/// The same of spans of up to a month: one range of the primary key for each span and channel, whatever the planner thinks of the rest.
async fn of_short(workspace: WorkspaceId, tx: &mut Tx, spans: &[Numbered], which: Which) -> Result<Vec<Count>> {
    if spans.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("WITH spans (place, since, until) AS (VALUES ");
    for (row, (number, (since, until))) in spans.iter().enumerate() {
        sql.push(if row == 0 { "(CAST(" } else { ", (CAST(" }).bind(*number).push(" AS BIGINT), CAST(");
        sql.bind(*since).push(" AS BIGINT), CAST(").bind(*until).push(" AS BIGINT))");
    }
    sql.push("), ").push(CHANNELS).push(
        " SELECT s.place, c.channel, (SELECT CAST(coalesce(sum(v.members), 0) AS BIGINT) FROM audience_visits v \
         WHERE v.channel = c.channel AND v.day >= s.since AND v.day <= s.until AND v.came_before < s.since",
    );
    if which == Which::New {
        sql.push(" AND v.added >= s.since");
    }
    sql.and("v.workspace_id = ", workspace).and("v.counted_over = ", which.over());
    sql.push(") FROM spans s CROSS JOIN each_channel c").all(tx).await
}

/// The same of one longer span: of each day only the visits are read that count, few of them late in the span.
async fn of_long(workspace: WorkspaceId, tx: &mut Tx, (number, (since, until)): Numbered) -> Result<Vec<Count>> {
    let mut sql = Sql::new("WITH RECURSIVE days (day) AS (SELECT CAST(");
    sql.bind(since).push(" AS BIGINT) UNION ALL SELECT day + 1 FROM days WHERE day < ").bind(until).push("), ");
    sql.push(CHANNELS).push(
        " SELECT c.channel, CAST(sum((SELECT coalesce(sum(v.members), 0) FROM audience_visits v \
         WHERE v.channel = c.channel AND v.day = d.day AND v.came_before < ",
    );
    sql.bind(since).and("v.workspace_id = ", workspace).and("v.counted_over = ", Over::Long);
    let sums: Vec<(Channel, i64)> =
        sql.push(")) AS BIGINT) FROM days d CROSS JOIN each_channel c GROUP BY c.channel").all(tx).await?;
    Ok(sums.into_iter().map(|(channel, sum)| (number, channel, sum)).collect())
}

/// All channels, as a table for a statement that begins with `WITH`.
const CHANNELS: &str = "each_channel (channel) AS (VALUES ('web'), ('whatsapp'), ('telegram'), ('mobile'))";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_channel_is_summed_up() {
        assert_eq!(CHANNELS.matches("('").count(), Channel::ALL.len());
        assert!(Channel::ALL.iter().all(|channel| CHANNELS.contains(&format!("('{}')", channel.word()))));
    }

    proptest! {
        /// Whatever the order in which visits become known, each span has each member once.
        #[test]
        fn spans_count_each_member_once(
            visits in prop::collection::vec((0_usize..4, 0_i64..90), 1..60),
            (since, length) in (0_i64..90, 1_i64..90),
            over in prop::sample::select(&[Over::All, Over::Long][..]),
        ) {
            let length = length.min(over.reach() - 1);
            let added = [Day(0), Day(20), Day(40), Day(95)];
            let line = |who: usize| Line { over, channel: Channel::Web, added: added[who] };
            let mut known: Vec<BTreeSet<Day>> = vec![BTreeSet::new(); 4];
            let mut moves = Moves::default();
            for (who, day) in visits {
                let day = Day(day);
                if !known[who].insert(day) {
                    continue;
                }
                let (before, after) = (known[who].range(..day).next_back(), known[who].range(day.plus(1)..).next());
                moves.visit(line(who), (before.copied(), day, after.copied()));
            }
            let span = Day(since)..=Day(since + length);
            let counted = moves.0.iter().filter(|(place, _)| span.contains(&place.day) && place.before < *span.start());
            let came: Vec<usize> = (0..4).filter(|who| known[*who].range(span.clone()).next().is_some()).collect();
            prop_assert_eq!(counted.clone().map(|(_, by)| by).sum::<i64>(), i64::try_from(came.len()).unwrap());
            prop_assert!(moves.0.values().all(|by| *by >= 0));
            if over == Over::Long {
                // New members are counted in spans of up to a month alone.
                return Ok(());
            }
            let new = came.iter().filter(|who| {
                let is_first = known[**who].first().is_some_and(|first| span.contains(first));
                is_first && added[**who] >= *span.start()
            });
            let counted = counted.filter(|(place, _)| place.added >= *span.start());
            prop_assert_eq!(counted.map(|(_, by)| by).sum::<i64>(), i64::try_from(new.count()).unwrap());
        }
    }
}
