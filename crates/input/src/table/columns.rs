//! What the columns of a table show together: which mark stands before decimals, whether the day or the month comes first. Decided for a
//! column by all of its cells, never by one.

use kernel::numeral::{Hint, Kind, Mark, Refused, Written, plain};

use super::dates::{Date, Order};

/// What is read out of a column.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Holds {
    /// Texts, or what nobody asks for.
    Text,
    /// Numbers of a kind.
    Numbers(Kind),
    /// Days.
    Dates,
}

/// What the cells of a column show.
#[derive(Clone, Copy, Default, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "four things that a column may show, each by itself")]
pub(super) struct Shown {
    point: bool,
    comma: bool,
    day_first: bool,
    month_first: bool,
}

impl Shown {
    /// Looks at a cell.
    pub(super) fn see(&mut self, holds: Holds, text: &str) {
        match holds {
            Holds::Text => {}
            Holds::Numbers(kind) => match Written::parse(text).ok().and_then(|written| written.shows(kind)) {
                Some(Mark::Point) => self.point = true,
                Some(Mark::Comma) => self.comma = true,
                None => {}
            },
            Holds::Dates => match Date::parse(text).and_then(Date::shows) {
                Some(Order::DayFirst) => self.day_first = true,
                Some(Order::MonthFirst) => self.month_first = true,
                None => {}
            },
        }
    }

    fn and(self, other: Self) -> Self {
        Self { point: self.point || other.point, comma: self.comma || other.comma, ..self }
    }

    fn mark(self) -> Option<Mark> {
        match (self.point, self.comma) {
            (true, false) => Some(Mark::Point),
            (false, true) => Some(Mark::Comma),
            _ => None,
        }
    }

    fn order(self) -> Option<Order> {
        match (self.day_first, self.month_first) {
            (true, false) => Some(Order::DayFirst),
            (false, true) => Some(Order::MonthFirst),
            _ => None,
        }
    }
}

/// What was decided for a column.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Decided {
    hint: Hint,
    order: Option<Order>,
}

/// Decides for every column: by what was said, by its own cells, by the other columns, by what is usual with this delimiter.
pub(super) fn decide(columns: &[Shown], delimiter: u8, said: Option<Mark>) -> Vec<Decided> {
    let all = columns.iter().fold(Shown::default(), |all, column| all.and(*column));
    let usual = match (all.mark(), all.point, delimiter) {
        (Some(mark), ..) => Some(mark),
        // The columns contradict each other.
        (None, true, _) => None,
        // Where the comma is the decimal mark, spreadsheets set cells apart by semicolons.
        (None, _, b';') => Some(Mark::Comma),
        (None, _, b',') => Some(Mark::Point),
        _ => None,
    };
    let decide = |column: &Shown| {
        let is_mixed = column.point && column.comma;
        let hint = match said {
            Some(mark) => Hint { decided: Some(mark), usual: None, said: true },
            None => Hint { decided: column.mark(), usual: usual.filter(|_| !is_mixed), said: false },
        };
        let is_mixed = column.day_first && column.month_first;
        let by_country = said.or(usual) == Some(Mark::Comma) && !is_mixed;
        Decided { hint, order: column.order().or(by_country.then_some(Order::DayFirst)) }
    };
    columns.iter().map(decide).collect()
}

impl Decided {
    /// The cell as every reader reads it. What is no number or date stays as it is, for whoever wants one to say so.
    pub(super) fn read(self, holds: Holds, text: &str) -> Result<String, String> {
        match holds {
            Holds::Text => Ok(text.to_owned()),
            Holds::Numbers(kind) => {
                let read = Written::parse(text).and_then(|written| Ok(plain(&written, written.read(kind, self.hint)?)));
                match read {
                    Err(Refused::NoNumber) => Ok(text.to_owned()),
                    read => read.map_err(|refused| refused.message(text, "a number")),
                }
            }
            Holds::Dates => match Date::parse(text) {
                None => Ok(text.to_owned()),
                Some(date) => date
                    .read(self.order)
                    .map_err(|(one, other)| format!("is {text}, which may be {one} or {other}: write it as {one}")),
            },
        }
    }
}
