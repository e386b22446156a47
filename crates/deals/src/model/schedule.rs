//! Payment schedules: who gets how much at which milestone, to the last cent.

use input::Fields;
use kernel::{Amount, Currency, Timestamp};
use payments::model::split;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::deliverables::{Wanted, moment_or_day, text_of};

/// The most lines of a schedule.
pub const MOST_LINES: usize = 50;

/// What makes a milestone due.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = MilestoneDue)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// The last signature.
    Signing,
    /// The approval of what it pays for.
    Delivery,
    /// Its date.
    Date,
}

/// A line of a schedule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ContractDocumentLine)]
pub struct Line {
    /// What it is called: `contract_signing`.
    pub milestone: String,
    /// How much, in hundredths.
    #[serde(with = "minor")]
    #[schema(value_type = i64)]
    pub amount: Amount,
    /// When, if a date was said, in microseconds since 1970.
    pub due_date: Option<i64>,
    /// What makes it due.
    pub due_on: Due,
    /// Of one that is due on delivery: by which deliverables of the contract, counted from 0; by all of them if none is named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deliverables: Vec<usize>,
}

mod minor {
    use kernel::Amount;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    pub(super) fn serialize<S: Serializer>(money: &Amount, serializer: S) -> Result<S::Ok, S::Error> {
        money.minor().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
        i64::deserialize(deserializer).map(Amount::from_minor)
    }
}

impl Line {
    /// The date, if there is one.
    pub fn date(&self) -> Option<Timestamp> {
        self.due_date.map(Timestamp::from_micros)
    }

    /// Does it say the same as another one, whatever is delivered for it?
    pub fn is_as(&self, other: &Self) -> bool {
        (&self.milestone, self.amount, self.due_date, self.due_on)
            == (&other.milestone, other.amount, other.due_date, other.due_on)
    }

    fn read(line: &Map<String, Value>, amount: Amount, wanted: &[Wanted]) -> Self {
        let milestone = text_of(line, &["milestone", "name", "title"]).unwrap_or_else(|| "payment".to_owned());
        let due_date = ["due_date", "date"].iter().find_map(|name| line.get(*name)).and_then(moment_or_day);
        let said = line.get("due_on").and_then(Value::as_str).map(str::to_ascii_lowercase);
        let mut deliverables = of_line(line, &milestone, wanted);
        let due_on = match said.as_deref() {
            Some("signing") => Due::Signing,
            Some("delivery") => Due::Delivery,
            Some("date") if due_date.is_some() => Due::Date,
            _ if !deliverables.is_empty() => Due::Delivery,
            _ if due_date.is_some() => Due::Date,
            _ if milestone.to_ascii_lowercase().contains("sign") => Due::Signing,
            _ => Due::Delivery,
        };
        if due_on != Due::Delivery {
            deliverables.clear();
        }
        Self { milestone, amount, due_date: due_date.map(Timestamp::micros), due_on, deliverables }
    }
}

/// A name as names are compared: `content_delivery` is "Content delivery".
fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// What a line itself says that it pays for: the names of deliverables, or their places from 0.
fn references(line: &Map<String, Value>) -> Vec<&Value> {
    match ["deliverables", "deliverable"].iter().find_map(|name| line.get(*name)) {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(one) => vec![one],
    }
}

/// The places of the deliverables that a reference names: all of that type, or the one at that place.
fn named(reference: &Value, wanted: &[Wanted]) -> Vec<usize> {
    match reference {
        Value::String(name) => {
            let all = wanted.iter().enumerate();
            all.filter(|(_, one)| plain(&one.kind) == plain(name)).map(|(place, _)| place).collect()
        }
        other => {
            let place = other.as_u64().and_then(|place| usize::try_from(place).ok());
            place.into_iter().filter(|place| *place < wanted.len()).collect()
        }
    }
}

