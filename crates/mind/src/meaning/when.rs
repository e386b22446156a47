//! When somebody has time: days and spans as they are said, and what they come to from the day on which they were said.

use std::ops::Range;

use kernel::Day;

use super::words::{Kind, Word, stands};

/// A span of days, both ends included; either may be open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Span {
    /// The first day.
    pub from: Option<Day>,
    /// The last day.
    pub to: Option<Day>,
}

/// What a text says about a time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Said {
    /// The words that it takes, by their numbers.
    pub(super) words: Range<usize>,
    pub(super) what: What,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// A month, with a day of it, or a part of it (0 begin, 1 middle, 2 end).
    Month {
        month: u8,
        day: Option<u8>,
        part: Option<u8>,
    },
    /// A day of the week, 1 to 7; in the next week?
    Weekday {
        day: u8,
        next: bool,
    },
    /// So many days from now: from, to.
    Days {
        from: i64,
        to: i64,
    },
    /// The next week, month or year but so many.
    Weeks(i64),
    Months(i64),
    /// How long something takes, in days.
    Takes(i64),
    /// An hour, a part of a day, a season: words that are kept as they are.
    Vague,
}

#[rustfmt::skip]
const MONTHS: [&[&str]; 12] = [
    &["january", "enero", "janeiro", "janvier", "januar", "gennaio", "jan", "ene"],
    &["february", "febrero", "fevereiro", "fevrier", "februar", "febbraio", "feb"],
    &["march", "marzo", "marco", "mars", "marz", "maerz"], &["april", "abril", "avril", "aprile", "apr", "abr"],
    &["may", "mayo", "maio", "mai", "maggio"], &["june", "junio", "junho", "juin", "juni", "giugno", "jun"],
    &["july", "julio", "julho", "juillet", "juli", "luglio", "jul"], &["august", "agosto", "aout", "aug", "ago"],
    &["september", "septiembre", "setiembre", "setembro", "septembre", "settembre", "sep", "sept"],
    &["october", "octubre", "outubro", "octobre", "oktober", "ottobre", "oct", "okt"],
    &["november", "noviembre", "novembro", "novembre", "nov"],
    &["december", "diciembre", "dezembro", "decembre", "dezember", "dicembre", "dec", "dic", "dez"],
];
#[rustfmt::skip]
const WEEKDAYS: [&[&str]; 7] = [
    &["monday", "mondays", "lunes", "segunda", "lundi", "montag", "lunedi", "mon"],
    &["tuesday", "tuesdays", "martes", "terca", "mardi", "dienstag", "martedi", "tue", "tues"],
    &["wednesday", "wednesdays", "miercoles", "quarta", "mercredi", "mittwoch", "mercoledi"],
    &["thursday", "thursdays", "jueves", "quinta", "jeudi", "donnerstag", "giovedi", "thu", "thurs"],
    &["friday", "fridays", "viernes", "sexta", "vendredi", "freitag", "venerdi", "fri"],
    &["saturday", "saturdays", "sabado", "samedi", "samstag", "sabato"],
    &["sunday", "sundays", "domingo", "dimanche", "sonntag", "domenica"],
];
/// Words that are a time whatever stands beside them, and what they come to.
#[rustfmt::skip]
const FIXED: &[(&str, What)] = &[
    ("day after tomorrow", What::Days { from: 2, to: 2 }), ("pasado manana", What::Days { from: 2, to: 2 }),
    ("tomorrow", What::Days { from: 1, to: 1 }), ("tmrw", What::Days { from: 1, to: 1 }),
    ("amanha", What::Days { from: 1, to: 1 }), ("demain", What::Days { from: 1, to: 1 }),
    ("domani", What::Days { from: 1, to: 1 }), ("today", What::Days { from: 0, to: 0 }),
    ("tonight", What::Days { from: 0, to: 0 }), ("hoy", What::Days { from: 0, to: 0 }),
    ("hoje", What::Days { from: 0, to: 0 }), ("heute", What::Days { from: 0, to: 0 }),
    ("aujourdhui", What::Days { from: 0, to: 0 }), ("oggi", What::Days { from: 0, to: 0 }),
    ("right away", What::Days { from: 0, to: 0 }), ("immediately", What::Days { from: 0, to: 0 }),
    ("asap", What::Days { from: 0, to: 0 }), ("as soon as possible", What::Days { from: 0, to: 0 }),
    ("enseguida", What::Days { from: 0, to: 0 }), ("ya mismo", What::Days { from: 0, to: 0 }),
    ("ahorita", What::Days { from: 0, to: 0 }), ("de inmediato", What::Days { from: 0, to: 0 }),
    ("sofort", What::Days { from: 0, to: 0 }), ("this week", What::Weeks(0)), ("esta semana", What::Weeks(0)),
    ("cette semaine", What::Weeks(0)), ("diese woche", What::Weeks(0)), ("questa settimana", What::Weeks(0)),
    ("next week", What::Weeks(1)), ("the week after next", What::Weeks(2)), ("proxima semana", What::Weeks(1)),
    ("semana que viene", What::Weeks(1)), ("semana que vem", What::Weeks(1)), ("semana proxima", What::Weeks(1)),
    ("semana entrante", What::Weeks(1)), ("semaine prochaine", What::Weeks(1)), ("nachste woche", What::Weeks(1)),
    ("nachster woche", What::Weeks(1)), ("kommende woche", What::Weeks(1)), ("prossima settimana", What::Weeks(1)),
    ("settimana prossima", What::Weeks(1)), ("this month", What::Months(0)), ("este mes", What::Months(0)),
    ("next month", What::Months(1)), ("mes que viene", What::Months(1)), ("mes que vem", What::Months(1)),
    ("proximo mes", What::Months(1)), ("mois prochain", What::Months(1)), ("nachsten monat", What::Months(1)),
    ("prossimo mese", What::Months(1)), ("end of the month", What::Months(0)), ("fin de mes", What::Months(0)),
    ("finales de mes", What::Months(0)), ("final de mes", What::Months(0)),
];
#[rustfmt::skip]
const VAGUE: &[&str] = &[
    "weekend", "weekends", "weekdays", "fin de semana", "finde", "afternoon", "afternoons", "mornings", "evenings",
    "evening", "por la tarde", "por la manana", "por las tardes", "por las mananas", "entre semana", "summer",
    "autumn", "spring", "winter", "fall", "verano", "otono", "invierno", "primavera", "ete", "hiver", "automne",
    "printemps", "sommer", "herbst", "winter", "fruhling", "estate", "autunno", "christmas", "navidad", "navidades",
    "easter", "semana santa", "reyes", "noel", "weihnachten", "black friday", "holidays", "new year", "next year",
    "ano que viene", "proximo ano", "anytime", "any time", "twentieth", "nineteenth", "eighteenth", "seventeenth", "sixteenth", "fifteenth", "fourteenth", "thirteenth", "twelfth", "eleventh", "thirtieth", "weekday", "before|after lunch", "mid month", "next quarter", "quincena", "noon",
    "mediodia", "ahora mismo",
];
#[rustfmt::skip]
const NUMBERS: &[(&str, i64)] = &[
    ("a", 1), ("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6), ("seven", 7), ("eight", 8),
    ("ten", 10), ("couple", 2), ("un", 1), ("una", 1), ("dos", 2), ("tres", 3), ("cuatro", 4), ("cinco", 5),
    ("seis", 6), ("siete", 7), ("ocho", 8), ("diez", 10), ("quince", 15), ("um", 1), ("uma", 1), ("duas", 2),
    ("dois", 2), ("deux", 2), ("trois", 3), ("une", 1), ("zwei", 2), ("drei", 3), ("einer", 1), ("einem", 1),
    ("eine", 1), ("due", 2), ("tre", 3), ("fourteen", 14), ("twelve", 12), ("twenty", 20), ("thirty", 30), ("few", 3),
    ("par", 2), ("fifteen", 15), ("twenty one", 21),
];

fn count(word: &Word<'_>) -> Option<i64> {
    if word.kind == Kind::Figures {
        return word.text.parse().ok().filter(|count| (1..=120).contains(count));
    }
    NUMBERS.iter().find(|(name, _)| word.is(name)).map(|(_, count)| *count)
}

fn unit(word: &str) -> Option<i64> {
    Some(match word {
        "day" | "days" | "dia" | "dias" | "jour" | "jours" | "tag" | "tage" | "tagen" | "giorno" | "giorni" => 1,
        "week" | "weeks" | "semana" | "semanas" | "semaine" | "semaines" | "woche" | "wochen" | "settimana"
        | "settimane" => 7,
        "month" | "months" | "mes" | "meses" | "mois" | "monat" | "monate" | "monaten" | "mese" | "mesi" => 30,
        _ => return None,
    })
}

/// The times that a text names, in their order.
pub(super) fn all(words: &[Word<'_>]) -> Vec<Said> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let Some((what, end)) = one(words, at) else {
            at += 1;
            continue;
        };
        found.push(Said { words: at..end, what });
        at = end;
    }
    found
}

