//! Charts: lines over days, bars by name.

use kernel::{Day, count};
use paper::{Colour, Mark, Sheet, Style};

/// Of views.
pub(super) const VIEWS: Colour = Colour(36, 92, 158);
/// Of engagement.
pub(super) const ENGAGEMENT: Colour = Colour(188, 92, 20);
const GRID: Colour = Colour(222, 226, 231);
const SMALL: Style = Style::BODY.sized(7.2).coloured(Colour::GREY);
/// Room for the numbers beside an axis.
const AXIS: f32 = 38.0;
/// More days than this are told by week.
const MOST_POINTS: usize = 500;
/// Up to so many points are marked one by one.
const MARKED: usize = 31;

/// A line over days.
pub(super) struct Line<'a> {
    /// What it tells.
    pub(super) title: &'a str,
    /// Its colour.
    pub(super) colour: Colour,
    /// How high it is drawn.
    pub(super) height: f32,
}

/// The steps of an axis up to at least `most`: of 1, 2 or 5 times a power of ten, at most five of them.
fn steps(most: i64) -> (i64, i64) {
    if most <= 0 {
        return (1, 1);
    }
    let mut power: i64 = 1;
    loop {
        for times in [1, 2, 5] {
            let step = power.saturating_mul(times);
            if step.saturating_mul(5) >= most {
                return (step, (most + step - 1) / step * step);
            }
        }
        power = power.saturating_mul(10);
    }
}

/// Days, or weeks (from the first day on) where there are too many of them; and how the points are called.
pub(super) fn points(days: &[(Day, i64)]) -> (Vec<(Day, i64)>, &'static str) {
    if days.len() <= MOST_POINTS {
        return (days.to_vec(), "by day");
    }
    let weeks = days.chunks(7).map(|week| (week[0].0, week.iter().map(|(_, count)| count).sum()));
    (weeks.collect(), "by week, each named by its first day")
}

/// How high a line is with its title and its days.
pub(super) fn line_height(line: &Line<'_>) -> f32 {
    line.height + 40.0
}

/// Draws a line over days at this place of the page, and goes on below it.
pub(super) fn line(sheet: &mut Sheet, line: &Line<'_>, days: &[(Day, i64)]) {
    sheet.need(line_height(line));
    let (points, by) = points(days);
    let (left, right) = (sheet.left() + AXIS, sheet.left() + sheet.width());
    let head = Style::BODY.sized(8.6).bold().coloured(line.colour);
    let y = sheet.y();
    let wide = sheet.letters().width(line.title, head);
    sheet.place_left((sheet.left(), sheet.width()), y, line.title, head);
    sheet.place_left((sheet.left() + wide + 6.0, 300.0), y + 1.2, by, SMALL);
    let (top, bottom) = (y + 19.0, y + 19.0 + line.height);
    let (step, end) = steps(points.iter().map(|(_, count)| *count).max().unwrap_or_default());
    let at_y = |count: i64| bottom - (bottom - top) * (count as f32 / end as f32);
    for mark in (0..=end / step).map(|number| number * step) {
        let y = at_y(mark);
        sheet.mark(Mark::Rule(
            (left, y),
            (right, y),
            if mark == 0 { 0.7 } else { 0.4 },
            if mark == 0 { Colour::RULE } else { GRID },
        ));
        let told = count::short(mark.unsigned_abs());
        let wide = sheet.letters().width(&told, SMALL);
        sheet.mark(Mark::Text(left - 5.0 - wide, y + 2.5, told, SMALL));
    }
    let last = points.len().saturating_sub(1);
    let at_x = |at: usize| {
        if last == 0 { f32::midpoint(left, right) } else { left + 4.0 + (right - left - 8.0) * at as f32 / last as f32 }
    };
    let drawn: Vec<(f32, f32)> = points.iter().enumerate().map(|(at, (_, count))| (at_x(at), at_y(*count))).collect();
    if drawn.len() > 1 {
        let mut ground = drawn.clone();
        ground.extend([(at_x(last), bottom), (at_x(0), bottom)]);
        sheet.mark(Mark::Shape(ground, faint(line.colour)));
        sheet.mark(Mark::Path(drawn.clone(), if drawn.len() > 120 { 0.8 } else { 1.3 }, line.colour));
    }
    if drawn.len() <= MARKED {
        for point in &drawn {
            sheet.mark(Mark::Shape(dot(*point, if drawn.len() == 1 { 3.2 } else { 1.9 }), line.colour));
        }
    }
    days_below(sheet, &points, bottom, at_x);
    sheet.skip(line_height(line));
}