/// Which deliverables make a line due: those that it names itself, or those that name its milestone.
fn of_line(line: &Map<String, Value>, milestone: &str, wanted: &[Wanted]) -> Vec<usize> {
    let mut places: Vec<usize> = references(line).into_iter().flat_map(|one| named(one, wanted)).collect();
    if places.is_empty() {
        let names_it = |one: &Wanted| one.milestone.as_ref().is_some_and(|name| plain(name) == plain(milestone));
        places = wanted.iter().enumerate().filter(|(_, one)| names_it(one)).map(|(place, _)| place).collect();
    }
    places.sort_unstable();
    places.dedup();
    places
}

/// The lines of a schedule that has been [checked](check), where so much is to be delivered: every line has its amount.
pub fn lines(schedule: &[Value], wanted: &[Wanted]) -> Vec<Line> {
    let of = |line: &Value| {
        let line = line.as_object()?;
        let amount = line.get("amount").and_then(Value::as_f64).and_then(Amount::from_number)?;
        Some(Line::read(line, amount, wanted))
    };
    schedule.iter().filter_map(of).collect()
}

/// Percent in hundredths, if it is a number from 0 to 100 with at most two decimals.
fn hundredths(value: &Value) -> Option<u64> {
    let number = value.as_f64().filter(|number| (0.0..=100.0).contains(number))? * 100.0;
    ((number - number.round()).abs() < 1e-6).then_some(number.round() as u64)
}

/// What does not add up, of a schedule of so many lines.
fn add_up(lines: usize, amounts: &[Amount], percents: &[u64], whole: Amount) -> Vec<Fault> {
    let mut faults = Vec::new();
    let whole_fault = |message: String| (String::new(), "does_not_add_up", message);
    let sum: i64 = amounts.iter().map(|amount| amount.minor()).sum();
    let percent: u64 = percents.iter().sum();
    // Thirds written as 33.33 lack a hundredth in all.
    let is_whole = percent.abs_diff(10_000) <= if percents.iter().all(|one| one % 100 == 0) { 0 } else { lines as u64 };
    if amounts.len() == lines && sum != whole.minor() {
        faults.push(whole_fault(format!(
            "its amounts sum to {:.2}, the payment_amount is {:.2}",
            Amount::from_minor(sum).to_number(),
            whole.to_number()
        )));
    } else if !amounts.is_empty() && amounts.len() < lines {
        faults.push(whole_fault("every line must have an amount, or none of them".into()));
    } else if amounts.is_empty() && percents.len() < lines {
        faults.push(whole_fault("every line must have an amount or a percentage".into()));
    } else if percents.len() == lines && !is_whole {
        faults.push(whole_fault(format!("its percentages sum to {} instead of 100", percent as f64 / 100.0)));
    }
    if faults.is_empty() && amounts.len() == lines && percents.len() == lines {
        for (at, (amount, percent)) in amounts.iter().zip(percents).enumerate() {
            let share = i128::from(amount.minor()) * 10_000 - i128::from(*percent) * i128::from(whole.minor());
            // Off by a whole percent or more: not a rounding, but another split.
            if share.abs() >= i128::from(whole.minor()) * 100 {
                let message = format!(
                    "is not the share of this line: its amount is {:.2} % of the whole",
                    amount.minor() as f64 * 100.0 / whole.minor() as f64
                );
                faults.push((format!("{at}.percentage"), "does_not_add_up", message));
            }
        }
    }
    faults
}

