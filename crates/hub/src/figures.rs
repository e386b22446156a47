//! Figures of spans of days, put together from the sums of their owners.

use std::collections::BTreeMap;

use audience::figures as members;
use db::Tx;
use kernel::{Day, Result, WorkspaceId};

use crate::Hub;
use crate::model::{Metric, Segment, Span, place};
use crate::ports::ProgramId;

/// The figure of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    /// Its first day.
    pub(crate) date: Day,
    pub(crate) value: u64,
    /// Of programs: enrolments that were completed.
    pub(crate) completed: Option<u64>,
    /// What the value is made of, without what is 0.
    pub(crate) segments: BTreeMap<String, u64>,
}

/// Figures of spans without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) points: Vec<Point>,
    /// Of users: different members over all spans together.
    pub(crate) distinct: Option<u64>,
    /// Of segments whose keys are ids: what they are called.
    pub(crate) names: BTreeMap<String, String>,
}

impl Figures {
    fn blank(spans: &[Span]) -> Self {
        let blank = |(date, _): &Span| Point { date: *date, value: 0, completed: None, segments: BTreeMap::new() };
        Self { points: spans.iter().map(blank).collect(), distinct: None, names: BTreeMap::new() }
    }

    /// The point of the span that has this day.
    fn at(&mut self, spans: &[Span], day: Day) -> Option<&mut Point> {
        self.points.get_mut(place(spans, day)?)
    }
}

impl Point {
    fn add(&mut self, segment: impl Into<String>, more: u64) {
        if more > 0 {
            *self.segments.entry(segment.into()).or_default() += more;
        }
    }
}

/// What a metric comes to in these spans. Segments are empty where the metric cannot be divided so: [`Metric::segments`].
pub(crate) async fn of(
    hub: &Hub,
    tx: &mut Tx,
    workspace: WorkspaceId,
    metric: Metric,
    segment: Option<Segment>,
    spans: &[Span],
) -> Result<Figures> {
    let mut figures = Figures::blank(spans);
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return Ok(figures) };
    let range = (first.0, last.1);
    match metric {
        Metric::Users => users(tx, workspace, segment, spans, &mut figures).await?,
        Metric::Interactions | Metric::Channels => {
            for sums in members::days(tx, workspace, None, range).await? {
                let Some(point) = figures.at(spans, sums.day) else { continue };
                let messages = sums.messages_in + sums.messages_out;
                let more = if metric == Metric::Channels { messages } else { sums.interactions };
                point.value += more;
                if segment == Some(Segment::Channel) {
                    point.add(sums.channel.word(), more);
                }
            }
        }
        Metric::Programs => programs(hub, tx, workspace, segment, spans, &mut figures).await?,
    }
    Ok(figures)
}

async fn users(
    tx: &mut Tx,
    workspace: WorkspaceId,
    segment: Option<Segment>,
    spans: &[Span],
    figures: &mut Figures,
) -> Result<()> {
    // The whole range is one more span.
    let range = spans.first().zip(spans.last()).map(|(first, last)| (first.0, last.1));
    let asked: Vec<Span> = spans.iter().copied().chain(range).collect();
    let mut counts = members::members_in(tx, workspace, &asked).await?;
    figures.distinct = range.and(counts.pop());
    for (point, count) in figures.points.iter_mut().zip(counts) {
        point.value = count;
    }
    match segment {
        Some(Segment::Channel) => {
            for (place, channel, count) in members::members_in_by_channel(tx, workspace, spans).await? {
                if let Some(point) = figures.points.get_mut(place) {
                    point.add(channel.word(), count);
                }
            }
        }
        Some(Segment::UserType) => {
            let new = members::new_members_in(tx, workspace, spans).await?;
            for (point, new) in figures.points.iter_mut().zip(new) {
                point.add("new", new);
                point.add("returning", point.value.saturating_sub(new));
            }
        }
        _ => {}
    }
    Ok(())
}

async fn programs(
    hub: &Hub,
    tx: &mut Tx,
    workspace: WorkspaceId,
    segment: Option<Segment>,
    spans: &[Span],
    figures: &mut Figures,
) -> Result<()> {
    figures.points.iter_mut().for_each(|point| point.completed = Some(0));
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return Ok(()) };
    let days = hub.programs().days(tx, workspace, first.0, last.1).await?;
    for sums in &days {
        let Some(point) = figures.at(spans, sums.day) else { continue };
        point.value += sums.enrolled;
        point.completed = Some(point.completed.unwrap_or_default() + sums.completed);
        if segment == Some(Segment::Program) {
            point.add(sums.program_id.to_string(), sums.enrolled);
        }
    }
    if segment == Some(Segment::Program) {
        let mut ids: Vec<ProgramId> = days.iter().map(|sums| sums.program_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let names = hub.programs().names(tx, workspace, &ids).await?;
        figures.names = names.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    }
    Ok(())
}
