//! What is told of a channel's figures.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use http_base::routes;
use http_base::{Answer, Member, Named, Params, Routes};
use input::rule::{self, Problem, Rule};
use input::{Fields, Input};
use kernel::{Day, Error};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::store;
use crate::Channels;
use crate::channels::{self, ChannelId};

/// The longest time that is told day by day.
const LONGEST: i64 = 366;
/// So many days are told where no dates are given.
const USUAL: i64 = 30;
/// What can be asked for.
const METRICS: [&str; 3] = ["messages", "users", "engagement"];

pub(crate) fn router() -> Routes<Channels> {
    Routes::new().with(routes!(analytics))
}

/// Which figures of a channel are wanted.
#[derive(Clone, Debug, Input)]
#[input(check = AnalyticsQuery::check)]
struct AnalyticsQuery {
    /// The first day, in the workspace's time zone; 30 days ago if nothing is said.
    #[input(day(), example = "2026-01-01")]
    start_date: Option<Day>,
    /// The last day, in the workspace's time zone; today if nothing is said. At most 366 days are told.
    #[input(day(), example = "2026-01-31")]
    end_date: Option<Day>,
    /// Which figures are wanted, set apart by commas: `messages` (messages and response times), `users`, `engagement` (engagement and
    /// satisfaction); all of them if nothing is said. What was not asked for is null.
    #[input(metrics(), example = "messages,users,engagement")]
    metrics: Option<Vec<&'static str>>,
}

impl AnalyticsQuery {
    fn check(&self, fields: &mut Fields) {
        let Some((start, end)) = self.start_date.zip(self.end_date) else { return };
        if start > end {
            fields.fault("start_date", "out_of_range", "must not be after end_date");
        } else if end.0 - start.0 >= LONGEST {
            fields.fault(
                "end_date",
                "out_of_range",
                format!("must be at most {LONGEST} days after start_date; ask for the rest apart"),
            );
        }
    }

    /// The days that are told.
    fn days(&self, today: Day) -> (Day, Day) {
        match (self.start_date, self.end_date) {
            (Some(start), Some(end)) => (start, end),
            (Some(start), None) => (start, today.max(start).min(start.plus(LONGEST - 1))),
            (None, end) => (end.unwrap_or(today).plus(1 - USUAL), end.unwrap_or(today)),
        }
    }

    fn wants(&self, metric: &str) -> bool {
        self.metrics.as_ref().is_none_or(|all| all.contains(&metric))
    }
}

/// Names of figures, set apart by commas.
fn metrics() -> impl Rule<Output = Vec<&'static str>> {
    let pattern = format!("^({0})(,({0}))*$", METRICS.join("|"));
    rule::rule(
        move || json!({"type": "string", "pattern": pattern, "maxLength": 200}),
        |value, _| {
            let text = value.as_str().ok_or_else(|| Problem::new("wrong_type", "must be a text"))?;
            let known = |word: &str| METRICS.into_iter().find(|own| own.eq_ignore_ascii_case(word.trim()));
            let unknown =
                || Problem::new("unknown_value", format!("must be of {}, set apart by commas", METRICS.join(", ")));
            text.split(',').filter(|word| !word.trim().is_empty()).map(|word| known(word).ok_or_else(unknown)).collect()
        },
    )
}

/// From one day to another, both in it.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelDateRange)]
struct DateRange {
    start_date: Day,
    end_date: Day,
}

/// A channel's figures over the days that were asked for. Null where there is nothing to tell, or it was not asked for.
#[derive(Serialize, ToSchema)]
struct ChannelMetrics {
    /// Messages of members and to them.
    total_messages: Option<u64>,
    /// Different members who wrote.
    unique_users: Option<u64>,
    /// Members who came over this channel for the first time.
    new_users: Option<u64>,
    /// How long members waited for an answer, in seconds: the mean, over every answer (of the assistant or of a person) that a member waited
    /// for, of the time between the first message that was not answered yet and the answer. It counts on the day of the answer. Null if nobody was answered.
    average_response_time_seconds: Option<f64>,
    /// What members say of it: the mean of the scores from 1 to 5 that they gave after a person had looked after them, on the day of the
    /// score. Null if nobody was asked, or nobody has answered.
    user_satisfaction_score: Option<f64>,
    /// How many of those who are there write: members who wrote within these days, divided by all members who had come over the channel by the
    /// last of them. From 0 to 1; null while nobody had come.
    engagement_rate: Option<f64>,
    /// Answers of the assistant.
    answers: Option<u64>,
    /// Calls for a person.
    escalations: Option<u64>,
}

