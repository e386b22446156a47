//! Bodies that are one row, a list of rows, or an object with such a list.

use std::borrow::Cow;

use axum::extract::Request;
use http_base::App;
use http_base::body::json_text;
use input::describe::{Schemas, finished, reference};
use input::{Fields, Input};
use kernel::{Day, Error, Fault, Kind, Result};
use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The first day that figures are taken of, 2005-01-01: before it there was nothing to post on.
pub(crate) const FIRST: Day = Day(12_784);

/// The most rows of one body; a table takes more.
pub(crate) const MOST_ROWS: usize = 1000;

/// A row that is of a day.
pub(crate) trait Dated: Input {
    /// What a list of such rows is called in an object.
    const LIST: &'static str;
    /// The fields that say so.
    const NAMES: &'static [&'static str];
    /// The day that was read.
    fn day(&self) -> Day;
}

/// The body of a request, for its documentation: one row, a list of them, or an object with such a list.
pub(crate) struct Rows<T>(std::marker::PhantomData<T>);

impl<T: Dated + ToSchema> PartialSchema for Rows<T> {
    fn schema() -> RefOr<Schema> {
        let row = json!({"$ref": format!("#/components/schemas/{}", T::name())});
        let rows = json!({"type": "array", "items": row, "minItems": 1, "maxItems": MOST_ROWS});
        finished(json!({
            "description": format!("One row, a list of up to {MOST_ROWS}, or an object with such a list."),
            "anyOf": [row, rows, {"type": "object", "required": [T::LIST], "properties": {T::LIST: rows}}],
        }))
    }
}

impl<T: Dated + ToSchema> ToSchema for Rows<T> {
    fn name() -> Cow<'static, str> {
        format!("{}s", T::name()).into()
    }

    fn schemas(schemas: &mut Schemas) {
        reference::<T>(schemas);
    }
}

/// What is wrong with a day after the last one that figures can be of.
pub(crate) fn ahead(day: Day, last: Day) -> Option<String> {
    (day > last).then(|| format!("must not be after tomorrow ({last})"))
}

/// The JSON of a body.
pub(crate) async fn json_body(app: &App, request: Request) -> Result<Value> {
    let hint = |error: Error| match error.kind() {
        Kind::UnsupportedMediaType => {
            Error::new(error.kind(), format!("{}; a table goes to the path that ends with /csv", error.message()))
        }
        Kind::TooLarge => Error::new(error.kind(), format!("{}; send many rows as CSV", error.message())),
        _ => error,
    };
    input::json::parse(&json_text(app, request).await.map_err(hint)?)
}

/// Reads the rows. Every fault of every row is told, by the row's place.
pub(crate) fn rows<T: Dated>(body: Value, latest: Day) -> Result<Vec<T>> {
    let list = T::LIST;
    let (place, values) = match body {
        Value::Array(values) => (vec![], values),
        Value::Object(mut fields) if fields.contains_key(list) => match fields.remove(list) {
            Some(Value::Array(values)) => (vec![list.to_owned()], values),
            _ => return Err(fault(vec!["body".into(), list.into()], "wrong_type", "must be a list".into())),
        },
        body => {
            let mut faults = Vec::new();
            let row = row(body, latest, &["body".to_owned()], &mut faults);
            return row.filter(|_| faults.is_empty()).map(|row| vec![row]).ok_or_else(|| Error::invalid(faults));
        }
    };
    let whole: Vec<String> = ["body".to_owned()].into_iter().chain(place).collect();
    if values.is_empty() {
        return Err(fault(whole, "too_short", "must have at least one row".into()));
    }
    if values.len() > MOST_ROWS {
        let message = format!("must have at most {MOST_ROWS} rows; send more as CSV");
        return Err(fault(whole, "too_long", message));
    }
    let (mut rows, mut faults) = (Vec::with_capacity(values.len()), Vec::new());
    for (at, value) in values.into_iter().enumerate() {
        let place: Vec<String> = whole.iter().cloned().chain([at.to_string()]).collect();
        rows.extend(row(value, latest, &place, &mut faults));
    }
    if faults.is_empty() { Ok(rows) } else { Err(Error::invalid(faults)) }
}

fn fault(loc: Vec<String>, kind: &'static str, message: String) -> Error {
    Error::invalid(vec![Fault { loc, message, kind }])
}

/// Reads one row; what is wrong with it is added to the faults, at its place.
fn row<T: Dated>(value: Value, latest: Day, place: &[String], faults: &mut Vec<Fault>) -> Option<T> {
    let named = T::NAMES.iter().find(|name| value.get(**name).is_some_and(|value| !value.is_null()));
    let day = named.and_then(|name| value.get(*name)).and_then(Value::as_str).and_then(Day::parse);
    if let (Some(name), Some(message)) = (named, day.and_then(|day| ahead(day, latest))) {
        let loc = place.iter().cloned().chain([(*name).to_owned()]).collect();
        faults.push(Fault { loc, message, kind: "out_of_range" });
    }
    match Fields::of_body(value).and_then(Fields::read) {
        Ok(row) => Some(row),
        Err(error) => {
            faults.extend(error.faults().iter().map(|fault| {
                let loc = place.iter().cloned().chain(fault.loc.iter().skip(1).cloned()).collect();
                Fault { loc, ..fault.clone() }
            }));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Input)]
    struct Row {
        #[input(day())]
        date: Day,
        #[input(whole(0, 9))]
        #[expect(dead_code, reason = "only its faults are looked at")]
        count: Option<i64>,
    }

    impl Dated for Row {
        const LIST: &'static str = "rows";
        const NAMES: &'static [&'static str] = &["date"];
        fn day(&self) -> Day {
            self.date
        }
    }

    fn read(body: Value) -> Result<Vec<Row>> {
        rows(body, Day::parse("2026-01-16").unwrap())
    }

    #[test]
    fn one_row_or_many() {
        let one = json!({"date": "2026-01-15"});
        for body in [one.clone(), json!([one]), json!({"rows": [one]})] {
            assert_eq!(read(body).unwrap()[0].day().to_string(), "2026-01-15");
        }
        assert_eq!(read(json!({"rows": [one, one]})).unwrap().len(), 2);
    }

    #[test]
    fn every_fault_of_every_row_is_told_at_its_place() {
        let told = |body: Value| {
            let error = read(body).unwrap_err();
            error.faults().iter().map(|fault| fault.loc.join(".")).collect::<Vec<_>>()
        };
        assert_eq!(told(json!({"date": "2027-01-01", "count": -1})), ["body.date", "body.count"]);
        assert_eq!(
            told(json!({"rows": [{"date": "2026-01-15"}, {"date": "2026-01-17", "count": "x"}, {}, 7]})),
            ["body.rows.1.date", "body.rows.1.count", "body.rows.2.date", "body.rows.3"]
        );
        assert_eq!(told(json!([{"date": "x"}])), ["body.0.date"]);
        assert_eq!(told(json!({"rows": {}})), ["body.rows"]);
        assert_eq!((told(json!([])), told(json!("x"))), (vec!["body".to_owned()], vec!["body".to_owned()]));
        assert_eq!(told(json!(vec![0; MOST_ROWS + 1])), ["body"]);
    }
}
