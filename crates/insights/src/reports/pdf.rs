//! The report that one hands to a client.

use kernel::{Amount, Currency, Money, Result};
use paper::{Colour, Column, Mark, Part, Setup, Sheet, Style, Table};

use super::chart::{self, Bar, ENGAGEMENT, Line, VIEWS};
use super::numbers::{counted, grouped, or_dash, percent};
use crate::analytics::EarnedMedia;
use crate::analytics::model::{self, CreatorLine, DeliveryStatus, Described};
use crate::analytics::store::Found;

/// So many creators have a bar;
const BARS: usize = 20;
/// and so many stand in the table: the CSV has everybody.
const MOST_CREATORS: usize = 500;
const GREY: Style = Style::BODY.coloured(Colour::GREY);

/// What is set on paper.
pub struct Paper {
    product: String,
    brand: String,
    code: String,
    told: Described,
}

impl Paper {
    /// Of what was found.
    pub fn new(found: &Found, prices: &EarnedMedia) -> Self {
        Self {
            product: found.campaign.product_name.clone(),
            brand: found.campaign.brand_name.clone(),
            code: model::code(found.campaign.code),
            told: model::describe(found, prices),
        }
    }

    /// Sets it; the same figures are the same bytes.
    pub fn draw(&self) -> Result<Vec<u8>> {
        let title = format!("Campaign report: {}", self.product);
        let foot = format!("{} · {}", self.code, self.period());
        paper::compose(&Setup { title, foot }, |sheet| {
            self.head(sheet);
            self.tiles(sheet);
            self.key_figures(sheet);
            self.by_day(sheet);
            self.by_creator(sheet);
            self.creators(sheet);
            self.budget(sheet);
            self.method(sheet);
        })
    }

    /// Which days the report is about, in words.
    fn period(&self) -> String {
        let period = &self.told.period;
        let (start, end) = (period.start_date.or(period.first_day), period.end_date.or(period.last_day));
        match (start, end) {
            (Some(start), Some(end)) if start == end => format!("{start} (UTC)"),
            (Some(start), Some(end)) => format!("{start} to {end} (UTC)"),
            _ => "no figures yet".to_owned(),
        }
    }

    fn head(&self, sheet: &mut Sheet) {
        sheet.title("Campaign report", Style::BODY.sized(21.0).bold().coloured(Colour::ACCENT));
        sheet.skip(2.0);
        sheet.paragraph(&self.product, Style::BODY.sized(13.0).bold(), 0.0);
        sheet.paragraph(&format!("{} · Campaign {}", self.brand, self.code), Style::BODY.sized(10.0), 0.0);
        let days = if self.told.period.whole { "all days with figures" } else { "a part of the days with figures" };
        let said = if self.told.period.first_day.is_some() {
            format!("{}: {days}", self.period())
        } else {
            "No figures have been reported, and nothing was clicked or ordered.".to_owned()
        };
        sheet.paragraph(&said, GREY.sized(9.0), 0.0);
        sheet.skip(10.0);
    }

    fn tiles(&self, sheet: &mut Sheet) {
        let what = &self.told.performance;
        let tiles = [
            ("Views", or_dash(what.total_views, grouped)),
            ("Engagement", or_dash(what.total_engagement, grouped)),
            ("Engagement / views", or_dash(what.average_engagement_rate, percent)),
            ("Return on investment", or_dash(what.roi, |roi| format!("{roi:.2}"))),
        ];
        let (gap, high) = (10.0, 50.0);
        let wide = (sheet.width() - gap * 3.0) / 4.0;
        let top = sheet.y();
        for (at, (name, value)) in tiles.iter().enumerate() {
            let x = sheet.left() + at as f32 * (wide + gap);
            sheet.mark(Mark::Box(x, top, wide, high, Colour::SHADE));
            sheet.mark(Mark::Box(x, top, 2.5, high, Colour::ACCENT));
            sheet.place_left((x + 10.0, wide - 12.0), top + 7.0, name, GREY.sized(7.6));
            let mut style = Style::BODY.sized(17.0).bold().coloured(Colour::ACCENT);
            while sheet.letters().width(value, style) > wide - 14.0 && style.size > 8.0 {
                style = style.sized(style.size - 0.5);
            }
            sheet.place_left((x + 10.0, wide - 10.0), top + 20.0, value, style);
        }
        sheet.skip(high + 4.0);
    }

