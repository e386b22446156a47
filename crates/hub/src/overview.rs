//! How an audience does.

use audience::{calendar, figures as members};
use axum::Json;
use axum::extract::State;
use channels::days::store as of_channels;
use db::Tx;
use http_base::{Answer, Member, Params, Routes, routes};
use input::Input;
use kernel::{Result, WorkspaceId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Hub;
use crate::detailed::DateRange;
use crate::model::{Span, rounded};
use crate::ports::ProgramId;

/// So many programs are told.
const TOP: u32 = 5;
/// Activity that moved by less than this part is stable.
const ENGAGEMENT_MOVES: f64 = 0.05;
/// A mean rating that moved by less than this, on its scale from 1 to 5, is stable.
const SATISFACTION_MOVES: f64 = 0.1;

pub(crate) fn router() -> Routes<Hub> {
    Routes::new().with(routes!(overview))
}

/// How far back it goes.
#[derive(Input)]
struct OverviewQuery {
    /// The last 7, 30, 90 or 365 days, today included, in the workspace's time zone.
    #[input(one_of(&["7d", "30d", "90d", "1y"]), default = "30d")]
    period: &'static str,
}

/// How an audience does over the period.
#[derive(Serialize, ToSchema)]
struct OverviewSummary {
    /// Members now.
    total_users: u64,
    /// Members who were added.
    new_users: u64,
    /// Different members who came.
    active_users: u64,
    /// Interactions of every kind.
    total_interactions: u64,
    /// Answers of the assistant.
    ai_interactions: u64,
    /// Conversations that were handed to a person.
    human_escalations: u64,
    /// The mean engagement score, now, of the members who have one, from 0 to 1; null while nobody has.
    average_engagement_score: Option<f64>,
    /// Enrolments in programs that were completed.
    program_completions: u64,
}

kernel::word_schema!(AnalyticsTrend, "Where a figure goes.", "increasing" | "stable" | "decreasing");

/// The period compared with the one of the same length before it.
#[derive(Serialize, ToSchema)]
struct OverviewTrends {
    /// Members added in the period, divided by those who were there before it; null if nobody was.
    user_growth_rate: Option<f64>,
    /// Interactions for each member who came, compared with the period before: it moved by 5 % or more, or is `stable`. Null if nobody came in one of the
    /// two.
    #[schema(value_type = Option<AnalyticsTrend>)]
    engagement_trend: Option<&'static str>,
    /// The mean of members' ratings (1 to 5), compared with the period before: it moved by 0.1 or more, or is `stable`. Null if nobody rated in one of
    /// the two.
    #[schema(value_type = Option<AnalyticsTrend>)]
    satisfaction_trend: Option<&'static str>,
}

/// A program, and what came of it so far.
#[derive(Serialize, ToSchema)]
struct OverviewProgram {
    /// Its id.
    program_id: ProgramId,
    /// What it is called.
    program_name: String,
    /// All enrolments so far.
    enrollments: u64,
    /// Completed enrolments divided by all; null while there are none.
    completion_rate: Option<f64>,
}

/// How an audience does.
#[derive(Serialize, ToSchema)]
struct AnalyticsOverview {
    /// How far back it goes.
    #[schema(example = "30d")]
    period: &'static str,
    /// The days of the period.
    date_range: DateRange,
    /// Where days begin and end: the workspace's time zone (`PUT /api/v1/analytics/settings`).
    #[schema(example = "Europe/Madrid")]
    time_zone: String,
    /// The figures.
    summary: OverviewSummary,
    /// How they move.
    trends: OverviewTrends,
    /// The programs with the most enrolments, at most 5.
    top_programs: Vec<OverviewProgram>,
}

/// What is added up over a period.
#[derive(Clone, Copy, Default)]
struct Sums {
    active: u64,
    new: u64,
    interactions: u64,
    ai: u64,
    escalations: u64,
    ratings: u64,
    rating_sum: u64,
}

/// Show how an audience does
///
/// From sums by day, in the workspace's time zone, that move with what they count; where there is nothing to compute a figure from, it is null.
#[utoipa::path(get, path = "/api/v1/analytics/overview", tag = "Analytics", params(OverviewQuery), responses(
    (status = 200, description = "The overview", body = AnalyticsOverview)))]