fn one(words: &[Word<'_>], at: usize) -> Option<(What, usize)> {
    if let Some(found) = FIXED.iter().find_map(|(phrase, what)| Some((*what, stands(words, at, phrase)?))) {
        return Some(found);
    }
    if let Some(end) = VAGUE.iter().find_map(|phrase| stands(words, at, phrase)) {
        return Some((What::Vague, end));
    }
    let word = &words[at];
    if let Some(month) = MONTHS.iter().position(|names| names.contains(&&*word.text)) {
        return month_at(words, at, month as u8 + 1);
    }
    if let Some(day) = WEEKDAYS.iter().position(|names| names.contains(&&*word.text)) {
        // "la segunda semana", "una segunda vez" are no Monday.
        let ordinal = matches!(&*word.text, "segunda" | "quarta" | "quinta" | "sexta" | "terca" | "mon")
            && !words.get(at + 1).is_none_or(|next| next.is("-") || next.is("feira") || next.ends() || next.is("a"));
        let next = at > 0 && matches!(&*words[at - 1].text, "next" | "proximo" | "proxima" | "nachsten" | "prossimo");
        return (!ordinal).then_some((What::Weekday { day: day as u8 + 1, next }, at + 1));
    }
    // "in two weeks", "2 semanas", "within 10 days"
    if let Some(number) = count(word) {
        let mut next = at + 1;
        while words.get(next).is_some_and(|word| {
            matches!(&*word.text, "of" | "or" | "o" | "to" | "-" | "business" | "working" | "more")
                || (next > at + 1 && count(word).is_some())
        }) {
            next += 1;
        }
        let days = unit(&words.get(next)?.text)? * number;
        let back = |steps: usize| at.checked_sub(steps).map_or("", |at| &*words[at].text);
        if matches!(words.get(next + 1).map_or("", |word| &*word.text), "ago" | "atras" | "fa")
            || matches!(back(1), "hace" | "ha" | "vor" | "last" | "ultimos" | "ultimas" | "por" | "per")
        {
            return None;
        }
        let leads = matches!(back(1), "in" | "en" | "em" | "dans" | "tra" | "within" | "dentro" | "after")
            || back(2) == "dentro"
            || (back(1) == "a" && back(2) == "in");
        return Some((if leads { What::Days { from: days, to: days } } else { What::Takes(days) }, next + 1));
    }
    // "the 15th", "el 15", "15/06"
    if word.kind == Kind::Letters && matches!(&*word.text, "the" | "el" | "dia") {
        let number = words.get(at + 1).filter(|next| next.kind == Kind::Figures)?;
        let day: u8 = number.text.parse().ok().filter(|day| (1..=31).contains(day))?;
        let th = words.get(at + 2).is_some_and(|th| th.glued && matches!(&*th.text, "st" | "nd" | "rd" | "th"));
        let end = at + 2 + usize::from(th);
        if let Some(month) =
            words.get(end + 1).and_then(|word| MONTHS.iter().position(|names| names.contains(&&*word.text)))
            && words.get(end).is_some_and(|of| matches!(&*of.text, "of" | "de" | "di"))
        {
            return Some((What::Month { month: month as u8 + 1, day: Some(day), part: None }, end + 2));
        }
        let alone = words.get(end).is_none_or(|next| {
            next.kind == Kind::Sign
                || matches!(&*next.text, "at" | "a" | "por" | "if" | "or" | "y" | "and" | "is" | "works" | "me")
        });
        return (th || (alone && !word.is("the")))
            .then_some((What::Month { month: 0, day: Some(day), part: None }, end));
    }
    if word.is("last") && words.get(at + 1).is_some_and(|next| next.is("week")) {
        return None;
    }
    None
}

fn month_at(words: &[Word<'_>], at: usize, month: u8) -> Option<(What, usize)> {
    let back = |steps: usize| at.checked_sub(steps).map_or("", |at| &*words[at].text);
    let word = &words[at];
    // "may" is a verb, "mar" the sea, "mars" a brand, "ago" the past, "sept" seven.
    let ambiguous = matches!(
        &*word.text,
        "may" | "march" | "mar" | "mars" | "ago" | "sep" | "sept" | "dec" | "mai" | "jan" | "ene" | "marco"
    );
    let number =
        |at: usize| words.get(at).and_then(|word| word.text.parse::<u8>().ok()).filter(|day| (1..=31).contains(day));
    let before = at.checked_sub(1).and_then(number).or_else(|| {
        let of = matches!(back(1), "de" | "of" | "th" | "st" | "rd" | "nd" | ".");
        at.checked_sub(2).filter(|_| of).and_then(number)
    });
    let after = number(at + 1).filter(|_| words[at + 1].kind == Kind::Figures);
    if ambiguous {
        let told = before.is_some()
            || after.is_some()
            || matches!(
                back(1),
                "in" | "en"
                    | "em"
                    | "im"
                    | "until"
                    | "till"
                    | "hasta"
                    | "since"
                    | "from"
                    | "mid"
                    | "early"
                    | "late"
                    | "of"
                    | "de"
                    | "after"
                    | "before"
                    | "by"
                    | "ab"
                    | "bis"
                    | "fin"
                    | "mediados"
                    | "next"
                    | "this"
                    | "for"
            );
        if !told || (word.is("mars") && back(1) == "de") {
            return None;
        }
    }
    let part = match (back(1), back(2)) {
        ("early" | "anfang" | "debut", _)
        | ("of", "beginning" | "start")
        | ("de", "principios" | "primeros" | "inicios") => Some(0),
        ("mid" | "-" | "mitte" | "mi", _) | ("of", "middle") | ("de", "mediados" | "mitad") => Some(1),
        ("late" | "ende" | "fin", _) | ("of", "end") | ("de", "finales" | "fines" | "final") => Some(2),
        _ => None,
    };
    let end = at + 1 + usize::from(after.is_some());
    Some((What::Month { month, day: before.or(after), part }, end))
}

/// Year, month and day of a day.
fn civil(day: Day) -> (i64, i64, i64) {
    let shifted = day.0 + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let (number, month) = (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    (year + era * 400 + i64::from(month <= 2), month, number)
}

/// The day of a year, a month that may be beyond the twelfth, and a day of it.
fn day_of(year: i64, month: i64, day: i64) -> Day {
    let (year, month) = (year + (month - 1).div_euclid(12), (month - 1).rem_euclid(12) + 1);
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    Day(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// From 1 for Monday to 7 for Sunday.
const fn weekday(day: Day) -> i64 {
    (day.0 + 3).rem_euclid(7) + 1
}

fn span(from: Day, to: Day) -> Span {
    Span { from: Some(from), to: Some(to) }
}

impl What {
    /// From when to when, told from the day on which it was said.
    pub(super) fn span(self, said_on: Day) -> Option<Span> {
        let (year, this_month, today) = civil(said_on);
        Some(match self {
            Self::Days { from, to } => span(said_on.plus(from), said_on.plus(to)),
            Self::Weeks(weeks) => {
                let monday = said_on.plus(1 - weekday(said_on) + 7 * weeks);
                span(monday.max(said_on), monday.plus(6))
            }
            Self::Months(months) => {
                let first = day_of(year, this_month + months, 1);
                span(first.max(said_on), day_of(year, this_month + months + 1, 1).plus(-1))
            }
            Self::Weekday { day, next } => {
                let ahead = (i64::from(day) - weekday(said_on)).rem_euclid(7);
                let ahead = if ahead == 0 { 7 } else { ahead };
                // "Next Friday" on a Monday is the one of the week after.
                let ahead = ahead + if next && ahead <= 7 - weekday(said_on) { 7 } else { 0 };
                span(said_on.plus(ahead), said_on.plus(ahead))
            }
            Self::Month { month, day, part } => {
                let month = match (month, day) {
                    (0, Some(day)) => this_month + i64::from(i64::from(day) < today),
                    (month, _) if i64::from(month) < this_month => i64::from(month) + 12,
                    (month, _) => i64::from(month),
                };
                let (first, last) = (day_of(year, month, 1), day_of(year, month + 1, 1).plus(-1));
                if let Some(day) = day {
                    let on = first.plus(i64::from(day) - 1).min(last);
                    return Some(span(on, on));
                }
                let (from, to) = match part {
                    Some(0) => (first, first.plus(9)),
                    Some(1) => (first.plus(10), first.plus(19)),
                    Some(_) => (first.plus(20), last),
                    None => (first, last),
                };
                span(from.max(said_on), to)
            }
            Self::Takes(_) | Self::Vague => return None,
        })
    }
}

/// What all that is said of one time comes to: "until May" and "not before May" are open at one end.
pub(super) fn span_of(words: &[Word<'_>], said: &[Said], said_on: Day) -> Option<Span> {
    let spans: Vec<(Span, &Said)> = said.iter().filter_map(|one| Some((one.what.span(said_on)?, one))).collect();
    let (first, one) = spans.first()?;
    let start = one.words.start;
    let back = |phrases: &[&str]| {
        phrases.iter().any(|phrase| {
            let length = phrase.split(' ').count();
            (length..length + 3).any(|steps| {
                start.checked_sub(steps).and_then(|at| stands(words, at, phrase)).is_some_and(|end| end <= start)
            })
        })
    };
    if back(&[
        "not before",
        "no antes",
        "nicht vor",
        "pas avant",
        "non prima",
        "after",
        "despues",
        "from",
        "a partir",
        "desde",
        "ab",
        "since",
        "starting",
    ]) && spans.len() == 1
    {
        return Some(Span { from: first.from, to: None });
    }
    // Whoever has no time until May has it from May on.
    if back(&[
        "booked until",
        "busy until",
        "not until",
        "away until",
        "full until",
        "out until",
        "ocupada hasta",
        "ocupado hasta",
        "hasta",
        "bis",
        "ausgebucht bis",
        "travelling until",
        "traveling until",
        "tope hasta",
    ]) && spans.len() == 1
    {
        return Some(Span { from: first.from, to: None });
    }
    if back(&["by", "before", "antes", "until", "para"]) && spans.len() == 1 {
        return Some(Span { from: None, to: first.to });
    }
    let last = spans.last().map_or(*first, |(span, _)| *span);
    Some(Span { from: first.from, to: last.to.filter(|to| first.from.is_none_or(|from| *to >= from)) })
}

#[cfg(test)]
mod tests {
    use super::super::words::words;
    use super::*;

    #[test]
    fn days_and_spans_are_told_from_the_day_they_were_said() {
        // A Monday.
        let said_on = Day::written("2026-03-02").unwrap();
        for (text, from, to) in [
            ("tomorrow", "2026-03-03", "2026-03-03"),
            ("next week", "2026-03-09", "2026-03-15"),
            ("la semana que viene", "2026-03-09", "2026-03-15"),
            ("on Friday", "2026-03-06", "2026-03-06"),
            ("next Friday", "2026-03-13", "2026-03-13"),
            ("in two weeks", "2026-03-16", "2026-03-16"),
            ("mid August", "2026-08-11", "2026-08-20"),
            ("a mediados de agosto", "2026-08-11", "2026-08-20"),
            ("in January", "2027-01-01", "2027-01-31"),
            ("the 15th", "2026-03-15", "2026-03-15"),
            ("el 15 de junio", "2026-06-15", "2026-06-15"),
            ("June 15", "2026-06-15", "2026-06-15"),
        ] {
            let words = words(text);
            let said = all(&words);
            let span = span_of(&words, &said, said_on).unwrap();
            assert_eq!(
                (span.from.unwrap().to_string(), span.to.unwrap().to_string()),
                (from.into(), to.into()),
                "{text}"
            );
        }
        let words = words("booked until May");
        let span = span_of(&words, &all(&words), said_on).unwrap();
        assert_eq!((span.from, span.to), (Day::written("2026-05-01"), None));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in
            ["I may do it", "una segunda vez", "two weeks ago", "he llegado hace dos semanas", "planet Mars is red"]
        {
            assert_eq!(all(&words(text)), [], "{text}");
        }
    }
}