    fn key_figures(&self, sheet: &mut Sheet) {
        let what = &self.told.performance;
        let rate_of = "engagement in percent of the views";
        let no_roi = self.told.roi_reason.map(|reason| format!("none: {reason}"));
        let per = |value: Option<f64>| {
            or_dash(value.zip(what.cost_currency), |(value, currency)| format!("{currency} {value:.4}"))
        };
        let revenue = what.revenue.as_deref().unwrap_or_default();
        let cost = what.cost.as_deref().unwrap_or_default();
        let rows = [
            ("Views", or_dash(what.total_views, grouped), "as posts report them".to_owned()),
            ("Engagement", or_dash(what.total_engagement, grouped), self.parts()),
            ("Engagement rate", or_dash(what.average_engagement_rate, percent), rate_of.to_owned()),
            (
                "Reach",
                or_dash(what.total_reach, grouped),
                "accounts, as posts report them; who is reached twice counts twice".to_owned(),
            ),
            (
                "Potential reach",
                or_dash(what.potential_reach, grouped),
                "followers of the creators with measured posts, not people reached".to_owned(),
            ),
            (
                "Clicks",
                grouped(what.clicks),
                format!(
                    "{} reported by posts, {} on tracked links",
                    or_dash(what.clicks_reported, grouped),
                    grouped(what.clicks_tracked)
                ),
            ),
            (
                "Conversions",
                grouped(what.conversions),
                format!(
                    "{} reported by posts, {} orders by link or code",
                    or_dash(what.conversions_reported, grouped),
                    grouped(what.orders)
                ),
            ),
            (
                "Revenue",
                sums(revenue.iter().map(|one| (one.currency, one.total))),
                "reported by posts and ordered by link or code".to_owned(),
            ),
            (
                "Cost",
                sums(cost.iter().map(|one| (one.currency, one.total))),
                "completed payments less refunds and chargebacks, of the whole campaign".to_owned(),
            ),
            (
                "Return on investment",
                or_dash(what.roi, |roi| format!("{roi:.2}")),
                no_roi.unwrap_or_else(|| "(revenue - cost) / cost".to_owned()),
            ),
            (
                "Earned media value",
                or_dash(what.earned_media_value, |value| Money::new(value, Currency::USD).in_full()),
                "what the attention would have cost as advertising; no revenue, and no part of the return".to_owned(),
            ),
            ("Cost per engagement", per(what.cost_per_engagement), "cost / engagement".to_owned()),
            ("Cost per view", per(what.cost_per_view), "cost / views".to_owned()),
            ("Cost per conversion", per(what.cost_per_conversion), "cost / conversions".to_owned()),
        ];
        let mut table = Table::new(vec![
            Column::text("Figure", 20.0),
            Column::number("Value", 20.0),
            Column::text("What it is", 50.0),
        ]);
        table.rows = rows.map(|(name, value, meaning)| vec![name.to_owned(), value, meaning]).to_vec();
        let follows = table.beginning(sheet);
        sheet.heading("1  Key figures", follows);
        table.set(sheet);
    }

    /// What engagement consists of.
    fn parts(&self) -> String {
        let what = &self.told.performance;
        match (what.likes, what.comments, what.shares, what.saves) {
            (Some(likes), Some(comments), Some(shares), Some(saves)) => format!(
                "{} likes, {} comments, {} shares, {} saves",
                grouped(likes),
                grouped(comments),
                grouped(shares),
                grouped(saves)
            ),
            _ => "likes, comments, shares and saves".to_owned(),
        }
    }