async fn overview(
    State(hub): State<Hub>,
    member: Member,
    Params(query): Params<OverviewQuery>,
) -> Answer<Json<AnalyticsOverview>> {
    let days = match query.period {
        "7d" => 7,
        "90d" => 90,
        "1y" => 365,
        _ => 30,
    };
    let own = member.hub();
    let mut tx = hub.app().read().await?;
    let calendar = calendar::of(&mut tx, own).await?;
    let today = calendar.day(hub.app().clock().now());
    let range = (today.plus(1 - days), today);
    let standing = members::standing(&mut tx, own).await?;
    let [before, now] = sums(&mut tx, own, [(range.0.plus(-days), range.0.plus(-1)), range]).await?;
    let completed = hub.programs().days(&mut tx, own, range.0, range.1).await?.iter().map(|day| day.completed).sum();
    let top = hub.programs().top(&mut tx, own, TOP).await?;
    drop(tx);
    let earlier = standing.members.saturating_sub(now.new);
    Ok(Json(AnalyticsOverview {
        period: query.period,
        date_range: range.into(),
        time_zone: calendar.time_zone().to_owned(),
        summary: OverviewSummary {
            total_users: standing.members,
            new_users: now.new,
            active_users: now.active,
            total_interactions: now.interactions,
            ai_interactions: now.ai,
            human_escalations: now.escalations,
            average_engagement_score: standing.mean_score,
            program_completions: completed,
        },
        trends: OverviewTrends {
            user_growth_rate: mean(now.new, earlier).map(rounded),
            engagement_trend: engagement(&before, &now),
            satisfaction_trend: satisfaction(&before, &now),
        },
        top_programs: top
            .into_iter()
            .map(|program| OverviewProgram {
                program_id: program.program_id,
                program_name: program.name,
                enrollments: program.enrollments,
                completion_rate: mean(program.completed, program.enrollments).map(rounded),
            })
            .collect(),
    }))
}

async fn sums(tx: &mut Tx, workspace: WorkspaceId, ranges: [Span; 2]) -> Result<[Sums; 2]> {
    let mut both = [Sums::default(); 2];
    for (sums, active) in both.iter_mut().zip(members::members_in(tx, workspace, &ranges).await?) {
        sums.active = active;
    }
    for (sums, range) in both.iter_mut().zip(ranges) {
        let rated = of_channels::of_workspace(tx, workspace, range.0, range.1).await?;
        (sums.ratings, sums.rating_sum) = (rated.ratings, rated.rating_sum);
        for day in members::days(tx, workspace, None, range).await? {
            sums.new += day.new_members;
            sums.interactions += day.interactions;
            sums.ai += day.ai;
            sums.escalations += day.escalations;
        }
    }
    Ok(both)
}

fn mean(sum: u64, count: u64) -> Option<f64> {
    (count > 0).then(|| sum as f64 / count as f64)
}

fn engagement(before: &Sums, now: &Sums) -> Option<&'static str> {
    let (was, is) = mean(before.interactions, before.active).zip(mean(now.interactions, now.active))?;
    Some(moved(is - was, was * ENGAGEMENT_MOVES))
}

fn satisfaction(before: &Sums, now: &Sums) -> Option<&'static str> {
    let (was, is) = mean(before.rating_sum, before.ratings).zip(mean(now.rating_sum, now.ratings))?;
    // A difference of exactly so much counts, however it is rounded.
    Some(moved(is - was, SATISFACTION_MOVES - 1e-9))
}

fn moved(by: f64, least: f64) -> &'static str {
    if by == 0.0 || by.abs() < least {
        "stable"
    } else if by > 0.0 {
        "increasing"
    } else {
        "decreasing"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums(active: u64, interactions: u64, ratings: u64, rating_sum: u64) -> Sums {
        Sums { active, new: 0, interactions, ai: 0, escalations: 0, ratings, rating_sum }
    }

    #[test]
    fn trends_compare_means_and_are_null_without_both() {
        let (none, some) = (sums(0, 0, 0, 0), sums(10, 100, 10, 40));
        assert_eq!((engagement(&none, &some), engagement(&some, &none)), (None, None));
        assert_eq!((satisfaction(&none, &some), satisfaction(&some, &none)), (None, None));
        for (now, trend) in [(104, "stable"), (105, "increasing"), (95, "decreasing"), (96, "stable")] {
            assert_eq!(engagement(&some, &sums(10, now, 0, 0)), Some(trend), "{now}");
        }
        for (now, trend) in [(409, "stable"), (410, "increasing"), (390, "decreasing"), (391, "stable")] {
            assert_eq!(satisfaction(&some, &sums(0, 0, 100, now)), Some(trend), "{now}");
        }
        assert_eq!(engagement(&sums(5, 0, 0, 0), &sums(5, 0, 0, 0)), Some("stable"));
        assert_eq!(engagement(&sums(5, 0, 0, 0), &sums(5, 1, 0, 0)), Some("increasing"));
    }
}
