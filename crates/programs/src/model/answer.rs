//! What a member answers to a question, and what is no answer.

use serde_json::Value;

use super::kind::AnswerKind;
use super::nodes::QuestionNode;
use super::state::Said;

/// What somebody said, as an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// As it is kept.
    pub value: Value,
    /// Which choice it is.
    pub choice: Option<String>,
}

/// Reads an answer; nothing if it is none of the wanted kind.
pub fn read(question: &QuestionNode, said: &Said) -> Option<Answer> {
    let text = said.text.trim();
    let plain = |value: Value| Some(Answer { value, choice: None });
    match question.kind() {
        AnswerKind::Text => (!text.is_empty()).then(|| Answer { value: Value::from(text), choice: None }),
        AnswerKind::Number => number(text).and_then(|number| plain(number.into())),
        AnswerKind::Date => day(text).and_then(|day| plain(day.to_string().into())),
        AnswerKind::Choice => {
            let found = choice(question, said)?;
            Some(Answer { value: Value::from(found.title.clone()), choice: Some(found.id.clone()) })
        }
    }
}

fn choice<'q>(question: &'q QuestionNode, said: &Said) -> Option<&'q super::nodes::Choice> {
    let by_button = said.pressed.as_deref().and_then(|id| question.choices.iter().find(|choice| choice.id == id));
    let text = mind::text::fold(said.text.trim().trim_end_matches(['.', '!', ')']));
    let by_words = || {
        let is_it = |one: &str| mind::text::fold(one) == text;
        question.choices.iter().find(|choice| is_it(&choice.title) || is_it(&choice.id))
    };
    let by_number = || {
        let place: usize = text.parse().ok()?;
        place.checked_sub(1).and_then(|place| question.choices.get(place))
    };
    by_button.or_else(by_words).or_else(by_number)
}

/// The one number in a text: `82,5 kg`, `about 3`.
fn number(text: &str) -> Option<serde_json::Number> {
    let mut found = text
        .split(|letter: char| !(letter.is_ascii_digit() || matches!(letter, '.' | ',' | '-' | '+')))
        .map(|part| part.trim_end_matches(['.', ',', '-', '+']))
        .filter(|part| part.bytes().any(|byte| byte.is_ascii_digit()));
    let (only, None) = (found.next()?, found.next()) else { return None };
    let number = only.replace(',', ".");
    match number.parse::<i64>() {
        Ok(whole) => Some(whole.into()),
        Err(_) => number.parse().ok().filter(|number: &f64| number.is_finite()).and_then(serde_json::Number::from_f64),
    }
}

/// A day as people write it: `2026-12-24`, `24.12.2026`, `24/12/2026`. Where day and month could change places, the day comes first.
fn day(text: &str) -> Option<jiff::civil::Date> {
    let text = text.trim_end_matches(['.', '!']);
    if let Some(super::time::Moment::Day(day)) = super::time::moment(text) {
        return Some(day);
    }
    let parts: Vec<i16> = text.split(['.', '/', '-', ' ']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [one, two, year] = *parts.as_slice() else { return None };
    let year = if year < 100 { year + 2000 } else { year };
    let made = |day: i16, month: i16| {
        jiff::civil::Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok().filter(|day| day.year() > 0)
    };
    made(one, two).or_else(|| made(two, one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_days_are_read_as_people_write_them() {
        let told = |text: &str| number(text).map(|number| number.to_string());
        assert_eq!(told("82,5 kg").as_deref(), Some("82.5"));
        assert_eq!(told("about 3.").as_deref(), Some("3"));
        assert_eq!(told("-4").as_deref(), Some("-4"));
        assert_eq!((told("3 or 4"), told("none"), told("1.2.3")), (None, None, None));
        let told = |text: &str| day(text).map(|day| day.to_string());
        assert_eq!(told("24.12.2026").as_deref(), Some("2026-12-24"));
        assert_eq!(told("12/24/2026").as_deref(), Some("2026-12-24"));
        assert_eq!(told("2026-12-24").as_deref(), Some("2026-12-24"));
        assert_eq!((told("soon"), told("31.2.2026"), told("1.2")), (None, None, None));
    }
}