    fn by_day(&self, sheet: &mut Sheet) {
        let lines = [
            Line { title: "Views", colour: VIEWS, height: 110.0 },
            Line { title: "Engagement", colour: ENGAGEMENT, height: 80.0 },
        ];
        if self.told.timeline.days.is_empty() {
            sheet.heading("2  Day by day", 20.0);
            sheet.paragraph("There are no figures of these days.", Style::BODY, 0.0);
            return;
        }
        sheet.heading("2  Day by day", lines.iter().map(chart::line_height).sum());
        let days = &self.told.timeline.days;
        let views: Vec<_> = days.iter().map(|day| (day.date, day.views)).collect();
        let engagement: Vec<_> = days.iter().map(|day| (day.date, day.engagement)).collect();
        for (line, days) in [(&lines[0], &views), (&lines[1], &engagement)] {
            let most = days.iter().max_by_key(|(_, count)| *count);
            let most = most.map(|(day, count)| format!(", most on {day}: {}", grouped(*count))).unwrap_or_default();
            let shows = format!("Chart of {} by day, {}{most}", line.title.to_lowercase(), self.period());
            sheet.part(Part::Figure(shows), |sheet| chart::line(sheet, line, days));
        }
        if self.told.timeline.clipped {
            sheet.paragraph("Only the newest ten years are drawn.", GREY.sized(8.0), 0.0);
        }
    }

    fn by_creator(&self, sheet: &mut Sheet) {
        let mut ranked: Vec<&CreatorLine> = self.told.creators.iter().filter(|line| line.content_views > 0).collect();
        ranked.sort_by_key(|line| std::cmp::Reverse(line.content_views));
        if ranked.is_empty() {
            sheet.heading("3  Views by creator", 20.0);
            sheet.paragraph("No creator has views yet.", Style::BODY, 0.0);
            return;
        }
        let bars: Vec<Bar> = ranked
            .iter()
            .take(BARS)
            .map(|line| {
                let rate = or_dash(line.engagement_rate, percent);
                Bar {
                    name: line.creator_name.clone(),
                    count: line.content_views,
                    told: format!("{} · {rate} engaged", grouped(line.content_views)),
                }
            })
            .collect();
        sheet.heading("3  Views by creator", (bars.len().min(6) as f32) * 16.0);
        let shows = format!("Bars of the views of {} creators, most first", bars.len());
        sheet.part(Part::Figure(shows), |sheet| chart::bars(sheet, &bars));
        let rest = &ranked[bars.len()..];
        if !rest.is_empty() {
            let views: i64 = rest.iter().map(|line| line.content_views).sum();
            let share = model::percent(views, self.told.performance.total_views.unwrap_or_default());
            let said = format!(
                "{} more with views: {} views together, {} of all; each is in the table.",
                rest.len(),
                grouped(views),
                or_dash(share, percent)
            );
            sheet.skip(3.0);
            sheet.paragraph(&said, GREY.sized(8.0), 0.0);
        }
    }

    fn creators(&self, sheet: &mut Sheet) {
        let all = &self.told.creators;
        if all.is_empty() {
            sheet.heading("4  Creators", 20.0);
            sheet.paragraph("Nobody is under contract, and nobody has figures.", Style::BODY, 0.0);
            return;
        }
        let mut table = Table::new(vec![
            Column::text("Creator", 18.0),
            Column::number("Views", 10.5),
            Column::number("Engaged", 10.0),
            Column::number("of views", 8.5),
            Column::number("Clicks", 9.0),
            Column::number("Conv.", 7.0),
            Column::number("Revenue", 18.5),
            Column::number("Paid", 16.0),
            Column::text("Delivery", 12.5),
        ]);
        table.style = Style::BODY.sized(7.3);
        for line in all.iter().take(MOST_CREATORS) {
            table.rows.push(vec![
                line.creator_name.clone(),
                counted(line.content_views),
                counted(line.engagement),
                or_dash(line.engagement_rate, percent),
                counted(line.clicks),
                counted(line.conversions),
                sums(line.revenue.iter().map(|one| (one.currency, one.total))),
                sums(line.cost.iter().map(|one| (one.currency, one.total))),
                or_dash(line.delivery_status.map(DeliveryStatus::word), |word| word.replace('_', " ")),
            ]);
        }
        let what = &self.told.performance;
        let totals = (what.revenue.as_deref().unwrap_or_default(), what.cost.as_deref().unwrap_or_default());
        table.rows.push(vec![
            format!("In all ({})", all.len()),
            or_dash(what.total_views, counted),
            or_dash(what.total_engagement, counted),
            or_dash(what.average_engagement_rate, percent),
            counted(what.clicks),
            counted(what.conversions),
            sums(totals.0.iter().map(|one| (one.currency, one.total))),
            sums(totals.1.iter().map(|one| (one.currency, one.total))),
            String::new(),
        ]);
        table.sum = true;
        let follows = table.beginning(sheet);
        sheet.heading("4  Creators", follows);
        table.set(sheet);
        if all.len() > MOST_CREATORS {
            let said =
                format!("The {MOST_CREATORS} with the most engagement are listed; the table in CSV has everybody.");
            sheet.skip(3.0);
            sheet.paragraph(&said, GREY.sized(8.0), 0.0);
        }
    }

