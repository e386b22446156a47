//! Tables as they are written out: for programs, and for spreadsheets of any country.

use kernel::numeral::Mark;

use super::cells::harmless;

/// How a table is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Dialect {
    /// What stands between cells.
    pub delimiter: Delimiter,
    /// Does it begin with a byte order mark? By it spreadsheets see that it is UTF-8.
    pub mark: bool,
}

/// What stands between the cells of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Delimiter {
    /// A comma, with points before decimals.
    #[default]
    Comma,
    /// A semicolon, with commas before decimals: as spreadsheets have it where the comma is the decimal mark.
    Semicolon,
    /// A tab, with points before decimals.
    Tab,
}

impl Delimiter {
    /// By its name: `comma`, `semicolon`, `tab`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "comma" => Some(Self::Comma),
            "semicolon" => Some(Self::Semicolon),
            "tab" => Some(Self::Tab),
            _ => None,
        }
    }

    const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }

    const fn decimal(self) -> Mark {
        match self {
            Self::Semicolon => Mark::Comma,
            Self::Comma | Self::Tab => Mark::Point,
        }
    }
}

/// Writes rows, cell by cell.
pub struct Writer {
    dialect: Dialect,
    out: Vec<u8>,
    is_first: bool,
}

impl Writer {
    /// A part of a table: its beginning, or rows that stand somewhere within it.
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, out: Vec::new(), is_first: true }
    }

    /// The beginning of a table: its mark, if it has one, and the names of the columns.
    pub fn head<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        if self.dialect.mark {
            self.out.extend_from_slice("\u{feff}".as_bytes());
        }
        names.into_iter().for_each(|name| self.cell(name));
        self.end();
    }

    /// A text: never a formula.
    pub fn text(&mut self, text: &str) {
        self.cell(&harmless(text));
    }

    /// A number, with the dialect's decimal mark, also where a unit follows it.
    pub fn number(&mut self, number: &str) {
        match self.dialect.delimiter.decimal() {
            Mark::Point => self.cell(number),
            Mark::Comma => self.cell(&number.replace('.', ",")),
        }
    }

    /// A cell as it stands: an id, a date, a name that we gave.
    pub fn cell(&mut self, text: &str) {
        let delimiter = self.dialect.delimiter.byte();
        if !std::mem::take(&mut self.is_first) {
            self.out.push(delimiter);
        }
        let bytes = text.as_bytes();
        let needs_quotes = bytes.iter().any(|byte| matches!(byte, b'"' | b'\n' | b'\r') || *byte == delimiter)
            || text.starts_with(char::is_whitespace)
            || text.ends_with(char::is_whitespace)
            || text.starts_with('\u{feff}');
        if needs_quotes {
            self.out.push(b'"');
            self.out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
            self.out.push(b'"');
        } else {
            self.out.extend_from_slice(bytes);
        }
    }

    /// Ends a row.
    pub fn end(&mut self) {
        self.out.push(b'\n');
        self.is_first = true;
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.out
    }
}