/// Where, of what kind, and in words.
type Fault = (String, &'static str, String);

/// Checks a schedule against the whole amount and answers it with an amount in every line. Faults are told of `payment_schedule`.
///
/// Lines have amounts, which sum to the whole exactly, or percentages, which sum to 100 (thirds as 33.33 may lack a hundredth each); with
/// both, the amounts count, and each percentage must be the amount's share to the nearest whole one. Deliverables that a line names must be
/// among those that are wanted.
pub fn check(
    fields: &mut Fields,
    schedule: &[Value],
    wanted: &[Wanted],
    whole: Amount,
    currency: Currency,
) -> Vec<Value> {
    let mut checked: Vec<Map<String, Value>> = Vec::new();
    let mut faults: Vec<Fault> = Vec::new();
    if schedule.len() > MOST_LINES {
        faults.push((String::new(), "too_long", format!("must have at most {MOST_LINES} lines")));
    }
    let (mut amounts, mut percents) = (Vec::new(), Vec::new());
    for (at, line) in schedule.iter().enumerate().take(MOST_LINES) {
        let Some(line) = line.as_object() else {
            faults.push((
                at.to_string(),
                "wrong_type",
                "must be an object with milestone and amount or percentage".into(),
            ));
            continue;
        };
        let given = |name: &str| line.get(name).filter(|value| !value.is_null());
        let mut fault = |name: &str, kind: &'static str, message: &str| {
            faults.push((format!("{at}.{name}"), kind, message.to_owned()));
        };
        if let Some(milestone) = given("milestone")
            && !milestone.as_str().is_some_and(|text| !text.trim().is_empty() && text.chars().count() <= 200)
        {
            fault("milestone", "wrong_type", "must be a text of 1 to 200 characters");
        }
        if let Some(date) = given("due_date")
            && moment_or_day(date).is_none()
        {
            fault(
                "due_date",
                "wrong_format",
                "must be a time such as 2026-01-15T10:30:00Z or a day such as 2026-01-15",
            );
        }
        if let Some(on) = given("due_on") {
            match on.as_str().map(str::to_ascii_lowercase).as_deref() {
                Some("signing" | "delivery") => {}
                Some("date") if given("due_date").is_some() => {}
                Some("date") => fault("due_date", "missing", "is missing: the payment is due on a date"),
                _ => fault("due_on", "unknown_value", "must be one of signing, delivery, date"),
            }
        }
        if references(line).into_iter().any(|one| named(one, wanted).is_empty()) {
            let message = "must name deliverables of this contract by their type, or by their place from 0";
            fault("deliverables", "unknown_value", message);
        }
        if let Some(amount) = given("amount") {
            match amount.as_f64().and_then(Amount::from_number).filter(|amount| amount.minor() > 0) {
                Some(money) if currency.fits(money) => amounts.push(money),
                Some(_) => fault("amount", "wrong_format", &format!("must be a whole number of {currency}")),
                None => fault("amount", "out_of_range", "must be a number above 0 with at most two decimals"),
            }
        }
        if let Some(percent) = given("percentage") {
            match hundredths(percent).filter(|hundredths| *hundredths > 0) {
                Some(hundredths) => percents.push(hundredths),
                None => {
                    fault("percentage", "out_of_range", "must be above 0 and at most 100, with at most two decimals");
                }
            }
        }
        checked.push(line.clone());
    }
    if faults.is_empty() && !checked.is_empty() {
        faults = add_up(checked.len(), &amounts, &percents, whole);
        if faults.is_empty() && amounts.is_empty() {
            let step = currency.step().minor();
            let parts = split(Amount::from_minor(whole.minor() / step), &percents);
            for (at, (line, part)) in checked.iter_mut().zip(parts).enumerate() {
                if part.minor() <= 0 {
                    let least = currency.step().to_number();
                    let message = format!(
                        "comes to nothing: its share is less than {least} {currency}, the smallest amount there is"
                    );
                    faults.push((format!("{at}.percentage"), "out_of_range", message));
                }
                let amount = Amount::from_minor(part.minor() * step);
                line.insert("amount".into(), serde_json::json!(amount.to_number()));
            }
        }
    }
    for (place, kind, message) in faults {
        let name = if place.is_empty() { "payment_schedule".to_owned() } else { format!("payment_schedule.{place}") };
        fields.fault(&name, kind, message);
    }
    checked.into_iter().map(Value::Object).collect()
}

#[cfg(test)]
mod tests {
    use input::Input;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    struct Checked(Vec<Value>);