    fn budget(&self, sheet: &mut Sheet) {
        let budget = &self.told.budget;
        let columns = ["Planned", "Agreed", "Paid", "Refunded", "Left"].map(|name| Column::number(name, 16.0));
        let mut table = Table::new([vec![Column::text("Currency", 10.0)], columns.to_vec()].concat());
        let in_own = |value: Amount| Money::new(value, budget.currency).in_full();
        table.rows.push(vec![
            budget.currency.to_string(),
            in_own(budget.planned),
            in_own(budget.sums.agreed),
            in_own(budget.sums.paid),
            in_own(budget.sums.refunded),
            or_dash(budget.left, in_own),
        ]);
        for other in &budget.by_currency {
            let in_own = |value: Amount| Money::new(value, other.currency).in_full();
            table.rows.push(vec![
                other.currency.to_string(),
                "–".to_owned(),
                in_own(other.sums.agreed),
                in_own(other.sums.paid),
                in_own(other.sums.refunded),
                "–".to_owned(),
            ]);
        }
        let follows = table.beginning(sheet) + 34.0;
        sheet.heading("5  Budget and delivery", follows);
        table.set(sheet);
        sheet.skip(6.0);
        let what = &self.told.delivery;
        let said = if what.total == 0 {
            "No deliverables are agreed.".to_owned()
        } else {
            format!(
                "Deliverables: {} in all, {} approved, {} submitted, {} pending, {} late. Handed in on time: {}.",
                what.total,
                what.approved,
                what.submitted,
                what.pending,
                what.late,
                or_dash(what.on_time_rate, percent)
            )
        };
        sheet.paragraph(&said, Style::BODY, 0.0);
    }

    fn method(&self, sheet: &mut Sheet) {
        sheet.heading("6  How the figures are made", 60.0);
        let prices = &self.told.method.earned_media_value;
        let notes = [
            "Views, likes, comments, shares, saves, reach, reported clicks and reported conversions are what the posts' platforms say of \
             each post and day. Clicks on tracked links, and orders by tracked links and promo codes, are counted here: the first click of \
             each visitor and day, without programs. A click that both count is in both."
                .to_owned(),
            "Engagement is the sum of likes, comments, shares and saves; its rate is a part of the views, not of the followers.".to_owned(),
            "The return on investment is (revenue - cost) / cost: 0.00 is what was paid, 1.00 twice as much. It is told only where all revenue and all payments are \
             in one and the same currency. Cost is what was paid and did not come back; what is agreed but not paid yet is not in it. Sums never cross currencies."
                .to_owned(),
            format!(
                "Earned media value is not money that came in: likes × {}, comments × {} and views / 1,000 × {} {} ({}).",
                price(prices.like), price(prices.comment), price(prices.thousand_views), prices.currency, prices.source
            ),
            "A dash means that there is nothing to compute the figure from.".to_owned(),
        ];
        for note in notes {
            sheet.paragraph(&note, Style::BODY.sized(8.6), 0.0);
            sheet.skip(4.0);
        }
    }
}

/// A price with two decimals, or as many as it has.
fn price(value: f64) -> String {
    let told = format!("{value:.4}");
    let short = told.trim_end_matches('0');
    let decimals = short.len() - short.find('.').map_or(short.len(), |point| point + 1);
    if decimals <= 2 { format!("{value:.2}") } else { short.to_owned() }
}

/// Amounts below each other; a dash where there are none.
fn sums(amounts: impl Iterator<Item = (Currency, Amount)>) -> String {
    let all: Vec<String> = amounts.map(|(currency, sum)| Money::new(sum, currency).in_full()).collect();
    if all.is_empty() { "–".to_owned() } else { all.join("\n") }
}

#[cfg(test)]
mod tests;
