//! Numbers as people and spreadsheets write them: the one reader of numbers for every text.
//!
//! `1.234` is one and a bit in London and one thousand two hundred and thirty-four in Madrid. So a text is first taken apart
//! ([`Written`]) and may then have two [readings](Written::reading), one for each decimal mark. Which is meant is decided by whoever sees
//! more than this one text (the other cells of a column, the file); [`Written::read`] takes that decision, and refuses what stays open.

mod signs;

use std::fmt;

use self::signs::{grouped, is_padding, runs, without_currency};
use crate::Currency;

/// The mark that stands before decimals.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mark {
    /// `1,234.5`
    Point,
    /// `1.234,5`
    Comma,
}

impl Mark {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Point, Self::Comma];

    /// The mark itself.
    pub const fn sign(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }
}

/// What numbers a field takes; a reading that it could never take is none.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Kind {
    /// The most decimals.
    pub decimals: u32,
    /// The largest, whatever its sign, where that tells two readings apart.
    pub most: f64,
    /// Is `12,5 %` taken?
    pub percent: bool,
}

impl Kind {
    /// Followers, views, orders.
    pub const WHOLE: Self = Self { decimals: 0, most: f64::MAX, percent: false };
    /// An amount of money.
    pub const MONEY: Self = Self { decimals: 2, most: f64::MAX, percent: false };

    /// Any number up to this one, such as percents and ratings.
    pub const fn up_to(most: f64) -> Self {
        Self { decimals: MOST_DIGITS as u32, most, percent: true }
    }

    fn fits(self, value: Value) -> bool {
        value.decimals <= self.decimals && value.number().abs() <= self.most
    }
}

/// More digits than any number has that is meant.
const MOST_DIGITS: usize = 30;
/// The longest text that is looked at.
const LONGEST: usize = 100;

/// A number, exactly as it was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Value {
    digits: i128,
    decimals: u32,
}

impl Value {
    /// So many units of ten to the minus `decimals`, in its shortest form.
    fn of(mut digits: i128, mut decimals: u32) -> Self {
        while decimals > 0 && digits % 10 == 0 {
            digits /= 10;
            decimals -= 1;
        }
        Self { digits, decimals }
    }

    /// The number, if it is whole.
    pub fn whole(self) -> Option<i128> {
        (self.decimals == 0).then_some(self.digits)
    }

    /// The nearest number that a computer counts with.
    pub fn number(self) -> f64 {
        self.to_string().parse().unwrap_or(f64::MAX)
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:0width$}", self.digits.unsigned_abs(), width = self.decimals as usize + 1);
        let (whole, part) = digits.split_at(digits.len() - self.decimals as usize);
        let sign = if self.digits < 0 { "-" } else { "" };
        if part.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{part}") }
    }
}

/// Why a text was not read as a number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refused {
    /// It is none, or none that is taken here.
    NoNumber,
    /// `(1,234)`: bookkeepers mean less than nothing by it, others a remark.
    Parentheses,
    /// `1.25E+05`: a spreadsheet that shortened a long number lost its last digits.
    Scientific,
    /// It can be read in two ways.
    Ambiguous(Value, Value),
    /// It is not written as its column is said to be.
    OtherMark(Mark),
}

impl Refused {
    /// What is said of it, behind the name of the field: `wanted` is what would be right.
    pub fn message(&self, text: &str, wanted: &str) -> String {
        let text = shortened(text);
        match self {
            Self::NoNumber => format!("must be {wanted}"),
            Self::Parentheses => {
                format!("is {text}: write a negative number with a minus, and no remark in parentheses")
            }
            Self::Scientific => format!(
                "is {text}, as spreadsheets shorten long numbers: its last digits are lost. Format the column as a number without \
                 decimals and export it again"
            ),
            Self::Ambiguous(one, other) => {
                let (least, most) = if one.number() <= other.number() { (one, other) } else { (other, one) };
                format!(
                    "is {text}, which may be {least} or {most}: write it without thousands marks, or say which mark is the decimal one \
                     (decimal=point or decimal=comma)"
                )
            }
            Self::OtherMark(Mark::Point) => format!("is {text}, but the decimal mark was said to be the point"),
            Self::OtherMark(Mark::Comma) => format!("is {text}, but the decimal mark was said to be the comma"),
        }
    }
}