    impl Input for Checked {
        fn read(fields: &mut Fields) -> Option<Self> {
            let whole = fields.raw("whole").and_then(Value::as_i64).map(Amount::from_minor)?;
            let schedule = fields.raw("schedule").and_then(Value::as_array).cloned()?;
            let wanted = super::super::deliverables::wanted(fields.all(), None);
            let currency = fields.raw("currency").and_then(Value::as_str).unwrap_or("USD");
            let currency = Currency::parse(currency).ok()?;
            Some(Self(check(fields, &schedule, &wanted, whole, currency)))
        }
    }

    fn checked(whole: i64, schedule: &Value) -> kernel::Result<Vec<Line>> {
        let fields = Fields::of_body(json!({"whole": whole, "schedule": schedule}))?;
        fields.read::<Checked>().map(|checked| lines(&checked.0, &[]))
    }

    #[test]
    fn lines_know_what_they_pay_for() {
        let wanted: Vec<Wanted> = ["youtube_video", "reel", "reel", "story"]
            .iter()
            .zip([None, Some("First part"), Some("first_part"), Some("nowhere")])
            .map(|(kind, milestone)| Wanted {
                kind: (*kind).into(),
                quantity: 1,
                requirements: vec![],
                milestone: milestone.map(str::to_owned),
                deadline: None,
            })
            .collect();
        let of = |line: Value| {
            let mut line = line;
            line["amount"] = json!(1);
            let line = lines(&[line], &wanted).remove(0);
            (line.due_on, line.deliverables)
        };
        for (line, due_on, places) in [
            (json!({"milestone": "first part"}), Due::Delivery, vec![1, 2]),
            (json!({"milestone": "first part", "due_date": "2030-01-01"}), Due::Delivery, vec![1, 2]),
            (json!({"milestone": "first part", "due_date": "2030-01-01", "due_on": "date"}), Due::Date, vec![]),
            (json!({"milestone": "first part", "due_on": "signing"}), Due::Signing, vec![]),
            (json!({"milestone": "signing off", "deliverables": ["Reel"]}), Due::Delivery, vec![1, 2]),
            (json!({"milestone": "first part", "deliverable": "youtube video"}), Due::Delivery, vec![0]),
            (json!({"milestone": "x", "deliverables": [3, 0, 3]}), Due::Delivery, vec![0, 3]),
            (json!({"milestone": "x", "deliverables": []}), Due::Delivery, vec![]),
            (json!({"milestone": "x"}), Due::Delivery, vec![]),
            (json!({"milestone": "x", "due_date": "2030-01-01"}), Due::Date, vec![]),
            (json!({"milestone": "contract_signing"}), Due::Signing, vec![]),
        ] {
            assert_eq!(of(line.clone()), (due_on, places), "{line}");
        }
        for wrong in [json!(["podcast"]), json!([4]), json!("podcast"), json!([-1]), json!([{}])] {
            let schedule = json!([{"milestone": "x", "amount": 1200, "deliverables": wrong}]);
            let error = checked(120_000, &schedule).unwrap_err();
            assert_eq!(error.faults()[0].loc.last().unwrap(), "deliverables", "{schedule}");
        }
    }

    #[test]
    fn the_documents_example_passes() {
        let schedule = json!([{"milestone": "contract_signing", "amount": 400.0, "percentage": 33},
            {"milestone": "content_delivery", "amount": 800.0, "percentage": 67}]);
        let lines = checked(120_000, &schedule).unwrap();
        assert_eq!((lines[0].amount.minor(), lines[0].due_on), (40_000, Due::Signing));
        assert_eq!((lines[1].amount.minor(), lines[1].due_on), (80_000, Due::Delivery));
        assert!(checked(120_000, &json!([])).unwrap().is_empty());
    }