/// The days below an axis: as many as are read easily, the first and the last among them.
fn days_below(sheet: &mut Sheet, points: &[(Day, i64)], bottom: f32, at_x: impl Fn(usize) -> f32) {
    const MOST: usize = 7;
    let last = points.len().saturating_sub(1);
    let labels = points.len().min(MOST);
    let mut told: Vec<usize> =
        (0..labels).map(|at| if labels == 1 { 0 } else { (at * last + (labels - 1) / 2) / (labels - 1) }).collect();
    told.dedup();
    let (from, to) = (sheet.left(), sheet.left() + sheet.width());
    for at in told {
        let text = points[at].0.to_string();
        let wide = sheet.letters().width(&text, SMALL);
        let x = (at_x(at) - wide / 2.0).clamp(from, to - wide);
        sheet.mark(Mark::Rule((at_x(at), bottom), (at_x(at), bottom + 2.5), 0.5, Colour::RULE));
        sheet.mark(Mark::Text(x, bottom + 11.0, text, SMALL));
    }
}

/// The colour, as faint as a ground must be.
fn faint(colour: Colour) -> Colour {
    let mix = |part: u8| 255 - (255 - part) / 7;
    Colour(mix(colour.0), mix(colour.1), mix(colour.2))
}

fn dot((x, y): (f32, f32), radius: f32) -> Vec<(f32, f32)> {
    (0..12)
        .map(|at| {
            let angle = std::f32::consts::TAU * at as f32 / 12.0;
            (x + radius * angle.cos(), y + radius * angle.sin())
        })
        .collect()
}

/// A bar.
pub(super) struct Bar {
    /// Whose it is.
    pub(super) name: String,
    /// How long it is.
    pub(super) count: i64,
    /// What is written beside it.
    pub(super) told: String,
}

const BAR: f32 = 16.0;
/// Room for the names before the bars, and for what is written behind the longest.
const NAMES: f32 = 118.0;
const TOLD: f32 = 122.0;

/// Draws a bar for each name, across pages if need be.
pub(super) fn bars(sheet: &mut Sheet, bars: &[Bar]) {
    let most = bars.iter().map(|bar| bar.count).max().unwrap_or_default().max(1);
    let name_style = Style::BODY.sized(8.2);
    let told_style = Style::BODY.sized(7.6).coloured(Colour::GREY);
    let room = sheet.width() - NAMES - TOLD;
    for bar in bars {
        sheet.need(BAR);
        let (x, y) = (sheet.left(), sheet.y());
        let name = shortened(sheet, &bar.name, name_style, NAMES - 8.0);
        sheet.place_left((x, NAMES - 8.0 + 40.0), y + 1.0, &name, name_style);
        let long = room * bar.count as f32 / most as f32;
        let start = x + NAMES;
        sheet.mark(Mark::Rule((start, y), (start, y + BAR), 0.5, Colour::RULE));
        if long > 0.0 {
            sheet.mark(Mark::Box(start, y + 2.5, long.max(0.4), BAR - 6.0, VIEWS));
        }
        sheet.place_left((start + long + 5.0, TOLD + room), y + 1.6, &bar.told, told_style);
        sheet.skip(BAR);
    }
}

/// What of a text fits one line; an ellipsis tells that there is more.
pub(super) fn shortened(sheet: &Sheet, text: &str, style: Style, width: f32) -> String {
    let letters = sheet.letters();
    if letters.width(text, style) <= width {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    while !kept.is_empty() {
        kept.truncate(kept.len() - 1);
        let shorter = format!("{}…", kept.iter().collect::<String>().trim_end());
        if letters.width(&shorter, style) <= width {
            return shorter;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_has_few_round_steps() {
        for (most, wanted) in [(0, (1, 1)), (1, (1, 1)), (4, (1, 4)), (9, (2, 10)), (23, (5, 25)), (950, (200, 1_000))]
        {
            assert_eq!(steps(most), wanted, "{most}");
        }
        for most in [7, 77, 12_345, 9_999_999, 1 << 40] {
            let (step, end) = steps(most);
            assert!(end >= most && end / step <= 5 && end - most < step, "{most}");
        }
    }

    #[test]
    fn many_days_are_told_by_week_and_nothing_is_lost() {
        let days: Vec<(Day, i64)> = (0..3_660).map(|day| (Day(day), day)).collect();
        let (weeks, by) = points(&days);
        assert_eq!((weeks.len(), weeks[1].0, by.starts_with("by week")), (523, Day(7), true));
        assert_eq!(weeks.iter().map(|(_, count)| count).sum::<i64>(), (0..3_660).sum::<i64>());
    }
}