fn shortened(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= 40 { text.to_owned() } else { text.chars().take(40).chain(['…']).collect() }
}

/// What is known of the decimal mark beyond a single text.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Hint {
    /// Said, or shown by the other values of the column.
    pub decided: Option<Mark>,
    /// What is usual where the text comes from. It only confirms what is likely by itself: that three digits behind a mark are thousands
    /// (or decimals, in front of a unit: `1.234M`).
    pub usual: Option<Mark>,
    /// Was `decided` said in so many words? Then what is written otherwise is refused.
    pub said: bool,
}

impl Hint {
    /// Of texts in programs' formats (JSON, queries), where decimals stand behind a point.
    pub const PROGRAMS: Self = Self { decided: None, usual: Some(Mark::Point), said: false };
}

/// A number as it is written, taken apart: not yet read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    negative: bool,
    /// Runs of digits; before each but the first stands its mark.
    runs: Vec<(Option<char>, String)>,
    /// 0, 3, 6 or 9: as many decimals the unit takes away.
    unit: u32,
    percent: bool,
    money: bool,
    currency: Option<Currency>,
}

/// The units: thousands, millions, billions.
const UNITS: [(char, u32); 3] = [('K', 3), ('M', 6), ('B', 9)];

impl Written {
    /// Takes a text apart.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let mut rest = text.trim_matches(is_padding);
        if rest.is_empty() || rest.len() > LONGEST {
            return Err(Refused::NoNumber);
        }
        if rest.starts_with('(') && rest.ends_with(')') {
            return Err(Refused::Parentheses);
        }
        let mut written =
            Self { negative: false, runs: Vec::new(), unit: 0, percent: false, money: false, currency: None };
        let mut signed = false;
        // Sign, currency and percent stand around the digits in any order, each once.
        loop {
            if let Some(after) = rest.strip_prefix(['-', '\u{2212}', '+']).filter(|_| !signed) {
                written.negative = !rest.starts_with('+');
                (signed, rest) = (true, after.trim_start_matches(is_padding));
            } else if let Some((after, code)) = without_currency(rest).filter(|_| !written.money) {
                (written.currency, written.money, rest) = (code, true, after.trim_matches(is_padding));
            } else if let Some(after) =
                rest.strip_suffix(['%', '٪', '％']).or_else(|| rest.strip_prefix('%')).filter(|_| !written.percent)
            {
                (written.percent, rest) = (true, after.trim_matches(is_padding));
            } else {
                break;
            }
        }
        if let Some(last) = rest.chars().last()
            && let Some((_, unit)) = UNITS.into_iter().find(|(letter, _)| *letter == last.to_ascii_uppercase())
        {
            written.unit = unit;
            rest = rest[..rest.len() - 1].trim_end_matches(is_padding);
        }
        written.runs = runs(rest)?;
        Ok(written)
    }

    /// The number, if this is the decimal mark; nothing if it is not written so.
    pub fn reading(&self, mark: Mark) -> Option<Value> {
        let decimal = |sign: char| sign == mark.sign() || sign == '\u{66b}';
        let (mut runs, mut part) = (self.runs.as_slice(), "");
        if let Some((Some(sign), digits)) = runs.last()
            && decimal(*sign)
        {
            (runs, part) = (&runs[..runs.len() - 1], digits.as_str());
        }
        let groups = grouped(runs, mark)?;
        let digits: i128 = format!("{groups}{part}").parse().ok()?;
        let decimals = u32::try_from(part.len()).ok()?;
        let value = Value::of(digits.checked_mul(10_i128.pow(self.unit))?, decimals);
        Some(if self.negative { Value { digits: -value.digits, ..value } } else { value })
    }

    /// The number that is meant, of a kind that is wanted and by what is known beyond this text.
    pub fn read(&self, kind: Kind, hint: Hint) -> Result<Value, Refused> {
        if self.percent && !kind.percent {
            return Err(Refused::NoNumber);
        }
        let [point, comma] = Mark::ALL.map(|mark| self.reading(mark));
        let fitting = |value: Option<Value>| value.filter(|value| kind.fits(*value));
        let (point, comma) = match (fitting(point), fitting(comma)) {
            // What no reading fits is judged by whoever wanted it, and told in its own words.
            (None, None) => (point, comma),
            fitting => fitting,
        };
        let only = |value: Value, mark: Mark| match hint.decided {
            Some(decided) if hint.said && decided != mark => Err(Refused::OtherMark(decided)),
            _ => Ok(value),
        };
        match (point, comma) {
            (None, None) => Err(Refused::NoNumber),
            (Some(one), Some(other)) if one == other => Ok(one),
            (Some(value), None) => only(value, Mark::Point),
            (None, Some(value)) => only(value, Mark::Comma),
            (Some(point), Some(comma)) => {
                let by = |mark: Mark| if mark == Mark::Point { point } else { comma };
                match (hint.decided, hint.usual) {
                    (Some(mark), _) => Ok(by(mark)),
                    (None, Some(mark)) if self.is_likely(mark) => Ok(by(mark)),
                    _ => Err(Refused::Ambiguous(point, comma)),
                }
            }
        }
    }

    /// The decimal mark that this text by itself shows, in a column of this kind.
    pub fn shows(&self, kind: Kind) -> Option<Mark> {
        let fits = |mark| self.reading(mark).is_some_and(|value| kind.fits(value));
        match (fits(Mark::Point), fits(Mark::Comma)) {
            (true, false) => Some(Mark::Point),
            (false, true) => Some(Mark::Comma),
            _ => None,
        }
    }

    /// Of a text with two readings: is the one by this mark likely? Three digits behind a mark are thousands; before a unit, decimals.
    fn is_likely(&self, mark: Mark) -> bool {
        let are_decimals = self.runs.last().is_some_and(|(sign, _)| *sign == Some(mark.sign()));
        are_decimals == (self.unit > 0)
    }

    /// As it is told in short, if it means this value: `1.2M`, `125000`; and what its last digit is worth.
    pub fn short(&self, value: Value) -> (String, u64) {
        let written = Mark::ALL.into_iter().find(|mark| self.reading(*mark) == Some(value));
        let decimals = written.map_or(0, |mark| match self.runs.last() {
            Some((Some(sign), digits)) if *sign == mark.sign() || *sign == '\u{66b}' => digits.len() as u32,
            _ => 0,
        });
        let worth = 10_u64.pow(self.unit.saturating_sub(decimals).min(18));
        let Some((letter, unit)) = UNITS.into_iter().find(|(_, unit)| *unit == self.unit) else {
            return (value.to_string(), worth);
        };
        // As many decimals as were written, so that what was rounded stays rounded.
        let scaled = Value { digits: value.digits, decimals: value.decimals + unit };
        let mut told = Value::of(scaled.digits, scaled.decimals).to_string();
        let missing = decimals as usize - told.split_once('.').map_or(0, |(_, part)| part.len()).min(decimals as usize);
        if missing > 0 {
            if !told.contains('.') {
                told.push('.');
            }
            told.extend(std::iter::repeat_n('0', missing));
        }
        (format!("{told}{letter}"), worth)
    }

    /// Does a sign or code of a currency stand beside it?
    pub fn is_money(&self) -> bool {
        self.money
    }

    /// Its currency, where its sign or code says which.
    pub fn currency(&self) -> Option<Currency> {
        self.currency
    }
}