    #[test]
    fn what_does_not_add_up_is_told() {
        for (schedule, place) in [
            (json!([{"amount": 400}, {"amount": 799.99}]), "payment_schedule"),
            (json!([{"percentage": 33}, {"percentage": 66}]), "payment_schedule"),
            (json!([{"amount": 400}, {"percentage": 67}]), "payment_schedule"),
            (json!([{"amount": 400, "percentage": 67}, {"amount": 800, "percentage": 33}]), "percentage"),
            (json!([{"amount": -1}, {"amount": 1201}]), "amount"),
            (json!([{"amount": 0.001}]), "amount"),
            (json!([{"percentage": 101}]), "percentage"),
            (json!([{"amount": 1200, "due_date": "soon"}]), "due_date"),
            (json!([{"amount": 1200, "due_on": "date"}]), "due_date"),
            (json!([{"milestone": 7, "amount": 1200}]), "milestone"),
            (json!(["all at once"]), "0"),
            (json!([{"milestone": "x"}]), "payment_schedule"),
        ] {
            let error = checked(120_000, &schedule).unwrap_err();
            assert_eq!(error.faults()[0].loc.last().unwrap(), place, "{schedule}: {error}");
        }
    }

    proptest! {
        /// Whatever is written: each line that was taken can be paid, in each kind of currency, and together they are the whole.
        #[test]
        fn a_line_that_was_taken_can_be_paid(
            steps in 1_i64..3_000,
            code in prop::sample::select(vec!["USD", "JPY", "ISK", "UGX", "MGA", "HUF"]),
            cuts in prop::collection::vec(1_u64..10_000, 0..12),
        ) {
            let currency = Currency::parse(code).unwrap();
            let whole = steps * currency.step().minor();
            let mut edges = cuts;
            edges.extend([0, 10_000]);
            edges.sort_unstable();
            edges.dedup();
            let shares: Vec<u64> = edges.windows(2).map(|pair| pair[1] - pair[0]).collect();
            let schedule: Vec<Value> = shares.iter().map(|share| json!({"percentage": *share as f64 / 100.0})).collect();
            let body = json!({"whole": whole, "schedule": schedule, "currency": code});
            match Fields::of_body(body).unwrap().read::<Checked>() {
                Ok(checked) => {
                    let lines = lines(&checked.0, &[]);
                    prop_assert!(lines.iter().all(|line| line.amount > Amount::default() && currency.fits(line.amount)));
                    prop_assert_eq!(lines.iter().map(|line| line.amount.minor()).sum::<i64>(), whole);
                }
                Err(error) => {
                    prop_assert!(error.message().contains("comes to nothing") || error.faults().len() > 1, "{error}");
                    prop_assert!(shares.iter().any(|share| (steps as u64) * share < 10_000), "{error}");
                }
            }
        }
    }

    #[test]
    fn thirds_are_a_whole() {
        let lines =
            checked(10_000, &json!([{"percentage": 33.33}, {"percentage": 33.33}, {"percentage": 33.33}])).unwrap();
        assert_eq!(lines.iter().map(|line| line.amount.minor()).collect::<Vec<_>>(), [3_334, 3_333, 3_333]);
    }

    proptest! {
        #[test]
        fn percentages_that_sum_to_100_lose_no_cent(whole in 100_i64..1_000_000_000, cuts in prop::collection::vec(1_u64..100, 0..12)) {
            let mut edges = cuts;
            edges.extend([0, 100]);
            edges.sort_unstable();
            edges.dedup();
            let schedule: Vec<Value> = edges.windows(2).map(|pair| json!({"percentage": pair[1] - pair[0]})).collect();
            let lines = checked(whole, &Value::Array(schedule)).unwrap();
            prop_assert_eq!(lines.iter().map(|line| line.amount.minor()).sum::<i64>(), whole);
        }

        #[test]
        fn amounts_pass_only_if_they_sum_exactly(parts in prop::collection::vec(1_i64..10_000_000, 1..20), off in -3_i64..=3) {
            let sum: i64 = parts.iter().sum();
            let schedule: Vec<Value> = parts.iter().map(|part| json!({"amount": Amount::from_minor(*part).to_number()})).collect();
            prop_assert_eq!(checked(sum + off, &Value::Array(schedule)).is_ok(), off == 0 && sum + off > 0);
        }
    }
}
