//! What came of rules, from the sums of days.

use std::collections::{BTreeMap, HashMap};

use axum::Json;
use axum::extract::State;
use http_base::{Answer, Member as Asking, Params, Routes, routes};
use input::Period;
use kernel::{Day, time};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::rate;
use crate::Proactive;
use crate::model::{Group, Reason, RuleId, State as Standing, Verdict, adds};
use crate::store::days::{self, Sums};
use crate::store::rules;

pub(super) fn router() -> Routes<Proactive> {
    Routes::new().with(routes!(analytics))
}

/// Which days the figures are of.
#[derive(Serialize, ToSchema)]
#[schema(as = ProactiveDateRange)]
struct DateRange {
    /// The first day, in UTC.
    start_date: Day,
    /// The last day, in UTC.
    end_date: Day,
}

/// The figures of all rules together.
#[derive(Serialize, ToSchema)]
#[schema(as = ProactiveSummary)]
struct Summary {
    /// How often rules were carried out: the message accepted by the provider, or the actions done.
    total_triggers: u64,
    /// How often the member wrote within the rule's hours, credited to the latest firing alone.
    successful_engagements: u64,
    /// The share of successes among those whose time is over or that succeeded; null while there are none.
    success_rate: Option<f64>,
    /// How long it took until the member wrote, on the mean over successes; null while there are none.
    average_response_time_hours: Option<f64>,
    /// Firings that were not carried out.
    suppressed: u64,
    /// The same by reason.
    suppressed_by_reason: BTreeMap<&'static str, u64>,
}

/// What a rule really adds: members whom it wrote to, against members whom it left out.
#[derive(Serialize, ToSchema)]
#[schema(as = ProactiveHoldout)]
struct Holdout {
    /// Firings whose time is over or that were answered, of members who were treated;
    treated: u64,
    /// and after how many of them the member wrote in time.
    treated_answered: u64,
    /// The same of members who were left out;
    held_out: u64,
    /// and after how many of those the member wrote all the same.
    held_out_answered: u64,
    /// How much larger the share is that wrote (0.1 is ten in a hundred); null while either group has fewer than 30.
    difference: Option<f64>,
    /// The interval that holds the true difference in 95 of 100 cases,
    low: Option<f64>,
    /// and its other end.
    high: Option<f64>,
    /// What that means; null while nothing can be said.
    effect: Option<Verdict>,
}

/// The figures of one rule.
#[derive(Serialize, ToSchema)]
#[schema(as = ProactivePerformance)]
struct Performance {
    /// The rule.
    rule_id: RuleId,
    /// What it is called.
    rule_name: String,
    /// How often it was carried out.
    triggers: u64,
    /// How often that was credited with the member's word.
    successes: u64,
    /// The share among those whose time is over or that succeeded; null while there are none.
    success_rate: Option<f64>,
    /// How long it took until the member wrote, on the mean over successes.
    average_response_time_hours: Option<f64>,
    /// Firings that were not carried out, by reason.
    suppressed_by_reason: BTreeMap<&'static str, u64>,
    /// What the rule really adds; null where it left nobody out.
    holdout: Option<Holdout>,
}

/// What came of rules.
#[derive(Serialize, ToSchema)]
#[schema(as = ProactiveAnalytics)]
struct Analytics {
    /// Which days.
    date_range: DateRange,
    /// All rules together.
    summary: Summary,
    /// Each rule, also deleted ones that did something on these days.
    rule_performance: Vec<Performance>,
}

/// Show what came of proactive rules
///
/// Figures of the days on which rules were carried out; without dates the last thirty days. An answer counts for the day of what it answers.
#[utoipa::path(get, path = "/api/v1/proactive-engine/analytics", tag = "Proactive engine", operation_id = "proactive_analytics",
    params(Period), responses((status = 200, description = "The figures", body = Analytics)))]
