//! When it is tried again, and when a subscription is given up. Pure.

use std::time::Duration;

use kernel::{Timestamp, time};
use ports::outward::{Answer, Fault};

/// How long after an attempt the next one is made, as Standard Webhooks has it: ten attempts over some three days. A couriers' jitter adds up to a quarter.
pub const WAITS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];
/// How often a delivery is tried.
pub const ATTEMPTS: u32 = WAITS.len() as u32 + 1;
/// Nothing but failures for so long disables a subscription.
pub const PATIENCE: i64 = 5 * time::DAY;
/// After so long without an attempt failures do not count as one row of them: longer than the longest wait of the schedule, with its jitter.
const LULL: i64 = 36 * time::HOUR;
/// Who is too busy, or says that whoever stands behind them is.
const BUSY: [u16; 4] = [429, 502, 503, 504];

/// What comes of an attempt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It arrived.
    Arrived,
    /// It is tried again after so long.
    Again(Duration),
    /// It is given up.
    Over,
    /// It is given up, and the subscription with it: the other side is gone.
    Gone,
}

/// What comes of this attempt, from 1.
pub fn judge(attempt: u32, answer: Result<&Answer, &Fault>) -> Verdict {
    let again = |asked: Option<Duration>| {
        let wait = attempt.checked_sub(1).and_then(|before| WAITS.get(before as usize));
        wait.map_or(Verdict::Over, |wait| Verdict::Again(asked.map_or(*wait, |asked| asked.max(*wait))))
    };
    match answer {
        Err(fault) if !fault.may_pass() => Verdict::Over,
        Ok(answer) if answer.is_success() => Verdict::Arrived,
        Ok(answer) if answer.status == 410 => Verdict::Gone,
        Ok(answer) if answer.header("webhook-delivery") == Some("abort-message") => Verdict::Over,
        Ok(answer) if BUSY.contains(&answer.status) => again(retry_after(answer)),
        Ok(_) | Err(_) => again(None),
    }
}

/// How long the other side asks to be left alone: seconds, or a date, which counts from the answer's own `Date`.
fn retry_after(answer: &Answer) -> Option<Duration> {
    let after = answer.header("retry-after")?.trim();
    if let Ok(seconds) = after.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = |text: &str| jiff::fmt::rfc2822::parse(text.trim()).ok();
    let wait = date(after)?.timestamp().as_second() - date(answer.header("date")?)?.timestamp().as_second();
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0)))
}

/// Since when nothing but failures came, after one more.
pub fn failing(since: Option<Timestamp>, last: Option<Timestamp>, now: Timestamp) -> Timestamp {
    match (since, last) {
        (Some(since), Some(last)) if last.plus(LULL) >= now => since,
        _ => now,
    }
}

/// Has it failed for too long?
pub fn is_hopeless(since: Timestamp, now: Timestamp) -> bool {
    since.plus(PATIENCE) <= now
}

#[cfg(test)]
mod tests {
    use ports::outward::StandIn;
    use proptest::prelude::*;

    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)]) -> Answer {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Answer { headers, ..StandIn::answer(status, "") }
    }

    #[test]
    fn only_2xx_arrives_and_410_ends_it_all() {
        let first = |status| judge(1, Ok(&answer(status, &[])));
        for status in [200, 202, 204, 299] {
            assert_eq!(first(status), Verdict::Arrived);
        }
        for status in [301, 302, 304, 400, 401, 404, 429, 500, 503] {
            assert_eq!(first(status), Verdict::Again(WAITS[0]), "{status}");
        }
        assert_eq!(first(410), Verdict::Gone);
        assert_eq!(judge(1, Ok(&answer(500, &[("webhook-delivery", "abort-message")]))), Verdict::Over);
        assert_eq!(judge(1, Err(&Fault::BadAddress("x".into()))), Verdict::Over);
        assert_eq!(judge(1, Err(&Fault::RefusedAddress("x".into()))), Verdict::Again(WAITS[0]));
    }

    #[test]
    fn what_a_busy_side_asks_for_is_kept() {
        let asked = |status, after| judge(1, Ok(&answer(status, &[("retry-after", after)])));
        for status in [429, 502, 503, 504] {
            assert_eq!(asked(status, "120"), Verdict::Again(Duration::from_mins(2)));
            assert_eq!(asked(status, "1"), Verdict::Again(WAITS[0]));
            assert_eq!(asked(status, "soon"), Verdict::Again(WAITS[0]));
        }
        assert_eq!(asked(500, "120"), Verdict::Again(WAITS[0]));
        let dated = [("retry-after", "Sun, 06 Nov 1994 08:51:37 GMT"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")];
        assert_eq!(judge(1, Ok(&answer(503, &dated))), Verdict::Again(Duration::from_mins(2)));
    }

    #[test]
    fn the_schedule_has_ten_attempts_over_three_days() {
        for attempt in 1..ATTEMPTS {
            assert_eq!(judge(attempt, Err(&Fault::Cut)), Verdict::Again(WAITS[attempt as usize - 1]));
        }
        assert_eq!(judge(ATTEMPTS, Err(&Fault::Cut)), Verdict::Over);
        assert_eq!(judge(ATTEMPTS, Ok(&answer(503, &[("retry-after", "5")]))), Verdict::Over);
        assert_eq!(WAITS.iter().sum::<Duration>().as_secs(), 75 * 3600 + 35 * 60 + 5);
    }

    proptest! {
        #[test]
        fn five_days_of_failures_disable_and_no_lull_counts(gaps in prop::collection::vec(1_i64..48, 1..40)) {
            let mut now: Timestamp = "2026-01-15T10:30:00Z".parse().unwrap();
            let (mut since, mut last, mut began) = (None, None, now);
            for gap in gaps {
                now = now.plus(gap * time::HOUR);
                if last.is_none() || gap > 36 {
                    began = now;
                }
                let counted = failing(since, last, now);
                prop_assert_eq!(counted, began);
                prop_assert_eq!(is_hopeless(counted, now), now.micros() - began.micros() >= PATIENCE);
                (since, last) = (Some(counted), Some(now));
            }
        }
    }
}
