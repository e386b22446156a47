//! Reading takes time that grows with what is sent, and not with its square.

use std::io::Cursor;
use std::time::Duration;

use cpu_time::ThreadTime;
use input::rule::{self, Rule};
use input::table::{Format, Rows, Shape};
use input::{Input, form, json};
use proptest::prelude::*;
use serde_json::Value;

/// What bodies, queries and tables are put together of.
const PIECES: &[&str] = &[
    "[",
    "{",
    "\"",
    "\\",
    ":",
    ",",
    "0",
    "{\"a\":",
    "[0,",
    "\"a\":1,",
    "\"key\":[0,0],",
    "a=1&",
    "%",
    "%2",
    "+",
    "&",
    "=",
    "\n",
    "\r\n",
    "\r",
    ";",
    "\t",
    "\"\"",
    ",\"",
    "\",",
    "\"a\nb\",",
    " ",
    "1,2\n",
    "é",
    "\u{0}",
    "null,",
    "[[",
    "]]",
    "}",
    "-",
    "1e9,",
    "2026-01-15T10:30:00Z",
    "125K",
    "1.000,",
];

const SHAPE: Shape =
    Shape { formats: &[Format::Csv, Format::JsonLines], columns: &[&["a"], &["b"]], hint: "", longest: 1 << 20 };

/// What a row is read as: numbers are looked through before the first row.
#[derive(Input)]
#[expect(dead_code, reason = "only how long it takes is of interest")]
struct Pair {
    #[input(number(0.0, 1e9))]
    a: Option<f64>,
    #[input(any_text(200))]
    b: Option<String>,
}

fn time(read: &impl Fn(&[u8]), text: &[u8]) -> Duration {
    let once = || {
        // Of this thread alone: what it has to wait for on a busy machine does not count.
        let started = ThreadTime::now();
        read(text);
        started.elapsed()
    };
    (0..3).map(|_| once()).min().unwrap_or_default()
}

/// Doubles what is read three times; `make` puts a head before it.
fn is_linear(name: &str, unit: &str, most: usize, make: &impl Fn(&str) -> String, read: &impl Fn(&[u8])) {
    let text = unit.repeat(most / unit.len() + 1);
    let cut = |bytes: usize| make(&text[..text.floor_char_boundary(bytes)]);
    let (short, long) = (time(read, cut(most / 8).as_bytes()), time(read, cut(most).as_bytes()));
    assert!(
        long <= short * 24 + Duration::from_millis(10),
        "{name}: {short:?} for {} bytes, {long:?} for {most} of {unit:?}",
        most / 8
    );
}

fn rows(bytes: &[u8]) {
    if let Ok(mut rows) = Rows::of::<Pair>(Box::new(Cursor::new(bytes.to_vec())), None.into(), &SHAPE) {
        while let Ok(Some(_)) = rows.next_row() {}
    }
}

fn check(unit: &str) {
    let plain = |text: &str| text.to_owned();
    let json = |bytes: &[u8]| drop(json::parse(bytes));
    is_linear("json", unit, 1 << 17, &plain, &json);
    is_linear("a string of json", unit, 1 << 17, &|text| Value::from(text).to_string(), &json);
    // A long key over many items: its path must not be copied for each.
    let under = |text: &str| format!("{{{}:[{}0]}}", Value::from(text), "0,".repeat(text.len() / 2));
    is_linear("a key of json", unit, 1 << 17, &under, &json);
    is_linear("a query", unit, 1 << 16, &plain, &|bytes| drop(form::pairs(&String::from_utf8_lossy(bytes))));
    is_linear("a table", unit, 1 << 17, &|text| format!("a,b\n{text}"), &rows);
    is_linear("lines of json", unit, 1 << 17, &|text| format!("{{\"a\": 1}}\n{text}"), &rows);
    is_linear("rules", unit, 1 << 16, &|text| text.to_owned(), &|bytes| {
        let value = Value::from(String::from_utf8_lossy(bytes).into_owned());
        for from_text in [false, true] {
            let _ = rule::text(200).read(&value, from_text);
            let _ = rule::reference(200).read(&value, from_text);
            let _ = rule::any_text(200).read(&value, from_text);
            let _ = rule::email().read(&value, from_text);
            let _ = rule::url().read(&value, from_text);
            let _ = rule::moment().read(&value, from_text);
            let _ = rule::amount(false).read(&value, from_text);
            let _ = rule::number(0.0, 1e9).read(&value, from_text);
            let _ = rule::whole(0, 1 << 40).read(&value, from_text);
            let _ = rule::short_count().read(&value, from_text);
            let _ = rule::text_or_list(200).read(&value, from_text);
            let _ = rule::texts(20, 200).read(&value, from_text);
        }
    });
}

#[test]
fn each_piece_over_and_over() {
    for piece in PIECES {
        check(piece);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn pieces_in_any_order(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 1..8)) {
        check(&pieces.concat());
    }
}
