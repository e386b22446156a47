//! Every number in words is that number, in both languages, and after every comparison.

use proptest::prelude::*;

use super::*;

/// Ways to write the same number.
#[derive(Clone, Copy, Debug)]
struct Manner {
    /// "one hundred and five".
    and: bool,
    /// "twenty-five".
    hyphen: bool,
    /// "a hundred", "a million".
    article: bool,
}

const ENGLISH: [&str; 20] = [
    "",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const ENGLISH_TENS: [&str; 10] = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

fn english_group(value: u64, manner: Manner) -> String {
    let below = |value: u64| match value {
        0..20 => ENGLISH[value as usize].to_owned(),
        _ if value.is_multiple_of(10) => ENGLISH_TENS[value as usize / 10].to_owned(),
        _ => {
            let between = if manner.hyphen { "-" } else { " " };
            [ENGLISH_TENS[value as usize / 10], between, ENGLISH[value as usize % 10]].concat()
        }
    };
    match (value / 100, value % 100) {
        (0, rest) => below(rest),
        (hundreds, 0) => format!("{} hundred", ENGLISH[hundreds as usize]),
        (hundreds, rest) => {
            format!("{} hundred {}{}", ENGLISH[hundreds as usize], if manner.and { "and " } else { "" }, below(rest))
        }
    }
}

fn english(value: u64, manner: Manner) -> String {
    let mut parts = Vec::new();
    for (unit, name) in [(1_000_000, " million"), (1_000, " thousand"), (1, "")] {
        let group = value / unit % 1_000;
        if group > 0 {
            parts.push(english_group(group, manner) + name);
        }
    }
    let last = value % 1_000;
    if manner.and && parts.len() > 1 && (1..100).contains(&last) {
        let at = parts.len() - 1;
        parts[at].insert_str(0, "and ");
    }
    let said = parts.join(" ");
    match said.strip_prefix("one ") {
        Some(rest) if manner.article => format!("a {rest}"),
        _ => said,
    }
}

const SPANISH: [&str; 30] = [
    "",
    "uno",
    "dos",
    "tres",
    "cuatro",
    "cinco",
    "seis",
    "siete",
    "ocho",
    "nueve",
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
];
const SPANISH_TENS: [&str; 10] =
    ["", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"];
const SPANISH_HUNDREDS: [&str; 10] = [
    "",
    "ciento",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
];

/// `short` before a noun: "veintiún mil", "un millón".
fn spanish_group(value: u64, short: bool) -> String {
    let (hundreds, below) = (value / 100, value % 100);
    let said_below = match below {
        0..30 => SPANISH[below as usize].to_owned(),
        _ if below.is_multiple_of(10) => SPANISH_TENS[below as usize / 10].to_owned(),
        _ => format!("{} y {}", SPANISH_TENS[below as usize / 10], SPANISH[below as usize % 10]),
    };
    let said = match (hundreds, below) {
        (1, 0) => "cien".to_owned(),
        (0, _) => said_below,
        (_, 0) => SPANISH_HUNDREDS[hundreds as usize].to_owned(),
        _ => format!("{} {said_below}", SPANISH_HUNDREDS[hundreds as usize]),
    };
    match said.strip_suffix("uno") {
        Some(rest) if short => {
            rest.strip_suffix("veinti").map_or(format!("{rest}un"), |rest| format!("{rest}veintiún"))
        }
        _ => said,
    }
}

fn spanish(value: u64, short: bool) -> String {
    let mut parts = Vec::new();
    match value / 1_000_000 {
        0 => {}
        1 => parts.push("un millón".to_owned()),
        millions => parts.push(spanish_group(millions, true) + " millones"),
    }
    match value / 1_000 % 1_000 {
        0 => {}
        1 => parts.push("mil".to_owned()),
        thousands => parts.push(spanish_group(thousands, true) + " mil"),
    }
    if !value.is_multiple_of(1_000) {
        parts.push(spanish_group(value % 1_000, short));
    }
    parts.join(" ")
}

const AT_LEAST: [&str; 6] = ["at least", "more than", "over", "no fewer than", "no less than", "a minimum of"];
const AT_MOST: [&str; 8] =
    ["at most", "under", "less than", "fewer than", "no more than", "as many as", "up to", "a maximum of"];
const AL_MENOS: [&str; 7] =
    ["al menos", "por lo menos", "más de", "como mínimo", "a partir de", "no menos de", "como poco"];
const COMO_MUCHO: [&str; 7] =
    ["como mucho", "menos de", "hasta", "como máximo", "no más de", "a lo sumo", "un máximo de"];

/// Numbers of all lengths alike, and round ones among them.
fn numbers() -> impl Strategy<Value = u64> {
    let any = (1_u32..=9, any::<u64>()).prop_map(|(digits, value)| {
        let least = 10_u64.pow(digits - 1);
        least + value % (least * 9)
    });
    let round = (1_u64..1_000, 0_u32..7).prop_map(|(value, zeros)| (value * 10_u64.pow(zeros)).min(1_000_000_000));
    prop_oneof![any, round]
}

fn manners() -> impl Strategy<Value = Manner> {
    any::<(bool, bool, bool)>().prop_map(|(and, hyphen, article)| Manner { and, hyphen, article })
}

fn count(text: &str) -> Option<f64> {
    super::super::numbers::count(text)
}

/// "once" is an English word too, and eleven all the same where a number follows the "y" behind it, however that begins.
#[test]
fn a_range_may_begin_at_eleven() {
    for (low, high) in
        [(1_011, 1_012), (1_011, 2_000), (2_011, 1_000_000), (1_252_011, 1_252_012), (5_000_011, 6_000_000)]
    {
        let query = format!("entre {} y {} seguidores", spanish(low, false), spanish(high, true));
        let read = parse(&query);
        assert_eq!((read.followers_min, read.followers_max), (Some(low), Some(high)), "{query}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn every_number_in_words_is_itself(value in numbers(), manner in manners()) {
        let value = value.min(999_999_999);
        // "one" and "once" alone are other words, too.
        if value != 1 && value != 11 {
            let (words, palabras) = (english(value, manner), spanish(value, false));
            prop_assert_eq!(count(&words), Some(value as f64), "{}", words);
            prop_assert_eq!(count(&palabras), Some(value as f64), "{}", palabras);
        }
    }

    #[test]
    fn every_comparison_of_a_number_in_words_is_a_bound(
        value in numbers(), manner in manners(), least in 0..AT_LEAST.len(), most in 0..AT_MOST.len(), menos in 0..7_usize,
    ) {
        let value = value.clamp(2, 999_999_999);
        let (words, palabras) = (english(value, manner), spanish(value, true));
        for (query, bounds) in [
            (format!("creators with {} {words} followers", AT_LEAST[least]), (Some(value), None)),
            (format!("creators with {} {words} followers", AT_MOST[most]), (None, Some(value))),
            (format!("creadores con {} {palabras} seguidores", AL_MENOS[menos]), (Some(value), None)),
            (format!("creadores con {} {palabras} seguidores", COMO_MUCHO[menos]), (None, Some(value))),
        ] {
            let read = parse(&query);
            prop_assert_eq!((read.followers_min, read.followers_max), bounds, "{}", query);
            prop_assert_eq!((read.meaning, read.not_understood), (String::new(), Vec::new()), "{}", query);
        }
    }

    #[test]
    fn both_ends_of_a_range_are_read(low in numbers(), more in numbers(), manner in manners()) {
        // Below a thousand both ends would share the unit of the greater one.
        let low = low.clamp(1_000, 400_000_000);
        let high = low + more.min(500_000_000);
        for query in [
            format!("between {} and {} followers", english(low, manner), english(high, manner)),
            format!("entre {} y {} seguidores", spanish(low, false), spanish(high, true)),
        ] {
            let read = parse(&query);
            prop_assert_eq!((read.followers_min, read.followers_max), (Some(low), Some(high)), "{}", query);
        }
    }

    #[test]
    fn a_range_shares_its_unit(low in 2_u64..90, more in 1_u64..90, manner in manners()) {
        let high = low + more;
        for (query, unit) in [
            (format!("between {} and {} thousand followers", english(low, manner), english(high, manner)), 1_000),
            (format!("entre {} y {} mil seguidores", spanish(low, false), spanish(high, true)), 1_000),
            (format!("{} to {} million followers", english(low, manner), english(high, manner)), 1_000_000),
            (format!("entre {low} y {high} millones de seguidores"), 1_000_000),
        ] {
            let read = parse(&query);
            prop_assert_eq!((read.followers_min, read.followers_max), (Some(low * unit), Some(high * unit)), "{}", query);
        }
    }

    /// Whatever words of numbers stand together: they are read whole, or nothing of them is taken and it is told.
    #[test]
    fn no_number_is_half_taken(pieces in proptest::collection::vec(0..WORDS.len(), 1..7)) {
        let words: Vec<&str> = pieces.iter().map(|&piece| WORDS[piece]).collect();
        let query = format!("more than {} followers", words.join(" "));
        let read = parse(&query);
        let told = !read.not_understood.is_empty();
        let taken = read.followers_min.is_some() || read.followers_max.is_some();
        prop_assert!(told != taken, "{}: {:?}", query, read);
        prop_assert_eq!(read.meaning, "", "{}", query);
    }
}

const WORDS: [&str; 14] = [
    "two",
    "hundred",
    "thousand",
    "million",
    "fifty",
    "twelve",
    "doscientos",
    "mil",
    "millones",
    "treinta",
    "nine",
    "sixty",
    "several hundred",
    "ciento",
];
