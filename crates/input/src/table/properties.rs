//! What is written in any dialect and any style of numbers is read as it was meant, or refused: never as another number.

use std::fmt::Write as _;
use std::io::Cursor;

use kernel::numeral::{Kind, Mark};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const SHAPE: Shape = Shape { formats: &[Format::Csv], columns: &[&["name"]], hint: "", longest: 1 << 16 };
const NUMBERS: [(&str, Kind); 3] = [("views", Kind::WHOLE), ("rate", Kind::MONEY), ("share", Kind::up_to(100.0))];

/// How somebody writes numbers.
#[derive(Clone, Debug)]
struct Style {
    decimal: Mark,
    group: &'static str,
    /// Behind whole numbers, too.
    decimals: usize,
    around: (&'static str, &'static str),
    percent: &'static str,
}

fn style() -> impl Strategy<Value = Style> {
    let group = select(vec!["", "mark", " ", "\u{a0}", "\u{202f}", "'", "’"]);
    let around = select(vec![("", ""), ("€ ", ""), ("", " €"), ("$", ""), ("EUR ", "")]);
    (select(Mark::ALL.to_vec()), group, 0_usize..3, around, select(vec!["", "%", " %"])).prop_map(
        |(decimal, group, decimals, around, percent)| {
            let other = if decimal == Mark::Point { "," } else { "." };
            Style { decimal, group: if group == "mark" { other } else { group }, decimals, around, percent }
        },
    )
}

impl Style {
    /// So many hundredths, with at least so many decimals.
    fn write(&self, hundredths: u64, least: usize) -> String {
        let digits = (hundredths / 100).to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push_str(self.group);
            }
            text.push(digit);
        }
        let part = format!("{:02}", hundredths % 100);
        let needed = part.trim_end_matches('0').len().max(least);
        if needed > 0 {
            text.push(self.decimal.sign());
            text.push_str(&part[..needed]);
        }
        text
    }
}

/// How a file is written.
#[derive(Clone, Debug)]
struct File {
    delimiter: char,
    end: &'static str,
    above: &'static str,
    encoding: usize,
    quoted: bool,
    trailing: &'static str,
}

fn file() -> impl Strategy<Value = File> {
    (
        select(vec![',', ';', '\t', '|']),
        select(vec!["\n", "\r\n", "\r"]),
        select(vec!["", "sep", "A title", "empty"]),
        0_usize..5,
        any::<bool>(),
        select(vec!["", "d", "dd"]),
    )
        .prop_map(|(delimiter, end, above, encoding, quoted, trailing)| File {
            delimiter,
            end,
            above,
            encoding,
            quoted,
            trailing,
        })
}

impl File {
    fn write(&self, records: &[Vec<String>]) -> Vec<u8> {
        let mut text = match self.above {
            "sep" => format!("sep={}{}", self.delimiter, self.end),
            "empty" => format!("{}{}", self.delimiter.to_string().repeat(3), self.end),
            title => format!("{title}{}", self.end),
        };
        for record in records {
            for (at, cell) in record.iter().enumerate() {
                if at > 0 {
                    text.push(self.delimiter);
                }
                if self.quoted || cell.contains([self.delimiter, '"', '\n', '\r']) {
                    let _ = write!(text, "\"{}\"", cell.replace('"', "\"\""));
                } else {
                    text.push_str(cell);
                }
            }
            text.push_str(&self.trailing.replace('d', &self.delimiter.to_string()));
            text.push_str(self.end);
        }
        let utf16 = |bytes_of: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes_of).collect::<Vec<u8>>();
        match self.encoding {
            0 => text.into_bytes(),
            1 => format!("\u{feff}{text}").into_bytes(),
            2 => [vec![0xff, 0xfe], utf16(u16::to_le_bytes)].concat(),
            3 => utf16(u16::to_be_bytes),
            // The code page has no narrow space.
            _ => encoding_rs::WINDOWS_1252.encode(&text.replace('\u{202f}', "\u{a0}")).0.into_owned(),
        }
    }
}

/// Views, a price, a share in percent, each with two decimals; and a text.
fn row() -> impl Strategy<Value = (u64, u64, u64, String)> {
    let views = prop_oneof![0_u64..2_000_000, (0_u64..2_000).prop_map(|thousands| thousands * 1000)];
    let rate = prop_oneof![0_u64..10_000_000, (0_u64..100).prop_map(|thousands| thousands * 100_000)];
    let name = "x[a-zñé]{0,5}[,;|\t\r\n\" ]{0,2}[a-z9]{1,5}";
    (views.prop_map(|views| views * 100), rate, 0_u64..10_000, name)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn numbers_are_read_as_they_were_meant_or_refused(
        rows in prop::collection::vec(row(), 1..6),
        style in style(),
        file in file(),
    ) {
        let mut records = vec![["name", "views", "rate", "share"].map(str::to_owned).to_vec()];
        for (views, rate, share, name) in &rows {
            let (front, back) = style.around;
            records.push(vec![
                name.clone(),
                style.write(*views, style.decimals.min(1)),
                format!("{front}{}{back}", style.write(*rate, style.decimals)),
                format!("{}{}", style.write(*share, style.decimals), style.percent),
            ]);
        }
        let bytes = file.write(&records);
        let mut table = Rows::new(Box::new(Cursor::new(bytes)), Said::default(), &SHAPE, &NUMBERS, false).unwrap();
        for (views, rate, share, name) in &rows {
            let row = table.next_row().unwrap().unwrap();
            let Ok(fields) = row.fields else { continue };
            prop_assert_eq!(fields.raw("name").and_then(Value::as_str), Some(name.as_str()));
            for (column, meant) in [("views", views), ("rate", rate), ("share", share)] {
                let text = fields.raw(column).and_then(Value::as_str).unwrap_or_default();
                let read: f64 = text.parse().unwrap_or(f64::NAN);
                prop_assert_eq!(read.to_bits(), (*meant as f64 / 100.0).to_bits(), "{} is read as {}", column, text);
            }
        }
        prop_assert!(table.next_row().unwrap().is_none());
    }

    #[test]
    fn what_we_write_is_read_as_it_was(
        texts in prop::collection::vec("('{0,2} {0,2}[-=+@\t\r\na;,|\"]?[-=+@'a1é ]{0,6}|\\PC{0,8}|N/A|nan|-)", 1..6),
        numbers in prop::collection::vec(0_u64..100_000_000, 1..6),
        dialect in (select(vec![Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab]), any::<bool>()),
    ) {
        let dialect = Dialect { delimiter: dialect.0, mark: dialect.1 };
        let mut writer = Writer::new(dialect);
        writer.head(["name", "note", "rate"]);
        for (text, number) in texts.iter().zip(&numbers) {
            writer.text("x");
            writer.text(text);
            writer.number(&(*number as f64 / 100.0).to_string());
            writer.end();
        }
        let mut table = Rows::new(Box::new(Cursor::new(writer.into_bytes())), Said::default(), &SHAPE, &NUMBERS, false).unwrap();
        for (text, number) in texts.iter().zip(&numbers) {
            let fields = table.next_row().unwrap().unwrap().fields.unwrap();
            let read = fields.raw("note").and_then(Value::as_str).unwrap_or_default();
            prop_assert!(read == text || text.trim().is_empty(), "{:?} is read as {:?}", text, read);
            let rate: f64 = fields.raw("rate").and_then(Value::as_str).unwrap().parse().unwrap();
            prop_assert_eq!(rate.to_bits(), (*number as f64 / 100.0).to_bits());
        }
    }
}
