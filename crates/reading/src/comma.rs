//! Tables as text: cells set apart by commas, semicolons, tabs or bars.

use csv::{ReaderBuilder, StringRecord};

use crate::draft::{Draft, tidy};
use crate::encoding::decode;
use crate::model::{BlockKind, Unreadable};

pub(crate) fn read(bytes: &[u8], draft: &mut Draft<'_>) -> Result<(), Unreadable> {
    let decoded = decode(bytes, None);
    decoded.tell(draft);
    let text = decoded.text.trim_start_matches('\u{feff}');
    // Excel says in a first line of its own which sign it is.
    let (text, told) = match text.strip_prefix("sep=").and_then(|rest| rest.split_once('\n')) {
        Some((sign, rest)) => (rest, sign.trim_end().bytes().next()),
        None => (text, None),
    };
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(told.unwrap_or_else(|| delimiter(text)))
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut first = true;
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(_) => return Err(Unreadable::broken("table")),
        }
        let cells: Vec<&str> = record.iter().collect();
        let line = row(&cells);
        let kind = if first && names_columns(&cells) { BlockKind::HeaderRow } else { BlockKind::Row };
        first &= line.is_empty();
        draft.leaf(kind, &line)?;
    }
}

/// The sign that most evenly sets the cells of the first lines apart.
fn delimiter(text: &str) -> u8 {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(20).collect();
    let evenness = |sign: u8| {
        let counts: Vec<usize> = lines.iter().map(|line| count(line, sign)).collect();
        let first = counts.first().copied().unwrap_or_default();
        (first > 0).then(|| (counts.iter().filter(|count| **count == first).count(), first))
    };
    [b',', b';', b'\t', b'|'].into_iter().max_by_key(|sign| (evenness(*sign), *sign == b',')).unwrap_or(b',')
}

/// How often the sign stands in a line outside of quotes.
fn count(line: &str, sign: u8) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for byte in line.bytes() {
        quoted ^= byte == b'"';
        count += usize::from(byte == sign && !quoted);
    }
    count
}

/// Cells as one line: `Basic | 20 USD`. Empty ones at the end are left out.
pub(crate) fn row<T: AsRef<str>>(cells: &[T]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| tidy(cell.as_ref()).replace('\n', " ")).collect();
    let last = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |at| at + 1);
    cells[..last].join(" | ")
}

/// Does this row name columns? Each cell says something, none twice, and none is a number.
pub(crate) fn names_columns<T: AsRef<str>>(cells: &[T]) -> bool {
    let mut seen = std::collections::HashSet::new();
    cells.len() > 1
        && cells.iter().all(|cell| {
            let cell = cell.as_ref().trim();
            cell.chars().any(char::is_alphabetic)
                && cell.chars().count() <= 60
                && !cell.ends_with(['.', '?', '!', ':', ';'])
                && !cell.starts_with(|letter: char| letter.is_ascii_digit())
                && seen.insert(cell.to_lowercase())
        })
}

#[cfg(test)]
mod tests {
    use crate::tests::kinds_of;
    use crate::{Kind, Limits};

    fn rows(text: &str) -> Vec<String> {
        kinds_of(&crate::read(Kind::Csv, text.as_bytes(), &Limits::default()).unwrap())
    }

    #[test]
    fn rows_are_read_whatever_sets_their_cells_apart() {
        let expected = ["HeaderRow Name | Price", "Row Basic, small | 20", "Row Big \"one\" | two lines"];
        assert_eq!(rows("Name,Price\n\"Basic, small\",20\n\"Big \"\"one\"\"\",\"two\nlines\"\n"), expected);
        assert_eq!(rows("Name;Price\nBasic, small;20\nBig \"one\";\"two\nlines\";;\n"), expected);
        assert_eq!(rows("sep=;\r\nName;Price\r\nBasic, small;20\r\nBig \"one\";two lines"), expected);
        assert_eq!(rows("\nName\tPrice\nBasic, small\t20\nBig \"one\"\ttwo lines"), expected);
    }

    #[test]
    fn a_first_row_of_numbers_names_no_columns() {
        assert_eq!(rows("Ana,1990\nEva,1991"), ["Row Ana | 1990", "Row Eva | 1991"]);
    }
}