/// A text as every reader of programs' formats reads it in the same way: with a point before decimals, without thousands marks, never
/// with just three decimals, which might be taken for thousands.
pub fn plain(written: &Written, value: Value) -> String {
    if written.unit > 0 {
        return written.short(value).0;
    }
    let text = value.to_string();
    if value.decimals == 3 { format!("{text}0") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, kind: Kind, hint: Hint) -> Result<String, Refused> {
        Written::parse(text).and_then(|written| written.read(kind, hint)).map(|value| value.to_string())
    }

    #[test]
    fn what_can_be_read_in_one_way_only() {
        for (text, number) in [
            ("950", "950"),
            ("-5", "-5"),
            ("\u{2212}5", "-5"),
            ("1.2M", "1200000"),
            ("1,2 m", "1200000"),
            ("12,5", "12.5"),
            ("€ 320,50", "320.5"),
            ("320,50 €", "320.5"),
            ("-$1,200.50", "-1200.5"),
            ("EUR 20,00", "20"),
            ("1.234,56 EUR", "1234.56"),
            ("1 234 567", "1234567"),
            ("1\u{a0}234\u{202f}567,89", "1234567.89"),
            ("1'234'567.8", "1234567.8"),
            ("1’234", "1234"),
            ("12,34,567", "1234567"),
            ("125000.0", "125000"),
            ("0,125", "0.125"),
            (".5", "0.5"),
            ("\u{661}\u{66c}\u{662}\u{663}\u{664}\u{66b}\u{665}", "1234.5"),
            ("+7", "7"),
            ("\u{feff} 7 \u{200e}", "7"),
        ] {
            assert_eq!(read(text, Kind::up_to(1e12), Hint::default()).as_deref(), Ok(number), "{text}");
        }
        assert_eq!(read("12,5 %", Kind::up_to(100.0), Hint::default()).as_deref(), Ok("12.5"));
        assert_eq!(read("4,125", Kind::up_to(100.0), Hint::default()).as_deref(), Ok("4.125"), "4125 is no percentage");
        assert_eq!(read("98.500", Kind::WHOLE, Hint::default()).as_deref(), Ok("98500"), "98.5 is no count");
        assert_eq!(read("1,275", Kind::MONEY, Hint::default()).as_deref(), Ok("1275"), "money has no tenths of a cent");
    }

    #[test]
    fn what_stays_open_is_refused_with_both_readings() {
        for text in ["125.000", "1.230", "$1.250"] {
            assert!(matches!(read(text, Kind::MONEY, Hint::PROGRAMS), Err(Refused::Ambiguous(..))), "{text}");
        }
        let refused = read("125.000", Kind::WHOLE, Hint::PROGRAMS).unwrap_err();
        let told = refused.message("125.000", "a number");
        assert!(told.contains("125 or 125000"), "{told}");
        assert_eq!(read("125,000", Kind::WHOLE, Hint::PROGRAMS).as_deref(), Ok("125000"));
        assert_eq!(read("1.234M", Kind::WHOLE, Hint::PROGRAMS).as_deref(), Ok("1234000"));
        assert!(read("1,234M", Kind::WHOLE, Hint::PROGRAMS).is_err());
        let decided = |mark| Hint { decided: Some(mark), usual: None, said: false };
        assert_eq!(read("125.000", Kind::WHOLE, decided(Mark::Comma)).as_deref(), Ok("125000"));
        assert_eq!(read("125.000", Kind::WHOLE, decided(Mark::Point)).as_deref(), Ok("125"));
        let said = Hint { said: true, ..decided(Mark::Point) };
        assert_eq!(read("320,50", Kind::MONEY, said), Err(Refused::OtherMark(Mark::Point)));
    }

    #[test]
    fn what_is_no_number() {
        for text in [
            "",
            " ",
            "many",
            "K",
            "1.2.3",
            "1,2,3",
            "5.",
            "1 2",
            "12 5",
            "1__2",
            "--5",
            "5-",
            "0x5",
            "1,234 567",
            "𝟓",
            "0,123,456",
        ] {
            assert_eq!(read(text, Kind::up_to(1e12), Hint::PROGRAMS), Err(Refused::NoNumber), "{text}");
        }
        assert_eq!(read("(1,234)", Kind::WHOLE, Hint::PROGRAMS), Err(Refused::Parentheses));
        for text in ["1.25E+05", "1e9", "1,2E+11"] {
            assert_eq!(read(text, Kind::WHOLE, Hint::PROGRAMS), Err(Refused::Scientific), "{text}");
        }
        assert_eq!(read("5 %", Kind::WHOLE, Hint::PROGRAMS), Err(Refused::NoNumber));
        assert!(read(&"9".repeat(60), Kind::WHOLE, Hint::PROGRAMS).is_err());
    }
}