async fn analytics(
    State(of): State<Proactive>,
    asking: Asking,
    Params(period): Params<Period>,
) -> Answer<Json<Analytics>> {
    let now = of.app().clock().now();
    let last = period.end.unwrap_or_else(|| Day::of(now).max(period.start.unwrap_or(Day(i64::MIN))));
    let first = period.start.unwrap_or_else(|| last.plus(-29));
    let range = (first, last);
    let mut tx = of.app().db().snapshot().await?;
    let sums = days::between(asking.hub(), &mut tx, None, range).await?;
    let reasons = days::suppressed_between(asking.hub(), &mut tx, range).await?;
    let open = days::open(asking.hub(), &mut tx, None, range, now).await?;
    let did: Vec<RuleId> = sums.iter().map(|own| own.rule_id).chain(reasons.iter().map(|(id, ..)| *id)).collect();
    let names = rules::names(asking.hub(), &mut tx, &did).await?;
    let mut by_reason: HashMap<RuleId, BTreeMap<&'static str, u64>> = HashMap::new();
    let mut summary_reasons: BTreeMap<&'static str, u64> = BTreeMap::new();
    for (rule, reason, count) in reasons {
        let reason: Reason = reason;
        *by_reason.entry(rule).or_default().entry(reason.word()).or_default() += count;
        *summary_reasons.entry(reason.word()).or_default() += count;
    }
    let open_of = |rule: Option<RuleId>, state: Standing| -> u64 {
        let counted = open.iter().filter(|(id, held, _)| rule.is_none_or(|rule| rule == *id) && *held == state);
        counted.map(|(.., count)| count).sum()
    };
    let total = |figure: fn(&Sums) -> u64| sums.iter().map(figure).sum::<u64>();
    let (triggers, successes) = (total(|own| own.triggers), total(|own| own.successes));
    let summary = Summary {
        total_triggers: triggers,
        successful_engagements: successes,
        success_rate: rate(successes, triggers.saturating_sub(open_of(None, Standing::Fired))),
        average_response_time_hours: mean_hours(total(|own| own.response_micros), successes),
        suppressed: summary_reasons.values().sum(),
        suppressed_by_reason: summary_reasons,
    };
    let rule_performance = names.into_iter().map(|(rule_id, rule_name)| {
        let own = sums.iter().find(|own| own.rule_id == rule_id);
        let (triggers, successes) = own.map_or((0, 0), |own| (own.triggers, own.successes));
        let over = triggers.saturating_sub(open_of(Some(rule_id), Standing::Fired));
        Performance {
            rule_id,
            rule_name,
            triggers,
            successes,
            success_rate: rate(successes, over),
            average_response_time_hours: own.and_then(|own| mean_hours(own.response_micros, successes)),
            suppressed_by_reason: by_reason.remove(&rule_id).unwrap_or_default(),
            holdout: own.and_then(|own| holdout(own, over, open_of(Some(rule_id), Standing::HeldOut))),
        }
    });
    let rule_performance = rule_performance.collect();
    let date_range = DateRange { start_date: first, end_date: last };
    Ok(Json(Analytics { date_range, summary, rule_performance }))
}

/// Microseconds over so many, in hours with two decimals.
fn mean_hours(micros: u64, count: u64) -> Option<f64> {
    (count > 0).then(|| (micros as f64 / count as f64 / time::HOUR as f64 * 100.0).round() / 100.0)
}

fn holdout(own: &Sums, over: u64, open: u64) -> Option<Holdout> {
    if own.held_out == 0 {
        return None;
    }
    let treated = Group { firings: over, answered: own.answered };
    let held_out = Group { firings: own.held_out.saturating_sub(open), answered: own.held_out_answered };
    let said = adds(treated, held_out);
    let four = |share: f64| (share * 10_000.0).round() / 10_000.0;
    Some(Holdout {
        treated: treated.firings,
        treated_answered: treated.answered,
        held_out: held_out.firings,
        held_out_answered: held_out.answered,
        difference: said.map(|said| four(said.difference)),
        low: said.map(|said| four(said.low)),
        high: said.map(|said| four(said.high)),
        effect: said.map(|said| said.verdict),
    })
}
