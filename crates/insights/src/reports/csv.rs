//! A campaign's figures as a table: a line for every creator and day.

use std::collections::HashMap;

use input::table::{Dialect, Writer};
use kernel::{Amount, CreatorId, Currency, Day};
use uuid::Uuid;

use crate::analytics::model::Tally;
use crate::analytics::store::CreatorDay;

/// The columns before those of revenue.
const COLUMNS: [&str; 15] = [
    "date",
    "creator_id",
    "creator_name",
    "views",
    "likes",
    "comments",
    "shares",
    "saves",
    "engagement",
    "engagement_rate_of_views_percent",
    "reach",
    "clicks_reported",
    "clicks_tracked",
    "conversions_reported",
    "orders",
];

/// After which creator and day a part begins.
type After = (CreatorId, Day);

/// How the table is written: its columns depend on the currencies.
#[derive(Clone)]
pub(super) struct Sheet {
    currencies: Vec<Currency>,
    dialect: Dialect,
}

fn told(amount: Option<Amount>) -> String {
    amount.map(|amount| format!("{:.2}", amount.to_number())).unwrap_or_default()
}

fn shown(count: Option<i64>) -> String {
    count.map(|count| count.to_string()).unwrap_or_default()
}

impl Sheet {
    /// So many sums are read at once: far more than the currencies of one creator's day.
    pub(super) const PART: usize = 2_000;
    /// What comes before everything.
    pub(super) const FIRST: After = (CreatorId::from_uuid(Uuid::nil()), Day(i64::MIN));

    /// Of a campaign that brought revenue in these currencies.
    pub(super) fn new(currencies: &[String], dialect: Dialect) -> Self {
        Self { currencies: currencies.iter().filter_map(|code| Currency::parse(code).ok()).collect(), dialect }
    }

    /// The line of names.
    pub(super) fn head(&self) -> Vec<u8> {
        let mut names: Vec<String> = COLUMNS.map(str::to_owned).to_vec();
        for currency in &self.currencies {
            names.extend([format!("revenue_reported_{currency}"), format!("revenue_orders_{currency}")]);
        }
        let mut writer = Writer::new(self.dialect);
        writer.head(names.iter().map(String::as_str));
        writer.into_bytes()
    }

    /// The lines of a part of the sums, and after which creator and day the next part begins, if there is one.
    pub(super) fn lines(&self, rows: &[CreatorDay], names: &HashMap<CreatorId, String>) -> (Vec<u8>, Option<After>) {
        let mut writer = Writer::new(self.dialect);
        let mut next = None;
        let full = rows.len() >= Self::PART;
        let of_one = |one: &CreatorDay, other: &CreatorDay| (one.0, one.1) == (other.0, other.1);
        let mut parts = rows.chunk_by(of_one).peekable();
        while let Some(part) = parts.next() {
            // The last ones may go on in the next part.
            if full && parts.peek().is_none() && next.is_some() {
                break;
            }
            let (creator, day, ..) = part[0];
            let mut tally = Tally::default();
            for (_, _, currency, figures) in part {
                tally.add(currency, *figures);
            }
            self.record(&mut writer, creator, day, &tally, names);
            next = Some((creator, day));
        }
        (writer.into_bytes(), next.filter(|_| full))
    }

    fn record(
        &self,
        out: &mut Writer,
        creator: CreatorId,
        day: Day,
        tally: &Tally,
        names: &HashMap<CreatorId, String>,
    ) {
        let counts = tally.counts();
        out.cell(&day.to_string());
        out.cell(&creator.to_string());
        out.text(names.get(&creator).map(String::as_str).unwrap_or_default());
        for count in [
            tally.reported(|figures| figures.views),
            tally.reported(|figures| figures.likes),
            tally.reported(|figures| figures.comments),
            tally.reported(|figures| figures.shares),
            tally.reported(|figures| figures.saves),
            tally.reported(|_| tally.engagement()),
        ] {
            out.cell(&shown(count));
        }
        out.number(&tally.engagement_rate().map(|rate| format!("{rate:.2}")).unwrap_or_default());
        out.cell(&shown(tally.reach()));
        out.cell(&shown(tally.reported(|figures| figures.clicks)));
        out.cell(&counts.link_clicks.to_string());
        out.cell(&shown(tally.reported(|figures| figures.conversions)));
        out.cell(&counts.orders.to_string());
        let revenue = tally.revenue();
        for currency in &self.currencies {
            let own = revenue.iter().find(|revenue| revenue.currency == *currency);
            out.number(&told(own.and_then(|own| own.reported)));
            out.number(&told(own.and_then(|own| own.orders)));
        }
        out.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Figures;

    fn row(creator: u128, day: i64, currency: &str, views: i64) -> CreatorDay {
        let figures = Figures { metric_rows: 1, views, revenue: 150, revenue_rows: 1, ..Figures::default() };
        (CreatorId::from_uuid(Uuid::from_u128(creator)), Day(day), currency.to_owned(), figures)
    }

    #[test]
    fn a_creator_s_day_is_one_line_whatever_its_currencies() {
        let sheet = Sheet::new(&["EUR".into(), "USD".into()], Dialect::default());
        let rows = [row(1, 19_000, "EUR", 5), row(1, 19_000, "USD", 7), row(1, 19_001, "USD", 1)];
        let (bytes, next) = sheet.lines(&rows, &HashMap::new());
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines.len(), next), (2, None));
        assert!(lines[0].starts_with("2022-01-08,") && lines[0].ends_with(",1.50,,1.50,"), "{text}");
        assert!(lines[1].ends_with(",,,1.50,"), "{text}");
    }

    #[test]
    fn a_day_is_not_torn_between_two_parts() {
        const LAST: i64 = Sheet::PART.cast_signed() as i64 - 1;
        let sheet = Sheet::new(&["EUR".into()], Dialect::default());
        let mut rows: Vec<CreatorDay> = (0..LAST).map(|day| row(1, day, "EUR", 1)).collect();
        rows.push(row(2, 0, "", 1));
        let (bytes, next) = sheet.lines(&rows, &HashMap::new());
        assert_eq!(String::from_utf8(bytes).unwrap().lines().count(), Sheet::PART - 1);
        assert_eq!(next, Some((rows[0].0, Day(LAST - 1))));
    }
}