/// A day of a channel.
#[derive(Serialize, ToSchema)]
struct ChannelDay {
    date: Day,
    /// Messages of members and to them.
    messages: u64,
    /// Members who wrote.
    users: u64,
    /// Members who came over this channel for the first time.
    new_users: u64,
}

/// A channel's figures.
#[derive(Serialize, ToSchema)]
struct ChannelAnalytics {
    /// The channel.
    channel_id: ChannelId,
    /// The days that it is about, first and last included.
    date_range: DateRange,
    metrics: ChannelMetrics,
    /// Every day of the range that had anything, in their order.
    daily_breakdown: Vec<ChannelDay>,
}

/// Show a channel's figures
///
/// From sums by day, in the workspace's time zone, that move with each message; what each figure means is told with it.
#[utoipa::path(get, path = "/api/v1/channels/{channel_id}/analytics", tag = "Channels",
    params(("channel_id" = ChannelId, Path, description = "The channel's id"), AnalyticsQuery),
    responses((status = 200, description = "The figures", body = ChannelAnalytics)))]
async fn analytics(
    State(channels): State<Channels>,
    member: Member,
    name: Named,
    Params(query): Params<AnalyticsQuery>,
) -> Answer<Json<ChannelAnalytics>> {
    let mut tx = channels.app().read().await?;
    let calendar = audience::calendar::of(&mut tx, member.hub()).await?;
    let (from, to) = query.days(calendar.day(channels.app().clock().now()));
    let id = channels::store::find(member.hub(), &mut tx, name.id("Channel")?).await?;
    let id = id.ok_or_else(|| Error::not_found("Channel"))?.id;
    let sums = store::sums(&mut tx, id, from, to).await?;
    let users = store::members(&mut tx, id, from, to).await?;
    let all = store::members_until(&mut tx, id, to).await?;
    let mut days: BTreeMap<Day, ChannelDay> = BTreeMap::new();
    let blank = |date| ChannelDay { date, messages: 0, users: 0, new_users: 0 };
    for (day, messages, new_users) in store::by_day(&mut tx, id, from, to).await? {
        days.insert(day, ChannelDay { messages, new_users, ..blank(day) });
    }
    for (day, users) in store::members_by_day(&mut tx, id, from, to).await? {
        days.entry(day).or_insert_with(|| blank(day)).users = users;
    }
    let (messages, of_users, engagement) = (query.wants("messages"), query.wants("users"), query.wants("engagement"));
    let mean = |sum: u64, count: u64, unit: f64| (count > 0).then(|| rounded(sum as f64 / count as f64 / unit));
    Ok(Json(ChannelAnalytics {
        channel_id: id,
        date_range: DateRange { start_date: from, end_date: to },
        metrics: ChannelMetrics {
            total_messages: messages.then_some(sums.messages_in + sums.messages_out),
            unique_users: of_users.then_some(users),
            new_users: of_users.then_some(sums.new_members),
            average_response_time_seconds: mean(sums.response_micros, sums.responses, 1e6).filter(|_| messages),
            user_satisfaction_score: mean(sums.rating_sum, sums.ratings, 1.0).filter(|_| engagement),
            engagement_rate: mean(users.min(all), all, 1.0).filter(|_| engagement),
            answers: messages.then_some(sums.answers),
            escalations: messages.then_some(sums.escalations),
        },
        daily_breakdown: days.into_values().collect(),
    }))
}

/// To four places.
fn rounded(value: f64) -> f64 {
    (value * 10_000.0).round() / 10_000.0
}
