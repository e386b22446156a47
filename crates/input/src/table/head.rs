//! The head of a table: found below titles and empty rows, in whatever is set apart by whatever.

use kernel::numeral::{Kind, Written};
use kernel::{Error, Result};

use super::columns::{Decided, Holds};
use super::lines::{Line, Lines, Record, split};
use super::{Shape, unreadable};

/// So many lines may stand above a head.
const MOST_ABOVE: usize = 50;
/// What may stand between cells.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Names of columns that hold days.
const DATES: [&str; 3] = ["date", "day", "ordered_at"];

/// A column, as its head names it.
pub(super) struct Column {
    /// Empty where nothing is named.
    pub(super) name: String,
    pub(super) holds: Holds,
    pub(super) decided: Decided,
}

/// The head of a table.
pub(super) struct Head {
    pub(super) columns: Vec<Column>,
    pub(super) delimiter: u8,
}

impl Head {
    /// Reads on to the head, which names the columns of the shape.
    pub(super) fn find(lines: &mut Lines, first: Line, shape: &Shape, numbers: &[(&str, Kind)]) -> Result<Self> {
        let (mut said, mut best): (Option<u8>, Option<Missing>) = (None, None);
        let mut line = Some(first);
        for _ in 0..MOST_ABOVE {
            let Some(own) = line else { break };
            if own.too_long {
                if best.is_none() {
                    let message = format!("its head (the first line) is longer than {} KiB", shape.longest >> 10);
                    return Err(Error::invalid_field("file", message));
                }
            } else if let Some(delimiter) = separator(&own.bytes) {
                said = Some(delimiter);
            } else {
                for delimiter in said.map_or(DELIMITERS.to_vec(), |said| vec![said]) {
                    let (record, more) = match lines.record(&own, delimiter, 0).map_err(unreadable)? {
                        Record::Whole(record, more) => (split(&record, delimiter), more),
                        Record::Broken(why, _) => (Err(why.to_owned()), 0),
                    };
                    let missing = match record {
                        Ok(names) => match Self::of(&names, delimiter, shape, numbers) {
                            Ok(head) => {
                                lines.skip(more);
                                return Ok(head);
                            }
                            Err(missing) => missing,
                        },
                        Err(why) => Missing { named: 0, message: format!("its head {why}") },
                    };
                    if best.as_ref().is_none_or(|best| best.named < missing.named) {
                        best = Some(missing);
                    }
                }
            }
            line = lines.next_said().map_err(unreadable)?;
        }
        let message = best.map_or_else(|| "has no head".to_owned(), |best| best.message);
        Err(Error::invalid_field("file", message))
    }

    fn of(names: &[String], delimiter: u8, shape: &Shape, numbers: &[(&str, Kind)]) -> Result<Self, Missing> {
        let mut names: Vec<String> = names.iter().map(|name| plain_name(name)).collect();
        while names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        let missing = shape.columns.iter().filter(|any| !names.iter().any(|name| any.contains(&name.as_str())));
        let missing: Vec<String> = missing.map(|any| any.join(" or ")).collect();
        if !missing.is_empty() {
            let message =
                format!("its head (the first line) names no column {}{}", missing.join(", and none "), shape.hint);
            return Err(Missing { named: shape.columns.len() - missing.len(), message });
        }
        let columns = names.into_iter().map(|name| {
            let number = numbers.iter().find(|(own, _)| *own == name);
            let holds = match number {
                Some((_, kind)) => Holds::Numbers(*kind),
                None if DATES.contains(&name.as_str()) => Holds::Dates,
                None => Holds::Text,
            };
            Column { name, holds, decided: Decided::default() }
        });
        Ok(Self { columns: columns.collect(), delimiter })
    }
}

/// What a line lacks to be the head.
struct Missing {
    named: usize,
    message: String,
}

/// The delimiter that a line says for the spreadsheet: `sep=;`.
fn separator(line: &[u8]) -> Option<u8> {
    let text = std::str::from_utf8(line).ok()?.trim_matches(['"', ' ']);
    let rest = text.get(..4).filter(|sep| sep.eq_ignore_ascii_case("sep=")).and(text.get(4..))?;
    let delimiter = *rest.as_bytes().first()?;
    DELIMITERS.contains(&delimiter).then_some(delimiter)
}

/// The name of a column as its field is called: `Engagement Rate (%)` is `engagement_rate`.
fn plain_name(name: &str) -> String {
    let name = name.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}'));
    let name = match name.strip_suffix([')', ']']).and_then(|name| name.rsplit_once(['(', '['])) {
        Some((name, unit)) if is_unit(unit) => name,
        _ => name,
    };
    let words = name.split(|c: char| c.is_whitespace() || matches!(c, '-' | '_')).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_").to_lowercase()
}

/// Is it `%`, or a currency?
fn is_unit(unit: &str) -> bool {
    let unit = unit.trim();
    unit == "%"
        || (!unit.bytes().any(|byte| byte.is_ascii_digit())
            && Written::parse(&format!("{unit} 1")).is_ok_and(|one| one.is_money()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_fields() {
        for (written, name) in [
            (" Engagement Rate (%)", "engagement_rate"),
            ("Collaboration-Rate [EUR]", "collaboration_rate"),
            ("collaboration_rate (€)", "collaboration_rate"),
            ("Followers\nCount", "followers_count"),
            ("followers (k)", "followers_(k)"),
            ("\u{feff}name", "name"),
            ("Unnamed: 0", "unnamed:_0"),
        ] {
            assert_eq!(plain_name(written), name);
        }
        assert_eq!(separator(b"sep=;"), Some(b';'));
        assert_eq!(separator(b"\"SEP=,\""), Some(b','));
        assert_eq!(separator(b"sep=\t"), Some(b'\t'));
        assert_eq!((separator(b"sep=x"), separator(b"sepia"), separator(b"sep")), (None, None, None));
    }
}
