//! Where the days of a workspace begin and end: at midnight in its time zone.
//!
//! Sums by day are counted in this zone when they are moved, so that they are read as they are. A change of the zone therefore counts from then on;
//! earlier days stay as they were counted.

use db::{Tx, args};
use jiff::tz::TimeZone;
use kernel::{Day, Error, Result, Timestamp, WorkspaceId, time};

/// The days of a workspace.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: TimeZone,
    since: Option<Timestamp>,
}

impl Calendar {
    fn new(name: &str, since: Option<Timestamp>) -> Result<Self> {
        let zone =
            TimeZone::get(name).map_err(|error| Error::internal(format!("the time zone of a workspace: {error}")))?;
        Ok(Self { zone, since })
    }

    /// The name of its time zone: `Europe/Madrid`.
    pub fn time_zone(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// Since when days are counted in this zone; none if none was ever chosen.
    pub fn since(&self) -> Option<Timestamp> {
        self.since
    }

    /// The day of a moment.
    pub fn day(&self, at: Timestamp) -> Day {
        let moment = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
        Day::of(at.plus(i64::from(self.zone.to_offset(moment).seconds()) * time::SECOND))
    }

    /// The first moment of a day: midnight, or the end of the gap where clocks leave midnight out.
    pub fn start(&self, day: Day) -> Timestamp {
        let midnight = jiff::Timestamp::from_microsecond(day.start().micros()).unwrap_or_default();
        let local = self.zone.to_ambiguous_timestamp(TimeZone::UTC.to_datetime(midnight)).compatible();
        // Beyond the calendar's years there are no clock changes.
        local.map_or(day.start(), |moment| Timestamp::from_micros(moment.as_microsecond()))
    }
}

/// The days of this workspace: in UTC until it chooses a time zone.
pub async fn of(tx: &mut Tx, workspace: WorkspaceId) -> Result<Calendar> {
    let sql = "SELECT time_zone, since FROM audience_calendars WHERE workspace_id = $1";
    match tx.fetch_optional::<(String, Timestamp)>(sql, args![workspace]).await? {
        Some((name, since)) => Calendar::new(&name, Some(since)),
        None => Ok(Calendar { zone: TimeZone::UTC, since: None }),
    }
}

/// The day of a moment in this workspace.
pub async fn day(tx: &mut Tx, workspace: WorkspaceId, at: Timestamp) -> Result<Day> {
    Ok(of(tx, workspace).await?.day(at))
}

/// Has a workspace's days counted in this time zone from now on; answers how they are counted then. The same zone once more changes nothing.
pub async fn set(tx: &mut Tx, workspace: WorkspaceId, time_zone: &str) -> Result<Calendar> {
    let now = tx.clock().now();
    let sql = "INSERT INTO audience_calendars (workspace_id, time_zone, since) VALUES ($1, $2, $3) \
               ON CONFLICT (workspace_id) DO UPDATE SET time_zone = excluded.time_zone, since = excluded.since \
               WHERE audience_calendars.time_zone <> excluded.time_zone";
    tx.execute(sql, args![workspace, time_zone, now]).await?;
    of(tx, workspace).await
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn calendar(name: &str) -> Calendar {
        Calendar::new(name, None).unwrap()
    }

    fn minutes(calendar: &Calendar, day: &str) -> i64 {
        let day = Day::written(day).unwrap();
        let length = calendar.start(day.plus(1)).micros() - calendar.start(day).micros();
        length / time::MINUTE
    }

    #[test]
    fn days_are_as_long_as_the_clock_says() {
        let madrid = calendar("Europe/Madrid");
        assert_eq!(minutes(&madrid, "2026-03-29"), 1380);
        assert_eq!(minutes(&madrid, "2026-10-25"), 1500);
        assert_eq!(minutes(&madrid, "2026-10-26"), 1440);
        assert_eq!(minutes(&calendar("Australia/Lord_Howe"), "2026-04-05"), 1470);
        // Midnight is left out: the day begins at one o'clock.
        let beirut = calendar("Asia/Beirut");
        assert_eq!(minutes(&beirut, "2026-03-29"), 1380);
        let kolkata = calendar("Asia/Kolkata");
        let at = |text: &str| kolkata.day(text.parse().unwrap()).to_string();
        assert_eq!(
            (at("2026-01-14T18:29:59Z"), at("2026-01-14T18:30:00Z")),
            ("2026-01-14".into(), "2026-01-15".into())
        );
        assert_eq!(kolkata.time_zone(), "Asia/Kolkata");
    }

    proptest! {
        #[test]
        fn every_moment_is_in_its_day(seconds in 0_i64..4_000_000_000, which in 0_usize..5) {
            let names = ["UTC", "Europe/Madrid", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia"];
            let (calendar, at) = (calendar(names[which]), Timestamp::from_micros(seconds * time::SECOND));
            let day = calendar.day(at);
            prop_assert!(calendar.start(day) <= at && at < calendar.start(day.plus(1)), "{day}");
        }
    }
}
